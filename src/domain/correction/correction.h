/*
 * correction - a name that a unit asks to have corrected: asked, agreed (applied at once, the old
 * name still finds the unit) or refused with a reason.
 * Source: YY22-2b, NB17-4 (机构可能已调整), OR20-A (疑似误印).
 */
#ifndef DOMAIN_CORRECTION_CORRECTION_H
#define DOMAIN_CORRECTION_CORRECTION_H

#include "engine/flow/flow.h"

extern const struct kind kind_correction;

#endif
