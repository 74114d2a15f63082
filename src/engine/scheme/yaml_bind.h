/*
 * yaml_bind - the tree of a YAML file becomes a scheme, as the field tables say.
 *
 * Private to engine/scheme. yaml_read.c fills records field by field; what can only be judged when
 * the whole has been read (names, ids, classes) is noted on the way and checked by yaml_check.c.
 */
#ifndef ENGINE_SCHEME_YAML_BIND_H
#define ENGINE_SCHEME_YAML_BIND_H

#include "engine/scheme/fields.h"
#include "engine/scheme/yaml_tree.h"

/* A word of the file and where it stands. */
struct noted {
    struct str text;
    const struct node *node;
};
struct noted_list {
    struct noted *items;
    int n, room;
};

/* A party and the entry of the file that told of it; `link` is NULL for an organization. */
struct noted_party {
    struct scheme_party *party;
    const struct scheme_link *link;
    bool is_from;
    const struct node *node;
};

struct binding {
    struct arena *arena;
    struct scheme_errors *errors;
    struct scheme *scheme;
    bool whole;            /* the file was read to its end, so what is missing is missing */
    struct noted_list ids; /* of the list that is being read */
    struct noted_list names, references, organizations;
    struct noted_party *parties;
    int parties_n, parties_room;
};

/* What a link's party has before the file said otherwise: see settle_parties. */
enum { CLASS_NOT_SAID = -1, LINE_NOT_SAID = -1 };

/* Sentences that nobody will see are not made, but counted. */
bool errors_are_full(struct scheme_errors *errors);
void bind_error(struct binding *binding, const struct node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void note(struct binding *binding, struct noted_list *list, struct str text,
          const struct node *node);
void note_party(struct binding *binding, struct scheme_party *party, const struct scheme_link *link,
                bool is_from, const struct node *node);

/* The value of a key; NULL when the map does not have it. */
const struct node *node_value(const struct node *map, const char *key);

/* While records are filled. */
void check_record(struct binding *binding, const struct scheme_record *shape,
                  const struct node *node, void *record);
void check_link_names(struct binding *binding, const struct scheme_party *parties, int n,
                      const struct node *list);

/* A list is sorted by text, then by place; what stands in it twice is an error. */
void check_twice(struct binding *binding, struct noted_list *list, const char *what);

/* When all of the file has been read. */
void settle_parties(struct binding *binding);
void check_whole(struct binding *binding);

/* "，是否应为“min”" for the nearest of `words`, or "" when none is near. */
struct str nearest_word(struct arena *arena, struct str word, const char *const *words, int n);

#endif
