/*
 * record/sample - kinds of every shape, two bodies ("alpha" and "beta") and an application over
 * them, for the tests of the record engine.
 *
 *   tool   neither dated nor ordered: newest first; every kind of field, one of them private
 *   shed   dated and ordered, in sheds that lie above it
 *   maker  of the instance
 */
#ifndef ENGINE_RECORD_SAMPLE_H
#define ENGINE_RECORD_SAMPLE_H

#include "engine/record/record.h"

extern const struct kind kind_tool, kind_shed, kind_maker;

struct sample {
    struct arena arena;
    char directory[64];
    struct str url; /* of its database */
    struct store *store;
    struct clock clock;
    struct id_maker ids;
    struct template_set *templates;
    struct app *app;
    struct record_engine *engine;
};

enum { BODY_ALPHA = 1, BODY_BETA = 2 };

/* Fails the test when it cannot be opened. The day is 2026-11-21. */
struct sample *sample_open(void);
void sample_close(struct sample *sample);

/* The store alone, without an application: for the start-up check. */
struct sample *sample_open_store(void);
/* Start an engine over these kinds; the fault's sentence goes to ret_text. */
enum status sample_start(struct sample *sample, const struct kind *const *kinds,
                         struct str *ret_text);

/* Write one record; fails the test when it is refused. Returns its id. */
int64_t sample_add(struct sample *sample, struct record *record);
/* Several in one transaction. */
void sample_add_all(struct sample *sample, struct record **records, int n);
/* The same for what may be refused. */
enum status sample_write(struct sample *sample, struct record *record, bool change,
                         struct fault *fault);
/* A tool with every required field. */
struct record *sample_tool(struct sample *sample, const char *name);
struct record *sample_shed(struct sample *sample, const char *name);

/* GET a path with its query as somebody on this machine: the body, and its status. */
struct str sample_get(struct sample *sample, const char *target, int *ret_status);
/* The same from another machine. */
struct str sample_get_remote(struct sample *sample, const char *target, int *ret_status);

#endif
