/*
 * roster - any text as the lines of a roster: cells between bars, a line that begins with # stands
 * outside tables. Every person read has a line of the file, values only where there is no fault,
 * and comes back from the draft as it went in.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "domain/roster/priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static struct roster_line *lines_of(struct arena *arena, struct str text, int *ret_n)
{
    struct roster_line *lines = NULL;
    int n = 0, room = 0;
    while (text.len > 0) {
        struct str rest = str_line(&text);
        bool outside = str_starts(rest, STR("#"));
        struct roster_line line = {.number = n + 1, .table = !outside};
        struct str *cells = NULL;
        int cells_room = 0;
        rest = str_from_byte(rest, outside ? 1 : 0);
        while (rest.len > 0)
            *arena_push(arena, cells, line.n, cells_room) = str_trim(str_cut(&rest, STR("|")));
        line.cells = cells;
        *arena_push(arena, lines, n, room) = line;
    }
    *ret_n = n;
    return lines;
}

static void check_entry(const struct roster_entry *entry, int lines_n)
{
    if (entry->line < 1 || entry->line > lines_n || entry->role >= NAMED_ROLES)
        abort();
    for (int cell = 0; cell < ROSTER_CELLS; cell++)
        if (!utf8_is_valid(entry->values[cell]) || !utf8_is_valid(entry->faults[cell]))
            abort();
    if (!roster_entry_is_bad(entry) &&
        (entry->role < 0 || entry->values[CELL_NAME].len == 0 || entry->values[CELL_UNIT].len == 0))
        abort();
}

static void check_draft(struct arena *arena, const struct roster *roster)
{
    struct roster_draft draft = {.roster = *roster}, again = {0};
    struct str json;
    if (roster_draft_format(arena, &draft, &json) != OK)
        return;
    if (!roster_draft_parse(arena, json, &again) || again.roster.n != roster->n)
        abort();
    for (int i = 0; i < roster->n; i++)
        for (int cell = 0; cell < ROSTER_CELLS; cell++)
            if (!str_eq(again.roster.entries[i].cells[cell], roster->entries[i].cells[cell]))
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    AUTOARENA arena = arena_open(MIB(256));
    struct str text = {(const char *)bytes, len};
    struct roster roster;
    struct fault fault = {0};
    int n;
    if (len > KIB(64) || !utf8_is_valid(text))
        return 0;
    struct roster_line *lines = lines_of(&arena, text, &n);
    if (roster_read(&arena, lines, n, &roster, &fault) != OK) {
        if (fault.message.len == 0 || !utf8_is_valid(fault.message))
            abort();
        return 0;
    }
    roster_check(&arena, &roster);
    for (int i = 0; i < roster.n; i++)
        check_entry(&roster.entries[i], n);
    check_draft(&arena, &roster);
    return 0;
}
