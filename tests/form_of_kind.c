#include "tests/form_of_kind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "domain/file/file.h"
#include "domain/roster/roster.h"
#include "engine/reader/reader.h"

/* What is required of a field, where the first value that comes to mind will not do. */
static const struct {
    const char *kind, *form;
} particulars[] = {
    {"body", "&slug=donghu"},
    {"link", "&from_organization=提案委员会&to_organization=市水利局"},
    {"duty", "&by=03-31"},
    {"adjustment", "&matter=rename&day=2026-01-20&basis=甲&sources.0.name=市水利局&"
                   "targets.0.name=市水务局"},
};

struct str value_of_field(struct program_sample *sample, const struct field *field)
{
    struct str list, name;
    switch (field->kind) {
    case FIELD_INT:
        return str_fmt(&sample->arena, "%lld", (long long)(field->low ? field->low : 1));
    case FIELD_FLAG:
        return STR("1");
    case FIELD_DATE:
        return STR("2026-01-20");
    case FIELD_CHOICE:
        return str_from(field->choices[0].word);
    case FIELD_REFERENCE:
        list = str_fmt(&sample->arena, "/linjiang/%s.json", field->to->name);
        name = sample_at(sample, list.ptr, "/items/0/id");
        assert_true(name.len > 0);
        return name;
    default:
        return STR("甲");
    }
}

struct str form_of_kind(struct program_sample *sample, const struct kind *kind, struct str given)
{
    struct str form = str_fmt(&sample->arena, "x=%.*s", STR_ARG(given));
    for (size_t i = 0; i < sizeof particulars / sizeof *particulars; i++)
        if (strcmp(kind->name, particulars[i].kind) == 0)
            form = str_fmt(&sample->arena, "%.*s%s", STR_ARG(form), particulars[i].form);
    for (const struct field *field = kind->fields; field->key; field++)
        if (field->required && !field->state && field->kind != FIELD_ROWS &&
            !str_has(form, str_fmt(&sample->arena, "&%s=", field->key)))
            form = str_fmt(&sample->arena, "%.*s&%s=%.*s", STR_ARG(form), field->key,
                           STR_ARG(value_of_field(sample, field)));
    return form;
}

bool is_child(int argc, char **argv, int *ret_code)
{
    const char *word = argc > 1 ? argv[1] : "", *wants = argc > 2 ? argv[2] : "";
    if (strcmp(word, "read-child") == 0)
        *ret_code = reader_child_main(strcmp(wants, "lines") == 0);
    else if (strcmp(word, "file-child") == 0)
        *ret_code = file_child_main(strcmp(wants, "text") == 0);
    else if (strcmp(word, "roster-child") == 0)
        *ret_code = roster_child_main();
    else
        return false;
    return true;
}
