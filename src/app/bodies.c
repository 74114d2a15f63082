#include "app/priv.h"

/*
 * Bodies by address. Every write of the database drops the table: a body's name may have changed,
 * and reading it again costs one statement. The version is read before the snapshot that fills
 * the table, so the table is never older than its version says.
 */

void bodies_init(struct body_table *table)
{
    pthread_mutex_init(&table->lock, NULL);
    table->arena = arena_open(MIB(1));
    table->version = -1;
}

void bodies_drop(struct body_table *table)
{
    arena_close(&table->arena);
    pthread_mutex_destroy(&table->lock);
}

static struct body_info copy_body(struct arena *arena, const struct body_info *body)
{
    struct body_info copy = *body;
    copy.slug = str_copy(arena, body->slug);
    copy.name = str_copy(arena, body->name);
    copy.term = str_copy(arena, body->term);
    return copy;
}

static const struct body_info *find(const struct body_table *table, struct str slug)
{
    for (int i = 0; i < table->n; i++)
        if (str_eq(table->bodies[i].slug, slug))
            return &table->bodies[i];
    return NULL;
}

bool bodies_at_hand(struct app *app, struct str slug, struct arena *arena,
                    struct body_info *ret_body)
{
    struct body_table *table = &app->bodies;
    int64_t version = version_now(app, 0);
    pthread_mutex_lock(&table->lock);
    const struct body_info *body = table->version == version ? find(table, slug) : NULL;
    if (body)
        *ret_body = copy_body(arena, body);
    pthread_mutex_unlock(&table->lock);
    return body;
}

enum status bodies_find(struct app *app, struct tx *tx, int64_t version, struct str slug,
                        struct body_info *ret_body)
{
    TRY(app->options.find_body(tx, slug, ret_body));
    struct body_table *table = &app->bodies;
    pthread_mutex_lock(&table->lock);
    if (table->version < version || table->n == BODIES_MAX) {
        arena_reset(&table->arena);
        table->n = 0;
        table->version = version;
    }
    if (table->version == version && !find(table, slug))
        table->bodies[table->n++] = copy_body(&table->arena, ret_body);
    pthread_mutex_unlock(&table->lock);
    return OK;
}
