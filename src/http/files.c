/* Embedded files: made into responses once, at the start. */
#include "http/priv.h"

struct ready_file {
    struct str path;
    struct MHD_Response *plain, *gzip;
};

struct files {
    struct ready_file *rows; /* by path */
    int n;
};

static struct MHD_Response *make(const struct http_file *file, struct str bytes, bool gzip)
{
    struct MHD_Response *made = MHD_create_response_from_buffer(
        bytes.len, (void *)(uintptr_t)bytes.ptr, MHD_RESPMEM_PERSISTENT);
    if (!made)
        return NULL;
    for (int i = 0; response_security_heads[i][0]; i++)
        MHD_add_response_header(made, response_security_heads[i][0], response_security_heads[i][1]);
    MHD_add_response_header(made, "Content-Type", file->mime);
    MHD_add_response_header(made, "Cache-Control", "public, max-age=31536000, immutable");
    MHD_add_response_header(made, "Vary", "Accept-Encoding");
    if (gzip)
        MHD_add_response_header(made, "Content-Encoding", "gzip");
    return made;
}

struct files *files_new(struct arena *arena, const struct http_file *files, int n)
{
    struct files *made = arena_new(arena, struct files, 1);
    made->rows = arena_new(arena, struct ready_file, n + 1);
    made->n = n;
    for (int i = 0; i < n; i++) {
        int at = i;
        for (; at > 0 && str_cmp(files[i].path, made->rows[at - 1].path) < 0; at--)
            made->rows[at] = made->rows[at - 1];
        made->rows[at] = (struct ready_file){
            .path = files[i].path,
            .plain = make(&files[i], files[i].bytes, false),
            .gzip = files[i].gzip.len ? make(&files[i], files[i].gzip, true) : NULL,
        };
    }
    return made;
}

void files_free(struct files *files)
{
    for (int i = 0; i < files->n; i++) {
        if (files->rows[i].plain)
            MHD_destroy_response(files->rows[i].plain);
        if (files->rows[i].gzip)
            MHD_destroy_response(files->rows[i].gzip);
    }
}

bool files_send(const struct files *files, const struct peer *peer, enum MHD_Result *ret_result)
{
    int low = 0, high = files->n;
    while (low < high) {
        int middle = (low + high) / 2;
        int order = str_cmp(files->rows[middle].path, peer->request.path);
        if (order == 0) {
            const struct ready_file *row = &files->rows[middle];
            struct MHD_Response *made = peer->request.gzip && row->gzip ? row->gzip : row->plain;
            *ret_result = made ? MHD_queue_response(peer->connection, MHD_HTTP_OK, made) : MHD_NO;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}
