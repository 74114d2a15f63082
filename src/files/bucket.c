/*
 * Files in a bucket that speaks S3, over libcurl: PUT, GET, DELETE and list-type=2, in path style,
 * signed with AWS Signature Version 4. A PUT is whole or not at all, so nothing is ever partial.
 */
#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/url.h"
#include "files/priv.h"

enum { CONNECT_SEC = 10, WHOLE_SEC = 120, ANSWER_MAX = 4 << 20, HASH_HEX = 64 };

struct bucket {
    struct file_store store; /* first: the store is this */
    struct str endpoint, name, prefix, region;
    const char *signer, *keys; /* aws:amz:REGION:s3, KEY:SECRET */
};

struct answer {
    int fd; /* the body of a GET goes there; -1: into `text` */
    struct buf text;
    int64_t bytes;
    bool failed;
};

struct request {
    const char *method, *url;
    struct str body;
    bool has_body;
};

static enum status trouble(struct arena *arena, const struct file_store *store, const char *what,
                           struct fault *fault)
{
    const struct bucket *bucket = (const struct bucket *)store;
    return refuse(arena, fault, BUSY, NULL, "附件存储 %.*s %s，请稍后再试，仍不行请管理员检查。",
                  STR_ARG(bucket->endpoint), what);
}

static size_t take(char *bytes, size_t size, size_t n, void *context)
{
    struct answer *answer = context;
    struct str rest = {bytes, size * n};
    answer->bytes += (int64_t)rest.len;
    if (answer->fd < 0) {
        buf_put(&answer->text, rest);
        answer->failed = answer->text.full;
    }
    while (answer->fd >= 0 && rest.len > 0 && !answer->failed) {
        ssize_t written = write(answer->fd, rest.ptr, rest.len);
        if (written <= 0)
            answer->failed = true;
        else
            rest = str_from_byte(rest, (size_t)written);
    }
    return answer->failed ? 0 : size * n;
}

/* The hash of the body as a head of its own: the bucket holds the bytes against it. */
static struct curl_slist *heads(struct arena *arena, struct str body)
{
    struct str digest = file_digest(arena, FILE_SHA256, body);
    struct str hash = str_from_byte(digest, digest.len - HASH_HEX);
    struct curl_slist *list =
        curl_slist_append(NULL, str_fmt(arena, "x-amz-content-sha256: %.*s", STR_ARG(hash)).ptr);
    struct curl_slist *more = curl_slist_append(list, "Content-Type: application/octet-stream");
    return more ? more : list;
}

static long send_once(const struct bucket *bucket, CURL *curl, struct curl_slist *list,
                      const struct request *request, struct answer *answer)
{
    long code = 0;
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
    if (request->has_body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body.ptr ? request->body.ptr : "");
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
    }
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(curl, CURLOPT_AWS_SIGV4, bucket->signer);
    curl_easy_setopt(curl, CURLOPT_USERPWD, bucket->keys);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SEC);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)WHOLE_SEC);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    if (curl_easy_perform(curl) != CURLE_OK)
        return 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    return code;
}

/* The code of the answer, 0 when there was none. */
static long ask(const struct file_store *store, struct arena *arena, const struct request *request,
                struct answer *answer)
{
    CURL *curl = curl_easy_init();
    struct curl_slist *list = heads(arena, request->body);
    long code = 0;
    if (curl && list)
        code = send_once((const struct bucket *)store, curl, list, request, answer);
    curl_slist_free_all(list);
    curl_easy_cleanup(curl);
    return code;
}

static const char *url_of(struct arena *arena, const struct file_store *store, const char *key)
{
    const struct bucket *bucket = (const struct bucket *)store;
    return str_fmt(arena, "%.*s/%.*s/%.*s%s", STR_ARG(bucket->endpoint), STR_ARG(bucket->name),
                   STR_ARG(bucket->prefix), key)
        .ptr;
}

static const char *refusal(long code)
{
    return code == 0 ? "没有应答" : code == 403 ? "不接受密钥" : "拒绝了请求";
}

static enum status put(struct file_store *store, struct arena *arena, const char *key,
                       struct str bytes, struct fault *fault)
{
    struct request request = {"PUT", url_of(arena, store, key), bytes, true};
    struct answer answer = {.fd = -1, .text = buf_open(ANSWER_MAX)};
    long code = ask(store, arena, &request, &answer);
    buf_close(&answer.text);
    return code == 200 ? OK : trouble(arena, store, refusal(code), fault);
}

static enum status fetch(struct file_store *store, struct arena *arena, const char *key,
                         int *ret_fd, int64_t *ret_bytes, struct fault *fault)
{
    struct request request = {.method = "GET", .url = url_of(arena, store, key)};
    struct answer answer = {.fd = file_unnamed()};
    if (answer.fd < 0)
        return refuse(arena, fault, BUSY, NULL, "不能建立临时文件，请管理员检查磁盘空间。");
    long code = ask(store, arena, &request, &answer);
    if (code == 200) {
        *ret_fd = answer.fd;
        *ret_bytes = answer.bytes;
        return OK;
    }
    close(answer.fd);
    if (code == 404)
        return refuse(arena, fault, NOT_FOUND, NULL,
                      "附件的内容不在附件存储里，请管理员运行 duikou files check 查明。");
    return trouble(arena, store, refusal(code), fault);
}

static enum status remove_key(struct file_store *store, struct arena *arena, const char *key,
                              struct fault *fault)
{
    struct request request = {.method = "DELETE", .url = url_of(arena, store, key)};
    struct answer answer = {.fd = -1, .text = buf_open(ANSWER_MAX)};
    long code = ask(store, arena, &request, &answer);
    buf_close(&answer.text);
    return code == 204 || code == 200 || code == 404 ? OK
                                                     : trouble(arena, store, refusal(code), fault);
}

/* --- the list: <Contents><Key>…</Key><LastModified>…</LastModified><Size>…</Size> --- */

static struct str element(struct str xml, struct str open, struct str close_tag)
{
    ptrdiff_t start = str_find(xml, open);
    if (start < 0)
        return (struct str){0};
    struct str rest = str_from_byte(xml, (size_t)start + open.len);
    ptrdiff_t end = str_find(rest, close_tag);
    return end < 0 ? (struct str){0} : str_head(rest, (size_t)end);
}

/* 2022-01-24T10:00:00.000Z; 0 when it cannot be read: as old as can be. */
static int64_t seconds_of(struct arena *arena, struct str text)
{
    struct tm tm = {0};
    return strptime(str_c(arena, text), "%Y-%m-%dT%H:%M:%S", &tm) ? (int64_t)timegm(&tm) : 0;
}

static enum status tell(const struct bucket *bucket, struct arena *arena, struct str contents,
                        file_each *each, void *context)
{
    struct str key = element(contents, STR("<Key>"), STR("</Key>"));
    struct str size = element(contents, STR("<Size>"), STR("</Size>"));
    struct file_found found = {0};
    if (!str_starts(key, bucket->prefix))
        return OK;
    found.where = str_from_byte(key, bucket->prefix.len);
    if (!file_key_read(found.where, &found) || !str_to_int(size, &found.bytes))
        return OK;
    struct str at = element(contents, STR("<LastModified>"), STR("</LastModified>"));
    found.age_sec = time(NULL) - seconds_of(arena, at);
    return each(context, &found);
}

static enum status tell_page(const struct bucket *bucket, struct arena *arena, struct str xml,
                             file_each *each, void *context)
{
    while (xml.len > 0) {
        struct arena_mark mark = arena_mark(arena);
        struct str contents = element(xml, STR("<Contents>"), STR("</Contents>"));
        if (contents.len == 0)
            return OK;
        TRY(tell(bucket, arena, contents, each, context));
        xml = str_from_byte(xml, (size_t)(contents.ptr - xml.ptr) + contents.len);
        arena_rewind(arena, mark);
    }
    return OK;
}

/* Parameters in the order in which they are signed. */
static const char *list_url(struct arena *arena, const struct bucket *bucket, struct str token)
{
    struct str url = str_fmt(arena, "%.*s/%.*s?", STR_ARG(bucket->endpoint), STR_ARG(bucket->name));
    if (token.len > 0)
        url = str_fmt(arena, "%.*scontinuation-token=%.*s&", STR_ARG(url),
                      STR_ARG(url_encode(arena, token)));
    return str_fmt(arena, "%.*slist-type=2&prefix=%.*s", STR_ARG(url),
                   STR_ARG(url_encode(arena, bucket->prefix)))
        .ptr;
}

static enum status each(struct file_store *store, struct arena *arena, file_each *tell_each,
                        void *context, struct fault *fault)
{
    const struct bucket *bucket = (const struct bucket *)store;
    struct str token = {0};
    do {
        struct request request = {.method = "GET", .url = list_url(arena, bucket, token)};
        struct answer answer = {.fd = -1, .text = buf_open(ANSWER_MAX)};
        long code = ask(store, arena, &request, &answer);
        struct str xml = buf_str(&answer.text);
        token = str_copy(
            arena, element(xml, STR("<NextContinuationToken>"), STR("</NextContinuationToken>")));
        enum status status = code == 200 ? tell_page(bucket, arena, xml, tell_each, context)
                                         : trouble(arena, store, refusal(code), fault);
        buf_close(&answer.text);
        TRY(status);
    } while (token.len > 0);
    return OK;
}

static void close_bucket(struct file_store *store)
{
    (void)store;
}

static const struct file_place place = {
    .close = close_bucket, .put = put, .fetch = fetch, .remove = remove_key, .each = each};

/* --- the address --- */

static void start_curl(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        abort();
}

static bool read_address(struct bucket *bucket, struct arena *arena, struct str where)
{
    struct str rest = str_from_byte(where, sizeof "s3://" - 1);
    struct str path = str_cut(&rest, STR("?"));
    bucket->name = str_copy(arena, str_cut(&path, STR("/")));
    bucket->prefix = path;
    bucket->region = STR("us-east-1");
    while (rest.len > 0) {
        struct str value = str_cut(&rest, STR("&")), name = str_cut(&value, STR("="));
        if (str_is(name, "endpoint"))
            bucket->endpoint = str_copy(arena, value);
        else if (str_is(name, "region"))
            bucket->region = str_copy(arena, value);
        else
            return false;
    }
    while (str_ends(bucket->endpoint, STR("/")))
        bucket->endpoint.len--;
    while (str_ends(bucket->prefix, STR("/")))
        bucket->prefix.len--;
    if (bucket->prefix.len > 0)
        bucket->prefix = str_fmt(arena, "%.*s/", STR_ARG(bucket->prefix));
    return bucket->name.len > 0 && (str_starts(bucket->endpoint, STR("https://")) ||
                                    str_starts(bucket->endpoint, STR("http://")));
}

enum status bucket_open(struct arena *arena, const struct file_store_options *options,
                        struct file_store **ret_store, struct fault *fault)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    if (options->key.len == 0 || options->secret.len == 0)
        return refuse(arena, fault, INVALID, NULL,
                      "--files 指向 S3 存储，但没有给出密钥，请设置环境变量 AWS_ACCESS_KEY_ID 和 "
                      "AWS_SECRET_ACCESS_KEY。");
    struct arena own = arena_open(KIB(16));
    struct bucket *bucket = arena_new(&own, struct bucket, 1);
    if (!read_address(bucket, &own, options->where)) {
        arena_close(&own);
        return refuse(arena, fault, INVALID, NULL,
                      "--files 的地址应写作 s3://桶名/前缀?endpoint=https://主机&region=区域。");
    }
    pthread_once(&once, start_curl);
    bucket->signer = str_fmt(&own, "aws:amz:%.*s:s3", STR_ARG(bucket->region)).ptr;
    bucket->keys = str_fmt(&own, "%.*s:%.*s", STR_ARG(options->key), STR_ARG(options->secret)).ptr;
    bucket->store = (struct file_store){.place = &place, .arena = own};
    *ret_store = &bucket->store;
    return OK;
}
