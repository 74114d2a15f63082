#include <assert.h>

#include "app/priv.h"

bool call_may(const struct call *call, enum right right)
{
    return rights_may(&call->viewer, right, &(struct target){.body = call->body.id});
}

struct str call_query(const struct call *call, const char *name)
{
    const struct param *param = params_find(call->query, call->query_n, name);
    return param ? param->value : (struct str){0};
}

struct str call_form(const struct call *call, const char *name)
{
    const struct param *param = params_find(call->request->form, call->request->form_n, name);
    return param ? param->value : (struct str){0};
}

bool call_has_form(const struct call *call, const char *name)
{
    return params_find(call->request->form, call->request->form_n, name);
}

const struct upload *call_upload(const struct call *call, const char *field)
{
    struct str wanted = str_from(field);
    for (int i = 0; i < call->request->uploads_n; i++)
        if (str_eq(call->request->uploads[i].field, wanted))
            return &call->request->uploads[i];
    return NULL;
}

enum status call_path_id(struct call *call, int index, int64_t *ret_id)
{
    assert(index >= 0 && index < PATH_PARAMS_MAX);
    if (!id_parse(call->path_params[index], ret_id))
        return call_refuse(call, NOT_FOUND, NULL, "没有编号为“%.*s”的内容，请检查地址。",
                           STR_ARG(call->path_params[index]));
    return OK;
}

enum status call_query_int(struct call *call, const char *name, const char *label, int64_t min,
                           int64_t max, int64_t missing, int64_t *ret_value)
{
    struct str text = call_query(call, name);
    int64_t value = missing;
    if (text.len && (!str_to_int(text, &value) || value < min || value > max)) {
        if (max == INT64_MAX)
            call_refuse(call, INVALID, name, "“%s”应填不小于 %lld 的整数，请改正地址。", label,
                        (long long)min);
        else
            call_refuse(call, INVALID, name, "“%s”应填 %lld 至 %lld 之间的整数，请改正地址。",
                        label, (long long)min, (long long)max);
        call->fault.http = 400;
        return INVALID;
    }
    *ret_value = value;
    return OK;
}

enum status call_query_date(struct call *call, const char *name, const char *label,
                            struct date missing, struct date *ret_date)
{
    struct str text = call_query(call, name);
    struct date date = missing;
    if (text.len && !date_parse(text, &date)) {
        call_refuse(call, INVALID, name, "“%s”应填实际存在的日期，例如 2022-01-24。", label);
        call->fault.http = 400;
        return INVALID;
    }
    *ret_date = date;
    return OK;
}

/* Until accounts come, whoever may write sits at the machine itself. */
struct actor call_actor(const struct call *call)
{
    const struct viewer *viewer = &call->viewer;
    return (struct actor){.account_id = viewer->account,
                          .organization_id = viewer->seat.organization,
                          .name = viewer->account ? viewer->name
                                  : viewer->local ? STR("本机")
                                                  : STR("访客"),
                          .role = viewer->seat.role ? str_from(role_label(viewer->seat.role))
                                                    : (struct str){0},
                          .address = call->request->address,
                          .request_id = str_from(call->request->id),
                          .now = call->now};
}

void call_expect(struct call *call, bool expected)
{
    if (call->expected != expected)
        store_expect(call->app->options.store, expected ? 1 : -1);
    call->expected = expected;
}

enum status call_write_on(struct call *call, int64_t body_id, int flags, write_apply *apply,
                          void *context)
{
    store_read_end(call->tx);
    call->tx = NULL;
    if (call->route->flags & ROUTE_LONG)
        flags |= WRITE_LONG;
    struct actor actor = call_actor(call);
    call_expect(call, false);
    enum status status = store_write(call->app->options.store, call->arena, body_id, flags, &actor,
                                     apply, context, &call->fault);
    call->kept = status == OK;
    versions_written(call->app);
    enum status reopened = store_read(call->app->options.store, call->arena, &call->tx);
    if (reopened != OK)
        call->tx = NULL;
    return status != OK ? status : reopened;
}

enum status call_write(struct call *call, int flags, write_apply *apply, void *context)
{
    return call_write_on(call, call->body.id, flags, apply, context);
}

int64_t call_new_id(struct call *call)
{
    return id_next(&call->app->ids);
}

struct str call_url(struct call *call, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct str below = str_vfmt(call->arena, format, args);
    va_end(args);
    struct str slug = call->body.id ? call->body.slug : (struct str){0};
    char *url = arena_alloc(call->arena, slug.len + below.len + 3), *to = url;
    *to++ = '/';
    if (slug.len)
        to = mempcpy(to, slug.ptr, slug.len);
    if (slug.len && below.len)
        *to++ = '/';
    if (below.len)
        to = mempcpy(to, below.ptr, below.len);
    return (struct str){url, (size_t)(to - url)};
}

static void add_link(struct page_link *links, int *n, struct page_link link)
{
    assert(*n < PAGE_LINKS_MAX);
    links[(*n)++] = link;
}

void page_action(struct page *page, struct str label, struct str url, bool main)
{
    add_link(page->actions, &page->actions_n,
             (struct page_link){.label = label, .url = url, .main = main});
}

void page_tab(struct page *page, struct str label, struct str url, bool on)
{
    add_link(page->tabs, &page->tabs_n, (struct page_link){.label = label, .url = url, .on = on});
}

void page_crumb(struct page *page, struct str label, struct str url)
{
    add_link(page->crumbs, &page->crumbs_n, (struct page_link){.label = label, .url = url});
}
