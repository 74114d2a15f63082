/* What an answer shows that must not be shown unseen: gathered while it is made, told to the
 * journal before its first byte leaves. */
#include "app/priv.h"
#include "base/json_put.h"

enum { KINDS_MAX = 8, IDS_MAX = 200, FIELDS_MAX = 16, TOLD_CAP = 64 << 10 };

/* Of one kind of record. */
struct reading {
    const char *kind;
    const char *form; /* of an export; NULL */
    int64_t ids[IDS_MAX];
    const char *fields[FIELDS_MAX];
    int ids_n, fields_n;
    int64_t more; /* records beyond those */
};
struct readings {
    struct reading items[KINDS_MAX];
    int n;
};

/* Made at once for every kind: what an export reads later stands in memory that is given back. */
static struct reading *reading_of(struct call *call, const char *kind)
{
    if (!call->readings)
        call->readings = arena_new(call->arena, struct readings, 1);
    struct readings *readings = call->readings;
    for (int i = 0; i < readings->n; i++)
        if (strcmp(readings->items[i].kind, kind) == 0)
            return &readings->items[i];
    if (readings->n == KINDS_MAX)
        return &readings->items[KINDS_MAX - 1];
    struct reading *reading = &readings->items[readings->n++];
    reading->kind = kind;
    return reading;
}

void call_reads(struct call *call, const char *kind, int64_t id, const char *field)
{
    struct reading *reading = reading_of(call, kind);
    bool known = reading->ids_n > 0 && reading->ids[reading->ids_n - 1] == id;
    if (!known && reading->ids_n < IDS_MAX)
        reading->ids[reading->ids_n++] = id;
    else if (!known)
        reading->more++;
    for (int i = 0; i < reading->fields_n; i++)
        if (strcmp(reading->fields[i], field) == 0)
            return;
    if (reading->fields_n < FIELDS_MAX)
        reading->fields[reading->fields_n++] = field;
}

void call_gives_out(struct call *call, const char *kind, int64_t id, const char *form)
{
    struct reading *reading = reading_of(call, kind);
    reading->form = form;
    if (id != 0 && reading->ids_n == 0)
        reading->ids[reading->ids_n++] = id;
}

/* Which route was asked, what fields of which records; no value of any of them. */
static void put_told(struct buf *to, const struct call *call, const struct reading *reading)
{
    struct json json = json_open(to);
    json_begin(&json, '{');
    json_key(&json, "fields");
    json_begin(&json, '[');
    for (int i = 0; i < reading->fields_n; i++)
        json_str(&json, str_from(reading->fields[i]));
    json_end(&json, ']');
    if (reading->form)
        json_key(&json, "form"), json_str(&json, str_from(reading->form));
    if (reading->more > 0)
        json_key(&json, "more"), json_int(&json, reading->more);
    json_key(&json, "path");
    json_str(&json, str_head(call->request->path, 1000));
    json_key(&json, "records");
    json_begin(&json, '[');
    for (int i = 0; i < reading->ids_n; i++) {
        char id[ID_TEXT_LEN];
        id_format_to(reading->ids[i], id);
        json_str(&json, (struct str){id, sizeof id});
    }
    json_end(&json, ']');
    json_end(&json, '}');
}

static enum status tell(struct tx *tx, const struct call *call, const struct reading *reading)
{
    AUTOBUF told = buf_open(TOLD_CAP);
    put_told(&told, call, reading);
    struct journal_change change = {
        .body_id = call->body.id,
        .chain = CHAIN_READINGS,
        .kind = reading->kind,
        .id = reading->ids_n == 1 && reading->more == 0 ? reading->ids[0] : 0,
        .deed = reading->form ? "export" : "read",
        .new = buf_str(&told)};
    return tx_journal(tx, &change);
}

static enum status apply(struct tx *tx, void *context, struct fault *fault)
{
    const struct call *call = context;
    (void)fault;
    for (int i = 0; i < call->readings->n; i++)
        TRY(tell(tx, call, &call->readings->items[i]));
    return OK;
}

enum status readings_tell(struct call *call)
{
    if (!call->readings)
        return OK;
    struct actor actor = call_actor(call);
    struct fault ignored = {0};
    store_read_end(call->tx);
    call->tx = NULL;
    return store_write(call->app->options.store, call->arena, call->body.id, WRITE_READING, &actor,
                       apply, call, &ignored);
}
