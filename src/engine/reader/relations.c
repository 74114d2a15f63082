/*
 * relations - links that a sentence states, and the departments of a plan's item.
 */
#include "engine/reader/priv.h"

enum { RELATION_BYTES = 1500, VALUE_BYTES = 1500, VERBS_MAX = 3 };

static const word_list before_list = {STR_INIT("的"),   STR_INIT("单位"),   STR_INIT("部门"),
                                      STR_INIT("对象"), STR_INIT("分别为"), STR_INIT("有"),
                                      STR_INIT("是"),   STR_INIT("为"),     STR_INIT("包括"),
                                      STR_INIT("："),   {NULL, 0}};
static const word_list after_list = {STR_INIT("。"),     STR_INIT("；"),   STR_INIT("，"),
                                     STR_INIT("等工作"), STR_INIT("工作"), STR_INIT("”"),
                                     {NULL, 0}};

/* The names of a sentence, up to a comma behind which it goes on with something else. */
static bool objects_read(struct reading *reading, const struct para *para, struct para_text at,
                         struct name_list *ret_list)
{
    at = strip_words(at, before_list, after_list);
    if (!names_read(reading, para, at, STR(""), TRUST_PROSE, ret_list))
        return false;
    if (ret_list->unread.len == 0)
        return true;
    size_t stop = (size_t)(ret_list->unread.ptr - at.text.ptr);
    return stop >= 3 && stop <= at.text.len && str_ends(str_head(at.key, stop), STR("，"));
}

/* Behind the last comma, if all of it names nobody. */
static bool subjects_read(struct reading *reading, const struct para *para, struct para_text at,
                          struct name_list *ret_list)
{
    if (entities_read(reading, para, at, ret_list))
        return true;
    ptrdiff_t comma = str_find_last(at.key, STR("，")), colon = str_find_last(at.key, STR("："));
    comma = comma > colon ? comma : colon;
    return comma >= 0 &&
           entities_read(reading, para, text_cut(at, (size_t)comma + 3, at.key.len), ret_list);
}

/* 甲、乙由X联系; X与甲、乙对口联系: the relation word ends the sentence. */
static bool passive(struct reading *reading, const struct para *para, struct para_text left)
{
    static const struct {
        struct str word;
        bool turned;
    } joints[] = {{STR_INIT("由"), true}, {STR_INIT("与"), false}, {STR_INIT("同"), false}};
    for (size_t i = 0; i < sizeof joints / sizeof *joints; i++) {
        ptrdiff_t at = str_find(left.key, joints[i].word);
        struct name_list subjects, objects;
        if (at <= 0)
            continue;
        struct para_text a = text_cut(left, 0, (size_t)at);
        struct para_text b = text_cut(left, (size_t)at + joints[i].word.len, left.key.len);
        struct para_text subject = joints[i].turned ? b : a, object = joints[i].turned ? a : b;
        static const word_list tails = {
            STR_INIT("建立"), STR_INIT("负责"), STR_INIT("的"), {NULL, 0}};
        object = strip_words(object, NULL, tails);
        if (subjects_read(reading, para, subject, &subjects) &&
            objects_read(reading, para, object, &objects) && objects.unread.len == 0) {
            link_names(reading, para, LINK_FIXED, &subjects, &objects);
            return true;
        }
    }
    return false;
}

/* 中共界、特邀界: sectors and nothing else. */
static bool sectors_read(struct reading *reading, const struct para *para, struct para_text at,
                         struct name_list *ret_list)
{
    static const word_list ends = {STR_INIT("界"), STR_INIT("界别"), {NULL, 0}};
    at = strip_words(at, before_list, after_list);
    if (!word_ends(ends, at.key) ||
        !names_read(reading, para, at, STR(""), TRUST_SECTORS, ret_list))
        return false;
    for (int i = 0; i < ret_list->n; i++)
        if (!word_ends(ends, normal_key(reading, ret_list->items[i].name)))
            return false;
    return ret_list->unread.len == 0;
}

/* X联系甲、乙, with the verb at `found`. */
static bool active_at(struct reading *reading, const struct para *para, struct para_text at,
                      size_t found, size_t len)
{
    struct name_list subjects, objects;
    struct para_text left = text_cut(at, 0, found);
    struct para_text right = text_cut(at, found + len, at.key.len);
    struct para_text tail = strip_words(right, NULL, after_list);
    if (is_glue(tail.key) && passive(reading, para, left))
        return true;
    if (!subjects_read(reading, para, left, &subjects))
        return false;
    if (sectors_read(reading, para, right, &objects)) {
        link_names(reading, para, LINK_SECTOR, &subjects, &objects);
        return true;
    }
    if (!objects_read(reading, para, right, &objects))
        return false;
    link_names(reading, para, LINK_FIXED, &subjects, &objects);
    warn_list(reading, para, &(struct name_list){.cut = objects.cut});
    return true;
}

/* 对联系部门作调整，即：X联系甲、乙: not every 联系 is the verb. */
static bool active(struct reading *reading, const struct para *para, struct para_text at)
{
    static const struct str word = STR_INIT("联系");
    size_t from = 0;
    for (int n = 0; n < VERBS_MAX; n++) {
        ptrdiff_t found = str_find(str_from_byte(at.key, from), word);
        if (found < 0)
            return false;
        if (active_at(reading, para, at, from + (size_t)found, word.len))
            return true;
        from += (size_t)found + word.len;
    }
    return false;
}

static bool is_party_list(struct reading *reading, const struct name_list *list)
{
    for (int i = 0; i < list->n; i++) {
        struct str key = normal_key(reading, list->items[i].name);
        if (!is_political_party(reading->words, key) && !word_ends(federation_names, key))
            return false;
    }
    return list->n > 0;
}

/* 区教育局：民盟总支、民进支部 */
bool unit_with_parties(struct reading *reading, const struct para *para, struct para_text head,
                       struct para_text list)
{
    struct name_list units, parties;
    if (!reading->about_links || head.key.len > LIMIT_NAME ||
        !is_unit_name(reading->words, head.key) || is_group_name(reading->words, head.key) ||
        !entities_read(reading, para, head, &units) || units.n != 1 ||
        !names_read(reading, para, list, STR(""), TRUST_PROSE, &parties) ||
        parties.unread.len > 0 || !is_party_list(reading, &parties))
        return false;
    link_names(reading, para, LINK_FIXED, &units, &parties);
    return true;
}

/* 某某同志负责听取民主党派、工商联对…的意见; 某某同志负责农工党市总支 (the verb left out). */
static bool charge_of_person(struct reading *reading, const struct para *para, struct para_text at)
{
    static const struct str charge = STR_INIT("负责"), hear = STR_INIT("听取"), on = STR_INIT("对");
    ptrdiff_t found = str_find(at.key, charge);
    struct person person;
    if (found <= 0 || !person_read(reading->words, text_cut(at, 0, (size_t)found), false, &person))
        return false;
    struct name_list subjects, objects;
    struct para_text right = text_cut(at, (size_t)found + charge.len, at.key.len);
    if (!entities_read(reading, para, text_cut(at, 0, (size_t)found), &subjects))
        return false;
    if (str_starts(right.key, hear)) {
        ptrdiff_t end = str_find(right.key, on);
        if (end < 0 || !str_has(right.key, STR("意见")) ||
            !names_read(reading, para, text_cut(right, hear.len, (size_t)end), STR(""), TRUST_LIST,
                        &objects))
            return false;
        link_names(reading, para, LINK_GENERAL, &subjects, &objects);
        return true;
    }
    if (!objects_read(reading, para, right, &objects) || !is_party_list(reading, &objects))
        return false;
    link_names(reading, para, LINK_FIXED, &subjects, &objects);
    scheme_warn(reading->arena, reading->out, para->line, "missing-word", person.name.text,
                "第%d行“%.*s”之后可能漏印“联系”二字，已按联系关系读出，请核对。", para->line,
                STR_ARG(person.name.text));
    return true;
}

/* ——提案委员会与市委督查室、市信访局；: an item of a list of pairs. */
static bool pair_of(struct reading *reading, const struct para *para, struct para_text at)
{
    static const word_list edges = {STR_INIT("—"), STR_INIT("-"), {NULL, 0}};
    static const word_list joints = {STR_INIT("与"), STR_INIT("同"), {NULL, 0}};
    static const word_list together = {STR_INIT("联合"), STR_INIT("共同"), {NULL, 0}};
    struct name_list from, to;
    at = strip_words(at, edges, after_list);
    ptrdiff_t act = str_find(at.key, STR("开展"));
    if (act > 0) /* 提案委员会与市信访局开展…协商: for this topic */
        at = strip_words(text_cut(at, 0, (size_t)act), NULL, together);
    for (size_t i = 0; i < at.key.len && i <= LIMIT_HEAD; i += char_len(str_from_byte(at.key, i))) {
        struct para_text left = text_cut(at, 0, i);
        size_t joint = word_start(joints, str_from_byte(at.key, i));
        if (joint == 0 || !is_committee_name(left.key))
            continue;
        struct para_text right = text_cut(at, i + joint, at.key.len);
        if (!entities_read(reading, para, left, &from) || from.n != 1 ||
            !names_read(reading, para, right, STR(""), TRUST_PROSE, &to) || to.unread.len > 0)
            return false;
        link_names(reading, para, act > 0 ? LINK_WORKING : LINK_FIXED, &from, &to);
        return true;
    }
    return false;
}

static void relation_of(struct reading *reading, const struct para *para, struct para_text at)
{
    bool related = str_has(at.key, STR("联系")), charged = str_has(at.key, STR("负责"));
    if (at.key.len > RELATION_BYTES)
        return;
    if (reading->about_links && pairs_read(reading, para, at))
        return;
    if (related && common_units(reading, para, at))
        return;
    if (!related && !charged && reading->about_links)
        pair_of(reading, para, at);
    if (!related && !charged)
        return;
    if ((related && active(reading, para, at)) || !charged)
        return;
    charge_of_person(reading, para, at);
}

void relations_read(struct reading *reading, const struct para *para)
{
    size_t from = para->body;
    struct str key = para->at.key;
    for (size_t at = from; at <= key.len;) {
        struct str rest = str_from_byte(key, at);
        size_t stop = rest.len == 0 ? 1 : set_start(reading->words, SET_CLAUSE_STOPS, rest);
        if (stop > 0) {
            relation_of(reading, para, text_cut(para->at, from, at));
            from = at + stop;
        }
        at += rest.len == 0 ? 1 : stop > 0 ? stop : char_len(rest);
    }
}

bool run_in_list(struct reading *reading, const struct para *para)
{
    static const word_list verbs = {STR_INIT("负责对口联系"), STR_INIT("对口联系"),
                                    STR_INIT("负责联系"),     STR_INIT("联系"),
                                    STR_INIT("对口"),         {NULL, 0}};
    struct para_text at = text_cut(para->at, para->body, para->at.key.len);
    ptrdiff_t stop = str_find(str_head(at.key, LIMIT_HEAD), STR("。"));
    struct para_text head = text_cut(at, 0, stop > 0 ? (size_t)stop : 0);
    struct para_text list = text_cut(at, head.key.len + STR("。").len, at.key.len);
    size_t verb = word_start(verbs, list.key);
    struct name_list from, names;
    if (stop <= 0 || verb == 0)
        return false;
    int declared = count_of_head(reading->words, &head);
    if (!is_head_party(reading->words, head.key) || !entities_read(reading, para, head, &from))
        return false;
    list = text_cut(list, verb, list.key.len);
    ptrdiff_t end = str_find(list.key, STR("。"));
    list = text_cut(list, 0, end > 0 ? (size_t)end : list.key.len);
    list = strip_words(list, before_list, after_list);
    if (!names_read(reading, para, list, STR(""), TRUST_LIST, &names))
        return false;
    if (names.declared < 0)
        names.declared = declared;
    link_names(reading, para, LINK_FIXED, &from, &names);
    warn_list(reading, para, &names);
    return true;
}

/* ---- 责任部门：…，参与部门：… */

const word_list lead_labels = {STR_INIT("责任部门："),
                               STR_INIT("责任单位："),
                               STR_INIT("牵头部门："),
                               STR_INIT("牵头单位："),
                               STR_INIT("承办部门："),
                               STR_INIT("主办单位："),
                               STR_INIT("主办部门："),
                               STR_INIT("责任委室："),
                               STR_INIT("承办委室："),
                               STR_INIT("牵头委室："),
                               STR_INIT("责任专委会："),
                               STR_INIT("承办单位："),
                               STR_INIT("承办专委会："),
                               STR_INIT("牵头专委会："),
                               STR_INIT("主办专委会："),
                               STR_INIT("主办委室："),
                               STR_INIT("负责单位："),
                               STR_INIT("负责部门："),
                               STR_INIT("负责委室："),
                               STR_INIT("组织单位："),
                               STR_INIT("牵头处室："),
                               STR_INIT("责任处室："),
                               {NULL, 0}};
static const word_list participant_labels = {STR_INIT("参与部门："),
                                             STR_INIT("参与单位："),
                                             STR_INIT("配合单位："),
                                             STR_INIT("配合部门："),
                                             STR_INIT("协办单位："),
                                             STR_INIT("协办部门："),
                                             STR_INIT("协同单位："),
                                             STR_INIT("协同部门："),
                                             STR_INIT("参加单位："),
                                             STR_INIT("参加部门："),
                                             {NULL, 0}};

/* Up to the full stop, or the comma before the next label. */
static size_t value_end(struct str key, size_t from)
{
    static const word_list stops = {STR_INIT("。"), STR_INIT("；"), {NULL, 0}};
    size_t comma = from;
    for (size_t at = from; at < key.len && at < from + VALUE_BYTES;) {
        struct str rest = str_from_byte(key, at);
        if (word_starts(stops, rest))
            return at;
        if (str_starts(rest, STR("：")))
            return comma;
        if (str_starts(rest, STR("，")))
            comma = at;
        at += char_len(rest);
    }
    return key.len - from > VALUE_BYTES ? from : key.len;
}

void participants_read(struct reading *reading, const struct para *para, struct name_list *lead)
{
    static const struct str colon = STR_INIT("：");
    struct str key = para->at.key;
    for (size_t at = para->body; at < key.len;) {
        ptrdiff_t found = str_find(str_from_byte(key, at), colon);
        if (found < 0)
            return;
        at += (size_t)found + colon.len;
        struct str label = str_head(key, at);
        bool first = word_ends(lead_labels, label), other = word_ends(participant_labels, label);
        if (!first && !other)
            continue;
        struct name_list names;
        struct para_text value = text_cut(para->at, at, value_end(key, at));
        bool read = names_read(reading, para, value, STR(""), TRUST_LIST, &names);
        if (first) {
            *lead = read ? names : (struct name_list){0};
        } else if (read && lead->n > 0) {
            link_names(reading, para, LINK_WORKING, lead, &names);
            warn_list(reading, para, &names);
        }
    }
}
