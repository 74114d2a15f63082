/*
 * template_priv - what parsing, compiling and rendering of templates share. Private to view/.
 *
 *   text --parse--> tokens of a source --compile, with shapes--> instructions --render--> bytes
 *
 * Names are resolved to frame and column numbers when compiling. A frame is a row of values: one
 * for the model, one for each section that is open. Sections of headings (@columns) are unrolled
 * when compiling and take no frame.
 */
#ifndef VIEW_TEMPLATE_PRIV_H
#define VIEW_TEMPLATE_PRIV_H

#include "view/format.h"
#include "view/template.h"

enum {
    TEMPLATE_FRAMES_MAX = 32, /* sections open at once, with those of the parts around them */
    TEMPLATE_PATH_MAX = 6,    /* names in a dotted name, and what @columns adds */
    TEMPLATE_CALLS_MAX = 64,  /* depth of a part that contains itself; nothing is written below */
    TEMPLATE_STEPS_MAX = 200000, /* tokens compiled for one template, parts and headings unrolled */
    TEMPLATE_TEXT_BYTES_MAX = 16 << 20, /* the same of their text */
};

/* --- parsing --- */

enum token_kind {
    TOKEN_TEXT,
    TOKEN_VALUE,
    TOKEN_SECTION,
    TOKEN_INVERTED,
    TOKEN_END,
    TOKEN_PART,
    TOKEN_CONTENT,
    TOKEN_INSET,
};

struct token {
    enum token_kind kind;
    int line;
    struct str text;   /* the literal, or the name */
    struct str indent; /* PART standing alone on its line: what stood before it */
    int end;           /* SECTION, INVERTED: index of its END */
};

/* A file, or a file with every line indented as the place of its inclusion asks. */
struct source {
    struct str name, indent;
    struct token *tokens;
    int n;
};

/* INVALID: the fault names file, line and what is wrong. Tokens borrow `text`. */
CHECKED enum status template_parse(struct arena *arena, struct str name, struct str text,
                                   struct source *ret_source, struct arena *fault_arena,
                                   struct fault *fault);

enum status template_refuse(struct arena *arena, struct fault *fault, struct str name, int line,
                            const char *format, ...) __attribute__((format(printf, 5, 6)));

/* --- where in the HTML a tag stands --- */

enum html_place {
    HTML_TEXT,
    HTML_RAW, /* inside script, textarea or title: only its end tag counts */
    HTML_TAG_OPEN,
    HTML_TAG_NAME,
    HTML_TAG,       /* between attributes */
    HTML_TAG_TIGHT, /* the same, but white space must follow before another attribute */
    HTML_ATTR_NAME,
    HTML_ATTR_GAP, /* behind a name, before = or the next */
    HTML_BEFORE_VALUE,
    HTML_VALUE_DOUBLE,
    HTML_VALUE_SINGLE,
    HTML_VALUE_BARE,
    HTML_COMMENT,
    HTML_DECLARATION,
};

enum html_element { ELEMENT_OTHER, ELEMENT_SCRIPT, ELEMENT_TEXTAREA, ELEMENT_TITLE };

enum html_attr { ATTR_PLAIN, ATTR_URL, ATTR_CLOSED /* takes no values */ };

enum html_url { URL_START, URL_PATH, URL_QUERY, URL_UNCLEAR };

enum { HTML_NAME_MAX = 24 };

struct html_state {
    enum html_place place;
    enum html_element element; /* of the tag being read, or around HTML_RAW */
    enum html_attr attr;
    enum html_url url;
    bool end_tag;
    int name_len;
    char name[HTML_NAME_MAX]; /* of the tag or attribute being read, or the URL's scheme */
};

/* Read literal text. NULL, or a sentence's end saying what is refused, and its offset. */
const char *html_feed(struct html_state *html, struct str text, size_t *ret_offset);
/* Before a section, its end or a part: ends a name that is being read. NULL or what is refused. */
const char *html_boundary(struct html_state *html);
/* A value stands here: NULL, or what is refused. Moves the URL's position behind it. */
const char *html_value(struct html_state *html);
/* The state after a piece that may or may not be there; false when the two do not fit. `repeats`:
 * the piece may be there more than once. */
bool html_join(struct html_state *html, const struct html_state *before, bool repeats);

/* --- escaping --- */

enum escape {
    ESCAPE_TEXT,      /* also of a double-quoted attribute */
    ESCAPE_URL,       /* a whole URL: other schemes than the allowed ones become # */
    ESCAPE_URL_REST,  /* one of our own URLs behind something */
    ESCAPE_URL_PATH,  /* a part of a path */
    ESCAPE_URL_QUERY, /* a part of a query or fragment */
};
void escape_put(struct buf *buf, enum escape escape, struct str text);

/* --- instructions --- */

enum op {
    OP_TEXT,    /* write text */
    OP_VALUE,   /* write a cell */
    OP_CONTENT, /* write the content */
    OP_INSET,   /* write the inset, and note where */
    OP_IF,      /* bind the cell itself to a frame, or jump when it is falsy */
    OP_UNLESS,  /* jump when the cell is truthy */
    OP_WITH,    /* bind an object to a frame, or jump */
    OP_EACH,    /* bind a list's first row to a frame, or jump */
    OP_NEXT,    /* bind the next row and jump back, or go on */
    OP_CALL,    /* run the instructions of a part again, on another row of the same shape */
};

struct code {
    uint8_t op;
    uint8_t escape; /* VALUE: enum escape */
    uint8_t style;  /* VALUE: enum format_style */
    bool dash;      /* VALUE: null is shown as — */
    uint8_t frame;  /* where the path starts; CALL: the row */
    uint8_t to;     /* the frame that is bound */
    uint8_t path_n;
    uint16_t path[TEMPLATE_PATH_MAX];
    int32_t jump; /* an instruction; CALL: a part */
    union {
        struct str text;
        const struct column *column;
    };
};

struct part_range {
    int from, to; /* instructions */
};

struct template
{
    struct str name;
    const struct shape *shape;
    const struct code *codes;
    int n;
    const struct part_range *parts;
};

#endif
