#include "domain/import/priv.h"

#include "domain/body/body.h"
#include "import.sql.h"
#include "text/text.h"

/* 上传: the form, the drafts under way, and the reading in a confined child. */

#define COLUMNS_N(columns) (int)(sizeof(columns) / sizeof *(columns))

static const struct column draft_columns[] = {
    {"title", "文件", COLUMN_TEXT},
    {"filename", "上传的文件", COLUMN_TEXT},
    {"modified", "最近改动", COLUMN_INSTANT},
    {"url", NULL, COLUMN_URL},
};
static const struct shape shape_draft = {"draft", draft_columns, COLUMNS_N(draft_columns)};
static const struct column columns[] = {
    {"action", NULL, COLUMN_URL},
    {"problem", NULL, COLUMN_TEXT},
    {"drafts", NULL, COLUMN_LIST, .shape = &shape_draft},
};
static const struct shape shape_upload = {"upload", columns, COLUMNS_N(columns)};

static enum status upload_page(struct call *call, struct page *page, struct str problem)
{
    struct rows rows;
    TRY(tx_run(call->tx, &SQL_import_list, ARGS(value_int(call->body.id)), &rows));
    struct list *drafts = list_new(call->arena, &shape_draft);
    for (int i = 0; i < rows.n; i++) {
        struct value *row = list_add(call->arena, drafts);
        row[0] = rows_at(&rows, i, 2);
        row[1] = rows_at(&rows, i, 1);
        row[2] = rows_at(&rows, i, 3);
        row[3] = value_text(import_url(call, value_i64(rows_at(&rows, i, 0)), ""));
    }
    struct object *model = object_new(call->arena, &shape_upload);
    object_set(model, "action", value_text(import_home(call)));
    object_set(model, "problem", value_text_or_null(problem));
    object_set(model, "drafts", value_list(drafts));
    page->model = model;
    page->title = STR("导入文件");
    page->state = STR("三步完成：上传文件，核对读出的内容，导入。");
    return OK;
}

static enum status show(struct call *call, struct page *page)
{
    return upload_page(call, page, STR(""));
}

static enum status again(struct call *call, struct page *page, enum status status)
{
    page->status = call->fault.http ? call->fault.http : status_http(status);
    return upload_page(call, page, call->fault.message);
}

/* 政协云河市委员会办公室 → 政协云河市委员会; 云河市人民政府办公室 → 云河市人民政府 */
static struct str body_name(struct str issuer)
{
    static const struct str offices[] = {STR_INIT("办公室"), STR_INIT("办公厅")};
    for (int i = 0; i < 2; i++)
        if (str_ends(issuer, offices[i]))
            return str_head(issuer, issuer.len - offices[i].len);
    return issuer;
}

static struct str body_class(struct str name)
{
    if (str_has(name, STR("政协")) || str_has(name, STR("政治协商会议")))
        return STR("cppcc");
    if (str_has(name, STR("人民政府")))
        return STR("government");
    return str_has(name, STR("中共")) ? STR("party-committee") : STR("cppcc");
}

/* A first proposal for an address, by initials; the clerk may type a better one. */
static struct str address_of(struct call *call, struct str name)
{
    static const struct str words[] = {STR_INIT("中国人民政治协商会议"), STR_INIT("政协"),
                                       STR_INIT("委员会"), STR_INIT("人民政府"), STR_INIT("中共")};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        name = str_replace(call->arena, name, words[i], STR(""));
    struct str initials = text_initials(call->arena, name);
    return str_head(str_cut(&initials, STR(" ")), 40);
}

/* 〔2020〕9号 → 2020-9 */
static struct str number_id(struct arena *arena, struct str number)
{
    struct str rest = number, year, order;
    str_cut(&rest, STR("〔"));
    year = str_cut(&rest, STR("〕"));
    order = str_cut(&rest, STR("号"));
    int64_t value;
    if (!str_to_int(year, &value) || !str_to_int(order, &value))
        return STR("");
    return str_fmt(arena, "-%.*s-%.*s", STR_ARG(year), STR_ARG(order));
}

/* The body there is under that name keeps its address; a new one gets a proposal. */
static enum status find_address(struct call *call, struct scheme_body *body)
{
    struct named *named;
    struct record *record;
    int n;
    TRY(record_by_title(call->tx, &kind_body, 0, body->name, call->today, &named, &n));
    if (n != 1) {
        body->id = address_of(call, body->name);
        return OK;
    }
    TRY(record_get(call->tx, &kind_body, 0, named[0].id, &record));
    body->id = value_str(record_value(record, "slug"));
    body->classification = value_str(record_value(record, "classification"));
    return OK;
}

/* Where a body is already chosen, the draft belongs to it; else the issuer is proposed. */
static enum status propose(struct call *call, struct scheme *scheme)
{
    struct scheme_body *body = &scheme->body;
    const struct scheme_document *document = &scheme->document;
    if (call->body.id != 0) {
        body->id = call->body.slug;
        body->name = call->body.name;
        struct record *record;
        TRY(record_get(call->tx, &kind_body, 0, call->body.id, &record));
        body->classification = value_str(record_value(record, "classification"));
    } else if (document->issuers.n > 0) {
        body->name = body_name(document->issuers.items[0]);
        TRY(find_address(call, body));
    }
    if (body->classification.len == 0)
        body->classification = body_class(body->name);
    if (document->decision.term > 0)
        body->term = document->decision.term;
    struct str number = number_id(call->arena, document->number);
    if (body->id.len > 0 && number.len > 0 && document->id.len == 0)
        scheme->document.id = str_fmt(call->arena, "%.*s%.*s", STR_ARG(body->id), STR_ARG(number));
    return OK;
}

static enum status upload(struct call *call, struct page *page)
{
    const struct upload *file = call_upload(call, "file");
    if (!file || file->filename.len == 0)
        return again(call, page, call_refuse(call, INVALID, "file", "请先选择要导入的文件。"));
    struct draft draft = {
        .body_id = call->body.id, .id = call_new_id(call), .filename = file->filename};
    enum status status = reader_child(call->arena, "/proc/self/exe", file->bytes, &draft.scheme,
                                      &draft.source, &call->fault);
    if (status != OK)
        return again(call, page, status);
    TRY(propose(call, &draft.scheme));
    TRY(draft_add(call, &draft));
    page->redirect = import_url(call, draft.id, "");
    return OK;
}

static enum status discard(struct call *call, struct page *page)
{
    struct draft draft;
    TRY(draft_get(call, &draft));
    TRY(draft_drop(call, &draft));
    page->redirect = import_home(call);
    return OK;
}

static enum status undo(struct call *call, struct page *page)
{
    struct draft draft;
    int64_t seen;
    TRY(draft_get(call, &draft));
    bool stale = !str_to_int(call_form(call, "version"), &seen) || seen != draft.version;
    enum status status = stale ? CONFLICT : draft_undo(call, &draft);
    if (status != OK && status != CONFLICT)
        return status;
    if (status == CONFLICT) {
        page->status = status_http(CONFLICT);
        (void)call_refuse(call, CONFLICT, NULL,
                          "这份草稿在您核对期间已有改动，没有撤销，请看过现在的内容再决定。");
        TRY(draft_get(call, &draft));
        return review_page(call, page, &draft, "none");
    }
    page->redirect = import_url(call, draft.id, "");
    return OK;
}

/* --- routes: below a body, and at /import where there is none yet --- */

struct step {
    enum method method;
    const char *path; /* behind /import */
    action *run;
    int forms, flags;
    const char *help, *template;
    const struct shape *shape;
    const struct query_name *query;
};
static const struct query_name preview_query[] = {
    {"on", "生效日期，默认今天"}, {"replace", "1：同一文件重新导入，替换原来的"}, {0}};
static const struct query_name version_query[] = {{"version", "所见的版本号"}, {0}};
static const struct query_name apply_query[] = {{"version", "所见的版本号"},
                                                {"on", "生效日期，默认今天"},
                                                {"replace", "1：同一文件重新导入，替换原来的"},
                                                {0}};
static const struct query_name correct_query[] = {
    {"version", "所见的版本号"},
    {"op", "更正什么：facts、link、link-drop、content、form、duty 等，即核对页上各项的 op"},
    {"at", "第几项，从 0 起"},
    {0}};
static const struct step steps[] = {
    {METHOD_GET, "", show, FORM_HTML, 0, "上传", "import/upload", &shape_upload},
    {METHOD_POST, "", upload, FORM_HTML | FORM_JSON, ROUTE_UPLOAD, "读取上传的文件",
     "import/upload", &shape_upload},
    {METHOD_GET, "/{id}", import_review, FORM_HTML | FORM_JSON, 0, "核对", "import/review",
     &shape_review},
    {METHOD_POST, "/{id}", import_correct, FORM_HTML | FORM_JSON, 0, "更正一处", "import/review",
     &shape_review, correct_query},
    {METHOD_POST, "/{id}/undo", undo, FORM_HTML | FORM_JSON, 0, "撤销上一处更正", "import/review",
     &shape_review, version_query},
    {METHOD_POST, "/{id}/discard", discard, FORM_HTML | FORM_JSON, 0, "放弃草稿", NULL, NULL},
    {METHOD_GET, "/{id}/preview", import_preview, FORM_HTML | FORM_JSON, 0,
     "将增加、变更和结束的内容", "import/preview", &shape_preview, preview_query},
    {METHOD_POST, "/{id}/apply", import_apply, FORM_HTML | FORM_JSON, ROUTE_LONG, "导入",
     "import/preview", &shape_preview, apply_query},
};
enum { STEPS_N = sizeof steps / sizeof *steps };

static void add_routes(struct app *app, struct arena *arena, const char *prefix, int flags)
{
    struct route *routes = arena_new(arena, struct route, STEPS_N);
    for (int i = 0; i < STEPS_N; i++) {
        const struct step *step = &steps[i];
        routes[i] = (struct route){.method = step->method,
                                   .path = str_fmt(arena, "%s/import%s", prefix, step->path).ptr,
                                   .run = step->run,
                                   .need = RIGHT_IMPORT,
                                   .forms = step->forms,
                                   .flags = step->flags | flags,
                                   .help = str_fmt(arena, "导入文件：%s", step->help).ptr,
                                   .template = step->template,
                                   .shape = step->shape,
                                   .query = step->query};
    }
    app_add_routes(app, routes, STEPS_N);
}

void import_routes(struct app *app, struct arena *arena)
{
    add_routes(app, arena, "/{body}", 0);
    add_routes(app, arena, "", ROUTE_INSTANCE);
}
