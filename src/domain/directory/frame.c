#include "domain/directory/priv.h"

#include "base/url.h"
#include "directory.sql.h"

/* What the pages of the directory share: the links of a day, the sentence above them, tabs,
 * addresses. */

static int count_class(const struct entry_groups *groups, const char *class)
{
    int n = 0;
    for (int i = 0; i < groups->n; i++)
        n += str_is(groups->items[i].side->class, class);
    return n;
}

/* What the linking side is called in this body's documents; 委室: committees and offices. */
static const char *from_label(const struct entry_groups *groups)
{
    int committees = count_class(groups, "committee"), offices = count_class(groups, "office");
    if (committees > 0 && committees + offices == groups->n)
        return offices > 0 ? "委室" : "专门委员会";
    return count_class(groups, "department") > 0 ? "部门和领导" : "联系方";
}

/* 单位, or what the other side is when all of it is parties and the federation (ZY22-4a). */
static const char *to_label(const struct entries *entries)
{
    for (int i = 0; i < entries->n; i++) {
        struct str class = entries->items[i].to.class;
        if (!str_is(class, "party") && !str_is(class, "federation"))
            return "单位";
    }
    return "民主党派、工商联组织";
}

static struct str query_url(struct directory *directory, const char *path, const char *suffix)
{
    struct call *call = directory->call;
    struct str url = call_url(call, "%s%s", path, suffix);
    const char *separator = "?";
    if (directory->q.len > 0) {
        url = str_fmt(call->arena, "%.*s?q=%.*s", STR_ARG(url),
                      STR_ARG(url_encode(call->arena, directory->q)));
        separator = "&";
    }
    if (date_cmp(directory->on, call->today) != 0)
        url = str_fmt(call->arena, "%.*s%son=%.*s", STR_ARG(url), separator,
                      STR_ARG(date_format(call->arena, directory->on)));
    return url;
}

static struct str next_url(struct directory *directory)
{
    struct str url = query_url(directory, directory->path, "");
    return str_fmt(directory->call->arena, "%.*s%safter=%lld", STR_ARG(url),
                   str_find(url, STR("?")) < 0 ? "?" : "&", (long long)directory->entries.next);
}

enum status directory_read(struct directory *directory)
{
    struct call *call = directory->call;
    TRY(call_query_date(call, "on", "截至", call->today, &directory->on));
    TRY(call_query_int(call, "after", "翻页位置", 0, INT64_MAX, 0, &directory->first));
    directory->q = str_trim(call_query(call, "q"));
    TRY(entries_load(call, directory->on, directory->first, directory->q, &directory->entries));
    directory->basis = directory_basis(call->arena, &directory->entries);
    return OK;
}

static int count_units(const struct entries *entries, struct arena *arena, int *ret_groups)
{
    struct entry_groups groups = entries_by_to(arena, entries);
    *ret_groups = 0;
    for (int i = 0; i < groups.n; i++)
        *ret_groups += groups.items[i].side->is_group;
    return groups.n;
}

static void put_state(struct directory *directory, const struct entry_groups *groups)
{
    struct call *call = directory->call;
    struct page *page = directory->page;
    int group_entries, units = count_units(&directory->entries, call->arena, &group_entries);
    struct str basis = {0}, also = {0}, on = {0};
    page->title = STR("对口联系名录");
    page->filename = str_fmt(call->arena, "对口联系名录（截至%.*s）",
                             STR_ARG(date_format(call->arena, directory->on)));
    if (directory->entries.n == 0)
        return;
    if (directory->basis.len > 0)
        basis = str_fmt(call->arena, "，依据 %.*s", STR_ARG(directory->basis));
    if (group_entries > 0)
        also = str_fmt(call->arena, "和 %d 个集合条目", group_entries);
    if (date_cmp(directory->on, call->today) != 0)
        on = str_fmt(call->arena, "截至 %.*s，",
                     STR_ARG(date_format_chinese(call->arena, directory->on)));
    page->state = str_fmt(call->arena, "%.*s%s%d 个%s联系 %d 个%s%.*s%.*s。", STR_ARG(on),
                          directory->q.len > 0 ? "找到 " : "", groups->n, from_label(groups),
                          units - group_entries, to_label(&directory->entries), STR_ARG(also),
                          STR_ARG(basis));
}

static void put_tabs(struct directory *directory, const struct entry_groups *groups)
{
    static const struct {
        const char *path, *label;
    } tabs[] = {{"directory", NULL}, {"directory/units", "按单位"}, {"directory/matrix", "矩阵"}};
    struct arena *arena = directory->call->arena;
    for (int i = 0; i < 3; i++) {
        struct str label =
            tabs[i].label ? str_from(tabs[i].label) : str_fmt(arena, "按%s", from_label(groups));
        page_tab(directory->page, label, query_url(directory, tabs[i].path, ""),
                 strcmp(tabs[i].path, directory->path) == 0);
    }
}

static enum status put_ended(struct directory *directory, struct object *model)
{
    struct call *call = directory->call;
    struct rows rows;
    TRY(tx_run(call->tx, &SQL_directory_ended,
               ARGS(value_int(call->body.id), value_text(date_format(call->arena, directory->on))),
               &rows));
    struct date ended;
    if (rows.n == 0 || !date_parse(value_str(rows.cells[0]), &ended))
        return OK;
    struct str last = date_format(call->arena, date_add_days(ended, -1));
    object_set(model, "ended_on", value_text(last));
    object_set(model, "ended_url",
               value_text(call_url(call, "%s?on=%.*s", directory->path, STR_ARG(last))));
    return OK;
}

enum status directory_put_common(struct directory *directory, struct object *model,
                                 const struct entry_groups *groups)
{
    struct call *call = directory->call;
    struct page *page = directory->page;
    put_state(directory, groups);
    put_tabs(directory, groups);
    page_action(page, STR("导出 Excel"), query_url(directory, directory->path, ".xlsx"), false);
    if (call_may(call, RIGHT_IMPORT))
        page_action(page, STR("导入文件"), call_url(call, "import"), true);
    object_set(model, "on", value_text(date_format(call->arena, directory->on)));
    object_set(model, "on_text", value_text(date_format(call->arena, directory->on)));
    object_set(model, "on_other_day", value_int(date_cmp(directory->on, call->today) != 0));
    object_set(model, "q", value_text(directory->q));
    object_set(model, "basis", value_text(directory->basis));
    object_set(model, "more", value_int(directory->entries.more));
    object_set(model, "may_import", value_int(call_may(call, RIGHT_IMPORT)));
    object_set(model, "heading", value_text(str_from(from_label(groups))));
    object_set(model, "self_url", value_text(call_url(call, "%s", directory->path)));
    object_set(model, "csv_url", value_text(query_url(directory, directory->path, ".csv")));
    object_set(model, "xlsx_url", value_text(query_url(directory, directory->path, ".xlsx")));
    object_set(model, "import_url", value_text(call_url(call, "import")));
    if (directory->entries.more)
        object_set(model, "next_url", value_text(next_url(directory)));
    return put_ended(directory, model);
}
