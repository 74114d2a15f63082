#include "domain/roster/priv.h"

#include "domain/organization/organization.h"
#include "roster.sql.h"

/* The roster of a body: who has named whom, blank slips and rosters, the upload of filled ones. */

#define COLUMNS_N(columns) (int)(sizeof(columns) / sizeof *(columns))

enum { FILE_BYTES_MAX = 32 << 20 };

static const struct column count_columns[] = {
    {"label", NULL, COLUMN_TEXT}, {"people", NULL, COLUMN_INT}, {"missing", NULL, COLUMN_FLAG}};
static const struct shape shape_count = {"count", count_columns, 3};

enum {
    UNIT_REF,
    UNIT_ROLES,
    UNIT_TOTAL = UNIT_ROLES + NAMED_ROLES,
    UNIT_COUNTS,
    UNIT_SLIP,
    UNIT_PEOPLE
};
static const struct column unit_columns[] = {
    {"unit", "单位", COLUMN_OBJECT, .shape = &shape_ref},
    {"responsible_leader", "责任领导", COLUMN_INT},
    {"leader_in_charge", "分管领导", COLUMN_INT},
    {"contact", "联系人", COLUMN_INT},
    {"liaison", "联络员", COLUMN_INT},
    {"people", "合计", COLUMN_INT},
    {"counts", NULL, COLUMN_LIST, .shape = &shape_count, .flags = COLUMN_PAGE_ONLY},
    {"slip_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"people_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
};
static const struct shape shape_unit = {"roster_unit", unit_columns, COLUMNS_N(unit_columns)};

static const struct column columns[] = {
    {"items", NULL, COLUMN_LIST, .shape = &shape_unit},
    {"total", NULL, COLUMN_INT},
    {"more", NULL, COLUMN_FLAG},
    {"named", NULL, COLUMN_INT},
    {"next", NULL, COLUMN_TEXT},
    {"basis", "依据", COLUMN_TEXT},
    {"heads", NULL, COLUMN_LIST, .shape = &shape_count, .flags = COLUMN_PAGE_ONLY},
    {"missing", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"problem", NULL, COLUMN_TEXT, .flags = COLUMN_PAGE_ONLY},
    {"may_import", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"has_units", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {"roster_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"slips_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"blank_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"csv_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"xlsx_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"directory_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"next_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
};
static const struct shape shape_roster = {"roster", columns, COLUMNS_N(columns)};

/* --- who has named whom --- */

static void fill_unit(struct call *call, const struct designation_asked *asked,
                      const struct roster_unit *unit, struct value *row)
{
    int people = 0;
    struct list *counts = list_new(call->arena, &shape_count);
    row[UNIT_REF] = value_ref(call->arena, unit->id, unit->name,
                              record_url(call, &kind_organization, unit->id));
    for (int role = 0; role < NAMED_ROLES; role++) {
        row[UNIT_ROLES + role] = value_int(unit->named[role]);
        people += unit->named[role];
        if (!asked->roles[role])
            continue;
        struct value *count = list_add(call->arena, counts);
        count[0] = value_text(str_from(designation_roles[role].label));
        count[1] = value_int(unit->named[role]);
        count[2] = value_int(unit->named[role] == 0);
    }
    struct str id = id_format(call->arena, unit->id);
    row[UNIT_TOTAL] = value_int(people);
    row[UNIT_COUNTS] = value_list(counts);
    row[UNIT_SLIP] = value_text(call_url(call, "roster/slips/%.*s", STR_ARG(id)));
    row[UNIT_PEOPLE] = value_text(call_url(call, "designation?organization=%.*s", STR_ARG(id)));
}

/* ?after= is the position and id of the last unit. */
static enum status read_after(struct call *call, struct roster_units_after *ret_after)
{
    struct str after = call_query(call, "after");
    *ret_after = (struct roster_units_after){.position = INT64_MIN};
    ret_after->missing = str_is(call_query(call, "show"), "missing");
    if (after.len == 0)
        return OK;
    struct str position = str_cut(&after, STR("."));
    if (!str_to_int(position, &ret_after->position) || !id_parse(after, &ret_after->id))
        return call_refuse(call, INVALID, "after", "翻页参数无法识别，请回到首页重新翻页。");
    return OK;
}

static void put_heads(struct call *call, const struct designation_asked *asked,
                      struct object *model)
{
    struct list *heads = list_new(call->arena, &shape_count);
    for (int role = 0; role < NAMED_ROLES; role++)
        if (asked->roles[role])
            list_add(call->arena, heads)[0] = value_text(str_from(designation_roles[role].label));
    object_set(model, "heads", value_list(heads));
}

static enum status put_units(struct call *call, const struct designation_asked *asked,
                             struct object *model)
{
    struct roster_units_after after;
    struct roster_unit *units;
    int n;
    TRY(read_after(call, &after));
    TRY(roster_units_read(call->tx, call->body.id, call->today, asked, &after, &units, &n));
    struct list *items = list_new(call->arena, &shape_unit);
    for (int i = 0; i < n; i++)
        fill_unit(call, asked, &units[i], list_add(call->arena, items));
    object_set(model, "items", value_list(items));
    object_set(model, "missing", value_int(after.missing));
    if (n < ROSTER_UNITS_PAGE)
        return OK;
    struct str next = str_fmt(call->arena, "%lld.%.*s", (long long)units[n - 1].position,
                              STR_ARG(id_format(call->arena, units[n - 1].id)));
    object_set(model, "next", value_text(next));
    object_set(model, "next_url",
               value_text(call_url(call, "roster?%safter=%.*s",
                                   after.missing ? "show=missing&" : "", STR_ARG(next))));
    return OK;
}

static enum status put_totals(struct call *call, const struct designation_asked *asked,
                              struct object *model, struct page *page)
{
    int units, named;
    TRY(roster_totals_read(call->tx, call->body.id, call->today, asked, &units, &named));
    bool more = units > ROSTER_TOTAL_MAX;
    object_set(model, "total", value_int(more ? ROSTER_TOTAL_MAX : units));
    object_set(model, "more", value_int(more));
    object_set(model, "has_units", value_int(units > 0));
    if (!more)
        object_set(model, "named", value_int(named));
    bool missing = value_i64(object_get(model, "missing"));
    page_tab(page, STR("全部单位"), call_url(call, "roster"), !missing);
    page_tab(page, STR("待明确"), call_url(call, "roster?show=missing"), missing);
    if (more)
        page->state = str_fmt(call->arena, "共 %d 个以上单位。", ROSTER_TOTAL_MAX);
    else if (units > 0)
        page->state = str_fmt(call->arena, "共 %d 个单位，已登记人员的 %d 个，待明确 %d 个。",
                              units, named, units - named);
    return OK;
}

static enum status roster_page(struct call *call, struct page *page)
{
    static const char *const urls[][2] = {
        {"roster_url", "roster"},  {"slips_url", "roster/slips"}, {"blank_url", "roster/blank"},
        {"csv_url", "roster.csv"}, {"xlsx_url", "roster.xlsx"},   {"directory_url", "directory"},
    };
    struct designation_asked asked;
    struct object *model = object_new(call->arena, &shape_roster);
    TRY(designation_asked_read(call->tx, call->body.id, call->today, &asked));
    TRY(put_units(call, &asked, model));
    TRY(put_totals(call, &asked, model, page));
    put_heads(call, &asked, model);
    object_set(model, "basis", value_text_or_null(asked.basis));
    object_set(model, "may_import", value_int(call_may(call, RIGHT_IMPORT)));
    object_set(model, "problem", value_text_or_null(call->fault.message));
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
        object_set(model, urls[i][0], value_text(call_url(call, "%s", urls[i][1])));
    page->model = model;
    page->table = "items";
    page->title = STR("名单与回执");
    page->filename = STR("对口联系人员报送情况");
    return OK;
}

/* --- blank slips and rosters --- */

static enum status give(struct call *call, struct page *page, enum status status,
                        const struct buf *buf, const char *mime)
{
    if (status != OK || buf->full)
        return call_refuse(call, FAULT, NULL, "文件没有生成成功，请稍后再试。");
    page->file = str_copy(call->arena, buf_str(buf));
    page->mime = str_from(mime);
    return OK;
}

static const char mime_docx[] =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
static const char mime_xlsx[] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

static enum status give_slip(struct call *call, struct page *page)
{
    int64_t id;
    struct rows rows;
    struct designation_asked asked;
    TRY(call_path_id(call, 1, &id));
    TRY(tx_run(call->tx, &SQL_roster_unit,
               ARGS(value_int(call->body.id), value_int(id),
                    value_text(date_format(call->arena, call->today))),
               &rows));
    if (rows.n == 0 || !record_may_see(call, &kind_organization, id))
        return call_refuse(call, NOT_FOUND, NULL, "没有这个单位，可能地址有误或已被移除。");
    struct str unit = value_str(rows_at(&rows, 0, 0));
    if (value_i64(rows_at(&rows, 0, 1)))
        return call_refuse(call, INVALID, NULL,
                           "“%.*s”不指明具体单位，没有回执，请先登记其中的单位。", STR_ARG(unit));
    TRY(designation_asked_read(call->tx, call->body.id, call->today, &asked));
    AUTOBUF buf = buf_open(MIB(1));
    enum status status = roster_slip_put(&buf, &call->body, &asked, unit);
    page->filename = str_fmt(call->arena, "%.*s 回执", STR_ARG(unit));
    return give(call, page, status, &buf, mime_docx);
}

static enum status all_units(struct call *call, struct designation_asked *ret_asked,
                             struct roster_unit **ret_units, int *ret_n)
{
    TRY(designation_asked_read(call->tx, call->body.id, call->today, ret_asked));
    return roster_units_all(call->tx, call->body.id, call->today, ret_asked, ret_units, ret_n,
                            &call->fault);
}

static enum status give_slips(struct call *call, struct page *page)
{
    struct designation_asked asked;
    struct roster_unit *units;
    int n;
    TRY(all_units(call, &asked, &units, &n));
    AUTOBUF buf = buf_open(FILE_BYTES_MAX);
    enum status status = roster_slips_put(call->arena, &buf, &call->body, &asked, units, n);
    page->filename = str_fmt(call->arena, "%.*s 空白回执", STR_ARG(call->body.name));
    return give(call, page, status, &buf, "application/zip");
}

static enum status give_blank(struct call *call, struct page *page)
{
    struct designation_asked asked;
    struct roster_unit *units;
    int n;
    TRY(all_units(call, &asked, &units, &n));
    AUTOBUF buf = buf_open(FILE_BYTES_MAX);
    enum status status = roster_blank_put(call->arena, &buf, &asked, units, n);
    page->filename = str_fmt(call->arena, "%.*s 空白名单", STR_ARG(call->body.name));
    return give(call, page, status, &buf, mime_xlsx);
}

/* --- uploads --- */

static void add_file(struct call *call, const struct upload *upload, bool named,
                     struct roster_draft *draft)
{
    struct roster roster, *to = &draft->roster;
    struct fault fault = {0};
    struct arena *arena = call->arena;
    if (roster_file_read(arena, NULL, upload->bytes, &roster, &fault) != OK) {
        *arena_push(arena, draft->problems, draft->problems_n, draft->problems_room) =
            (struct roster_problem){upload->filename, fault.message};
        return;
    }
    for (int i = 0; i < roster.n; i++) {
        if (named)
            roster.entries[i].file = upload->filename;
        *arena_push(arena, to->entries, to->n, to->room) = roster.entries[i];
    }
    for (int i = 0; i < roster.unread_n; i++)
        *arena_push(arena, to->unread, to->unread_n, to->unread_room) = roster.unread[i];
    to->blank += roster.blank;
}

static enum status read_uploads(struct call *call, struct roster_draft *draft)
{
    int files = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < call->request->uploads_n; i++) {
            const struct upload *upload = &call->request->uploads[i];
            if (!str_is(upload->field, "file") || upload->filename.len == 0)
                continue;
            if (pass == 0 && files++ == 0)
                draft->name = upload->filename;
            if (pass == 1)
                add_file(call, upload, files > 1, draft);
        }
    if (files == 0)
        return call_refuse(call, INVALID, "file", "请选择要导入的名单或回执。");
    if (files > 1)
        draft->name = str_fmt(call->arena, "%.*s 等 %d 个文件", STR_ARG(draft->name), files);
    if (draft->roster.n > ROSTER_ENTRIES_MAX)
        return call_refuse(call, INVALID, "file",
                           "这些文件里共有 %d 人，一次最多导入 %d 人，请分批。", draft->roster.n,
                           ROSTER_ENTRIES_MAX);
    if (draft->roster.n > 0)
        return OK;
    if (draft->problems_n == 1 && files == 1)
        return call_refuse(call, INVALID, "file", "%.*s", STR_ARG(draft->problems[0].message));
    if (draft->problems_n > 0)
        return call_refuse(call, INVALID, "file", "“%.*s”：%.*s", STR_ARG(draft->problems[0].file),
                           STR_ARG(draft->problems[0].message));
    return call_refuse(call, INVALID, "file", "文件里还没有填写人员，请填好姓名后再导入。");
}

/* The page again with what was wrong. */
static enum status refuse_upload(struct call *call, struct page *page)
{
    page->status = 422;
    return roster_page(call, page);
}

static struct str draft_url(struct call *call, int64_t id)
{
    return call_url(call, "roster/draft/%.*s", STR_ARG(id_format(call->arena, id)));
}

static enum status upload(struct call *call, struct page *page)
{
    struct roster_draft draft = {0};
    enum status status = read_uploads(call, &draft);
    if (status == OK)
        status = roster_draft_add(call, &draft);
    if (status == INVALID)
        return refuse_upload(call, page);
    TRY(status);
    page->redirect = draft_url(call, draft.id);
    return OK;
}

/* --- a draft --- */

static enum status path_draft(struct call *call, struct roster_draft *ret_draft)
{
    int64_t id;
    TRY(call_path_id(call, 1, &id));
    return roster_draft_get(call, id, ret_draft);
}

static enum status show_draft(struct call *call, struct page *page)
{
    struct roster_draft draft;
    TRY(path_draft(call, &draft));
    return roster_preview_page(call, page, &draft);
}

static bool read_seen(struct call *call, uint64_t *ret_seen)
{
    struct str text = call_form(call, "seen");
    uint64_t seen = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *digits = "0123456789abcdef", *at = strchr(digits, text.ptr[i]);
        if (!at || !*at)
            return false;
        seen = seen << 4 | (uint64_t)(at - digits);
    }
    *ret_seen = seen;
    return text.len == 16;
}

static enum status apply_draft(struct call *call, struct page *page)
{
    struct roster_draft draft;
    uint64_t seen;
    bool moved_on = false;
    TRY(path_draft(call, &draft));
    page->redirect = draft_url(call, draft.id);
    if (draft.done)
        return OK;
    if (!read_seen(call, &seen))
        return call_refuse(call, INVALID, "seen", "请先打开核对页面，从那里导入。");
    TRY(roster_draft_apply(call, &draft, seen, &moved_on));
    if (!moved_on)
        return OK;
    TRY(path_draft(call, &draft)); /* another request may just have imported it */
    if (draft.done)
        return OK;
    page->redirect = (struct str){0};
    (void)call_refuse(call, CONFLICT, "seen", "核对之后名录又有改动，请按下面的结果再核对一遍。");
    page->status = 409;
    return roster_preview_page(call, page, &draft);
}

static enum status discard_draft(struct call *call, struct page *page)
{
    struct roster_draft draft;
    TRY(path_draft(call, &draft));
    TRY(roster_draft_drop(call, draft.id));
    page->redirect = call_url(call, "roster");
    return OK;
}

/* --- the bad rows back --- */

static const struct column fault_columns[] = {
    {"unit", "单位", COLUMN_TEXT},    {"role", "身份", COLUMN_TEXT},
    {"name", "姓名", COLUMN_TEXT},    {"post", "职务", COLUMN_TEXT},
    {"section", "科室", COLUMN_TEXT}, {"office_phone", "办公电话", COLUMN_TEXT},
    {"mobile", "手机", COLUMN_TEXT},  {"reason", "原因", COLUMN_TEXT},
};
static const struct shape shape_faults = {"faults", fault_columns, ROSTER_CELLS + 1};

static enum status give_faults(struct call *call, struct page *page)
{
    struct roster_draft draft;
    TRY(path_draft(call, &draft));
    if (!draft.done) {
        struct roster_plan plan;
        TRY(roster_plan_make(call->tx, &call->body, call->today, &draft.roster, &plan));
    }
    struct list *list = list_new(call->arena, &shape_faults);
    for (int i = 0; i < draft.roster.n; i++) {
        const struct roster_entry *entry = &draft.roster.entries[i];
        if (entry->act != ROSTER_BAD)
            continue;
        struct value *row = list_add(call->arena, list);
        for (int cell = 0; cell < ROSTER_CELLS; cell++)
            row[cell] = value_text_or_null(entry->cells[cell]);
        row[ROSTER_CELLS] =
            value_text(draft.done ? draft.reasons[i] : roster_reason(call->arena, entry));
    }
    if (list->n == 0)
        return call_refuse(call, NOT_FOUND, NULL, "没有有误的行。");
    AUTOBUF buf = buf_open(FILE_BYTES_MAX);
    enum status status = view_put_xlsx(&buf, "有误的行", list);
    page->filename = STR("有误的行");
    call_gives_out(call, kind_designation.name, 0, "xlsx");
    return give(call, page, status, &buf, mime_xlsx);
}

static const struct query_name asked_of_apply[] = {
    {"seen", "核对时看到的 seen；之后名录又有改动的答 409"}, {0}};
static const struct query_name asked_of_list[] = {
    {"show", "missing 为只列待明确的单位"}, {"after", "后一页的游标"}, {0}};
static const struct query_name asked_of_draft[] = {
    {"show", "只列这一类的行"}, {"page", "第几页"}, {0}};
static const struct route routes[] = {
    {METHOD_GET, "/{body}/roster", roster_page, RIGHT_COMPARE, FORM_LIST, ROUTE_CACHED,
     "名单与回执：各单位已报送的人数", "roster/units", &shape_roster, NULL, asked_of_list},
    {METHOD_POST, "/{body}/roster", upload, RIGHT_IMPORT, FORM_HTML | FORM_JSON, ROUTE_UPLOAD,
     "上传填好的名单（.xlsx、.csv）或回执（.docx），先核对，不写入", "roster/units", &shape_roster},
    {METHOD_GET, "/{body}/roster/slips", give_slips, RIGHT_COMPARE, FORM_FILE, 0,
     "全部单位的空白回执（.zip）"},
    {METHOD_GET, "/{body}/roster/slips/{id}", give_slip, RIGHT_READ, FORM_FILE, 0,
     "一个单位的空白回执（.docx）"},
    {METHOD_GET, "/{body}/roster/blank", give_blank, RIGHT_COMPARE, FORM_FILE, 0,
     "列好单位的空白名单（.xlsx）"},
    {METHOD_GET, "/{body}/roster/draft/{id}", show_draft, RIGHT_IMPORT, FORM_HTML | FORM_JSON, 0,
     "逐行核对上传的名单", "roster/preview", &shape_roster_preview, NULL, asked_of_draft},
    {METHOD_POST, "/{body}/roster/draft/{id}/apply", apply_draft, RIGHT_IMPORT,
     FORM_HTML | FORM_JSON, ROUTE_LONG, "导入无误的行", "roster/preview", &shape_roster_preview,
     .query = asked_of_apply},
    {METHOD_POST, "/{body}/roster/draft/{id}/discard", discard_draft, RIGHT_IMPORT,
     FORM_HTML | FORM_JSON, 0, "放弃上传的名单"},
    {METHOD_GET, "/{body}/roster/draft/{id}/faults", give_faults, RIGHT_IMPORT, FORM_FILE, 0,
     "有误的行，附原因（.xlsx）"},
};

void roster_routes(struct app *app)
{
    app_add_routes(app, routes, COLUMNS_N(routes));
}
