/*
 * priv - what the files of the reader share; nothing outside this folder includes it.
 *
 * A source becomes paragraphs (lines.c), paragraphs get their numbering (structure.c), and the
 * readers of metadata, links, tables, items and duties each walk the same paragraphs once. Every
 * step is linear in the text: what could be searched for twice has a bound (LIMIT_*).
 */
#ifndef ENGINE_READER_PRIV_H
#define ENGINE_READER_PRIV_H

#include "engine/reader/reader.h"
#include "engine/reader/vocabulary.h"

/* Bytes; a Chinese character has three. */
enum {
    LIMIT_LINES = 1200000, /* of a source */
    LIMIT_NAMES = 400000,  /* in all lists of a document */
    LIMIT_CELLS = 64,      /* of a table row */
    LIMIT_SENTENCE = 2400, /* a longer one asks nothing of anybody */
    LIMIT_NAME = 120,      /* a longer one is no name */
    LIMIT_HEAD = 240,      /* what may stand before the colon of a list */
    LIMIT_BRACKET = 6000,  /* what may stand in brackets */
    LIMIT_TITLE = 400,
    LIMIT_PARAGRAPH = 6000, /* of a longer one only the opening is looked at for what is rare */
};

/* Text as mended for reading (spaces inside Chinese removed, punctuation full-width) and, at the
 * same byte offsets, its key: simplified characters, under which words are looked up. */
struct para_text {
    struct str text, key;
};

struct para_cell {
    struct para_text at;
    struct str raw; /* as printed: gaps between names can separate them */
    bool repeated, header;
};

struct line_mark {
    size_t offset; /* into the paragraph's text */
    int line;
};

enum para_kind { PARA_TEXT, PARA_ROW };

/* Numbering levels, outermost first. */
enum head_level {
    HEAD_NONE,
    HEAD_CHAPTER, /* 第一章 */
    HEAD_TOP,     /* 一、 */
    HEAD_ARTICLE, /* 第一条 */
    HEAD_PAREN,   /* （一） */
    HEAD_DECIMAL, /* 3.1 */
    HEAD_ARABIC,  /* 1. */
    HEAD_SUB,     /* （1） ① */
    HEAD_LEVELS
};

/* What a section is about, told by its heading. */
enum section {
    SECTION_NONE,
    SECTION_CONTENT, /* 联系内容 */
    SECTION_FORM,    /* 联系形式 */
    SECTION_AIM,     /* 意义、原则、总体要求: nothing in it is a duty */
};

enum zone {
    ZONE_BODY,
    ZONE_HEAD,   /* letterhead, number, title, addressees */
    ZONE_DROPPED /* not part of the document */
};

struct para {
    enum para_kind kind;
    struct para_text at;
    struct str raw; /* the printed line, when the paragraph is one line; else empty */
    int line;
    const struct line_mark *marks; /* where its further lines begin */
    int marks_n;
    struct para_cell *cells;
    int cells_n;
    bool indented, blank_before, misnumbered;
    bool linked;  /* read as a list of links: it asks for nothing */
    bool related; /* its sentences told links; who is named there is nobody's subject later */
    enum zone zone;
    enum section section;
    enum head_level level;
    int number;  /* of the head */
    size_t body; /* offset behind the head's number */
    struct str clause;
};

struct reading {
    struct arena *arena;
    const struct source *source;
    const struct word_index *words;
    const struct fold_index *folds;
    struct para *paras;
    int paras_n, paras_room;
    struct scheme *out;
    int names_n;        /* parties made so far; see LIMIT_NAMES */
    struct str printer; /* the organ of the imprint */
    bool unified;       /* the source's text has gone through text_unify */
    bool about_links;   /* it speaks of 对口 or 联系 */
    bool cut_told;      /* a list was told to be cut off */
    int last_para;      /* the last one that was not dropped, -1 = none */
};

/* ---- normal.c: one line as printed to its mended form */
const struct fold_index *fold_index_make(struct arena *arena);
struct para_text normal_line(const struct reading *reading, struct str raw);
struct str normal_key(const struct reading *reading, struct str text);

/* ---- lines.c: source lines to paragraphs; page furniture and foreign matter left out */
void paras_make(struct reading *reading);
int para_line(const struct para *para, size_t offset);

/* ---- structure.c: numbering, clause labels, sections, zones */
void structure_read(struct reading *reading);
/* The head at the start of a key: its level, number and length; HEAD_NONE when there is none. */
struct head {
    enum head_level level;
    int number;
    size_t len;
};
struct head head_read(struct str key);
/* All of the paragraph, or what stands before its first full stop or colon; empty when long. */
struct str para_heading(const struct para *para);

/* ---- zones.c: the head of the document, what is not part of it, secrecy marks */
CHECKED enum status zones_read(struct reading *reading, struct fault *fault);

/* Quick look: can a number stand here? (times.c) */
bool is_numeral_start(struct str rest);

/* ---- metadata.c, title.c */
void metadata_read(struct reading *reading);
void title_read(struct reading *reading);
/* provisions.c: who passed it, what it rests on, when it takes effect, what it repeals. */
void provisions_read(struct reading *reading);
bool is_metadata_line(struct str key); /* a number, a date, an imprint alone on its line */
bool is_organ_name(struct str key);
/* The same of any unit that may sign: 区司法局, 市中级人民法院, 县工商业联合会. */
bool is_signing_name(const struct reading *reading, struct str key);
/* A date that is all of the text, brackets aside. */
bool date_alone(struct str key, struct date *ret_date);
/* The own number in a line that holds nothing else but a date, a signer, a letterhead; and it. */
struct str number_alone(struct arena *arena, struct str key, struct date *ret_date);

/* ---- parties.c: what one name is */
enum party_class party_class_of(const struct word_index *words, struct str key);
bool is_committee_name(struct str key);
bool is_political_party(const struct word_index *words, struct str key);
bool is_generic(const struct word_index *words,
                struct str key); /* 市直有关部门: nobody in particular */
bool is_group_name(const struct word_index *words, struct str key); /* 各担保公司 */
bool is_misprint(struct arena *arena, struct str key, struct str *ret_hint);
struct person {
    struct para_text name;
    struct str post; /* as printed; empty = none */
};
/* `bare`: a name alone will do, without a post or 同志. */
bool person_read(const struct word_index *words, struct para_text at, bool bare,
                 struct person *ret_person);

/* ---- names.c: the grammar of lists of names */
enum list_trust {
    TRUST_PROSE,   /* in a sentence: every item has the end of a unit, else the list stops */
    TRUST_LIST,    /* behind a head that promises names */
    TRUST_SECTORS, /* a column of sectors, which are short words: 经济, 特邀 */
    TRUST_PERSONS  /* a column of leaders */
};
struct name_list {
    struct scheme_party *items;
    int n, room;
    int declared;      /* printed count, -1 = none */
    struct str cut;    /* a last name that the text stops inside of; left out */
    struct str unread; /* the first item that is no name; left out */
};
/* False when these are no names. `raw` as printed, for names set apart by gaps; may be empty. */
bool names_read(struct reading *reading, const struct para *para, struct para_text at,
                struct str raw, enum list_trust trust, struct name_list *ret_list);
bool is_unit_name(const struct word_index *words, struct str key);
int count_of_head(const struct word_index *words, struct para_text *at);
struct para_text text_cut(struct para_text at, size_t from, size_t to);
/* The slice ends where the whole text ends, and no sentence does. */
bool is_last_text(const struct reading *reading, const struct para *para, struct str text);

/* ---- entities.c: one side of a link */
/* Without 负责, 分别, 对口 behind the name. */
struct para_text name_of_head(struct para_text at);
bool is_own_office(struct str key);   /* 区政协办公室 */
bool is_section_name(struct str key); /* 提案法制处: a small place's committee */

/* ---- links.c, relations.c, tables.c: who is linked with whom */
void links_read(struct reading *reading);
void link_names(struct reading *reading, const struct para *para, enum link_kind kind,
                const struct name_list *from, const struct name_list *to);
void warn_list(struct reading *reading, const struct para *para, const struct name_list *list);
/* One side of a link in prose: names of somebody in particular, or a titled person. */
bool entities_read(struct reading *reading, const struct para *para, struct para_text at,
                   struct name_list *ret_list);
bool is_head_party(const struct word_index *words,
                   struct str key); /* may head a list by the mere form X：甲、乙 */
extern const word_list glue_words;
bool is_glue(struct str key); /* 负责对口联系的部门和单位: a head without its name */
struct para_text strip_words(struct para_text at, const word_list starts, const word_list ends);
/* What sentences say: X联系甲、乙. */
void relations_read(struct reading *reading, const struct para *para);
bool unit_with_parties(struct reading *reading, const struct para *para, struct para_text head,
                       struct para_text list);
/* 提案委员会。对口联系甲、乙。: the name is the heading of its own paragraph. */
bool run_in_list(struct reading *reading, const struct para *para);
/* pairs.c: 甲委员会与乙局，丙委员会与丁局; 甲局作为乙党的共同联系单位. */
bool pairs_read(struct reading *reading, const struct para *para, struct para_text at);
bool common_units(struct reading *reading, const struct para *para, struct para_text at);
extern const word_list lead_labels; /* 牵头单位： */
/* 责任部门：甲，参与部门：乙; *lead goes on from paragraph to paragraph. */
void participants_read(struct reading *reading, const struct para *para, struct name_list *lead);
/* The rows from paragraph `at` on; the index behind the last. */
int table_take(struct reading *reading, int at);

/* ---- items.c, duties.c, checks.c */
void items_read(struct reading *reading);
void duties_read(struct reading *reading);
void checks_run(struct reading *reading);

/* ---- words.c: small helpers on slices */
/* Bytes of the first character; of malformed text, one at least. */
static inline size_t char_len(struct str s)
{
    size_t n = 1;
    while (n < s.len && ((unsigned char)s.ptr[n] & 0xC0) == 0x80)
        n++;
    return n < s.len ? n : s.len;
}
struct str str_slice(struct str s, size_t from, size_t to);
struct str last_char(struct str s);
bool ends_terminal(struct str key);

#endif
