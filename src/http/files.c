/* The files of web/: made into responses once, at the start. */
#include "http/priv.h"
#include "view/web.h"

/* By whether the address has the hash (kept for ever) or not (asked for again), and the form. */
struct ready_file {
    struct MHD_Response *responses[2][2];
};
enum { PLAIN, GZIP };

struct files {
    struct ready_file *rows; /* as web_static */
};

static struct MHD_Response *make(const struct static_file *file, bool hashed, bool gzip, bool tls)
{
    struct str bytes = gzip ? file->gzip : file->bytes;
    struct MHD_Response *made = MHD_create_response_from_buffer(
        bytes.len, (void *)(uintptr_t)bytes.ptr, MHD_RESPMEM_PERSISTENT);
    if (!made)
        return NULL;
    add_security_heads(made, tls);
    MHD_add_response_header(made, "Content-Type", file->mime);
    MHD_add_response_header(made, "Cache-Control",
                            hashed ? "public, max-age=31536000, immutable" : "no-cache");
    MHD_add_response_header(made, "Vary", "Accept-Encoding");
    if (gzip)
        MHD_add_response_header(made, "Content-Encoding", "gzip");
    else
        MHD_add_response_header(made, "ETag", file->etag);
    return made;
}

struct files *files_new(struct arena *arena, bool tls)
{
    struct files *files = arena_new(arena, struct files, 1);
    files->rows = arena_new(arena, struct ready_file, web_static_n + 1);
    for (int i = 0; i < web_static_n; i++)
        for (int hashed = 0; hashed < 2; hashed++) {
            struct MHD_Response **to = files->rows[i].responses[hashed];
            to[PLAIN] = make(&web_static[i], hashed, false, tls);
            to[GZIP] = web_static[i].gzip.len ? make(&web_static[i], hashed, true, tls) : NULL;
        }
    return files;
}

void files_free(struct files *files)
{
    for (int i = 0; i < web_static_n; i++)
        for (int k = 0; k < 4; k++)
            if (files->rows[i].responses[k / 2][k % 2])
                MHD_destroy_response(files->rows[i].responses[k / 2][k % 2]);
}

static enum MHD_Result send_unchanged(struct peer *peer, const struct static_file *file)
{
    struct MHD_Response *made = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    if (!made)
        return MHD_NO;
    add_security_heads(made, peer->http->tls);
    MHD_add_response_header(made, "ETag", file->etag);
    MHD_add_response_header(made, "Vary", "Accept-Encoding");
    meter_answered(peer, MHD_HTTP_NOT_MODIFIED, "/static/", 0);
    enum MHD_Result result = MHD_queue_response(peer->connection, MHD_HTTP_NOT_MODIFIED, made);
    MHD_destroy_response(made);
    return result;
}

bool files_send(const struct files *files, struct peer *peer, enum MHD_Result *ret_result)
{
    bool hashed;
    const struct static_file *file = web_find(peer->request.path, &hashed);
    if (!file)
        return false;
    if (peer->request.if_none_match.len &&
        str_has(peer->request.if_none_match, str_from(file->etag))) {
        *ret_result = send_unchanged(peer, file);
        return true;
    }
    struct MHD_Response *const *forms = files->rows[file - web_static].responses[hashed];
    bool gzip = peer->request.gzip && forms[GZIP];
    struct MHD_Response *made = forms[gzip ? GZIP : PLAIN];
    meter_answered(peer, MHD_HTTP_OK, "/static/",
                   (int64_t)(gzip ? file->gzip.len : file->bytes.len));
    *ret_result = made ? MHD_queue_response(peer->connection, MHD_HTTP_OK, made) : MHD_NO;
    return true;
}
