/*
 * transcript - requests and what they are answered, written down in *.http files and run through
 * the application without sockets, as an adapter would: app_admit, app_parse_body, app_handle.
 *
 *   # a comment
 *   == what this exchange shows
 *   POST /alpha/unit                     the request line
 *   Accept: application/json             its heads; "Peer: remote" = not from this machine
 *   > name=甲                            its body, line by line
 *   201                                  the status it must have
 *   Content-Type: application/json       a head it must have; "*" = any value, nothing = absent
 *   | 市教育局                            the body has this text
 *   ! 逾期                               and does not have this
 *   = {"items": []}                      the body is this JSON
 *   $ /items/0/name "市教育局"            what stands at a JSON pointer (RFC 6901); "-" = nothing
 *   @id /items/0/id                      remember it, or the head @tag ETag: {id}, {tag} below
 *
 * An empty line ends an exchange. Exchanges of a file run in order on one application.
 */
#ifndef TESTS_TRANSCRIPT_H
#define TESTS_TRANSCRIPT_H

#include "app/app.h"

/* Run a file. Returns the number of expectations that failed, each printed on standard error with
 * file and line; -1 when the file cannot be read or is not a transcript. `ret_run`: exchanges. */
int transcript_run(struct app *app, const char *path, int *ret_run);

/* The same for text at hand; `name` stands in messages. */
int transcript_run_text(struct app *app, const char *name, struct str text, int *ret_run);

#endif
