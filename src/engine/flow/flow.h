/*
 * flow - everything that changes is somebody's act: steps told as constant tables.
 *
 * A kind with a flow has states and steps. A step leads from one state to another; flow_step and
 * flow_make are the only functions that write a state (engine/record/step.h). From the tables
 * follow the buttons of a record's page with what they ask, POST /{body}/{kind}/{id}/{action} for
 * pages and programs, `duikou step`, the diagrams under docs/flows/ and the test of every state
 * with every action.
 *
 * Every step may be entered for somebody who deals by letter, phone or in person (代录): for whom,
 * how, when; it is always shown so. Each step taken leaves a row in `step`: the record's story.
 *
 * Source: design.md section 1; clauses.md ALL-proxy.
 */
#ifndef ENGINE_FLOW_FLOW_H
#define ENGINE_FLOW_FLOW_H

#include "engine/record/record.h"

struct flow_act;

/* One step while it is taken: what guards look at and deeds work with. Lives in the tx's arena. */
struct deed {
    struct tx *tx;
    const struct flow_act *act;
    const struct record *old;  /* as it stands; NULL when it is being made */
    struct record *record;     /* what will be written: a deed may set fields and dates */
    const struct record *said; /* the values asked with the step; NULL = none */
    struct str on;             /* the day of the act: told with 代录, else today */
    struct str today;
    struct str also; /* what the deed adds to the story */
    int ids_used;
    struct fault *fault;
};

/* OK, or a refusal with its sentence. Guards read; deeds write other records. */
typedef enum status flow_rule(struct deed *deed);

/* An id made before the write was queued; at most flow_step.ids of them. */
int64_t deed_id(struct deed *deed);
/* A value asked with the step; empty, null when it was not filled in. */
struct value deed_said(const struct deed *deed, const char *key);
struct str deed_text(const struct deed *deed, const char *key);

/* The days of a dated record. It begins on the day of the act, unless it says when. */
enum status deed_begin(struct deed *deed);
/* It holds again from the day it always had, without an end. */
enum status deed_reopen(struct deed *deed);
/* It holds from the day it always had until that day. */
void deed_until(struct deed *deed, struct str day);
/* Until the "day" asked with the step; INVALID when that is before it began. `what` began, for the
 * sentence: 任职. */
CHECKED enum status deed_end(struct deed *deed, const char *what);

/* Asked with steps of several kinds. */
extern const struct field flow_undo_fields[], flow_restore_fields[];
/* The state of a kind with a flow, as a row of its field table. */
#define FLOW_STATE_FIELD(words)                                                                    \
    {                                                                                              \
        .key = "state", .label = "状态", .kind = FIELD_CHOICE, .choices = words, .required = true, \
        .state = true, .filter = true                                                              \
    }

struct flow_step {
    const char *from;   /* a state; NULL: it makes the record */
    const char *action; /* [a-z-]+, in addresses */
    const char *label;  /* on the button and in the story: 登记备案 */
    const char *to;     /* NULL: the state stays */
    enum right who;
    bool main;                  /* the step one expects here */
    bool by_program;            /* a part of something larger: no button, no address of its own */
    const struct field *fields; /* asked with the step; NULL = nothing */
    /* Of what the record says under the same keys, what the form begins with; NULL = all. */
    const char *const *keeps;
    flow_rule *guard, *deed; /* NULL = none */
    const char *notice;      /* who is told what; NULL = nobody */
    const char *confirm;     /* what is confirmed before; NULL = nothing */
    bool is_long;            /* writes many records: in a transaction of its own */
    int ids;                 /* how many ids its deed may need */
};

struct flow {
    /* Key of the reference to the organization whose matter a record is, for rights; NULL: of the
     * body. */
    const char *owner;
    /* Key of the state field. NULL: the days tell, with the states of flow_days. */
    const char *field;
    const struct choice *states;   /* ends with word == NULL */
    const struct flow_step *steps; /* ends with action == NULL; those that make come first */
};
/* coming 尚未生效, current 有效, ended 已结束: of records that have only their days. */
extern const struct choice flow_days[];

/* For whom a step is entered; `party` empty: nobody else. */
struct flow_behalf {
    struct str party, means, date, remark; /* means: a word of flow_means; date: ISO */
};
extern const struct choice flow_means[];

struct flow_act {
    const struct kind *kind;
    int64_t body_id, id;
    int64_t version; /* that was seen; 0 = any */
    const char *action;
    const struct record *said;
    struct flow_behalf behalf;
    struct instant now;
    const int64_t *ids; /* the step's own, then those for its deed */
    int ids_n;
};

/* Room for the ids of any step of ordinary size. */
enum { FLOW_IDS = 16 };

/* The state of a record on a day. */
struct str flow_state(const struct record *record, struct str today);
const char *flow_label(const struct flow *flow, struct str state);
/* The row of a step; NULL when it cannot be taken from this state. `state` empty: the makers. */
const struct flow_step *flow_find(const struct flow *flow, struct str state, const char *name);

/*
 * Take one step, inside an apply; the actor of the write (tx_actor) is who enters it.
 *
 * OK; NOT_FOUND; CONFLICT it was changed since it was seen, or the step cannot be taken from where
 * it stands; what guard, deed and the kind's check say.
 */
CHECKED enum status flow_step(struct tx *tx, const struct flow_act *act, struct fault *fault);
/* Make a record by a step that comes from nowhere; `record` has body and id. */
CHECKED enum status flow_make(struct tx *tx, const struct flow_act *act, struct record *record,
                              struct fault *fault);

/* --- pages --- */

extern const struct record_hooks flow_hooks;
/* Steps and story onto a page whose shape has the columns "steps" and "story". */
CHECKED enum status flow_show(struct call *call, struct page *page, const struct record *record,
                              struct object *model);

/* Whether some step by hand, from whatever state, is the viewer's to take on this record: then it
 * is his to attach files to. False where there is no flow. */
bool flow_takes_part(const struct viewer *viewer, const struct record *record);

/* 代录：来函, when a step of this record was entered for another; empty: none was. */
CHECKED enum status flow_proxy(struct tx *tx, const struct kind *kind, int64_t body_id, int64_t id,
                               struct str *ret_words);

/* The steps taken, newest first, as a kind of record of their own. */
extern const struct kind kind_step;

/* --- diagrams --- */

void flow_put_mermaid(struct buf *buf, const struct kind *kind);
void flow_put_svg(struct buf *buf, const struct kind *kind);

#endif
