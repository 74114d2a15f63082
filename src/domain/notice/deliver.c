#include "domain/notice/notice.h"

#include "domain/organization/organization.h"
#include "engine/flow/flow.h"
#include "notice.sql.h"

/* The words by which steps name whom they tell, as organizations of the record's body. */

enum { AUDIENCES_MAX = 64, OFFICE = 0 };

struct telling {
    struct delivery *delivery;
    const struct record *record;
    struct str text, of_kind, record_id;
    int64_t audiences[AUDIENCES_MAX];
    int n;
};

static void add(struct telling *telling, int64_t audience)
{
    for (int i = 0; i < telling->n; i++)
        if (telling->audiences[i] == audience)
            return;
    if (telling->n < AUDIENCES_MAX)
        telling->audiences[telling->n++] = audience;
}

static enum status add_office(struct telling *telling, struct tx *tx)
{
    (void)tx;
    add(telling, OFFICE);
    return OK;
}

static int64_t owner_of(const struct record *record)
{
    const char *owner = record->kind->flow ? record->kind->flow->owner : NULL;
    return owner ? value_i64(record_value(record, owner)) : 0;
}

static enum status add_owner(struct telling *telling, struct tx *tx)
{
    (void)tx;
    int64_t owner = owner_of(telling->record);
    add(telling, owner ? owner : OFFICE);
    return OK;
}

/* Every organization that the record refers to. */
static enum status add_parties(struct telling *telling, struct tx *tx)
{
    (void)tx;
    const struct record *record = telling->record;
    for (int i = 0; record->kind->fields[i].key; i++)
        if (record->kind->fields[i].to == &kind_organization && record->values[i].kind == VALUE_INT)
            add(telling, value_i64(record->values[i]));
    add(telling, OFFICE);
    return OK;
}

static enum status add_linking(struct telling *telling, struct tx *tx)
{
    struct rows rows;
    struct delivery *delivery = telling->delivery;
    struct str today = date_format(delivery->arena, instant_date(delivery->now, ZONE_CHINA_MIN));
    TRY(tx_run(
        tx, &SQL_notice_linking,
        ARGS(value_int(delivery->body_id), value_int(owner_of(telling->record)), value_text(today)),
        &rows));
    for (int i = 0; i < rows.n; i++)
        add(telling, value_i64(rows_at(&rows, i, 0)));
    return OK;
}

static const struct {
    const char *word;
    enum status (*add)(struct telling *telling, struct tx *tx);
} addressees[] = {
    {"政协办公室", add_office}, {"单位", add_owner},
    {"申请单位", add_owner},    {"对口专门委员会", add_linking},
    {"对口双方", add_parties},  {"所涉单位和专门委员会", add_parties},
};

bool notice_is_known(struct str notice)
{
    struct str names = str_cut(&notice, STR("："));
    while (names.len > 0) {
        struct str name = str_cut(&names, STR("、"));
        size_t i = 0;
        while (i < sizeof addressees / sizeof *addressees && !str_is(name, addressees[i].word))
            i++;
        if (i == sizeof addressees / sizeof *addressees)
            return false;
    }
    return notice.len > 0;
}

static enum status find_audiences(struct telling *telling, struct tx *tx, struct str names)
{
    while (names.len > 0) {
        struct str name = str_cut(&names, STR("、"));
        for (size_t i = 0; i < sizeof addressees / sizeof *addressees; i++)
            if (str_is(name, addressees[i].word))
                TRY(addressees[i].add(telling, tx));
    }
    if (telling->n == 0)
        add(telling, OFFICE);
    return OK;
}

static enum status write_all(struct tx *tx, void *context, struct fault *fault)
{
    (void)fault;
    const struct telling *telling = context;
    for (int i = 0; i < telling->n; i++)
        TRY(tx_run(tx, &SQL_notice_add,
                   ARGS(value_int(telling->delivery->body_id), value_int(telling->delivery->id),
                        value_int(telling->audiences[i]), value_text(telling->text),
                        value_text(telling->of_kind), value_text(telling->record_id),
                        value_int(telling->delivery->now.us)),
                   NULL));
    return OK;
}

static const struct kind *kind_named(const struct record_engine *engine, struct str name)
{
    for (const struct kind *const *kind = record_engine_kinds(engine); *kind; kind++)
        if (str_is(name, (*kind)->name))
            return *kind;
    return NULL;
}

/* KIND ID WORDS：WORDS */
enum status notice_deliver(struct delivery *delivery, struct fault *fault)
{
    struct telling telling = {.delivery = delivery};
    struct str rest = delivery->content;
    struct record *record;
    struct tx *tx;
    int64_t id;
    telling.of_kind = str_cut(&rest, STR(" "));
    telling.record_id = str_cut(&rest, STR(" "));
    struct str names = str_cut(&rest, STR("："));
    telling.text = rest;
    const struct kind *kind = kind_named(delivery->context, telling.of_kind);
    if (!kind || !id_parse(telling.record_id, &id) || rest.len == 0)
        return refuse(delivery->arena, fault, INVALID, NULL, "通知的内容不能识别，请放弃这一件。");
    TRY(store_read(delivery->store, delivery->arena, &tx));
    enum status status = record_get(tx, kind, delivery->body_id, id, &record);
    telling.record = status == OK ? record : NULL;
    if (status == OK)
        status = find_audiences(&telling, tx, names);
    store_read_end(tx);
    if (status == NOT_FOUND)
        return OK; /* there is nothing left to be told of */
    TRY(status);
    return store_write(delivery->store, delivery->arena, delivery->body_id, WRITE_READING, NULL,
                       write_all, &telling, fault);
}
