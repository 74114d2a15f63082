/*
 * priv - links as the pages of the directory read them.
 */
#ifndef DOMAIN_DIRECTORY_PRIV_H
#define DOMAIN_DIRECTORY_PRIV_H

#include "domain/directory/directory.h"

/* One side of a link. */
struct side {
    int64_t id;
    struct str name, hint;
    struct str class;
    bool is_person, is_group, held, maybe_reorganised;
    bool had_other_name; /* on the day that is shown */
};

struct entry {
    int64_t id, position, to_position;
    struct str kind, clause, post, scheme;
    int64_t declared_count; /* -1 = none */
    int64_t document;
    struct side from, to;
    struct str parts; /* 人防办、金融办 */
    struct str people; /* 责任领导：张三；联系人：待明确; empty: not asked, or not read */
};

struct entries {
    struct entry *items;
    int n;
    bool more;    /* further links than these */
    int64_t next; /* position the further ones start at */
};

/* Bodies with more links than this see the directory page by page. */
enum { DIRECTORY_MAX = 500, DIRECTORY_PAGES_SEARCHED = 40 };

/* The links from a position on. With text, only those that match it: names, second names,
 * sub-units, pinyin initials of either side; it looks through further pages until some do. */
CHECKED enum status entries_load(struct call *call, struct date on, int64_t first_position,
                                 struct str typed, struct entries *ret_entries);
CHECKED enum status entries_of(struct call *call, int64_t organization, struct date on,
                               struct entries *ret_entries);

/* people.c: whom the units have named; one statement for a page of links. */
CHECKED enum status entries_people(struct call *call, struct date on, struct entries *entries);
/* Organizations under the names they bore on an earlier day; done by entries_load and _of. */
CHECKED enum status entries_former_names(struct call *call, struct date on,
                                         struct entries *entries);

/* Groups of entries that share a side, in the order of first appearance. */
struct entry_group {
    const struct side *side;
    struct entry **entries;
    int n, room;
};
struct entry_groups {
    struct entry_group *items;
    int n, room;
};
struct entry_groups entries_by_from(struct arena *arena, const struct entries *entries);
struct entry_groups entries_by_to(struct arena *arena, const struct entries *entries);
/* What the document writes of a linking side's units, to be held against those it lists there; -1
 * when it writes no number, or writes several in different places. */
int64_t entry_group_declared(const struct entry_group *group, int *ret_listed);

/* An organization's or person's page as a reference. */
struct value side_ref(struct call *call, const struct side *side);

/* Names of the documents the links rest on, joined. */
struct str directory_basis(struct arena *arena, const struct entries *entries);

const char *link_kind_label(struct str word);

/* --- frame.c: what the pages of the directory share --- */

struct directory {
    struct call *call;
    struct page *page;
    const char *path; /* below the body */
    /* as directory_read fills it */
    struct date on;
    struct str q;
    int64_t first; /* position the page starts at; 0 = the whole directory */
    struct entries entries;
    struct str basis;
};
/* What is asked for (day, words, page), and the links that answer it. */
CHECKED enum status directory_read(struct directory *directory);
/* What directory_put_common fills, at the end of the columns of a page of the directory. */
#define DIRECTORY_FRAME_COLUMNS                                                                    \
    {"next_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},                                     \
        {"q", NULL, COLUMN_TEXT, .flags = COLUMN_PAGE_ONLY},                                       \
        {"on_text", NULL, COLUMN_TEXT, .flags = COLUMN_PAGE_ONLY},                                 \
        {"on_other_day", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY},                            \
        {"self_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},                                 \
        {"csv_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},                                  \
        {"xlsx_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},                                 \
        {"import_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},                               \
        {"heading", NULL, COLUMN_TEXT, .flags = COLUMN_PAGE_ONLY},                                 \
        {"ended_on", NULL, COLUMN_DATE, .flags = COLUMN_PAGE_ONLY},                                \
        {"ended_url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},                                \
        {"basis", NULL, COLUMN_TEXT, .flags = COLUMN_PAGE_ONLY},                                   \
    {                                                                                              \
        "may_import", NULL, COLUMN_FLAG, .flags = COLUMN_PAGE_ONLY                                 \
    }

/* State, tabs, actions, addresses; `groups` by the linking side. */
CHECKED enum status directory_put_common(struct directory *directory, struct object *model,
                                         const struct entry_groups *groups);

/* --- matrix.c --- */

extern const struct shape shape_matrix;
enum status directory_matrix(struct call *call, struct page *page);

/* --- organization_people.c --- */

extern const struct shape shape_named, shape_adjusted;
CHECKED enum status organization_put_people(struct call *call, struct object *model,
                                            const struct record *record, struct date on,
                                            struct str *ret_missing); /* 责任领导、联系人; empty */
CHECKED enum status organization_put_history(struct call *call, struct object *model, int64_t id);
/* What an organization was called on a day. */
struct str organization_name_on(struct arena *arena, const struct record *record, struct date on);

/* Routes of the other files. */
void organization_routes(struct record_engine *engine);
void document_routes(struct record_engine *engine);

#endif
