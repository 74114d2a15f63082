/*
 * fields - what a scheme is made of, told once: one table of fields for every record in it.
 *
 * Private to engine/scheme. The tables drive writing JSON and YAML, reading YAML with its
 * complaints, the published JSON Schema, comparing two schemes and the test of the round trip: a
 * fact that gets a row here is written, read, described and compared.
 *
 * A key is frozen once published. A label is Chinese, stands in messages and in the schema.
 */
#ifndef ENGINE_SCHEME_FIELDS_H
#define ENGINE_SCHEME_FIELDS_H

#include "engine/scheme/scheme.h"

enum field_kind {
    FIELD_TEXT,       /* struct str; empty = none */
    FIELD_CODE,       /* const char *, a stable word */
    FIELD_VOCABULARY, /* struct str that must be one of `words` */
    FIELD_WORD,       /* an enum: index into `words`; left out of YAML when 0 unless required */
    FIELD_FLAG,       /* bool; left out of YAML when false */
    FIELD_NUMBER,     /* int from `least` to `most`; `none` when not said */
    FIELD_DATE,       /* struct date; unset = none */
    FIELD_MONTH_DAY,  /* month and day of a struct month_day; month 0 = none */
    FIELD_TEXTS,      /* struct str_list */
    FIELD_RECORD,     /* a struct in place, described by `record` */
    FIELD_RECORDS,    /* pointer, `_n`, `_room`, described by `record` */
    FIELD_PARTY,      /* struct scheme_party in place; a plain text when it has a name alone */
    FIELD_PARTIES,    /* the same as a list */
};

/* What else holds for a field, over and above its kind. */
enum field_rule {
    RULE_REQUIRED = 1,    /* has to be there */
    RULE_UNIQUE = 2,      /* no two of a list are the same */
    RULE_SLUG = 4,        /* [a-z0-9-]{1,40} */
    RULE_REFERENCE = 8,   /* the name of a party that the file has */
    RULE_LONG = 16,       /* text of up to FIELD_LONG_MAX characters, else FIELD_SHORT_MAX */
    RULE_PARTY_NAME = 32, /* declares a name that references may use */
    RULE_ALWAYS = 64,     /* a word that is written even when it is the first of its table */
    RULE_SPACED = 128,    /* records with an empty line between them */
};

enum { FIELD_SHORT_MAX = 1000, FIELD_LONG_MAX = 20000 };

struct scheme_record;

struct scheme_field {
    const char *key;
    enum field_kind kind;
    unsigned rules;
    size_t offset;
    size_t offset_n, offset_room; /* of a list of records */
    size_t offset_date;           /* month and day: where a full date stands in instead, or 0 */
    const struct word *words;
    const int *words_n;
    int none, least, most;
    const struct scheme_record *record;
    const char *label;
};

struct scheme_record {
    const char *name;  /* of the definition in the JSON Schema */
    const char *label; /* what one is called in a message: 第3条要求 */
    size_t size;
    const struct scheme_field *fields;
    int fields_n;
};

/* Room for any record but the scheme itself. */
union scheme_any {
    struct scheme_body body;
    struct scheme_document document;
    struct scheme_decision decision;
    struct scheme_organization organization;
    struct scheme_link link;
    struct scheme_item item;
    struct scheme_duty duty;
    struct scheme_warning warning;
};

extern const struct scheme_record scheme_file_record, scheme_party_record, scheme_link_record,
    scheme_duty_record, scheme_item_record, scheme_organization_record, scheme_document_record,
    scheme_body_record;

/* The member of a record that a field describes. */
static inline void *field_at(const struct scheme_field *field, void *record)
{
    return (char *)record + field->offset;
}
static inline const void *field_get(const struct scheme_field *field, const void *record)
{
    return (const char *)record + field->offset;
}

/* How many records a list has, and where they are. */
int field_count(const struct scheme_field *field, const void *record);
const void *field_items(const struct scheme_field *field, const void *record);

/* Not said: the same as in a record that was never filled. */
bool field_is_empty(const struct scheme_field *field, const void *record);
bool record_is_empty(const struct scheme_record *shape, const void *record);

/* Fill what "not said" is, where that is not all zeros (numbers whose none is -1). */
void record_clear(const struct scheme_record *shape, void *record);

/* The same in every field, list for list in order. */
bool field_is_equal(const struct scheme_field *field, const void *a, const void *b);
bool record_is_equal(const struct scheme_record *shape, const void *a, const void *b);

/* The field of a key; NULL when the record has none. */
const struct scheme_field *record_field(const struct scheme_record *shape, struct str key);

/* 2022-01-24, 03-31 as they stand in files. */
enum { DATE_TEXT_MAX = 48 };
struct str date_text(char to[DATE_TEXT_MAX], struct date date);
struct str month_day_text(char to[DATE_TEXT_MAX], struct month_day day);

/*
 * The class of a party of a link that says none: that of the organization of the same name in the
 * file, else committee for the side a link comes from and department for the side it goes to.
 */
struct party_classes {
    struct party_class_of {
        struct str name;
        enum party_class class;
    } * items;
    int n;
};
struct party_classes party_classes_of(struct arena *arena, const struct scheme *scheme);
enum party_class party_class_default(struct party_classes classes, struct str name, bool is_from);

#endif
