/*
 * directory - 对口联系名录: links by committee (or whoever links), by unit, as a matrix; search as
 * you type; the page of one organization. Printed order always.
 * Source: YY22-2a, YY22-2b, YY22-2c, OR20-A, NB17-4, ZY22-A1, ZY22-A2, ALL-order; ui.md.
 */
#ifndef DOMAIN_DIRECTORY_DIRECTORY_H
#define DOMAIN_DIRECTORY_DIRECTORY_H

#include "engine/record/record.h"

/* Add the routes of the directory. */
void directory_routes(struct record_engine *engine);

#endif
