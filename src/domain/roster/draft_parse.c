#include "domain/roster/priv.h"

#include <jansson.h>

/* What roster_draft_format wrote, read back. */

static struct str text_of(struct arena *arena, const json_t *value)
{
    if (!json_is_string(value))
        return (struct str){0};
    return str_copy(arena, (struct str){json_string_value(value), json_string_length(value)});
}

static void take_entry(struct arena *arena, const json_t *from, struct roster_draft *draft,
                       int index)
{
    struct roster_entry *entry = &draft->roster.entries[index];
    *entry = (struct roster_entry){.file = text_of(arena, json_object_get(from, "file")),
                                   .line = (int)json_integer_value(json_object_get(from, "line")),
                                   .unit_from_above = json_is_true(json_object_get(from, "above")),
                                   .role = -1};
    const json_t *cells = json_object_get(from, "cells");
    for (int cell = 0; cell < ROSTER_CELLS; cell++)
        entry->cells[cell] = text_of(arena, json_array_get(cells, (size_t)cell));
    draft->reasons[index] = text_of(arena, json_object_get(from, "reason"));
}

static void take_all(struct arena *arena, const json_t *root, struct roster_draft *draft)
{
    struct roster *roster = &draft->roster;
    const json_t *unread = json_object_get(root, "unread");
    const json_t *problems = json_object_get(root, "problems");
    const json_t *entries = json_object_get(root, "entries");
    roster->blank = (int)json_integer_value(json_object_get(root, "blank"));
    for (size_t i = 0; i < json_array_size(unread); i++)
        *arena_push(arena, roster->unread, roster->unread_n, roster->unread_room) =
            text_of(arena, json_array_get(unread, i));
    for (size_t i = 0; i < json_array_size(problems); i++) {
        const json_t *problem = json_array_get(problems, i);
        *arena_push(arena, draft->problems, draft->problems_n, draft->problems_room) =
            (struct roster_problem){text_of(arena, json_array_get(problem, 0)),
                                    text_of(arena, json_array_get(problem, 1))};
    }
    roster->n = roster->room = (int)json_array_size(entries);
    roster->entries = arena_new(arena, struct roster_entry, roster->n);
    draft->reasons = arena_new(arena, struct str, roster->n);
    for (int i = 0; i < roster->n; i++)
        take_entry(arena, json_array_get(entries, (size_t)i), draft, i);
}

bool roster_draft_parse(struct arena *arena, struct str json, struct roster_draft *draft)
{
    json_t *root = json_loadb(json.ptr, json.len, JSON_ALLOW_NUL, NULL);
    bool good = json_is_object(root) && json_is_array(json_object_get(root, "entries"));
    if (good)
        take_all(arena, root, draft);
    json_decref(root);
    return good;
}
