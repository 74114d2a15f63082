/*
 * organization - 专门委员会, 办公室, 部门, 单位, 民主党派, 工商联, 界别, and group entries that
 * name no single unit. Printed order is political: `position` is the default order everywhere.
 *
 * Holds:   a bracketed sub-unit or second office has a `parent`; requirements never fall on it.
 * Source:  YY22-2b, YY22-2c, NB17-4, NB17-4z, OR20-A, ALL-order; design.md section 2.
 */
#ifndef DOMAIN_ORGANIZATION_ORGANIZATION_H
#define DOMAIN_ORGANIZATION_ORGANIZATION_H

#include "engine/record/record.h"

extern const struct kind kind_organization;
extern const struct choice organization_classes[], organization_name_kinds[];

/* Cells of a row of "names": the name, its kind, and the day it was given up (renamed; else null).
 */
enum { NAME_TEXT, NAME_KIND, NAME_UNTIL, NAME_CELLS };

/* Organizations whose name, alias or pinyin initials begin with what was typed; at most 10, in
 * printed order. Also without a leading 市, 县, 区, 州, 省. */
CHECKED enum status organization_pick(struct tx *tx, int64_t body_id, struct str typed,
                                      struct date on, struct named **ret_found, int *ret_n);

#endif
