# source.awk - bare(line): a line of C with comments and the insides of literals blanked out, so
# that checks see only code. Comments over several lines are followed; call fresh() at each file.
# `slashes` says whether the line held a // comment.

function fresh() { inside = 0 }

function bare(line,    out, c, d, quote, i, n) {
    out = ""; quote = ""; slashes = 0
    n = length(line)
    for (i = 1; i <= n; i++) {
        c = substr(line, i, 1); d = substr(line, i, 2)
        if (inside) {
            if (d == "*/") { inside = 0; i++ }
        } else if (quote != "") {
            if (c == "\\") i++
            else if (c == quote) { quote = ""; out = out c }
        } else if (d == "/*") { inside = 1; i++ }
        else if (d == "//") { slashes = 1; break }
        else { if (c == "\"" || c == "'") quote = c; out = out c }
    }
    return out
}
