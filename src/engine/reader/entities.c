/*
 * entities - one side of a link: who stands in a head or ahead of a verb, without the glue around.
 */
#include "engine/reader/priv.h"

enum { COMMITTEE_BYTES = 60, GROUP_BYTES = 24, SECTION_BYTES = 30 };

/* Glue around the name in a head: 负责与 X 对口联系的部门和单位. */
const word_list glue_words = {STR_INIT("负责"),
                              STR_INIT("分别"),
                              STR_INIT("主要"),
                              STR_INIT("具体"),
                              STR_INIT("相对固定"),
                              STR_INIT("固定"),
                              STR_INIT("对口"),
                              STR_INIT("联系"),
                              STR_INIT("联络"),
                              STR_INIT("协商"),
                              STR_INIT("工作"),
                              STR_INIT("部门"),
                              STR_INIT("单位"),
                              STR_INIT("党政"),
                              STR_INIT("有关"),
                              STR_INIT("相关"),
                              STR_INIT("市直"),
                              STR_INIT("县直"),
                              STR_INIT("区直"),
                              STR_INIT("州直"),
                              STR_INIT("旗直"),
                              STR_INIT("盟直"),
                              STR_INIT("省直"),
                              STR_INIT("市级"),
                              STR_INIT("县级"),
                              STR_INIT("区级"),
                              STR_INIT("州级"),
                              STR_INIT("省级"),
                              STR_INIT("旗级"),
                              STR_INIT("盟级"),
                              STR_INIT("中央"),
                              STR_INIT("省属"),
                              STR_INIT("驻"),
                              STR_INIT("民主党派"),
                              STR_INIT("党派"),
                              STR_INIT("团体"),
                              STR_INIT("人民团体"),
                              STR_INIT("企业"),
                              STR_INIT("企事业"),
                              STR_INIT("机关"),
                              STR_INIT("机构"),
                              STR_INIT("下列"),
                              STR_INIT("以下"),
                              STR_INIT("如下"),
                              STR_INIT("为"),
                              STR_INIT("是"),
                              STR_INIT("有"),
                              STR_INIT("包括"),
                              STR_INIT("对象"),
                              STR_INIT("名单"),
                              STR_INIT("范围"),
                              STR_INIT("安排"),
                              STR_INIT("处室"),
                              STR_INIT("科室"),
                              STR_INIT("的"),
                              STR_INIT("及"),
                              STR_INIT("和"),
                              STR_INIT("、"),
                              STR_INIT("（"),
                              STR_INIT("）"),
                              STR_INIT("等"),
                              STR_INIT("各"),
                              STR_INIT("所"),
                              STR_INIT("由"),
                              STR_INIT("市政府"),
                              STR_INIT("政府"),
                              STR_INIT("工商联"),
                              STR_INIT("无党派人士"),
                              STR_INIT("建立"),
                              STR_INIT("关系"),
                              STR_INIT("责任"),
                              STR_INIT("牵头"),
                              STR_INIT("，"),
                              STR_INIT("界别"),
                              STR_INIT("委室"),
                              STR_INIT("共同"),
                              {NULL, 0}};
static const word_list before_name = {STR_INIT("负责与"), STR_INIT("负责同"), STR_INIT("与"),
                                      STR_INIT("同"),     STR_INIT("由"),     STR_INIT("其中"),
                                      STR_INIT("负责"),   STR_INIT("“"),      {NULL, 0}};
static const word_list after_name = {
    STR_INIT("负责"),     STR_INIT("分别"), STR_INIT("主要"), STR_INIT("具体"), STR_INIT("的"),
    STR_INIT("相对固定"), STR_INIT("重点"), STR_INIT("对口"), STR_INIT("所"),   STR_INIT("："),
    STR_INIT("共同"),     STR_INIT("一起"), STR_INIT("统一"), STR_INIT("直接"), {NULL, 0}};
struct para_text strip_words(struct para_text at, const word_list starts, const word_list ends)
{
    size_t len;
    while (starts && (len = word_start(starts, at.key)) > 0)
        at = text_cut(at, len, at.key.len);
    while (ends && (len = word_end(ends, at.key)) > 0)
        at = text_cut(at, 0, at.key.len - len);
    return at;
}

bool is_glue(struct str key)
{
    while (key.len > 0) {
        size_t len = word_start(glue_words, key);
        if (len == 0)
            return false;
        key = str_from_byte(key, len);
    }
    return true;
}

/* 区政协办公室 */
bool is_own_office(struct str key)
{
    static const word_list ends = {STR_INIT("政协办公室"),
                                   STR_INIT("政协办公厅"),
                                   STR_INIT("政协研究室"),
                                   STR_INIT("政协办"),
                                   {NULL, 0}};
    return word_ends(ends, key) && key.len <= LIMIT_NAME;
}

/* 某某委员会 of whatever subject, unless the government's: 市民族宗教事务委员会. */
static bool is_any_committee(struct str key)
{
    static const word_list ends = {STR_INIT("委员会"), STR_INIT("专委会"), {NULL, 0}};
    static const word_list places = {STR_INIT("市"), STR_INIT("县"), STR_INIT("区"), STR_INIT("州"),
                                     STR_INIT("省"), STR_INIT("盟"), STR_INIT("旗"), {NULL, 0}};
    size_t end = word_end(ends, key);
    return key.len <= COMMITTEE_BYTES && end > 0 && !word_starts(places, key) &&
           !word_ends(places, str_head(key, key.len - end)) && !word_in(list_edges, key);
}

/* 经济一组, 农业组: members of one field. */
static bool is_group_of_members(struct str key)
{
    static const word_list others = {STR_INIT("领导"),   STR_INIT("党组"),   STR_INIT("检查组"),
                                     STR_INIT("督查组"), STR_INIT("巡察"),   STR_INIT("机关"),
                                     STR_INIT("调研组"), STR_INIT("工作组"), {NULL, 0}};
    return str_ends(key, STR("组")) && key.len <= GROUP_BYTES && !word_in(list_edges, key) &&
           !word_in(others, key) && !word_in(not_names, key);
}

/* 提案法制处, 文教卫体科: how the committees of a small place are called. */
bool is_section_name(struct str key)
{
    static const word_list ends = {STR_INIT("处"), STR_INIT("科"), STR_INIT("室"), {NULL, 0}};
    static const word_list places = {STR_INIT("市"), STR_INIT("县"), STR_INIT("区"), STR_INIT("州"),
                                     STR_INIT("省"), STR_INIT("盟"), STR_INIT("旗"), {NULL, 0}};
    return word_ends(ends, key) && key.len <= SECTION_BYTES && !word_starts(places, key) &&
           word_in(committee_cores, key) && !word_in(list_edges, key);
}

/* Who may head a list by the mere form X：甲、乙. */
bool is_head_party(const struct word_index *words, struct str key)
{
    return is_committee_name(key) || is_political_party(words, key) ||
           word_ends(federation_names, key) || word_ends(sector_suffixes, key) ||
           is_own_office(key) || is_any_committee(key) || is_group_of_members(key) ||
           is_section_name(key);
}

static void put_only(struct reading *reading, const struct para *para, struct para_text at,
                     enum party_class class, struct name_list *ret_list)
{
    *ret_list = (struct name_list){.declared = -1};
    *arena_push(reading->arena, ret_list->items, ret_list->n, ret_list->room) =
        (struct scheme_party){.name = at.text, .class = class, .line = para_line(para, 0)};
}

struct para_text name_of_head(struct para_text at)
{
    return strip_words(at, NULL, after_name);
}

bool entities_read(struct reading *reading, const struct para *para, struct para_text at,
                   struct name_list *ret_list)
{
    struct person person;
    at = strip_words(at, before_name, after_name);
    if (at.key.len < 6 || at.key.len > LIMIT_HEAD)
        return false;
    if (is_group_of_members(at.key)) {
        put_only(reading, para, at, PARTY_SECTOR_GROUP, ret_list);
        return true;
    }
    if (person_read(reading->words, at, false, &person)) {
        struct scheme_party party = {.name = person.name.text,
                                     .post = person.post,
                                     .class = PARTY_PERSON,
                                     .line = para_line(para, 0)};
        *ret_list = (struct name_list){.declared = -1};
        *arena_push(reading->arena, ret_list->items, ret_list->n, ret_list->room) = party;
        return true;
    }
    if (!names_read(reading, para, at, STR(""), TRUST_PROSE, ret_list) || ret_list->unread.len > 0)
        return false;
    for (int i = 0; i < ret_list->n; i++)
        if (ret_list->items[i].is_group)
            return false;
    return true;
}
