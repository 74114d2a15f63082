#include "engine/record/openapi.h"

#include <stdio.h>

/* What stands in the description once: its head, the ways in, refusals, schemas of kinds. */

/* Refusals, each a component of its own; `writes`: of writes alone. */
const struct openapi_refusal openapi_refusals[OPENAPI_REFUSALS] = {
    {"400", "malformed", "地址、参数或所提交的内容不合格式", false},
    {"401", "not_signed_in", "没有出示令牌，或令牌已停用、到期", false},
    {"403", "denied", "现在的身份或令牌的权限不能办理", false},
    {"404", "missing", "没有这条记录，或者它不属于您能看到的", false},
    {"406", "no_such_form", "没有所要的格式", false},
    {"409", "conflict", "内容已被他人改过，或所在的状态不能办理；current 是现在的内容", false},
    {"413", "too_large", "提交的内容过大", true},
    {"415", "unknown_type", "不能识别提交内容的格式", true},
    {"422", "refused", "填写有误，errors 逐项说明；参数有误的，field 是参数名", false},
    {"429", "too_often", "请求过于频繁，Retry-After 秒后再试", false},
    {"503", "busy", "暂时繁忙，稍候再试；带 Idempotency-Key 的可以照原样重发", false},
};
static void put_kind_schemas(struct writer *to, const struct kind_pages *pages)
{
    struct json *json = &to->json;
    const struct kind *kind = pages->kind;
    const struct record_hooks *hooks = kind->flow ? to->engine->hooks : NULL;
    char name[NAME_ROOM];
    openapi_object(json, kind->name);
    openapi_pair(json, "title", kind->label);
    if (kind->help)
        openapi_pair(json, "description", kind->help);
    openapi_members(json, to->engine, pages->data, pages->data->n);
    json_end(json, '}');
    snprintf(name, sizeof name, "%s_row", kind->name);
    openapi_object(json, name);
    openapi_members(json, to->engine, pages->item, pages->item->n);
    json_end(json, '}');
    if (kind->by_program)
        return;
    snprintf(name, sizeof name, "%s_new", kind->name);
    json_key(json, name);
    openapi_asked(json, kind, hooks ? hooks->asked : NULL,
                  hooks && hooks->makers ? hooks->makers(to->arena, kind) : NULL, ASKING_NEW);
    snprintf(name, sizeof name, "%s_change", kind->name);
    json_key(json, name);
    openapi_asked(json, kind, NULL, NULL, ASKING_CHANGE);
}

static void put_schemas(struct writer *to)
{
    struct json *json = &to->json;
    openapi_object(json, "schemas");
    openapi_object(json, "problem");
    openapi_members(json, to->engine, &shape_refusal, PROBLEM_COLUMNS_ALWAYS);
    json_end(json, '}');
    openapi_object(json, "ref");
    openapi_members(json, to->engine, &shape_ref, shape_ref.n);
    json_end(json, '}');
    openapi_object(json, "done");
    openapi_members(json, to->engine, &shape_done, shape_done.n);
    json_end(json, '}');
    for (int i = 0; i < to->engine->kinds_n; i++)
        put_kind_schemas(to, &to->engine->pages[i]);
    json_end(json, '}');
}

static void put_refusals(struct json *json)
{
    openapi_object(json, "responses");
    for (int i = 0; i < OPENAPI_REFUSALS; i++) {
        openapi_object(json, openapi_refusals[i].name);
        openapi_pair(json, "description", openapi_refusals[i].words);
        openapi_object(json, "content");
        openapi_content(json, "application/problem+json");
        openapi_ref(json, "schemas", "problem");
        json_end(json, '}');
        json_end(json, '}');
        json_end(json, '}');
    }
    json_end(json, '}');
}

static void put_heads(struct json *json)
{
    openapi_object(json, "parameters");
    json_key(json, "idempotency_key");
    openapi_parameter(
        json, STR("Idempotency-Key"), "header",
        "自定的一串字符，最多 200 字节。24 小时内用同一帐号、同一串字符重发同样的内容，"
        "只办一次，答复与第一次相同；内容不同的答 422");
    openapi_pair(json, "type", "string");
    openapi_parameter_end(json);
    json_key(json, "if_none_match");
    openapi_parameter(json, STR("If-None-Match"), "header", "上次答复的 ETag；没有变化的答 304");
    openapi_pair(json, "type", "string");
    openapi_parameter_end(json);
    json_end(json, '}');
    openapi_object(json, "headers");
    static const char *const heads[][2] = {{"etag", "内容的标记，写入 If-None-Match"},
                                           {"location", "所写记录的地址"}};
    for (int i = 0; i < 2; i++) {
        openapi_object(json, heads[i][0]);
        openapi_pair(json, "description", heads[i][1]);
        openapi_object(json, "schema");
        openapi_pair(json, "type", "string");
        json_end(json, '}');
        json_end(json, '}');
    }
    json_end(json, '}');
}

static void put_ways_in(struct json *json)
{
    openapi_object(json, "securitySchemes");
    openapi_object(json, "token");
    openapi_pair(json, "type", "http");
    openapi_pair(json, "scheme", "bearer");
    openapi_pair(
        json, "description",
        "令牌在“我的帐号”里建立，以建立时的身份办事，不超出所选的权限，到期或停用即失效。");
    json_end(json, '}');
    openapi_object(json, "session");
    openapi_pair(json, "type", "apiKey");
    openapi_pair(json, "in", "cookie");
    openapi_pair(json, "name", "duikou");
    openapi_pair(json, "description",
                 "浏览器登录后的会话，经 TLS 时名为 __Host-duikou；写入须来自本系统的页面。");
    json_end(json, '}');
    json_end(json, '}');
}

void openapi_info(struct writer *to)
{
    struct json *json = &to->json;
    openapi_pair(json, "openapi", "3.1.0");
    openapi_object(json, "info");
    openapi_pair(json, "title", "对口");
    openapi_pair(json, "version", DUIKOU_VERSION);
    openapi_pair(json, "description",
                 "对口联系协商制度的名录、要求与办理。地址末尾加 .json、.csv、.xlsx "
                 "取相应格式，或用 Accept 说明；出示令牌或提交 JSON 的，没有说明时得到 JSON。"
                 "日期为 2022-01-24，时间带时区，文字为 UTF-8，没有填写的为 null。"
                 "登录、帐号与身份只在页面上办理。不向其他网站的页面开放（没有 CORS）。");
    json_end(json, '}');
    json_key(json, "servers");
    json_begin(json, '[');
    json_begin(json, '{');
    openapi_pair(json, "url", "/");
    json_end(json, '}');
    json_end(json, ']');
    json_key(json, "security");
    json_begin(json, '[');
    static const char *const ways[] = {"token", "session"};
    for (int i = 0; i < 2; i++) {
        json_begin(json, '{');
        json_key(json, ways[i]);
        json_begin(json, '[');
        json_end(json, ']');
        json_end(json, '}');
    }
    json_end(json, ']');
    json_key(json, "tags");
    json_begin(json, '[');
    for (int i = 0; i < to->engine->kinds_n; i++) {
        const struct kind *kind = to->engine->pages[i].kind;
        json_begin(json, '{');
        openapi_pair(json, "name", kind->label);
        if (kind->help)
            openapi_pair(json, "description", kind->help);
        json_end(json, '}');
    }
    json_end(json, ']');
}
void openapi_components(struct writer *to)
{
    openapi_object(&to->json, "components");
    put_ways_in(&to->json);
    put_heads(&to->json);
    put_refusals(&to->json);
    put_schemas(to);
    json_end(&to->json, '}');
}
