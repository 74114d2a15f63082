/*
 * link - the counterpart link: organization or person on either side, fixed or working, by a
 * document and clause, from a day to a day. Changes only with a document.
 * Source: YY22-2a, OR20-4, NB17-4, ZY22-2a, ZY22-A1, ZY22-A2.
 */
#ifndef DOMAIN_LINK_LINK_H
#define DOMAIN_LINK_LINK_H

#include "engine/flow/flow.h"

extern const struct kind kind_link;
extern const struct choice link_kinds[];

#endif
