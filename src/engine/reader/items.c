/*
 * items - the categories of content and the forms of liaison, one each with its clause; aims and
 * principles as statements.
 *
 * An item is a numbered paragraph below a heading that says 内容 or 形式. Where the heading has no
 * numbered paragraphs below it, the pieces between semicolons of its own text are the items.
 */
#include "engine/reader/priv.h"

enum { ITEMS_MAX = 5000, ITEM_BYTES_MIN = 12, NAME_BYTES_MAX = 60 };

static struct scheme_item *add_item(struct reading *reading, enum section section)
{
    struct scheme *out = reading->out;
    if (section == SECTION_CONTENT && out->contents_n < ITEMS_MAX)
        return arena_push(reading->arena, out->contents, out->contents_n, out->contents_room);
    if (section == SECTION_FORM && out->forms_n < ITEMS_MAX)
        return arena_push(reading->arena, out->forms, out->forms_n, out->forms_room);
    if (section == SECTION_AIM && out->statements_n < ITEMS_MAX)
        return arena_push(reading->arena, out->statements, out->statements_n, out->statements_room);
    return NULL;
}

static void put_item(struct reading *reading, const struct para *para, struct para_text at,
                     struct str name)
{
    static const word_list ends = {STR_INIT("；"), STR_INIT("。"), STR_INIT("，"), {NULL, 0}};
    at = strip_words(at, ends, ends);
    if (at.key.len < ITEM_BYTES_MIN)
        return;
    struct scheme_item *item = add_item(reading, para->section);
    if (item)
        *item = (struct scheme_item){
            .clause = para->clause,
            .name = name,
            .text = at.text,
            .line = para_line(para, (size_t)(at.text.ptr - para->at.text.ptr))};
}

/* 听取意见。…: the short name ahead of the first full stop. */
static struct para_text split_name(const struct para *para, struct str *ret_name)
{
    struct para_text at = text_cut(para->at, para->body, para->at.key.len);
    struct str heading = para_heading(para);
    *ret_name = STR("");
    if (heading.len == 0 || heading.len > NAME_BYTES_MAX || heading.len + 3 >= at.key.len ||
        str_has(heading, STR("，")))
        return at;
    *ret_name = str_head(at.text, heading.len);
    return text_cut(at, heading.len + 3, at.key.len);
}

/* 贯彻…情况；制定…情况；…: items without numbers. */
static void split_text(struct reading *reading, const struct para *para, struct para_text at)
{
    static const struct str separator = STR_INIT("；");
    for (size_t from = 0; from < at.key.len;) {
        ptrdiff_t stop = str_find(str_from_byte(at.key, from), separator);
        size_t to = stop < 0 ? at.key.len : from + (size_t)stop;
        put_item(reading, para, text_cut(at, from, to), STR(""));
        from = to + separator.len;
    }
}

/* Paragraphs of the section deeper than its heading. */
static bool has_items_below(const struct reading *reading, int at)
{
    enum head_level level = reading->paras[at].level;
    for (int i = at + 1; i < reading->paras_n && i < at + 4; i++) {
        if (reading->paras[i].level != HEAD_NONE)
            return reading->paras[i].level > level;
        if (reading->paras[i].kind == PARA_ROW)
            return false;
    }
    return false;
}

void items_read(struct reading *reading)
{
    for (int i = 0; i < reading->paras_n; i++) {
        const struct para *para = &reading->paras[i];
        struct str name;
        if (para->zone != ZONE_BODY || para->kind != PARA_TEXT || para->level == HEAD_NONE ||
            para->section == SECTION_NONE || para->level == HEAD_CHAPTER ||
            has_items_below(reading, i))
            continue;
        struct para_text at = split_name(para, &name);
        bool heading = name.len == 0 && !ends_terminal(at.key) && at.key.len < NAME_BYTES_MAX;
        bool list = para->section == SECTION_CONTENT && str_has(at.key, STR("；")) &&
                    (name.len > 0 || para->level == HEAD_TOP);
        if (heading)
            continue;
        if (list && str_has(name, STR("内容")))
            split_text(reading, para, at);
        else
            put_item(reading, para, at, name);
    }
}
