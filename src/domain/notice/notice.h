/*
 * notice - in-app notices (通知), the first channel of the outbox, and the page of the outbox.
 *
 * A step of a flow names whom it tells what ("政协办公室、单位：待登记备案"). The step's write puts
 * that into the outbox; the channel finds out who they are and writes a notice for each. A notice
 * carries constant words and the record's address: whoever opens it sees what he may see.
 *
 *   GET  /{body}/notice         mine, the newest first      GET /{body}/notice/count   unread
 *   POST /{body}/notice/read    mark them read
 *   GET  /{body}/outbox         the work that follows writes, and its states
 *   POST /{body}/outbox/{id}/again, /give-up
 *
 * Sources: design.md section 4 (jobs), section 8 (reminders).
 */
#ifndef DOMAIN_NOTICE_NOTICE_H
#define DOMAIN_NOTICE_NOTICE_H

#include "engine/outbox/outbox.h"
#include "engine/record/record.h"

/* A channel's deliver; its context is the record engine. */
enum status notice_deliver(struct delivery *delivery, struct fault *fault);

/* Whether whom a step's notice names is known, and it says what. */
bool notice_is_known(struct str notice);

/* `outbox` for the labels of its channels; borrowed. */
void notice_routes(struct app *app, struct record_engine *engine, struct outbox *outbox);

#endif
