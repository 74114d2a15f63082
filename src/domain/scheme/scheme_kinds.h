/*
 * scheme_kinds - the operable form of a document: scheme, content categories, forms of liaison,
 * duties. Duties stand here as read; they are judged elsewhere.
 * Source: design.md section 3; YY22-1, YY22-3.1–3.5, YY22-4.1a.
 */
#ifndef DOMAIN_SCHEME_SCHEME_KINDS_H
#define DOMAIN_SCHEME_SCHEME_KINDS_H

#include "engine/record/record.h"

extern const struct kind kind_scheme, kind_statement, kind_content, kind_form, kind_duty;
extern const struct choice statement_kinds[];

#endif
