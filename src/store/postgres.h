/*
 * postgres - the parts of the PostgreSQL engine that its files share. Private to store/.
 *
 * A connection is linked to the server when it is first needed, and again when it was lost: a
 * server that was restarted is found by the next transaction. What was lost in the middle of one
 * is BUSY, with connection->again set where running it anew may go well.
 */
#ifndef STORE_POSTGRES_H
#define STORE_POSTGRES_H

#include <libpq-fe.h>

#include "store/engine.h"
#include "store/lru.h"

struct postgres_connection {
    struct connection base; /* first: the engine interface hands this out */
    PGconn *link;           /* NULL: not yet, or lost */
    enum access access;
    struct lru lru;
    bool prepared[LRU_SLOTS]; /* under the name "s" and the number of the slot */
    struct value *cells;      /* of the row being read */
    struct str *names;
    int room;
    /* Every transaction that writes notes (writer, mark) in store_writer first: after a connection
     * lost during COMMIT, the mark found there says whether it was kept. */
    int64_t writer, mark;
    int32_t schema; /* names the locks of this database's own */
};

static inline struct postgres_connection *postgres_of(struct connection *connection)
{
    return (struct postgres_connection *)connection;
}

/* --- postgres_open.c --- */

bool postgres_place(struct database *database, struct str url);
enum status postgres_check(struct database *database, struct arena *arena, struct fault *fault);
void postgres_unmake(struct database *database);
enum status postgres_connect(const struct database *database, enum access access,
                             struct arena *arena, struct connection **ret_connection,
                             struct fault *fault);
void postgres_disconnect(struct connection *base);
/* Linked to a server that keeps what it acknowledged, or BUSY or FAULT with its sentence. */
enum status postgres_link(struct postgres_connection *connection);

/* Of a clock that only goes on. */
int64_t postgres_now_ms(void);

/* --- postgres_run.c --- */

bool postgres_is_inside(struct connection *base);
enum status postgres_run_statement(struct connection *base, const struct statement *statement,
                                   const struct value *args, int n, struct sink *sink);
enum status postgres_prepare_statement(struct connection *base, const struct statement *statement);

/* --- postgres_trouble.c --- */

/* Forget a link that was lost, or is to be. */
void postgres_unlink(struct postgres_connection *connection);

/* Turn a result that failed (NULL: the link did) into a status, and say it in base.trouble. What
 * another transaction made impossible ends the whole transaction. */
enum status postgres_trouble(struct postgres_connection *connection, const PGresult *result,
                             const char *what);
/* Why the server did not let us in, of its words with codes. */
enum status postgres_refused(struct postgres_connection *connection, const char *words);
/* A sentence of our own around the name of the database. */
enum status postgres_say(struct postgres_connection *connection, enum status status,
                         const char *before, const char *after);

/* One or more statements without values. */
enum status postgres_exec(struct postgres_connection *connection, const char *sql,
                          const char *what);

#endif
