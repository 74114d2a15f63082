#include "store/internal.h"

#include <stdlib.h>

#include "base/buf.h"

void intern_init(struct intern *intern)
{
    *intern = (struct intern){0};
    pthread_mutex_init(&intern->lock, NULL);
}

void intern_release(struct intern *intern)
{
    for (size_t i = 0; i < sizeof intern->buckets / sizeof *intern->buckets; i++)
        for (struct interned *entry = intern->buckets[i], *next; entry; entry = next) {
            next = entry->next;
            free(entry);
        }
    for (size_t i = 0; i < sizeof intern->variants / sizeof *intern->variants; i++)
        for (struct variant *variant = intern->variants[i], *next; variant; variant = next) {
            next = variant->next;
            free(variant);
        }
    pthread_mutex_destroy(&intern->lock);
}

static bool is_same(const struct statement *statement, struct str sql, const char *params,
                    enum result_shape shape)
{
    return str_is(sql, statement->sql) && strcmp(params, statement->params) == 0 &&
           shape == statement->shape;
}

/* The texts lie behind the entry, in the same piece of memory. */
static struct interned *make(const char *name, struct str sql, const char *params,
                             enum result_shape shape)
{
    size_t name_room = strlen(name) + 1, params_room = strlen(params) + 1;
    struct interned *entry = malloc(sizeof *entry + name_room + params_room + sql.len + 1);
    if (!entry)
        return NULL;
    char *at = (char *)(entry + 1);
    memcpy(at, name, name_room);
    memcpy(at + name_room, params, params_room);
    memcpy(at + name_room + params_room, sql.ptr, sql.len);
    at[name_room + params_room + sql.len] = '\0';
    *entry = (struct interned){.statement = {.name = at,
                                             .sql = at + name_room + params_room,
                                             .params = at + name_room,
                                             .shape = shape}};
    return entry;
}

static const struct statement *put_locked(struct intern *intern, const char *name, struct str sql,
                                          const char *params, enum result_shape shape)
{
    struct interned **bucket = &intern->buckets[str_hash(sql) % 1024];
    for (struct interned *entry = *bucket; entry; entry = entry->next)
        if (is_same(&entry->statement, sql, params, shape))
            return &entry->statement;
    struct interned *entry = intern->n < INTERNED_MAX ? make(name, sql, params, shape) : NULL;
    if (!entry)
        return NULL;
    entry->next = *bucket;
    *bucket = entry;
    intern->n++;
    return &entry->statement;
}

const struct statement *intern_put(struct intern *intern, const char *name, struct str sql,
                                   const char *params, enum result_shape shape)
{
    pthread_mutex_lock(&intern->lock);
    const struct statement *statement = put_locked(intern, name, sql, params, shape);
    pthread_mutex_unlock(&intern->lock);
    return statement;
}

static const struct statement *write_out(struct intern *intern, enum sql_engine dialect,
                                         const struct statement *statement, int size)
{
    AUTOBUF sql = buf_open(KIB(256)), params = buf_open(KIB(4));
    int fixed = (int)strlen(statement->params) - 1;
    bool postgres = dialect == SQL_POSTGRES && statement->postgres;
    sql_expand_list(&sql, str_from(postgres ? statement->postgres : statement->sql), fixed + 1,
                    size);
    buf_put(&params, (struct str){statement->params, (size_t)fixed});
    for (int i = 0; i < size; i++)
        buf_char(&params, 'i');
    buf_char(&params, '\0');
    if (sql.full || params.full)
        return NULL;
    return put_locked(intern, statement->name, buf_str(&sql), params.ptr, statement->shape);
}

static struct variant **variants_of(struct intern *intern, const void *origin, int which)
{
    uint64_t hash = ((uint64_t)(uintptr_t)origin + (uint64_t)which) * UINT64_C(0x9e3779b97f4a7c15);
    return &intern->variants[hash >> 56];
}

static const struct statement *recall_locked(struct intern *intern, const void *origin, int which)
{
    for (struct variant *each = *variants_of(intern, origin, which); each; each = each->next)
        if (each->origin == origin && each->which == which)
            return each->statement;
    return NULL;
}

static void remember_locked(struct intern *intern, const void *origin, int which,
                            const struct statement *statement)
{
    struct variant **bucket = variants_of(intern, origin, which);
    struct variant *variant = recall_locked(intern, origin, which) ? NULL : malloc(sizeof *variant);
    if (!variant)
        return;
    *variant = (struct variant){origin, statement, which, *bucket};
    *bucket = variant;
}

const struct statement *intern_list(struct intern *intern, enum sql_engine dialect,
                                    const struct statement *statement, int size)
{
    pthread_mutex_lock(&intern->lock);
    const struct statement *found = recall_locked(intern, statement, size);
    if (!found && (found = write_out(intern, dialect, statement, size)))
        remember_locked(intern, statement, size, found);
    pthread_mutex_unlock(&intern->lock);
    return found;
}

const struct statement *intern_recall(struct intern *intern, const void *owner, int which)
{
    pthread_mutex_lock(&intern->lock);
    const struct statement *statement = recall_locked(intern, owner, which);
    pthread_mutex_unlock(&intern->lock);
    return statement;
}

void intern_remember(struct intern *intern, const void *owner, int which,
                     const struct statement *statement)
{
    pthread_mutex_lock(&intern->lock);
    remember_locked(intern, owner, which, statement);
    pthread_mutex_unlock(&intern->lock);
}
