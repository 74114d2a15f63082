/*
 * person - people who stand in a document or hold a role; membership - a person's place in an
 * organization with role and dates (Popolo). Posts are as printed, never guessed (ZY22-A1).
 *
 * Those whom a unit names for liaison are designations (domain/designation). Two persons may have
 * one name: a person is never found by name alone (features A9).
 */
#ifndef DOMAIN_PERSON_PERSON_H
#define DOMAIN_PERSON_PERSON_H

#include "engine/record/record.h"

extern const struct kind kind_person, kind_membership;
extern const struct choice membership_roles[];

/* Where a person is reached, as rows of the field table of whoever knows: a membership, a
 * designation and the steps that change it. */
#define PERSON_REACHED_AT                                                                          \
    {.key = "post", .label = "职务", .kind = FIELD_TEXT},                                          \
        {.key = "section",                                                                         \
         .label = "科室",                                                                          \
         .kind = FIELD_TEXT,                                                                       \
         .max = 60,                                                                                \
         .help = "承办对口联系工作的科室。",                                                       \
         .clause = "ZY22-3.1a"},                                                                   \
        {.key = "office_phone",                                                                    \
         .label = "办公电话",                                                                      \
         .kind = FIELD_TEXT,                                                                       \
         .max = 40,                                                                                \
         .private = true,                                                                          \
         .clause = "NB17-5.2"},                                                                    \
    {                                                                                              \
        .key = "mobile", .label = "手机", .kind = FIELD_TEXT, .max = 20, .private = true,          \
        .clause = "NB17-5.2"                                                                       \
    }

#endif
