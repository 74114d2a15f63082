/*
 * sqlgen - what a .sql file beside a module says, and the rules it is held to.
 *
 * Source: ground.md, "SQL that runs on both". The language is described in sqlgen.c.
 */
#ifndef TOOLS_SQLGEN_H
#define TOOLS_SQLGEN_H

#include "base/arena.h"
#include "base/str.h"

enum block_kind { BLOCK_STEP, BLOCK_STATEMENT, BLOCK_PART };
enum block_engine { FOR_BOTH, FOR_SQLITE, FOR_POSTGRES };

struct block {
    enum block_kind kind;
    enum block_engine engine;
    struct str name;
    int shape;         /* index into shapes[] */
    struct str params; /* letters: i t b, or l for a list */
    struct str list;   /* ":ids" when the last parameter is a list */
    struct str sql;
    int line, sql_line; /* of the header, of the first line of sql */
    bool used;          /* a part: by a statement */
};

struct names {
    struct str *items;
    int n, room;
};

struct source {
    struct arena *arena;
    const char *path;
    struct str module; /* file name without .sql */
    struct block *blocks;
    int n, room;
    struct names derived, instance, owned, journalled;
    int errors;
};

/* Prints "path:line: sentence." */
void complain(struct source *source, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool names_have(const struct names *names, struct str name);

enum { SHAPE_RUN, SHAPE_ONE, SHAPE_MAYBE, SHAPE_MANY };

/* sqlcheck.c */
void check_block(struct source *source, const struct block *block);

#endif
