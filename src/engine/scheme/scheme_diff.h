/*
 * scheme_diff - what is different between two schemes of one document: the loaded one and the one
 * that is to be loaded.
 *
 * Records are matched by id where both have one, else by clause and name (duties: clause and
 * deed), organizations by name, links by kind and the name of the side they come from; each unit
 * of a link is an edge of its own, matched by both names. What stands more than once under one
 * key is matched in order. Line numbers, and the reader's warnings, are not compared. A list whose
 * records stand in another order is one change with the field "order" (of the section, or of the
 * link), shown by the first two that changed places.
 *
 * Changes come section by section as in the file, those of the new scheme in its order, then what
 * ended in the order of the old one. Nothing is matched by resemblance: a unit that was renamed
 * ended, and another began.
 */
#ifndef ENGINE_SCHEME_SCHEME_DIFF_H
#define ENGINE_SCHEME_SCHEME_DIFF_H

#include "engine/scheme/scheme.h"

enum change_kind { CHANGE_ADDED, CHANGE_CHANGED, CHANGE_ENDED };

/* One field, both values as a page shows them; an empty text = not said. */
struct scheme_field_change {
    struct str key;   /* as in the file, of a group where.chair; or order */
    struct str label; /* 每年的截止日; 条件·由谁主持 */
    struct str before, after;
};

struct scheme_change {
    enum change_kind kind;
    const char *section;       /* key of the file: document, links, duties … */
    const char *section_label; /* 制度文件, 对口联系, 工作要求 … */
    struct str title; /* which record: its id, name or clause; of an edge 提案委员会—市委办 */
    /* Where it stands in the lists of the old and the new scheme; -1 = not there. */
    int before, after;
    /* Of an edge: where it stands in its link's `to`; -1 = the link as such, or no link. */
    int before_to, after_to;
    struct scheme_field_change *fields; /* of CHANGE_CHANGED */
    int fields_n, fields_room;
};

struct scheme_diff {
    struct scheme_change *items;
    int n, room;
};

/* An empty scheme as `before` makes all of `after` added. Everything lives in the arena, values
 * that were not put together anew as long as the schemes. */
void scheme_diff(struct arena *arena, const struct scheme *before, const struct scheme *after,
                 struct scheme_diff *ret_diff);

/* One line a change, its fields indented below: what `duikou load` shows before it loads. */
void scheme_diff_put_text(struct buf *buf, const struct scheme_diff *diff);

#endif
