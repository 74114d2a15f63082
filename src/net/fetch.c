#include "net/fetch.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/buf.h"

enum { CONNECT_SEC = 4, WHOLE_SEC = 10, ANSWER_MAX = 256 << 10 };

bool net_is_safe(struct str url)
{
    static const char *const starts[] = {"https://",
                                         "http://127.0.0.1:", "http://localhost:", "http://[::1]:"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (str_starts(url, str_from(starts[i])))
            return true;
    return false;
}

static void start_curl(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        abort();
}

static size_t take(char *bytes, size_t size, size_t n, void *context)
{
    struct buf *answer = context;
    buf_put(answer, (struct str){bytes, size * n});
    return answer->full ? 0 : size * n;
}

static bool add_head(struct arena *arena, struct str text, struct curl_slist **list)
{
    if (text.len == 0)
        return true;
    struct curl_slist *longer = curl_slist_append(*list, str_c(arena, text));
    if (longer)
        *list = longer;
    return longer != NULL;
}

static void describe(CURL *curl, struct arena *arena, const struct fetch *fetch)
{
    curl_easy_setopt(curl, CURLOPT_URL, str_c(arena, fetch->url));
    if (fetch->post) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, fetch->body.ptr ? fetch->body.ptr : "");
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)fetch->body.len);
    }
    if (fetch->name.len) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        curl_easy_setopt(curl, CURLOPT_USERNAME, str_c(arena, fetch->name));
        curl_easy_setopt(curl, CURLOPT_PASSWORD, str_c(arena, fetch->password));
    }
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SEC);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)WHOLE_SEC);
}

static bool perform(CURL *curl, struct curl_slist *heads, struct buf *answer, int *ret_code)
{
    long code = 0;
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, heads);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    if (curl_easy_perform(curl) != CURLE_OK)
        return false;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    *ret_code = (int)code;
    return true;
}

enum status net_fetch(struct arena *arena, const struct fetch *fetch, int *ret_code,
                      struct str *ret_body)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start_curl);
    CURL *curl = curl_easy_init();
    struct curl_slist *heads = NULL;
    AUTOBUF answer = buf_open(ANSWER_MAX);
    bool done = curl != NULL && add_head(arena, fetch->head, &heads);
    if (done && fetch->type.len)
        done = add_head(arena, str_fmt(arena, "Content-Type: %.*s", STR_ARG(fetch->type)), &heads);
    if (done) {
        describe(curl, arena, fetch);
        done = perform(curl, heads, &answer, ret_code);
    }
    curl_slist_free_all(heads);
    curl_easy_cleanup(curl);
    if (!done)
        return BUSY;
    *ret_body = str_copy(arena, buf_str(&answer));
    return OK;
}
