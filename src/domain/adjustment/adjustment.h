/*
 * adjustment - changes that touch many records on one day, each one guided step with its preview:
 * 机构改革 (merge, split, rename of organizations with succession), 换届 (change of term) and
 * 分工调整 (of leaders' portfolios). What follows is shown first, done in one write, kept as a list
 * of effects, and can be undone until something builds on it.
 *
 * Holds:   nothing is deleted: what ends keeps its history, the directory of any earlier day is as
 * it was. Source: ALL-term, ZY22-A1 (分工调整), NB17-4 (机构可能已调整).
 */
#ifndef DOMAIN_ADJUSTMENT_ADJUSTMENT_H
#define DOMAIN_ADJUSTMENT_ADJUSTMENT_H

#include "engine/flow/flow.h"

extern const struct kind kind_adjustment;

/* 机构合并：市农业局、市畜牧局 → 市农业农村局 */
struct str adjustment_title(struct arena *arena, const struct record *record);

void adjustment_routes(struct record_engine *engine);

#endif
