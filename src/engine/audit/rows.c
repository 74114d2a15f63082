#include "engine/audit/pages.h"

#include "audit.sql.h"
#include "engine/flow/flow.h"

/* Entries of the journal as rows of a list. */

/* What comes up with accounts ends where what comes up with records begins. */
const struct choice journal_deeds[] = {{"end", "结束"},
                                       {"issue", "开出登录单"},
                                       {"use", "使用"},
                                       {"sign-in", "登录"},
                                       {"sign-in-refused", "登录被拒"},
                                       {"sign-out", "强制退出"},
                                       {"lock", "锁定"},
                                       {"unlock", "解锁"},
                                       {"password", "修改密码"},
                                       {"totp-on", "启用动态口令"},
                                       {"totp-off", "停用动态口令"},
                                       {"add", "登记"},
                                       {"change", "修改"},
                                       {"remove", "移除"},
                                       {"purge", "清除日志内容"},
                                       {"read", "查看不公开内容"},
                                       {"export", "导出"},
                                       {NULL, NULL}};
const struct choice journal_other_kinds[] = {{"account", "帐号"},
                                             {"seat", "身份"},
                                             {"token", "接口令牌"},
                                             {"slip", "登录单"},
                                             {"recovery_code", "恢复码"},
                                             {"directory", "对口联系名录"},
                                             {"journal", "操作日志"},
                                             {"search", "搜索结果"},
                                             {"journal_checkpoint", "存证点"},
                                             {NULL, NULL}};

static const struct column columns[] = {
    {.key = "number", .label = "序号", .kind = COLUMN_INT},
    {.key = "at", .label = "时间", .kind = COLUMN_INSTANT},
    {.key = "who", .label = "操作人", .kind = COLUMN_TEXT},
    {.key = "role", .label = "身份", .kind = COLUMN_TEXT},
    {.key = "address", .label = "来源地址", .kind = COLUMN_TEXT},
    {.key = "deed", .label = "操作", .kind = COLUMN_CHOICE, .choices = journal_deeds},
    {.key = "step", .label = "办理步骤", .kind = COLUMN_TEXT},
    {.key = "behalf", .label = "代录", .kind = COLUMN_TEXT},
    {.key = "kind", .kind = COLUMN_TEXT},
    {.key = "kind_label", .label = "种类", .kind = COLUMN_TEXT},
    {.key = "record", .label = "编号", .kind = COLUMN_ID},
    {.key = "title", .label = "名称", .kind = COLUMN_TEXT},
    {.key = "content", .label = "内容", .kind = COLUMN_TEXT},
    {.key = "note", .label = "备注", .kind = COLUMN_TEXT},
    {.key = "url", .kind = COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {.key = "has_changes", .kind = COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {.key = "has_old", .kind = COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},
    {.key = "changes", .kind = COLUMN_LIST, .shape = &shape_journal_change},
};
enum {
    AT_NUMBER,
    AT_TIME,
    AT_WHO,
    AT_ROLE,
    AT_ADDRESS,
    AT_DEED,
    AT_STEP,
    AT_BEHALF,
    AT_KIND,
    AT_KIND_LABEL,
    AT_RECORD,
    AT_TITLE,
    AT_CONTENT,
    AT_NOTE,
    AT_URL,
    AT_HAS_CHANGES,
    AT_HAS_OLD,
    AT_CHANGES,
    COLUMNS_N
};
const struct shape shape_journal_row = {"items", columns, COLUMNS_N};

/* What both statements select. */
enum {
    IS_NUMBER,
    IS_HAPPENED,
    IS_NAME,
    IS_ROLE,
    IS_ADDRESS,
    IS_DEED,
    IS_BEFORE,
    IS_AFTER,
    IS_PURGED,
    IS_KIND,
    IS_RECORD
};

enum status journal_read(struct call *call, const struct asked *asked, int limit,
                         struct rows *ret_rows)
{
    struct value body = value_int(asked->body_id), before = value_int(asked->before);
    if (asked->kind)
        return tx_run(call->tx, &SQL_audit_of,
                      ARGS(body, value_int(asked->id), value_text(str_from(asked->kind->name)),
                           before, value_int(limit)),
                      ret_rows);
    return tx_run(call->tx, &SQL_audit_list,
                  ARGS(body, value_int(asked->ledger->chain), before, value_text(asked->who),
                       value_text(asked->what), value_text(asked->deed), value_int(asked->from),
                       value_int(asked->until), value_int(limit)),
                  ret_rows);
}

static struct str said(const struct showing *showing, const struct canon *step, const char *key)
{
    const struct canon_member *member = canon_find(step, str_from(key));
    bool is_null = !member || str_is(member->value, "null");
    return is_null ? (struct str){0} : canon_text(showing->call->arena, member->value);
}

/* Only who may read the record's story is led there. */
static void put_url(struct showing *showing, const struct kind *kind, int64_t id, struct value *row)
{
    char number[ID_TEXT_LEN];
    id_format_to(id, number);
    if (id && kind && !kind->instance && !showing->asked->kind)
        row[AT_URL] =
            value_text(call_url(showing->call, "journal/%s/%.*s", kind->name, ID_TEXT_LEN, number));
}

/* A step taken is told by the step, not by the row that tells of it. */
static void fill_step(struct showing *showing, struct str after, struct value *row)
{
    struct canon step;
    int64_t id = 0;
    if (after.len == 0 || !canon_read(showing->call->arena, after, &step))
        return;
    row[AT_STEP] = value_text_or_null(said(showing, &step, "label"));
    row[AT_BEHALF] = value_text_or_null(journal_behalf(showing, said(showing, &step, "behalf"),
                                                       said(showing, &step, "means"),
                                                       said(showing, &step, "remark")));
    const struct kind *kind = journal_kind(showing->kinds, said(showing, &step, "of_kind"));
    (void)id_parse(said(showing, &step, "record_id"), &id);
    put_url(showing, kind, id, row);
    if (!showing->contents)
        return;
    row[AT_TITLE] = value_text_or_null(said(showing, &step, "title"));
    row[AT_CONTENT] = value_text_or_null(said(showing, &step, "said"));
}

/* A record's own entry: the step that was taken at that instant. */
static void fill_steps(struct showing *showing, int64_t happened, struct value *row)
{
    const struct rows *steps = showing->steps;
    for (int i = 0; steps && i < steps->n; i++) {
        if (value_i64(rows_at(steps, i, 0)) != happened)
            continue;
        row[AT_STEP] = rows_at(steps, i, 1);
        row[AT_BEHALF] = value_text_or_null(journal_behalf(showing, value_str(rows_at(steps, i, 2)),
                                                           value_str(rows_at(steps, i, 3)),
                                                           value_str(rows_at(steps, i, 4))));
        return;
    }
}

static void fill_content(struct showing *showing, const struct kind *kind,
                         const struct value *cells, struct value *row)
{
    struct arena *arena = showing->call->arena;
    int64_t id = value_i64(cells[IS_RECORD]);
    struct str before = value_str(cells[IS_BEFORE]), after = value_str(cells[IS_AFTER]);
    const struct list *changes = list_new(arena, &shape_journal_change);
    if (showing->asked->ledger->chain == CHAIN_READINGS) {
        row[AT_CONTENT] = value_text_or_null(journal_reading(showing, kind, id, after));
    } else if (kind == &kind_step) {
        fill_step(showing, after, row);
    } else {
        changes = journal_changes(showing, kind, id, before, after);
        row[AT_CONTENT] = value_text_or_null(journal_line(arena, changes));
    }
    /* In the list of a body, what was made stands on one line. */
    row[AT_HAS_CHANGES] = value_int(changes->n > 0 && (before.len > 0 || showing->asked->kind));
    row[AT_HAS_OLD] = value_int(before.len > 0);
    row[AT_CHANGES] = value_list(changes);
}

static void fill_row(struct showing *showing, const struct value *cells, struct value *row)
{
    struct call *call = showing->call;
    const struct kind *kind = journal_kind(showing->kinds, value_str(cells[IS_KIND]));
    int64_t id = value_i64(cells[IS_RECORD]);
    memcpy(row, cells, (IS_NAME + 1) * sizeof *row);
    row[AT_ROLE] = value_text_or_null(value_str(cells[IS_ROLE]));
    row[AT_ADDRESS] = value_text_or_null(value_str(cells[IS_ADDRESS]));
    row[AT_DEED] = cells[IS_DEED];
    row[AT_KIND] = cells[IS_KIND];
    row[AT_KIND_LABEL] = value_text(
        kind ? str_from(kind->label)
             : journal_label(call->arena, journal_other_kinds, value_str(cells[IS_KIND])));
    row[AT_RECORD] = id ? value_int(id) : NULL_VALUE;
    put_url(showing, kind, id, row);
    if (id && kind && kind != &kind_step && showing->contents && !showing->asked->kind)
        row[AT_TITLE] = value_text(journal_title(showing, kind, id));
    if (value_i64(cells[IS_PURGED]) != 0)
        row[AT_NOTE] = value_text(STR("内容已按规定清除"));
    fill_steps(showing, value_i64(cells[IS_HAPPENED]), row);
    fill_content(showing, kind, cells, row);
}

enum status journal_fill(struct showing *showing, const struct rows *rows, int n, row_each *each,
                         void *context)
{
    struct call *call = showing->call;
    const struct asked *asked = showing->asked;
    struct rows steps = {0};
    if (asked->kind && asked->kind->flow && n > 0) {
        TRY(tx_run(call->tx, &SQL_audit_steps,
                   ARGS(value_int(asked->body_id), value_text(str_from(asked->kind->name)),
                        value_text(id_format(call->arena, asked->id)),
                        rows_at(rows, n - 1, IS_HAPPENED), rows_at(rows, 0, IS_HAPPENED)),
                   &steps));
        showing->steps = &steps;
    }
    for (int i = 0; i < n; i++) {
        struct value row[COLUMNS_N] = {NULL_VALUE};
        fill_row(showing, &rows->cells[i * rows->columns_n], row);
        TRY(each(context, row, COLUMNS_N));
    }
    showing->steps = NULL;
    return OK;
}
