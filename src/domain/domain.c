#include "domain/domain.h"

#include "account.sql.h"
#include "adjustment.sql.h"
#include "body.sql.h"
#include "correction.sql.h"
#include "designation.sql.h"
#include "directory.sql.h"
#include "document.sql.h"
#include "domain/account/account.h"
#include "domain/adjustment/adjustment.h"
#include "domain/body/body.h"
#include "domain/correction/correction.h"
#include "domain/designation/designation.h"
#include "domain/directory/directory.h"
#include "domain/document/document.h"
#include "domain/file/file.h"
#include "domain/import/import.h"
#include "domain/link/link.h"
#include "domain/notice/notice.h"
#include "domain/organization/organization.h"
#include "domain/person/person.h"
#include "domain/purge/purge.h"
#include "domain/roster/roster.h"
#include "domain/scheme/scheme_kinds.h"
#include "engine/audit/audit.h"
#include "engine/flow/flow.h"
#include "audit.sql.h"
#include "file.sql.h"
#include "flow.sql.h"
#include "import.sql.h"
#include "link.sql.h"
#include "notice.sql.h"
#include "organization.sql.h"
#include "outbox.sql.h"
#include "person.sql.h"
#include "purge.sql.h"
#include "replay.sql.h"
#include "roster.sql.h"
#include "scheme.sql.h"

const struct schema *const *domain_schemas(void)
{
    static const struct schema *const schemas[] = {
        &SCHEMA_body,        &SCHEMA_replay,       &SCHEMA_flow,
        &SCHEMA_audit,       &SCHEMA_organization, &SCHEMA_person,
        &SCHEMA_document,    &SCHEMA_scheme,       &SCHEMA_link,
        &SCHEMA_designation, &SCHEMA_correction,   &SCHEMA_adjustment,
        &SCHEMA_directory,   &SCHEMA_import,       &SCHEMA_roster,
        &SCHEMA_account,     &SCHEMA_file,         &SCHEMA_outbox,
        &SCHEMA_notice,      &SCHEMA_purge,        NULL};
    return schemas;
}

const struct kind *const *domain_kinds(void)
{
    static const struct kind *const kinds[] = {&kind_body,
                                               &kind_term,
                                               &kind_organization,
                                               &kind_person,
                                               &kind_membership,
                                               &kind_designation,
                                               &kind_document,
                                               &kind_scheme,
                                               &kind_statement,
                                               &kind_content,
                                               &kind_form,
                                               &kind_duty,
                                               &kind_link,
                                               &kind_correction,
                                               &kind_adjustment,
                                               &kind_step,
                                               &kind_file,
                                               &kind_disposal,
                                               NULL};
    return kinds;
}

const struct nav_item domain_nav[] = {
    {"本单位", "organization", NULL, "本单位", .unit = true},
    {"对口联系名录", "directory", NULL, "名录"},
    {"单位与机构", "organization", NULL, "机构"},
    {"人员与任职", "membership", NULL, NULL, RIGHT_EDIT},
    {"联系人员", "designation", NULL, NULL},
    {"名单与回执", "roster", NULL, NULL, RIGHT_COMPARE},
    {"名称更正", "correction", NULL, NULL},
    {"机构与人事调整", "adjustment", NULL, NULL, RIGHT_REORGANIZE},
    {"制度文件", "document", "制度", "文件"},
    {"对口联系", "link", "制度", NULL, RIGHT_EDIT},
    {"工作要求", "duty", "制度", NULL},
    {"导入文件", "import", "制度", NULL, RIGHT_IMPORT},
    {"届次", "term", "管理", NULL, RIGHT_EDIT},
    {"操作日志", "journal", "管理", NULL, RIGHT_JOURNAL},
    {"误传处置", "purge", "管理", NULL, RIGHT_PURGE},
    {0},
};

enum status domain_find_body(struct tx *tx, struct str slug, struct body_info *ret_body)
{
    struct rows rows;
    TRY(tx_run(tx, &SQL_body_by_slug, ARGS(value_text(slug)), &rows));
    if (rows.n == 0)
        return NOT_FOUND;
    *ret_body = (struct body_info){.id = value_i64(rows_at(&rows, 0, 0)),
                                   .slug = slug,
                                   .name = value_str(rows_at(&rows, 0, 1)),
                                   .term = value_str(rows_at(&rows, 0, 2))};
    return OK;
}

enum status domain_list_bodies(struct tx *tx, int max, struct body_info *ret_bodies, int *ret_n)
{
    struct rows rows;
    TRY(tx_run(tx, &SQL_body_all, NO_ARGS, &rows));
    for (*ret_n = 0; *ret_n < rows.n && *ret_n < max; (*ret_n)++)
        ret_bodies[*ret_n] = (struct body_info){.id = value_i64(rows_at(&rows, *ret_n, 0)),
                                                .slug = value_str(rows_at(&rows, *ret_n, 1)),
                                                .name = value_str(rows_at(&rows, *ret_n, 2)),
                                                .term = value_str(rows_at(&rows, *ret_n, 3))};
    return OK;
}

enum status domain_organization(struct tx *tx, int64_t body_id, struct str name, struct date on,
                                int64_t *ret_id, struct fault *fault)
{
    struct named *found;
    int n;
    TRY(record_by_title(tx, &kind_organization, body_id, name, on, &found, &n));
    if (n != 1)
        return refuse(tx_arena(tx), fault, INVALID, "organization",
                      n == 0 ? "名录中没有“%.*s”，请照名录中的名称填写。"
                             : "名录中有几个“%.*s”，请先在名录中区分名称。",
                      STR_ARG(str_head(name, 120)));
    *ret_id = found[0].id;
    return OK;
}

/* The flows' hooks, and attachments for every kind. */
static const struct record_hooks *hooks(void)
{
    static struct record_hooks all;
    all = flow_hooks;
    all.attach = file_attach;
    return &all;
}

/* The work that follows writes, and who does it. */
static const struct outbox_channel *channels(struct app *app, struct record_engine *engine,
                                             struct file_store *files)
{
    struct outbox_channel *rows = arena_new(record_engine_arena(engine), struct outbox_channel, 6);
    void *jobs = file_jobs(engine, files);
    rows[0] = (struct outbox_channel){"notice", "站内通知", notice_deliver, engine, 60, 8};
    rows[1] = (struct outbox_channel){"file-index", "附件检索", file_deliver_index, jobs, 300, 5};
    rows[2] =
        (struct outbox_channel){"file-purge", "误传清除", file_deliver_purge, jobs, 600, 1000};
    rows[3] = (struct outbox_channel){"purge", "内容清除", purge_deliver, engine, 600, 1000};
    if (app_accounts(app))
        rows[4] =
            (struct outbox_channel){"sms", "短信验证码", sms_deliver, app_accounts(app), 60, 3};
    return rows;
}

enum status domain_start(struct app *app, struct arena *arena, const struct domain_options *options,
                         struct record_engine **ret_engine, struct outbox **ret_outbox,
                         struct fault *fault)
{
    TRY(roster_purge(app_store(app), arena, clock_now(app_clock(app)), fault));
    struct record_engine *engine = record_engine_new(app, domain_kinds(), hooks());
    enum status status = record_engine_start(engine, arena, fault);
    if (status != OK) {
        record_engine_free(engine);
        return status;
    }
    audit_routes(engine, domain_list_bodies, options->desk);
    adjustment_routes(engine);
    directory_routes(engine);
    import_routes(app, arena);
    roster_routes(app);
    struct outbox *outbox =
        outbox_new(app_store(app), app_clock(app), channels(app, engine, options->files));
    file_routes(app, engine, options->files);
    notice_routes(app, engine, outbox);
    app_add_meter(app, outbox_meter, outbox);
    purge_routes(app, engine);
    *ret_outbox = outbox;
    if (app_accounts(app))
        account_routes(app);
    *ret_engine = engine;
    return OK;
}
