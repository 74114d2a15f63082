/*
 * wire - what the reading child hands to its parent: a result in a compact form of its own.
 *
 * Private to engine/reader. Everything that the field tables of engine/scheme know of a scheme goes
 * over, and every line of a source. Numbers are variable-length, lowest seven bits first; texts and
 * lists have their length before them. The parent trusts nothing: a text that is not UTF-8, a word
 * outside its vocabulary, a date that does not exist, a length beyond what is there make the whole
 * worthless.
 */
#ifndef ENGINE_READER_WIRE_H
#define ENGINE_READER_WIRE_H

#include "base/buf.h"
#include "engine/reader/reader.h"

enum { WIRE_MAX_BYTES = 96 << 20 };

struct wire_result {
    enum status status;
    struct fault fault; /* unless OK */
    struct scheme scheme;
    struct source source;
    bool has_source;
};

void wire_put(struct buf *buf, const struct wire_result *result);

/* False when it is worthless or takes more than half of what the arena has left. The texts of the
 * result are slices of `bytes`. */
bool wire_get(struct arena *arena, struct str bytes, struct wire_result *ret_result);

#endif
