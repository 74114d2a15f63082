/*
 * yaml_tree - the text of a YAML file as a tree that knows where everything stands.
 *
 * Private to engine/scheme. What a scheme file has no use for is refused while reading: anchors,
 * aliases, tags, several documents, keys that are not text, nesting deeper than a scheme's.
 */
#ifndef ENGINE_SCHEME_YAML_TREE_H
#define ENGINE_SCHEME_YAML_TREE_H

#include "engine/scheme/scheme.h"

enum { YAML_MAX_BYTES = 4 << 20, YAML_MAX_NODES = 50000, YAML_MAX_DEPTH = 12 };

enum node_kind {
    NODE_NOTHING, /* a key or a dash with nothing behind it */
    NODE_TEXT,
    NODE_LIST,
    NODE_MAP,     /* the entries are keys, each with its value */
    NODE_REFUSED, /* complained of already */
};

struct node {
    enum node_kind kind;
    bool plain; /* text without quotes: may be a number, true or false */
    struct str text;
    int line, column; /* from 1; columns count characters */
    struct node *first, *last, *next;
    struct node *value; /* of a key */
    int n;              /* entries of a list or map */
};

/* The list keeps the order in which errors were found; over the limit they are counted only. */
void yaml_error(struct arena *arena, struct scheme_errors *errors, int line, int column,
                const char *format, ...) __attribute__((format(printf, 5, 6)));

/*
 * NULL when there is nothing to go on with. What was read before a syntax error is still given,
 * with *ret_whole false: what is missing from it may stand in the rest.
 */
struct node *yaml_tree(struct arena *arena, struct str text, struct scheme_errors *errors,
                       bool *ret_whole);

#endif
