/*
 * document - 制度文件: what a body bound itself by, with issuers, bases, decisions by 届 and 次 and
 * the documents it repeals. A document holds from its effect until it is repealed.
 * Source: YY22-0, OR20-0, NB17-0, NB17-1, ZY22-0, YY21-0, ALL-term.
 */
#ifndef DOMAIN_DOCUMENT_DOCUMENT_H
#define DOMAIN_DOCUMENT_DOCUMENT_H

#include "engine/flow/flow.h"

extern const struct kind kind_document;

/* Deeds of its steps, in domain/scheme/ending.c: what rests on a document ends and comes back with
 * it (ZY22-0). */
enum status document_repeal(struct deed *deed);
enum status document_reinstate(struct deed *deed);

#endif
