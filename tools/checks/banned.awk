# banned.awk - awk -f source.awk -f banned.awk banned.txt allowed.txt FILES: calls of functions
# that have no place where they stand, and // comments. A permission nobody uses is an error.

FNR == 1 { table++; fresh(); source = FILENAME; sub(/^src\//, "", source) }
table <= 2 && (/^#/ || NF == 0) { next }
table == 1 {
    instead = $0; sub(/^[^ ]+ +[^ ]+ +/, "", instead)
    where[$1] = "," $2 ","; advice[$1] = instead
    next
}
table == 2 {
    if (NF < 3) { print FILENAME ":" FNR ": a permission needs a reason"; bad = 1 }
    allowed[$1, $2] = FNR
    next
}
FNR == 1 {
    test = (source ~ /_test\.c$/ || source ~ /^(fuzz|tools|bench|tests)\//)
    folder = source; sub(/\/.*/, "", folder)
}
{
    code = bare($0)
    if (slashes) { print FILENAME ":" FNR ": a // comment; write /* why */"; bad = 1 }
    while (match(code, /[A-Za-z_][A-Za-z0-9_]*[ \t]*\(/)) {
        name = substr(code, RSTART, RLENGTH - 1); sub(/[ \t]+$/, "", name)
        before = RSTART > 1 ? substr(code, RSTART - 1, 1) : " "
        code = substr(code, RSTART + RLENGTH)
        if (!(name in where) || before == "." || before == ">") continue
        if ((FILENAME, name) in allowed) { used[FILENAME, name] = 1; continue }
        if (index(where[name], test ? ",test," : "," folder ",")) continue
        print FILENAME ":" FNR ": " name " is not for here; instead: " advice[name]; bad = 1
    }
}
END {
    for (key in allowed) if (!(key in used)) {
        print "tools/checks/allowed.txt:" allowed[key] ": nobody uses this permission"; bad = 1
    }
    exit bad
}
