/*
 * purge - 误传处置: what stands in a record and should not, or a person asks to have deleted, goes
 * from everywhere it was kept, and that it went stays.
 *
 *   GET  /{body}/purge               frozen attachments, and what was settled
 *   GET  /{body}/purge/{kind}/{id}   what a record says, to be chosen from
 *   POST /{body}/purge/{kind}/{id}   reason=, confirmed=1, f.KEY=1 for each field to be blanked
 *
 * Holds:   in one write the chosen fields are blanked (a required one says that it was), the search
 *          rows rewritten, the texts of the record's steps and the journal's values of both
 *          blanked, kept answers dropped, and a 处置记录 made. The outbox then drops the cached
 *          pages and has the database's files written anew (store_scrub). The chain still verifies.
 *          With no field chosen the record stays and only its past goes.
 * Never:   reaches a backup, an archived log of PostgreSQL, a copy somebody exported; nor the
 *          attachments, which have a way of their own (domain/file).
 *
 * Sources: issue "People, roles, life cycles, proof", Journal and Hardening.
 */
#ifndef DOMAIN_PURGE_PURGE_H
#define DOMAIN_PURGE_PURGE_H

#include "engine/outbox/outbox.h"
#include "engine/record/record.h"

extern const struct kind kind_disposal;

/* A channel's deliver; its context is the record engine. */
enum status purge_deliver(struct delivery *delivery, struct fault *fault);

void purge_routes(struct app *app, struct record_engine *engine);

#endif
