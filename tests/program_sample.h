/*
 * program_sample - a whole program over a database of its own, for tests that go through the public
 * interface: schemes loaded as `duikou load` does, requests as an adapter brings them, time where
 * the test sets it. Nothing is cached unless asked for, and nothing is left behind.
 */
#ifndef TESTS_PROGRAM_SAMPLE_H
#define TESTS_PROGRAM_SAMPLE_H

#include "cli/program.h"
#include "domain/scheme/load.h"

struct program_sample {
    struct arena arena;
    char directory[64];
    struct str url; /* of its database */
    struct str key_dir;
    struct program program;
    struct id_maker ids;
};

/* Each of these fails the test when it cannot be done. */
struct program_sample *program_sample_open(struct date today);
/* The same with the signing key of another, who is closed after it. */
struct program_sample *program_sample_signing(struct date today, struct str key_dir);
void program_sample_close(struct program_sample *sample);
/* A second program on the same data that keeps its answers and has no key to sign with; left before
 * the first is closed. */
struct program_sample *program_sample_caching(const struct program_sample *sample);
void program_sample_leave(struct program_sample *caching);
/* Noon of another day. */
void program_sample_day(struct program_sample *sample, struct date today);

/* A scheme in YAML; a file below the root of the project. */
struct scheme sample_scheme(struct program_sample *sample, struct str yaml);
struct str sample_file(struct program_sample *sample, const char *path);

/* Load with changes taking effect on a day (unset: today); what was done. */
struct load_plan sample_load(struct program_sample *sample, struct str yaml, struct date on);
/* The same where it may be refused. */
enum status sample_try_load(struct program_sample *sample, const struct scheme *scheme,
                            struct date on, struct load_plan *ret_plan, struct fault *fault);
/* The five schemes that ship. */
extern const char *const shipped_schemes[5];

struct sample_answer {
    int status;
    struct str body, location, content_type;
};
/* A GET from this machine. */
struct sample_answer sample_get(struct program_sample *sample, const char *target);
/* A POST of a form: name=value&… */
struct sample_answer sample_post(struct program_sample *sample, const char *path, struct str form);
/* A POST of one file to the field "file". */
struct sample_answer sample_upload(struct program_sample *sample, const char *path,
                                   const char *filename, struct str bytes);
/* What stands at a JSON pointer of a GET: a text, or a number as text; empty for null and what is
 * not there. */
struct str sample_at(struct program_sample *sample, const char *target, const char *pointer);

/* Exchanges of a transcript, in words or from tests/NAME. */
void sample_expect(struct program_sample *sample, const char *text);
void sample_transcript(struct program_sample *sample, const char *name);

#endif
