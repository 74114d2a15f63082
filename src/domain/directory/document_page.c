#include "domain/directory/priv.h"
#include "domain/directory/requirements.h"

#include "directory.sql.h"
#include "domain/document/document.h"
#include "domain/file/file.h"
#include "domain/link/link.h"
#include "domain/organization/organization.h"
#include "domain/person/person.h"
#include "domain/scheme/scheme_kinds.h"
#include "text/text.h"

/* The page of one document: its facts, and what it says, each with its clause (YY22-1). */

#define COLUMNS_N(columns) (int)(sizeof(columns) / sizeof *(columns))

static const struct column text_columns[] = {{"text", NULL, COLUMN_TEXT}};
static const struct shape shape_text = {"text", text_columns, 1};

static const struct column item_columns[] = {
    {"item", NULL, COLUMN_OBJECT, .shape = &shape_ref},
    {"clause", "条款", COLUMN_TEXT},
    {"kind", NULL, COLUMN_CHOICE, .choices = statement_kinds},
};
static const struct shape shape_item = {"item", item_columns, 3};

static const struct column party_columns[] = {
    {"party", "联系方", COLUMN_OBJECT, .shape = &shape_ref},
    {"clause", "条款", COLUMN_TEXT},
    {"total", "单位", COLUMN_INT},
    {"declared", "文件注明", COLUMN_INT},
    {"mismatch", NULL, COLUMN_FLAG},
};
static const struct shape shape_party = {"party", party_columns, 5};

static const struct column columns[] = {
    {"id", NULL, COLUMN_ID},
    {"title", "标题", COLUMN_TEXT},
    {"number", "文号", COLUMN_TEXT},
    {"inner_title", "所印发的办法", COLUMN_TEXT},
    {"date", "成文日期", COLUMN_DATE},
    {"signed_date", "落款日期", COLUMN_DATE},
    {"printed_date", "印发日期", COLUMN_DATE},
    {"effective_date", "施行日期", COLUMN_DATE},
    {"trial", "试行", COLUMN_FLAG},
    {"trial_ends", "试行截止", COLUMN_DATE},
    {"interpreter", "负责解释", COLUMN_TEXT},
    {"note", "备注", COLUMN_TEXT},
    {"end_date", "结束日期", COLUMN_DATE},
    {"version", NULL, COLUMN_INT},
    {"issuers", "发文机关", COLUMN_LIST, .shape = &shape_text},
    {"addressees", "主送", COLUMN_LIST, .shape = &shape_text},
    {"decisions", "审议通过", COLUMN_LIST, .shape = &shape_text},
    {"bases", "依据文件", COLUMN_LIST, .shape = &shape_text},
    {"repeals", "同时废止", COLUMN_LIST, .shape = &shape_text},
    {"parties", "联系方", COLUMN_LIST, .shape = &shape_party},
    {"many_parties", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"statements", "原则与附件", COLUMN_LIST, .shape = &shape_item},
    {"contents", "联系内容", COLUMN_LIST, .shape = &shape_item},
    {"forms", "联系形式", COLUMN_LIST, .shape = &shape_item},
    {"requirements", "工作要求", COLUMN_LIST, .shape = &shape_requirement},
    {"ended", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"attached", NULL, COLUMN_OBJECT, .shape = &shape_record_attached, .flags = COLUMN_PAGE_ONLY},
    {"json_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"directory_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"has_steps", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"has_story", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"steps", NULL, COLUMN_LIST, .shape = &shape_record_step},
    {"story", NULL, COLUMN_LIST, .shape = &shape_record_story},
};
static const struct shape shape_document = {"document", columns, COLUMNS_N(columns)};

static void put_texts(struct call *call, struct object *model, const struct record *record,
                      const char *key)
{
    const struct record_rows *rows = &record->rows[kind_field(&kind_document, key)];
    struct list *list = list_new(call->arena, &shape_text);
    list->values = rows->cells; /* each of these tables has one column */
    list->n = rows->n;
    object_set(model, key, value_list(list));
}

/* 七届二次主席会议，2022年1月10日; what the document does not say is left out. */
static struct str decision_text(struct arena *arena, const struct value *cells)
{
    struct str text = value_str(cells[0]);
    struct date date;
    if (cells[2].kind == VALUE_INT)
        text = str_fmt(arena, "%s%.*s次%.*s", cells[1].kind == VALUE_INT ? "" : "第",
                       STR_ARG(text_numeral_format(arena, (int)cells[2].i)), STR_ARG(text));
    if (cells[1].kind == VALUE_INT)
        text = str_fmt(arena, "%.*s届%.*s", STR_ARG(text_numeral_format(arena, (int)cells[1].i)),
                       STR_ARG(text));
    if (date_parse(value_str(cells[3]), &date))
        text =
            str_fmt(arena, "%.*s，%.*s", STR_ARG(text), STR_ARG(date_format_chinese(arena, date)));
    return text;
}

static void put_decisions(struct call *call, struct object *model, const struct record *record)
{
    const struct record_rows *rows = &record->rows[kind_field(&kind_document, "decisions")];
    struct list *list = list_new(call->arena, &shape_text);
    for (int i = 0; i < rows->n; i++)
        *list_add(call->arena, list) = value_text(decision_text(call->arena, rows->cells + i * 4));
    object_set(model, "decisions", value_list(list));
}

static void put_facts(struct call *call, struct object *model, const struct record *record)
{
    static const char *const plain[] = {
        "title",          "number", "inner_title", "date",        "signed_date", "printed_date",
        "effective_date", "trial",  "trial_ends",  "interpreter", "note"};
    static const char *const texts[] = {"issuers", "addressees", "bases", "repeals"};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        object_set(model, plain[i], record_value(record, plain[i]));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        put_texts(call, model, record, texts[i]);
    put_decisions(call, model, record);
    object_set(model, "id", value_int(record->id));
    object_set(model, "version", value_int(record->version));
    object_set(model, "end_date", value_text(record->end_date));
}

struct sections {
    struct call *call;
    struct object *model;
    struct value args[52]; /* body, day, schemes */
    int args_n;
};

static enum status put_items(struct sections *sections, const struct statement *statement,
                             const struct kind *kind, const char *key)
{
    struct call *call = sections->call;
    struct rows rows;
    TRY(tx_run(call->tx, statement, sections->args, sections->args_n, &rows));
    struct list *list = list_new(call->arena, &shape_item);
    for (int i = 0; i < rows.n; i++) {
        int64_t id = value_i64(rows_at(&rows, i, 0));
        struct value *row = list_add(call->arena, list);
        row[0] =
            value_ref(call->arena, id, value_str(rows_at(&rows, i, 1)), record_url(call, kind, id));
        row[1] = rows_at(&rows, i, 2);
        row[2] = rows.columns_n > 3 ? rows_at(&rows, i, 3) : NULL_VALUE;
    }
    object_set(sections->model, key, value_list(list));
    return OK;
}

enum { COUNTED_MAX = 1000 };

/* Body, day, how many at most, schemes. */
static enum status count_links(struct sections *sections, struct rows *ret_rows, int *ret_units)
{
    struct value args[54] = {sections->args[0], sections->args[1], value_int(COUNTED_MAX + 1)};
    memcpy(args + 3, sections->args + 2, (size_t)(sections->args_n - 2) * sizeof *args);
    TRY(tx_run(sections->call->tx, &SQL_directory_link_counts, args, sections->args_n + 1,
               ret_rows));
    *ret_units = 0;
    for (int i = 0; i < ret_rows->n; i++)
        *ret_units += (int)value_i64(rows_at(ret_rows, i, 4));
    return OK;
}

/* A document with more links than are counted has them in the directory alone. */
static enum status put_parties(struct sections *sections, int *ret_units)
{
    struct call *call = sections->call;
    struct rows rows;
    TRY(count_links(sections, &rows, ret_units));
    struct list *list = list_new(call->arena, &shape_party);
    bool many = *ret_units > COUNTED_MAX;
    object_set(sections->model, "many_parties", value_int(many));
    for (int i = 0; i < rows.n && !many; i++) {
        bool person = rows_at(&rows, i, 2).kind == VALUE_INT;
        int64_t id = value_i64(rows_at(&rows, i, 0)), units = value_i64(rows_at(&rows, i, 4));
        struct value declared = rows_at(&rows, i, 5);
        struct value *row = list_add(call->arena, list);
        row[0] = value_ref(call->arena, id, value_str(rows_at(&rows, i, 1)),
                           record_url(call, person ? &kind_person : &kind_organization, id));
        row[1] = rows_at(&rows, i, 3);
        row[2] = value_int(units);
        row[3] = declared;
        row[4] = value_int(declared.kind == VALUE_INT && declared.i != units);
    }
    object_set(sections->model, "parties", value_list(list));
    return OK;
}

/* As of today; of an ended document, as of its last day. */
static struct date day_of(const struct call *call, const struct record *record)
{
    struct date end;
    if (date_parse(record->end_date, &end) && date_cmp(end, call->today) <= 0)
        return date_add_days(end, -1);
    return call->today;
}

static enum status put_sections(struct call *call, struct object *model,
                                const struct record *record, struct page *page)
{
    struct date on = day_of(call, record);
    struct sections sections = {.call = call, .model = model, .args_n = 2};
    struct rows schemes;
    int64_t ids[50];
    int n = 0, units = 0;
    TRY(tx_run(call->tx, &SQL_directory_schemes_of,
               ARGS(value_int(call->body.id), value_int(record->id)), &schemes));
    sections.args[0] = value_int(call->body.id);
    sections.args[1] = value_text(date_format(call->arena, on));
    for (; n < schemes.n && n < 50; n++) {
        ids[n] = value_i64(rows_at(&schemes, n, 0));
        sections.args[sections.args_n++] = value_int(ids[n]);
    }
    TRY(put_items(&sections, &SQL_directory_statements, &kind_statement, "statements"));
    TRY(put_items(&sections, &SQL_directory_contents, &kind_content, "contents"));
    TRY(put_items(&sections, &SQL_directory_forms, &kind_form, "forms"));
    TRY(put_parties(&sections, &units));
    struct list *requirements;
    struct requirement_filter all = {0};
    TRY(requirements_load(call, on, ids, n, &all, &requirements));
    object_set(model, "requirements", value_list(requirements));
    page->state = str_fmt(
        call->arena, "联系关系 %d 对%s，联系内容 %d 类，联系形式 %d 种，工作要求 %d 项。",
        units > COUNTED_MAX ? COUNTED_MAX : units, units > COUNTED_MAX ? "以上" : "",
        object_get(model, "contents").list->n, object_get(model, "forms").list->n, requirements->n);
    return OK;
}

static enum status show(struct call *call, struct page *page)
{
    int64_t id;
    struct record *record;
    TRY(call_path_id(call, 1, &id));
    enum status status = record_get(call->tx, &kind_document, call->body.id, id, &record);
    if (status == NOT_FOUND || (status == OK && !record_may_see(call, &kind_document, id)))
        return call_refuse(call, NOT_FOUND, NULL, "没有这份文件，可能地址有误或已被移除。");
    TRY(status);
    struct object *model = object_new(call->arena, &shape_document);
    put_facts(call, model, record);
    TRY(put_sections(call, model, record, page));
    TRY(file_attach(call, &kind_document, id, model));
    struct str url = record_url(call, &kind_document, id);
    bool ended = date_cmp(day_of(call, record), call->today) != 0;
    object_set(model, "ended", value_int(ended));
    object_set(model, "json_url", value_text(str_fmt(call->arena, "%.*s.json", STR_ARG(url))));
    object_set(model, "directory_url", value_text(call_url(call, "directory")));
    page->model = model;
    page->record = record_data(call, call->route->data, record);
    page->title = value_str(record_value(record, "title"));
    page_crumb(page, STR("制度文件"), call_url(call, "document"));
    if (call_may(call, RIGHT_EDIT))
        page_action(page, STR("修改"), str_fmt(call->arena, "%.*s/edit", STR_ARG(url)), false);
    record_journal_action(call, page, &kind_document, id);
    TRY(flow_show(call, page, record, model));
    return OK;
}

static const struct route routes[] = {
    {.method = METHOD_GET,
     .path = "/{body}/document/{id}",
     .run = show,
     .need = RIGHT_READ,
     .forms = FORM_HTML | FORM_JSON,
     .flags = ROUTE_CACHED,
     .help = "制度文件：条款、内容、形式、联系关系和工作要求",
     .template = "directory/document",
     .shape = &shape_document},
};

void document_routes(struct record_engine *engine)
{
    record_engine_add_routes(engine, routes, COLUMNS_N(routes));
}
