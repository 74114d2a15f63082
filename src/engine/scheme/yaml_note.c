#include "engine/scheme/yaml_bind.h"

bool errors_are_full(struct scheme_errors *errors)
{
    errors->dropped += errors->n >= SCHEME_ERRORS_MAX;
    return errors->n >= SCHEME_ERRORS_MAX;
}

void bind_error(struct binding *binding, const struct node *node, const char *format, ...)
{
    if (errors_are_full(binding->errors))
        return;
    va_list args;
    va_start(args, format);
    struct str message = str_vfmt(binding->arena, format, args);
    va_end(args);
    yaml_error(binding->arena, binding->errors, node->line, node->column, "%.*s", STR_ARG(message));
}

void note(struct binding *binding, struct noted_list *list, struct str text,
          const struct node *node)
{
    *arena_push(binding->arena, list->items, list->n, list->room) =
        (struct noted){.text = text, .node = node};
}

const struct node *node_value(const struct node *map, const char *key)
{
    for (const struct node *entry = map->first; entry; entry = entry->next)
        if (str_is(entry->text, key))
            return entry->value;
    return NULL;
}

void note_party(struct binding *binding, struct scheme_party *party, const struct scheme_link *link,
                bool is_from, const struct node *node)
{
    *arena_push(binding->arena, binding->parties, binding->parties_n, binding->parties_room) =
        (struct noted_party){.party = party, .link = link, .is_from = is_from, .node = node};
}
