/*
 * url - percent-encoding of one component of an address (RFC 3986, section 2).
 */
#ifndef BASE_URL_H
#define BASE_URL_H

#include "base/str.h"

/* Everything but unreserved characters is encoded. */
struct str url_encode(struct arena *arena, struct str s);

#endif
