/*
 * The SQLite engine: transactions, checkpoints, migrations. One file in WAL mode; one
 * writing connection, several that can only read.
 */
#include "store/sqlite.h"

#include <stdio.h>
#include <stdlib.h>

/* A WAL larger than this is cut back even if readers must be waited for. */
enum { LOG_LARGE_PAGES = 16 << 10 };

static enum status sqlite_script(struct connection *base, const char *sql)
{
    struct sqlite_connection *connection = sqlite_of(base);
    int code = sqlite3_exec(connection->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? OK : sqlite_trouble(connection, code, "schema");
}

/* --- transactions --- */

static enum status control(struct connection *base, enum sqlite_control which)
{
    static const char *const texts[CONTROLS_N] = {
        [CONTROL_BEGIN] = "begin",           [CONTROL_COMMIT] = "commit",
        [CONTROL_ROLLBACK] = "rollback",     [CONTROL_SAVEPOINT] = "savepoint entry",
        [CONTROL_RELEASE] = "release entry", [CONTROL_ROLLBACK_TO] = "rollback to entry",
    };
    struct sqlite_connection *connection = sqlite_of(base);
    bool immediate = which == CONTROL_BEGIN && connection->access == ACCESS_WRITE;
    sqlite3_stmt **stmt = &connection->controls[which];
    int code = SQLITE_OK;
    if (!*stmt)
        code = sqlite3_prepare_v3(connection->db, immediate ? "begin immediate" : texts[which], -1,
                                  SQLITE_PREPARE_PERSISTENT, stmt, NULL);
    if (code == SQLITE_OK) {
        sqlite3_step(*stmt);
        code = sqlite3_reset(*stmt);
    }
    return code == SQLITE_OK ? OK : sqlite_trouble(connection, code, texts[which]);
}

static bool sqlite_is_inside(struct connection *base)
{
    return !sqlite3_get_autocommit(sqlite_of(base)->db);
}

static enum status sqlite_begin(struct connection *base)
{
    return control(base, CONTROL_BEGIN);
}

static enum status sqlite_commit(struct connection *base)
{
    return control(base, CONTROL_COMMIT);
}

/* A rollback that fails leaves nothing to do but to close; SQLite then rolls back by itself. */
static void sqlite_rollback(struct connection *base)
{
    if (sqlite_is_inside(base))
        (void)control(base, CONTROL_ROLLBACK);
}

static enum status sqlite_savepoint(struct connection *base)
{
    return control(base, CONTROL_SAVEPOINT);
}

static enum status sqlite_release(struct connection *base)
{
    return control(base, CONTROL_RELEASE);
}

static enum status sqlite_undo(struct connection *base)
{
    TRY(control(base, CONTROL_ROLLBACK_TO));
    return control(base, CONTROL_RELEASE);
}

/* --- migrations --- */

/* A step may rebuild a table that others refer to: keys are checked when all steps are done. */
static enum status sqlite_migrate_begin(struct connection *base)
{
    TRY(sqlite_script(base, "pragma foreign_keys=off"));
    return sqlite_begin(base);
}

static int refuse_row(void *context, int n, char **values, char **names)
{
    (void)n;
    (void)values;
    (void)names;
    *(bool *)context = true;
    return 0;
}

static enum status sqlite_migrate_end(struct connection *base)
{
    struct sqlite_connection *connection = sqlite_of(base);
    bool broken = false;
    char mark[64];
    snprintf(mark, sizeof mark, "pragma application_id=%d", DUIKOU_APPLICATION_ID);
    TRY(sqlite_script(base, mark));
    int code = sqlite3_exec(connection->db, "pragma foreign_key_check", refuse_row, &broken, NULL);
    if (code != SQLITE_OK)
        return sqlite_trouble(connection, code, "foreign_key_check");
    if (broken)
        return sqlite_complain(connection, FAULT,
                               "数据库 %s 中有失去对应的引用，升级未进行，请用备份恢复。",
                               base->database->where);
    TRY(sqlite_commit(base));
    return sqlite_script(base, "pragma foreign_keys=on");
}

/* --- checkpoints --- */

static int64_t sqlite_backlog(const struct connection *base)
{
    return ((const struct sqlite_connection *)base)->log_pages;
}

/* Passive ones wait for nobody; only a WAL that keeps growing, or takes what little room there is,
 * is worth holding writers up for. */
static void sqlite_checkpoint(struct connection *base, int64_t backlog)
{
    int64_t free_bytes = database_free_bytes(base->database);
    bool cut = backlog > LOG_LARGE_PAGES || (free_bytes >= 0 && free_bytes < ROOM_LOW_BYTES);
    int mode = cut ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
    sqlite3_wal_checkpoint_v2(sqlite_of(base)->db, "main", mode, NULL, NULL);
}

/* Deleted words stay in FTS5 until its parts are merged, deleted bytes in pages until the tables
 * are written anew, and both in the log until it is cut. */
static enum status sqlite_scrub(struct connection *base)
{
    struct sqlite_connection *connection = sqlite_of(base);
    TRY(sqlite_script(base, "insert into search_row (search_row) values ('optimize')"));
    TRY(sqlite_script(base, "vacuum"));
    int code =
        sqlite3_wal_checkpoint_v2(connection->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return code == SQLITE_OK ? OK : sqlite_trouble(connection, code, "scrub");
}

const struct engine sqlite_engine = {
    .schemes = {"sqlite:"},
    .dialect = SQL_SQLITE,
    .lanes = 1,
    .busy_ms = 5000,
    .place = sqlite_place,
    .check = sqlite_check,
    .unmake = sqlite_unmake,
    .connect = sqlite_connect,
    .disconnect = sqlite_disconnect,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .is_inside = sqlite_is_inside,
    .savepoint = sqlite_savepoint,
    .release = sqlite_release,
    .undo = sqlite_undo,
    .prepare = sqlite_prepare,
    .run = sqlite_run,
    .script = sqlite_script,
    .migrate_begin = sqlite_migrate_begin,
    .migrate_end = sqlite_migrate_end,
    .scrub = sqlite_scrub,
    .backlog = sqlite_backlog,
    .checkpoint = sqlite_checkpoint,
};
