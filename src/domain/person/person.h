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

#endif
