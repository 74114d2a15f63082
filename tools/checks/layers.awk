# layers.awk - awk -f layers.awk docs/LAYERS src/…: who may include whom. A folder may list only
# folders defined above it, so the graph has no cycles; a file belongs to the longest folder of
# docs/LAYERS that its path begins with.

function complain(text) { print FILENAME ":" FNR ": " text; bad = 1 }

function folder_of(path) {   # "engine/reader/pdf.c" -> "engine/reader", "main.c" -> "main"
    if (path == "main.c") return "main"
    while (sub(/\/[^\/]*$/, "", path)) if (path in known) return path
    return ""
}

FILENAME != layers && layers != "" && FNR == 1 {
    path = FILENAME; sub(/^src\//, "", path)
    here = folder_of(path)
    if (here == "") complain("this folder is not in docs/LAYERS")
}
FNR == 1 && layers == "" { layers = FILENAME }

FILENAME == layers {
    if ($0 ~ /^#/ || NF == 0) next
    name = $1; sub(/:$/, "", name)
    for (i = 2; i <= NF; i++) {
        if (!($i in known)) complain(name " lists " $i ", which is not defined above it")
        may[name, $i] = 1
    }
    known[name] = 1; may[name, name] = 1
    next
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
    target = $0; sub(/^[^"]*"/, "", target); sub(/".*/, "", target)
    if (target ~ /^[a-z_]+\.sql\.h$/) next # generated from a .sql file of this folder
    if (target ~ /^tests\// && FILENAME ~ /_test\.c$/) next # helpers that tests share
    there = folder_of(target)
    if (there == "") complain("\"" target "\" is not written as \"folder/file.h\"")
    else if (here != "" && !((here, there) in may)) complain(here "/ may not include " there "/")
}
END { exit bad }
