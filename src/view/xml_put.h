/*
 * xml_put - text as XML 1.0 content. Private to view/.
 */
#ifndef VIEW_XML_PUT_H
#define VIEW_XML_PUT_H

#include "base/buf.h"

/* Only what XML may hold: malformed bytes become U+FFFD, control characters but TAB, LF and CR and
 * the non-characters U+FFFE and U+FFFF are left out. */
void xml_put_clean(struct buf *buf, struct str text);

/* The same, with < > & and quotes as references: for content and attributes. */
void xml_put(struct buf *buf, struct str text);

#endif
