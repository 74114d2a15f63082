/*
 * body - a 政协组织 or 市政府: everything belongs to exactly one; bodies form a tree. And term
 * (届). Source: design.md section 2 (OParl Body, LegislativeTerm); clauses.md ALL-term.
 */
#ifndef DOMAIN_BODY_BODY_H
#define DOMAIN_BODY_BODY_H

#include "engine/record/record.h"

extern const struct kind kind_body, kind_term;
extern const struct choice body_classes[];

/* Whether this can be the address of a body: a slug, and no word that stands there already. */
bool body_slug_is_good(struct str slug);

#endif
