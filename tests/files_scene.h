/*
 * files_scene - for tests of attachments: a program with one record of 南部县 to attach to. What
 * cannot be done fails the test.
 */
#ifndef TESTS_FILES_SCENE_H
#define TESTS_FILES_SCENE_H

#include "domain/file/file.h"
#include "tests/program_sample.h"

struct scene {
    struct program_sample *sample;
    const char *record;  /* /nanbu/organization/… */
    const char *uploads; /* where its attachments go */
};

struct scene scene_open(void); /* program_sample_close(scene.sample) ends it */

/* An upload to the record; one that is refused with these words, or kept as a type. */
struct sample_answer scene_upload(const struct scene *scene, const char *name, struct str bytes);
void scene_refused(const struct scene *scene, const char *name, struct str bytes,
                   const char *words);
void scene_kept(const struct scene *scene, const char *name, struct str bytes, const char *type);

/* A value of the n-th attachment; how many there are. */
struct str scene_nth(const struct scene *scene, int n, const char *key);
int scene_attached(const struct scene *scene);

/* An action on an attachment, or another record, with its form. */
struct sample_answer scene_act(const struct scene *scene, struct str url, const char *what,
                               const char *form);
/* Do what the outbox has. */
void scene_run_jobs(const struct scene *scene);
/* What search finds first; empty: nothing. */
struct str scene_found(const struct scene *scene, const char *q);

#endif
