/* Markup and formulas in every text of every kind: shown as what they are, never as what they do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/url.h"
#include "tests/form_of_kind.h"
#include "view/test_zip.h"

static const char markup[] = "{{zq}}\"'><zq onerror=z><script>zq()</script>";
static const char *const formulas[] = {"=1+1",  "+1+1", "-1+1", "@zq",  "\t=1+1",       "\r=1+1",
                                       "＝1+1", "＋1",  "－1",  "＠zq", "=HYPERLINK(1)"};

static struct program_sample *open_loaded(void)
{
    struct program_sample *sample = program_sample_open((struct date){2026, 1, 20});
    sample_load(sample, sample_file(sample, "tests/data/load/linjiang-2026-3.yaml"),
                (struct date){0});
    return sample;
}

static struct str list_of(struct program_sample *sample, const struct kind *kind)
{
    return str_fmt(&sample->arena, "%s/%s", kind->instance ? "" : "/linjiang", kind->name);
}

static void looks_harmless(const char *where, struct sample_answer answer)
{
    static const char *const raw[] = {"<zq",
                                      "<script>zq",
                                      "\"'>",
                                      "href=\"javascript:",
                                      "src=\"javascript:",
                                      "action=\"javascript:",
                                      "hx-get=\"javascript:"};
    bool page = str_starts(answer.content_type, STR("text/html"));
    if (answer.status >= 500)
        fail_msg("%s: %d", where, answer.status);
    for (size_t i = 0; page && i < sizeof raw / sizeof *raw; i++) {
        ptrdiff_t at = str_find(answer.body, str_from(raw[i]));
        size_t from = at > 80 ? (size_t)at - 80 : 0;
        if (at >= 0)
            fail_msg("%s: …%.*s", where, STR_ARG(str_head(str_from_byte(answer.body, from), 160)));
    }
}

static struct sample_answer look(struct program_sample *sample, const char *target)
{
    struct sample_answer answer = sample_get(sample, target);
    looks_harmless(target, answer);
    return answer;
}

/* --- stored --- */

enum { TEXTS_MAX = 60 };

/* Names of the form under which a kind takes texts. */
struct texts {
    struct str names[TEXTS_MAX];
    int max[TEXTS_MAX]; /* characters */
    int n;
};

static bool is_text(const struct field *field)
{
    return !field->hidden && !field->state &&
           (field->kind == FIELD_TEXT || field->kind == FIELD_LONG_TEXT);
}

static void add_text(struct texts *texts, const struct field *field, struct str name)
{
    assert_true(texts->n < TEXTS_MAX);
    texts->names[texts->n] = name;
    texts->max[texts->n++] = field->max ? field->max : 200;
}

static struct texts texts_of(struct program_sample *sample, const struct kind *kind)
{
    struct texts texts = {0};
    for (const struct field *field = kind->fields; field->key; field++) {
        if (is_text(field))
            add_text(&texts, field, str_from(field->key));
        for (int i = 0; field->kind == FIELD_ROWS && field->rows->fields[i].key; i++)
            if (is_text(&field->rows->fields[i]))
                add_text(
                    &texts, &field->rows->fields[i],
                    str_fmt(&sample->arena, "%s.0.%s", field->key, field->rows->fields[i].key));
    }
    return texts;
}

static struct str given(struct program_sample *sample, const struct texts *texts, int only,
                        const char *value)
{
    struct str form = {0};
    for (int i = 0; i < texts->n; i++) {
        struct str short_one = str_head(str_from(value), (size_t)texts->max[i]);
        if (only < 0 || only == i)
            form =
                str_fmt(&sample->arena, "%.*s&%.*s=%.*s", STR_ARG(form), STR_ARG(texts->names[i]),
                        STR_ARG(url_encode(&sample->arena, short_one)));
    }
    return form;
}

static struct sample_answer plant(struct program_sample *sample, const struct kind *kind,
                                  struct str form)
{
    struct sample_answer made =
        sample_post(sample, list_of(sample, kind).ptr, form_of_kind(sample, kind, form));
    looks_harmless(kind->name, made);
    if (made.status != 303 && made.status != 422 && made.status != 409)
        fail_msg("%s: %d", kind->name, made.status);
    return made;
}

/* Those that take a value; a telephone number, say, does not. */
static struct texts taking(struct program_sample *sample, const struct kind *kind,
                           const char *value)
{
    struct texts all = texts_of(sample, kind), kept = {0};
    for (int i = 0; i < all.n; i++) {
        if (plant(sample, kind, given(sample, &all, i, value)).status != 303)
            continue;
        kept.names[kept.n] = all.names[i];
        kept.max[kept.n++] = all.max[i];
    }
    return kept;
}

static int plant_all(struct program_sample *sample, const struct kind *kind, const char *value)
{
    struct texts texts = taking(sample, kind, value);
    struct sample_answer made = plant(sample, kind, given(sample, &texts, -1, value));
    if (texts.n == 0 || made.status != 303)
        return texts.n;
    struct sample_answer shown = look(sample, made.location.ptr);
    struct sample_answer edit =
        look(sample, str_fmt(&sample->arena, "%s/edit", made.location.ptr).ptr);
    look(sample, str_fmt(&sample->arena, "%s/files", made.location.ptr).ptr);
    bool as_text = str_has(shown.body, STR("{{zq}}&quot;&#39;&gt;&lt;zq")) ||
                   str_has(edit.body, STR("{{zq}}&quot;&#39;&gt;&lt;zq"));
    if (strcmp(value, markup) == 0 && !as_text)
        fail_msg("%s: what was planted is not shown", kind->name);
    return texts.n;
}

/* Every page that has no record in its address. */
static void look_around(struct program_sample *sample)
{
    int n;
    app_route_at(sample->program.app, 0, &n);
    for (int i = 0; i < n; i++) {
        const struct route *route = app_route_at(sample->program.app, i, NULL);
        struct str path =
            str_replace(&sample->arena, str_from(route->path), STR("{body}"), STR("linjiang"));
        if (route->method == METHOD_GET && (route->forms & FORM_HTML) && !str_has(path, STR("{")))
            look(sample, path.ptr);
    }
}

static void markup_that_is_stored_is_text_on_every_page(void **state)
{
    (void)state;
    struct program_sample *sample = open_loaded();
    static const char *const values[] = {markup, "javascript:zq()"};
    int planted = 0;
    for (int v = 0; v < 2; v++) {
        for (const struct kind *const *kind = domain_kinds(); *kind; kind++)
            if (!(*kind)->by_program)
                planted += plant_all(sample, *kind, values[v]);
        look_around(sample);
    }
    assert_true(planted > 60);
    struct sample_answer found = look(sample, "/linjiang/search?q=zq");
    assert_true(str_has(found.body, STR("&lt;")));
    program_sample_close(sample);
}

static void markup_in_a_document_is_text_in_the_wizard(void **state)
{
    (void)state;
    struct program_sample *sample = open_loaded();
    struct str text = sample_file(sample, "src/engine/reader/documents/pairs.txt");
    text = str_replace(&sample->arena, text, STR("局"), STR("<zq onerror=z>局"));
    struct sample_answer sent = sample_upload(sample, "/import", "\"'><zq>.txt", text);
    looks_harmless("/import", sent);
    if (sent.status != 303)
        fail_msg("%d", sent.status);
    look(sample, sent.location.ptr);
    look(sample, str_fmt(&sample->arena, "%s/preview", sent.location.ptr).ptr);
    look(sample, "/import");
    struct str rows = STR("单位,身份,姓名,职务\n市水利局,联系人,<zq onerror=z>,'><script>zq()\n");
    sent = sample_upload(sample, "/linjiang/roster", "\"'><zq>.csv", rows);
    looks_harmless("roster", sent);
    assert_int_equal(sent.status, 303);
    look(sample, sent.location.ptr);
    program_sample_close(sample);
}

/* --- reflected --- */

static struct str filled(struct program_sample *sample, const char *pattern, struct str value)
{
    struct str path =
        str_replace(&sample->arena, str_from(pattern), STR("{body}"), STR("linjiang"));
    while (str_has(path, STR("{"))) {
        ptrdiff_t from = str_find(path, STR("{")), to = str_find(path, STR("}"));
        path = str_fmt(&sample->arena, "%.*s%.*s%.*s", STR_ARG(str_head(path, (size_t)from)),
                       STR_ARG(value), STR_ARG(str_from_byte(path, (size_t)to + 1)));
    }
    return path;
}

/* Every name that a form or an address of the program knows. */
static struct str every_name(struct program_sample *sample, const struct route *route,
                             struct str value)
{
    static const char *const names[] = {
        "login", "name",   "password", "again", "next", "code", "organization", "role",
        "body",  "days",   "scope",    "seat",  "q",    "sort", "after",        "before",
        "day",   "as",     "limit",    "kind",  "slug", "old",  "reason",       "version",
        "id",    "secret", "on",       "part",  "from"};
    struct str query = {0};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        query = str_fmt(&sample->arena, "%.*s&%s=%.*s", STR_ARG(query), names[i], STR_ARG(value));
    for (const struct query_name *name = route->query; name && name->name; name++)
        query = str_fmt(&sample->arena, "%.*s&%s=%.*s", STR_ARG(query), name->name, STR_ARG(value));
    return str_from_byte(query, 1);
}

static void markup_in_addresses_and_forms_comes_back_as_text(void **state)
{
    (void)state;
    struct program_sample *sample = open_loaded();
    struct str value = url_encode(&sample->arena, str_from(markup));
    int n;
    app_route_at(sample->program.app, 0, &n);
    for (int i = 0; i < n; i++) {
        const struct route *route = app_route_at(sample->program.app, i, NULL);
        struct str path = filled(sample, route->path, value);
        struct str names = every_name(sample, route, value);
        if (route->method == METHOD_POST) {
            looks_harmless(path.ptr, sample_post(sample, path.ptr, names));
            continue;
        }
        look(sample, path.ptr);
        look(sample, filled(sample, route->path, STR("0000000000001")).ptr);
        look(sample, str_fmt(&sample->arena, "%.*s?%.*s",
                             STR_ARG(filled(sample, route->path, value)), STR_ARG(names))
                         .ptr);
        for (const struct query_name *name = route->query; name && name->name; name++)
            look(sample,
                 str_fmt(&sample->arena, "%.*s?%s=%.*s",
                         STR_ARG(filled(sample, route->path, value)), name->name, STR_ARG(value))
                     .ptr);
    }
    static const char *const strays[] = {"/%s", "/linjiang/%s", "/linjiang/organization/%s/%s",
                                         "/%s/directory", "/sign-in?next=%s"};
    for (size_t i = 0; i < sizeof strays / sizeof *strays; i++)
        look(sample, str_replace(&sample->arena, str_from(strays[i]), STR("%s"), value).ptr);
    program_sample_close(sample);
}

/* --- spreadsheets --- */

/* Cells of our CSV stand in quotes: what follows an opening one. */
static void no_cell_begins_a_formula(const char *where, struct str csv)
{
    static const char *const begins[] = {"=",  "+",  "-",  "@",  "\t", "\r",
                                         "\n", "＝", "＋", "－", "＠"};
    bool quoted = false;
    for (size_t i = 0; i < csv.len; i++) {
        if (csv.ptr[i] != '"')
            continue;
        quoted = !quoted;
        bool escaped = i > 0 && csv.ptr[i - 1] == '"';
        struct str rest = str_from_byte(csv, i + 1), cell = str_cut(&rest, STR("\""));
        int64_t number;
        for (size_t k = 0; quoted && !escaped && k < sizeof begins / sizeof *begins; k++)
            if (str_starts(cell, str_from(begins[k])) && !str_to_int(cell, &number))
                fail_msg("%s: %.*s", where, STR_ARG(cell));
    }
}

static void no_sheet_has_a_formula(struct program_sample *sample, const char *where,
                                   struct str xlsx)
{
    struct buf buf = {.ptr = (char *)(uintptr_t)xlsx.ptr, .len = xlsx.len};
    struct str sheet = test_zip_member(&sample->arena, &buf, "xl/worksheets/sheet1.xml");
    assert_true(sheet.len > 0);
    if (str_has(sheet, STR("<f>")) || str_has(sheet, STR("<f ")) ||
        str_has(sheet, STR("hyperlink")))
        fail_msg("%s", where);
}

static void no_text_of_any_kind_is_a_formula_in_a_spreadsheet(void **state)
{
    (void)state;
    struct program_sample *sample = open_loaded();
    int seen = 0;
    for (const struct kind *const *kind = domain_kinds(); *kind; kind++) {
        if ((*kind)->by_program)
            continue;
        struct texts texts = taking(sample, *kind, formulas[0]);
        for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++)
            plant(sample, *kind, given(sample, &texts, -1, formulas[i]));
        struct str list = list_of(sample, *kind);
        struct str csv = sample_get(sample, str_fmt(&sample->arena, "%s.csv", list.ptr).ptr).body;
        no_cell_begins_a_formula((*kind)->name, csv);
        seen += str_has(csv, STR("\"'=1+1")) && str_has(csv, STR("\"'＝1"));
        no_sheet_has_a_formula(
            sample, (*kind)->name,
            sample_get(sample, str_fmt(&sample->arena, "%s.xlsx", list.ptr).ptr).body);
    }
    assert_true(seen >= 6);
    static const char *const others[] = {"/linjiang/directory", "/linjiang/roster",
                                         "/linjiang/search"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct str target = str_fmt(&sample->arena, "%s.csv?q=zq", others[i]);
        no_cell_begins_a_formula(others[i], sample_get(sample, target.ptr).body);
    }
    program_sample_close(sample);
}

int main(int argc, char **argv)
{
    int code;
    if (is_child(argc, argv, &code))
        return code;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markup_that_is_stored_is_text_on_every_page),
        cmocka_unit_test(markup_in_a_document_is_text_in_the_wizard),
        cmocka_unit_test(markup_in_addresses_and_forms_comes_back_as_text),
        cmocka_unit_test(no_text_of_any_kind_is_a_formula_in_a_spreadsheet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
