#include "tests/transcript.h"

#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

enum { VARIABLES_MAX = 40, BYTES_MAX = 64 << 20 };

struct variable {
    struct str name, value;
};

struct run {
    struct app *app;
    const char *name;
    int line, failed, exchanges;
    bool broken;
    struct arena arena;
    struct variable variables[VARIABLES_MAX];
    int variables_n;
};

/* One exchange while it is read and asked. */
struct exchange {
    struct request request;
    struct buf body;
    struct response response;
    struct str answer; /* the body that came */
    bool head, asked;
};

static void complain(struct run *run, const char *what, struct str wanted, struct str got)
{
    run->failed++;
    fprintf(stderr, "%s:%d: %s: %.*s\n", run->name, run->line, what, STR_ARG(wanted));
    if (got.ptr)
        fprintf(stderr, "    got: %.*s\n", STR_ARG(str_head(got, 600)));
}

static void give_up(struct run *run, const char *why, struct str line)
{
    complain(run, why, line, (struct str){0});
    run->broken = true;
}

/* --- variables --- */

static struct str expand(struct run *run, struct str text)
{
    for (int i = 0; i < run->variables_n; i++) {
        struct str mark = str_fmt(&run->arena, "{%.*s}", STR_ARG(run->variables[i].name));
        text = str_replace(&run->arena, text, mark, run->variables[i].value);
    }
    return text;
}

static void remember(struct run *run, struct str name, struct str value)
{
    struct variable kept = {str_copy(&run->arena, name), str_copy(&run->arena, value)};
    for (int i = 0; i < run->variables_n; i++)
        if (str_eq(run->variables[i].name, name)) {
            run->variables[i] = kept;
            return;
        }
    if (run->variables_n < VARIABLES_MAX)
        run->variables[run->variables_n++] = kept;
    else
        give_up(run, "too many variables", name);
}

/* --- the request --- */

static void take_request_line(struct run *run, struct exchange *exchange, struct str line)
{
    struct str rest = line, method = str_cut(&rest, STR(" "));
    struct request *request = &exchange->request;
    request->method = str_is(method, "GET") || str_is(method, "HEAD") ? METHOD_GET
                      : str_is(method, "POST")                        ? METHOD_POST
                                                                      : METHOD_OTHER;
    exchange->head = str_is(method, "HEAD");
    request->query = expand(run, rest);
    request->path = str_cut(&request->query, STR("?"));
    request->host = STR("127.0.0.1:8080");
    request->peer_loopback = true;
    request->address = STR("127.0.0.1");
    snprintf(request->id, sizeof request->id, "%016d", ++run->exchanges);
}

static void take_head(struct run *run, struct exchange *exchange, struct str line)
{
    struct request *request = &exchange->request;
    struct {
        const char *name;
        struct str *to;
    } slots[] = {
        {"Accept", &request->accept},
        {"Host", &request->host},
        {"Origin", &request->origin},
        {"Sec-Fetch-Site", &request->fetch_site},
        {"If-None-Match", &request->if_none_match},
        {"Idempotency-Key", &request->idempotency_key},
        {"Content-Type", &request->content_type},
        {"Cookie", &request->cookie},
        {"Authorization", &request->authorization},
        {"User-Agent", &request->user_agent},
        {"Address", &request->address},
    };
    struct str value = line, name = str_cut(&value, STR(":"));
    value = expand(run, str_trim(value));
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
        if (str_is(name, slots[i].name)) {
            *slots[i].to = value;
            return;
        }
    if (str_is(name, "HX-Request"))
        request->htmx = true;
    else if (str_is(name, "Accept-Encoding"))
        request->gzip = true;
    else if (str_is(name, "Secure"))
        request->secure = true;
    else if (str_is(name, "Forwarded"))
        request->forwarded = true;
    else if (str_is(name, "Peer"))
        request->peer_loopback = !str_is(value, "remote");
    else
        give_up(run, "no such head", line);
}

static void read_spool(struct run *run, struct exchange *exchange)
{
    const struct response *response = &exchange->response;
    char *to = arena_alloc(&run->arena, (size_t)response->spool_bytes + 1);
    ssize_t got = pread(response->spool_fd, to, (size_t)response->spool_bytes, 0);
    exchange->answer = (struct str){to, got > 0 ? (size_t)got : 0};
}

static void ask(struct run *run, struct exchange *exchange)
{
    struct request *request = &exchange->request;
    struct fault fault = {0};
    struct str body = buf_str(&exchange->body);
    struct admission admission;
    exchange->asked = true;
    if (request->method == METHOD_POST && body.len && !request->content_type.len)
        request->content_type = STR("application/x-www-form-urlencoded");
    if (app_admit(run->app, request, &admission, &exchange->response)) {
        enum status status = OK;
        if (request->method == METHOD_POST)
            status = app_parse_body(&run->arena, body, request, &fault);
        if (status == OK)
            app_handle(run->app, request, &exchange->response);
        else
            app_refuse(run->app, request, &fault, &exchange->response);
    }
    exchange->answer = exchange->response.body;
    if (exchange->response.spooled)
        read_spool(run, exchange);
    if (exchange->head)
        exchange->answer = (struct str){0};
}

/* --- what is expected --- */

static struct str head_of(const struct response *response, struct str name)
{
    if (str_is(name, "Content-Type"))
        return str_from(response->content_type);
    if (str_is(name, "Location"))
        return response->location;
    if (str_is(name, "ETag"))
        return response->etag;
    if (str_is(name, "Content-Disposition"))
        return response->disposition;
    if (str_is(name, "Allow"))
        return response->allow;
    if (str_is(name, "Set-Cookie"))
        return response->set_cookie;
    if (str_is(name, "Content-Encoding"))
        return response->gzip ? STR("gzip") : (struct str){0};
    if (str_is(name, "Cache-Control"))
        return response->no_store ? STR("no-store") : STR("private, no-cache");
    return (struct str){0};
}

static json_t *answer_json(const struct exchange *exchange)
{
    return json_loadb(exchange->answer.ptr ? exchange->answer.ptr : "", exchange->answer.len,
                      JSON_DECODE_ANY, NULL);
}

/* What stands at a JSON pointer; borrowed, or NULL. "~" escapes are not needed by our keys. */
static json_t *at_pointer(json_t *root, struct str pointer)
{
    json_t *at = root;
    if (pointer.len)
        str_cut(&pointer, STR("/"));
    else
        return at;
    while (at && pointer.ptr) {
        bool last = str_find(pointer, STR("/")) < 0;
        struct str step = str_cut(&pointer, STR("/"));
        char key[128];
        snprintf(key, sizeof key, "%.*s", STR_ARG(step));
        int64_t index;
        if (json_is_array(at))
            at = str_to_int(step, &index) && index >= 0 ? json_array_get(at, (size_t)index) : NULL;
        else
            at = json_object_get(at, key);
        if (last)
            break;
    }
    return at;
}

static void expect_json(struct run *run, const struct exchange *exchange, struct str pointer,
                        struct str wanted)
{
    json_t *root = answer_json(exchange), *at = root ? at_pointer(root, pointer) : NULL;
    json_t *value = json_loadb(wanted.ptr ? wanted.ptr : "", wanted.len, JSON_DECODE_ANY, NULL);
    bool absent = str_is(wanted, "-");
    if (!absent && !value)
        give_up(run, "not JSON", wanted);
    else if (absent ? at != NULL || !root : !json_equal(at, value))
        complain(run, "JSON should be", wanted, exchange->answer);
    json_decref(value);
    json_decref(root);
}

static void capture(struct run *run, const struct exchange *exchange, struct str line)
{
    struct str from = line, name = str_cut(&from, STR(" "));
    from = str_trim(from);
    if (!str_starts(from, STR("/"))) {
        remember(run, name, head_of(&exchange->response, from));
        return;
    }
    json_t *root = answer_json(exchange), *at = root ? at_pointer(root, from) : NULL;
    if (json_is_string(at))
        remember(run, name, str_from(json_string_value(at)));
    else if (json_is_integer(at))
        remember(run, name, str_fmt(&run->arena, "%lld", (long long)json_integer_value(at)));
    else
        complain(run, "nothing to remember at", from, exchange->answer);
    json_decref(root);
}

static void expect_status(struct run *run, struct exchange *exchange, struct str line)
{
    ask(run, exchange);
    int64_t wanted = 0;
    if (!str_to_int(line, &wanted))
        give_up(run, "not a status", line);
    else if (exchange->response.status != wanted)
        complain(
            run, "status should be", line,
            str_fmt(&run->arena, "%d %.*s", exchange->response.status, STR_ARG(exchange->answer)));
}

static void expect_head(struct run *run, const struct exchange *exchange, struct str line)
{
    struct str value = line, name = str_cut(&value, STR(":"));
    value = expand(run, str_trim(value));
    struct str got = head_of(&exchange->response, name);
    bool fits = str_is(value, "*") ? got.len > 0 : str_eq(value, got);
    if (!fits)
        complain(run, "head should be", line, got.ptr ? got : STR("(absent)"));
}

static void expect(struct run *run, const struct exchange *exchange, struct str line)
{
    struct str rest = expand(run, str_trim(str_from_byte(line, 1)));
    switch (line.ptr[0]) {
    case '|':
        if (!str_has(exchange->answer, rest))
            complain(run, "body should have", rest, exchange->answer);
        break;
    case '!':
        if (str_has(exchange->answer, rest))
            complain(run, "body should not have", rest, exchange->answer);
        break;
    case '=':
        expect_json(run, exchange, (struct str){0}, rest);
        break;
    case '$': {
        struct str pointer = str_cut(&rest, STR(" "));
        expect_json(run, exchange, pointer, str_trim(rest));
        break;
    }
    case '@':
        capture(run, exchange, rest);
        break;
    default:
        expect_head(run, exchange, line);
    }
}

/* --- the file --- */

static void end_exchange(struct run *run, struct exchange *exchange)
{
    if (exchange->request.path.len && !exchange->asked)
        give_up(run, "a request without a status", exchange->request.path);
    response_release(&exchange->response);
    buf_close(&exchange->body);
    *exchange = (struct exchange){.body = buf_open(BYTES_MAX)};
}

static void take_line(struct run *run, struct exchange *exchange, struct str line)
{
    bool blank = str_trim(line).len == 0;
    if (blank || str_starts(line, STR("=="))) {
        end_exchange(run, exchange);
    } else if (line.ptr[0] == '#') {
        return;
    } else if (!exchange->request.path.len) {
        take_request_line(run, exchange, line);
    } else if (exchange->asked) {
        expect(run, exchange, line);
    } else if (line.ptr[0] == '>') {
        if (exchange->body.len)
            buf_char(&exchange->body, '\n');
        buf_put(&exchange->body,
                expand(run, str_from_byte(line, str_starts(line, STR("> ")) ? 2 : 1)));
    } else if (line.len == 3 && line.ptr[0] >= '1' && line.ptr[0] <= '5') {
        expect_status(run, exchange, line);
    } else {
        take_head(run, exchange, line);
    }
}

int transcript_run_text(struct app *app, const char *name, struct str text, int *ret_run)
{
    struct run run = {.app = app, .name = name, .arena = arena_open(4 * (size_t)BYTES_MAX)};
    struct exchange exchange = {.body = buf_open(BYTES_MAX)};
    while (text.len && !run.broken) {
        run.line++;
        take_line(&run, &exchange, str_line(&text));
    }
    end_exchange(&run, &exchange);
    arena_close(&run.arena);
    if (ret_run)
        *ret_run = run.exchanges;
    return run.broken || run.exchanges == 0 ? -1 : run.failed;
}

int transcript_run(struct app *app, const char *path, int *ret_run)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return -1;
    }
    AUTOBUF text = buf_open(BYTES_MAX);
    char *to;
    size_t got = 1;
    while (got > 0 && (to = buf_reserve(&text, 64 << 10)) != NULL) {
        got = fread(to, 1, 64 << 10, file);
        text.len += got;
    }
    fclose(file);
    return transcript_run_text(app, path, buf_str(&text), ret_run);
}
