/*
 * person - people who stand in a document or hold a role; membership - a person's place in an
 * organization with role and dates (Popolo). Posts are as printed, never guessed (ZY22-A1).
 *
 * Those whom a unit names for liaison (责任领导, 分管领导, 联系人, 联络员) are memberships too,
 * with section and numbers: office and mobile apart, both private (YY22-5.2, NB17-5.2, ZY22-3.1a,
 * OR20-16b). Two persons may have one name: a person is never found by name alone (features A9).
 */
#ifndef DOMAIN_PERSON_PERSON_H
#define DOMAIN_PERSON_PERSON_H

#include "engine/record/record.h"

extern const struct kind kind_person, kind_membership;
extern const struct choice membership_roles[];

#endif
