/*
 * docx - the parts of a .docx besides its text: the package and the numbers of its lists.
 *
 * Private to engine/reader, used by input_docx.c alone. Source: ECMA-376 parts 1 and 2.
 */
#ifndef ENGINE_READER_DOCX_H
#define ENGINE_READER_DOCX_H

#include <libxml/tree.h>

#include "base/arena.h"
#include "base/status.h"

struct zip;

/* An open .docx. Its parts are unpacked one at a time, within the limits of input.h. */
struct package {
    struct zip *zip;
    struct arena *arena;
    struct str main, styles, numbering; /* names of parts; empty = there is none */
};

/* Opens the package and finds its parts. INVALID: truncated, a bomb, protected, or another kind of
 * zip (.xlsx, .ofd …), one sentence each. Borrows `bytes` until package_close. */
CHECKED enum status package_open(struct arena *arena, struct str bytes, struct package *ret_package,
                                 struct fault *fault);
void package_close(struct package *package);

/* The bytes of a part, in the arena. INVALID: damaged or larger than the limits. */
CHECKED enum status package_part(struct package *package, struct str name, struct str *ret_bytes,
                                 struct fault *fault);

/* An XML part as a tree, NULL when it is not well-formed or has a DTD. xmlFreeDoc. */
xmlDoc *package_xml(struct str bytes);
#define DOCX_XML_OPTIONS (XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING)

/* First child element of that name; attribute of that name in any namespace, empty when none. */
const xmlNode *xml_child(const xmlNode *node, const char *name);
const xmlNode *xml_next(const xmlNode *node, const char *name);
struct str xml_attribute(const xmlNode *node, const char *name);

enum { DOCX_LEVELS = 9, DOCX_NO_NUMBER = -1 };

/* The lists of a document while its paragraphs go by. */
struct numbering;

/* Either part may be empty. Lives in the arena. */
struct numbering *numbering_read(struct arena *arena, struct str numbering_xml,
                                 struct str styles_xml);

/*
 * What Word prints before the next paragraph: "一、", "（二）", "3.". Empty when its list has
 * bullets or it has no list.
 *
 *   style   id of the paragraph's style, may be empty
 *   number  w:numId of the paragraph itself, DOCX_NO_NUMBER when the style decides; 0 = no list
 *   level   w:ilvl of the paragraph itself, DOCX_NO_NUMBER when it has none
 */
struct str numbering_next(struct numbering *numbering, struct str style, int number, int level);

#endif
