# size.awk - files up to 500 lines, functions up to 50 (between their braces, as clang-format lays
# them out: the braces in column 0; the rows of a table inside it do not count). A line `/* long: reason */` right before the function, or on
# line 1 for the whole file, waives it once; a waiver not needed is an error.

function complain(line, text) { print name ":" line ": " text; bad = 1 }

function end_of_file() {
    if (name == "") return
    if (lines > 500 && !whole) complain(1, lines " lines; 500 at most")
    if (lines <= 500 && whole) complain(1, "this waiver is not needed")
    if (waiver) complain(waiver, "this waiver is not needed")
}

FNR == 1 { end_of_file(); name = FILENAME; waiver = whole = open = table = 0 }
{ lines = FNR }
/^[\/ #-]*\/?\*? ?long: [^ ]/ && /(\/\*|#|\/\/|--) long: / {
    if (FNR == 1) whole = 1
    else if (waiver) complain(waiver, "this waiver is not needed")
    else waiver = FNR
    if (FNR == 1) waiver = 0
}
name ~ /\.c$/ && /^\{$/ { open = FNR; rows = 0 }
open && /= \{$/ { table = FNR }
table && /^ +\}.*;$/ { rows += FNR - table; table = 0 }
name ~ /\.c$/ && /^\}$/ && open {
    if (FNR - open - 1 - rows > 50) {
        if (!waiver) complain(open, "a function of " FNR - open - 1 - rows " lines; 50 at most")
    } else if (waiver) complain(waiver, "this waiver is not needed")
    open = waiver = 0
}
END { end_of_file(); exit bad }
