#include "engine/reader/lexicon.h"

static bool speaks_of_links(const struct reading *reading)
{
    for (int i = 0; i < reading->paras_n; i++) {
        struct str key = reading->paras[i].at.key;
        if (str_has(key, STR("对口")) || str_has(key, STR("联系")))
            return true;
        for (int c = 0; c < reading->paras[i].cells_n; c++)
            if (str_has(reading->paras[i].cells[c].at.key, STR("联系")))
                return true;
    }
    return false;
}

/* 市发展和改革委员会 links with parties: the government's side of a document on parties. */
static bool links_with_parties(const struct scheme_link *link)
{
    for (int i = 0; i < link->to_n; i++)
        if (link->to[i].class != PARTY_PARTY && link->to[i].class != PARTY_FEDERATION)
            return false;
    return link->to_n > 0;
}

/* On the linking side 提案委员会 is one of the conference's own, though its name alone could be a
 * department's; 办公室 without more likewise is the conference's office (OR20-4). */
static void class_linking_sides(const struct reading *reading, struct scheme *scheme)
{
    static const word_list committees = {
        STR_INIT("委员会"), STR_INIT("专委会"), STR_INIT("专委"), {NULL, 0}};
    for (int i = 0; i < scheme->links_n; i++) {
        struct scheme_party *from = &scheme->links[i].from;
        if (from->class != PARTY_DEPARTMENT && from->class != PARTY_UNIT)
            continue;
        struct str key = normal_key(reading, from->name);
        if (str_is(key, "办公室"))
            from->class = PARTY_OFFICE;
        else if ((word_ends(committees, key) || is_committee_name(key)) &&
                 !links_with_parties(&scheme->links[i]))
            from->class = PARTY_COMMITTEE;
    }
}

enum status reader_analyse(struct arena *arena, const struct source *source,
                           struct scheme *ret_scheme, struct fault *fault)
{
    struct scheme scheme = {0};
    struct reading reading = {.arena = arena, .source = source, .out = &scheme, .last_para = -1};
    if (source->lines_n >= LIMIT_LINES)
        return refuse(arena, fault, INVALID, "", "文件超过%d行，不像一份公文，请拆分后再读。",
                      LIMIT_LINES);
    reading.unified = !str_is(STR("docx"), source->format ? source->format : "");
    reading.folds = fold_index_make(arena);
    reading.words = word_index_make(arena);
    paras_make(&reading);
    structure_read(&reading);
    TRY(zones_read(&reading, fault));
    reading.about_links = speaks_of_links(&reading);
    metadata_read(&reading);
    links_read(&reading);
    if (reading.names_n > LIMIT_NAMES)
        return refuse(arena, fault, INVALID, "",
                      "文件中的名称超过%d个，不像一份公文，请拆分后再读。", LIMIT_NAMES);
    class_linking_sides(&reading, &scheme);
    items_read(&reading);
    duties_read(&reading);
    checks_run(&reading);
    *ret_scheme = scheme;
    return OK;
}

enum status reader_marks(struct arena *arena, const struct source *source, bool *ret_internal,
                         struct fault *fault)
{
    struct scheme scheme = {0};
    struct reading reading = {.arena = arena, .source = source, .out = &scheme, .last_para = -1};
    if (source->lines_n >= LIMIT_LINES)
        return refuse(arena, fault, INVALID, "", "文件超过%d行，请拆分后再上传。", LIMIT_LINES);
    reading.unified = !str_is(STR("docx"), source->format ? source->format : "");
    reading.folds = fold_index_make(arena);
    reading.words = word_index_make(arena);
    paras_make(&reading);
    structure_read(&reading);
    TRY(zones_read(&reading, fault));
    *ret_internal = false;
    for (int i = 0; i < scheme.warnings_n; i++)
        *ret_internal = *ret_internal || strcmp(scheme.warnings[i].code, "internal") == 0;
    return OK;
}
