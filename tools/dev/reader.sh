# reader.sh - the reader against hand-made truth (where the documents lie beside the project) and
# against the samples that ship. Prints a TAP line a claim.
# shellcheck shell=bash

READ="$ROOT/build/test/src/duikou read --json"

# claim NAME COMMAND…: one TAP line from the command's exit code, what it said below it.
claim() {
    local name=$1 said
    shift
    if said=$("$@" 2>&1); then printf 'ok - %s\n' "$name"; else printf 'not ok - %s\n' "$name"; fi
    printf '%s\n' "$said" | sed 's/^/    /'
}

pairs_of() {
    local truth
    for truth in "$1"/*.truth.json; do printf '%s:%s ' "$truth" "${truth%.truth.json}.txt"; done
}

# The last line of score-read: links P 1.000 R … · meta 15/15 · duties P … R … F1 …
all_metadata() { sed -nE '$s/.*meta ([0-9]+)\/([0-9]+).*/\1 \2/p' "$1" | awk '{ exit $1 != $2 }'; }
# Of each document: duties RIGHT/FOUND/ASKED … known KNOWN/READ; the last line sums nothing up.
duties_missed() {
    sed -nE 's/.*duties ([0-9]+)\/([0-9]+)\/([0-9]+) .*/\1 \3/p' "$1" |
        awk '{ missed += $2 - $1 } END { print missed + 0, "missed"; exit missed > 1 }'
}
duties_invented() {
    sed -nE 's/.*known ([0-9]+)\/([0-9]+)$/\1 \2/p' "$1" |
        awk '{ odd += $2 - $1 } END { print odd + 0, "invented"; exit odd > 0 }'
}

score() {
    # shellcheck disable=SC2046 # a list of pairs
    ../shared/tools/score-read "${@:2}" "$READ" $(pairs_of "$1")
}
no_print_shop() {
    local word
    $READ ../shared/documents/ordos-2020-9.txt >build/log/ordos.json 2>/dev/null
    for word in 此页不印刷 印刷份数 联系电话; do
        ! grep -n "$word" build/log/ordos.json || return 1
    done
}

reader_score() {
    local five=build/log/score-five.txt
    score ../shared/documents -v >"$five" 2>&1 || true
    claim 'the five documents: links F1 1.000' score ../shared/documents --min-f1 1 -v
    claim 'the five documents: metadata all right' all_metadata "$five"
    claim 'the five documents: at most one duty missed' duties_missed "$five"
    claim 'the five documents: no duty invented' duties_invented "$five"
    claim 'other documents: links F1 0.95, duties F1 0.85' \
        score ../shared/documents/more --min-f1 0.95 --min-duty 0.85 -v
    claim 'the order to the print shop leaves no trace' no_print_shop
}

sample_reads() { $READ "$1" >"build/log/$(basename "$1").json"; }

reader_samples() {
    local file
    for file in samples/*; do
        case $file in
        *.txt | *.docx | *.pdf | *.html) claim "$file is read" sample_reads "$file" ;;
        esac
    done
}

reader_tests() {
    local out
    out=$(
        reader_samples
        [ ! -x ../shared/tools/score-read ] || reader_score
    )
    printf '%s\n' "$out"
    ! grep -q '^not ok' <<<"$out"
}
