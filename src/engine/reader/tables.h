/*
 * tables - private to the reader: what the columns of a table hold, told by their labels.
 */
#ifndef ENGINE_READER_TABLES_H
#define ENGINE_READER_TABLES_H

#include "engine/reader/priv.h"

enum role {
    ROLE_NONE,
    ROLE_SKIP,
    ROLE_FROM,
    ROLE_TO,
    ROLE_SECTOR,
    ROLE_LEADER,
    ROLE_COUNT,
    ROLE_NAME, /* 姓名: of a leader where no other column is */
    ROLE_POST  /* 职务: of the leader in this row */
};

struct column {
    enum role role;
    enum link_kind kind;     /* of a leader's column */
    struct str post;         /* 副主席, from the header */
    struct name_list entity; /* a column that stands for one party */
};

/* A label says what a column is; a name says who. */
bool is_label(struct str key);
enum role role_of_label(struct str key);
/* Labels whose columns link nobody; some only as the whole of the label. */
bool is_skipped_label(struct str key);
struct column column_of_label(struct para_text at);

/* Of a table of tasks: 任务, 议题; 完成时限; 牵头单位. */
bool is_task_label(struct str key);
bool is_time_label(struct str key);
bool is_owner_label(struct str key);

#endif
