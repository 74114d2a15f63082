# copy.awk - LC_ALL=C awk -f copy.awk documents=1 DOCUMENTS documents=0 FILES: no run of 25 Chinese
# characters of a document stands in a file. White space and punctuation do not count, but 、 and a
# comma part the names of a list. Facts are left out: titles in 《》, lines of names and titles by
# their YAML key.

# Only the bytes of Chinese characters, three each.
function chinese(text) {
    gsub(/[\001-\177]/, "", text)
    gsub(/[\302-\337][\200-\277]/, "", text)
    gsub(/[\340-\343\352-\357][\200-\277][\200-\277]/, "", text)
    gsub(/[\360-\367][\200-\277][\200-\277][\200-\277]/, "", text)
    return text
}

BEGIN { run = 75 }
documents && FNR == 1 { carry = "" }
documents {
    text = carry chinese($0)
    for (i = 1; i + run - 1 <= length(text); i += 3) seen[substr(text, i, run)] = 1
    carry = length(text) >= run ? substr(text, length(text) - run + 4) : text
    next
}
length($0) < run || /^[ -]*([a-z_]*title|name|repeals):/ { next }
{
    gsub(/\343\200\212[^\343]*(\343\200[^\213][^\343]*)*\343\200\213/, "") # titles in 《》
    n = split($0, parts, /\343\200\201|,/) # 、
    for (p = 1; p <= n; p++) {
        text = chinese(parts[p])
        for (i = 1; i + run - 1 <= length(text); i += 3) if (substr(text, i, run) in seen) {
            print FILENAME ":" FNR ": copied from a document: " substr(text, i, run)
            bad = 1
            break
        }
    }
}
END { exit bad }
