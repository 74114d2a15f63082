# Read: names that headers declare, one a line, then `nm -A` of the objects: "OBJECT:ADDRESS TYPE
# NAME", the program's own first. Found: a name of the program that another source defines as well
# (an archive lets the first win without a word), and a function that no header declares.
FNR == NR { declared[$1] = 1; next }
{
    source = $1; type = $(NF - 1); name = $NF
    if (type !~ /^[TDBRC]$/ || name ~ /^(main$|_)/) next
    sub(/\.o:.*/, "", source)
    sub(/.*\.p\//, "", source)
    if (name in of && of[name] != source) {
        printf "%s:1: %s is defined in %s too\n", source, name, of[name]
        bad = 1
    }
    if ($1 ~ /libduikou_core/) of[name] = source
    if (type == "T" && !(name in declared)) {
        printf "%s:1: %s is in no header; make it static or declare it\n", source, name
        bad = 1
    }
}
END { exit bad }
