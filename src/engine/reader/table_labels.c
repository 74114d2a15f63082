#include "engine/reader/tables.h"

enum { LABEL_BYTES = 36 };

static const word_list skip_labels = {STR_INIT("序号"),   STR_INIT("备注"),     STR_INIT("说明"),
                                      STR_INIT("电话"),   STR_INIT("手机"),     STR_INIT("地址"),
                                      STR_INIT("邮箱"),   STR_INIT("传真"),     STR_INIT("类别"),
                                      STR_INIT("联系人"), STR_INIT("联络员"),   STR_INIT("召集人"),
                                      STR_INIT("联络人"), STR_INIT("联系方式"), STR_INIT("责任人"),
                                      STR_INIT("负责人"), STR_INIT("时间"),     STR_INIT("内容"),
                                      STR_INIT("编号"),   STR_INIT("科室"),     {NULL, 0}};
static const word_list count_labels = {STR_INIT("数量"), STR_INIT("个数"), STR_INIT("单位数"),
                                       STR_INIT("合计"), STR_INIT("小计"), {NULL, 0}};
static const word_list leader_labels = {
    STR_INIT("主席"),   STR_INIT("领导"), STR_INIT("市长"), STR_INIT("县长"), STR_INIT("区长"),
    STR_INIT("秘书长"), STR_INIT("州长"), STR_INIT("盟长"), STR_INIT("旗长"), {NULL, 0}};
static const word_list committee_labels = {
    STR_INIT("专门委员会"), STR_INIT("专委会"), STR_INIT("委员会"), STR_INIT("委室"),
    STR_INIT("政协"),       STR_INIT("专委"),   STR_INIT("处室"),   STR_INIT("工作机构"),
    STR_INIT("工作组"),     STR_INIT("小组"),   {NULL, 0}};
static const word_list unit_labels = {STR_INIT("部门"),   STR_INIT("单位"), STR_INIT("党派"),
                                      STR_INIT("工商联"), STR_INIT("企业"), STR_INIT("对象"),
                                      STR_INIT("团体"),   {NULL, 0}};

static const word_list post_labels = {STR_INIT("职务"), STR_INIT("职位"), {NULL, 0}};

enum role role_of_label(struct str key)
{
    if (key.len == 0 || key.len > LIMIT_NAME || is_committee_name(key))
        return ROLE_NONE;
    if (word_in(count_labels, key))
        return ROLE_COUNT;
    if (word_ends(post_labels, key))
        return ROLE_POST;
    if (word_in(leader_labels, key))
        return ROLE_LEADER;
    /* 党派（团体）负责人: whoever heads it, not who is linked */
    static const word_list heads = {
        STR_INIT("负责人"), STR_INIT("联系人"), STR_INIT("联络员"), {NULL, 0}};
    if (word_ends(heads, key))
        return ROLE_SKIP;
    if (str_is(key, "姓名"))
        return ROLE_NAME;
    if (str_has(key, STR("界别")) && !word_in(unit_labels, key))
        return ROLE_SECTOR;
    bool unit = word_in(unit_labels, key), committee = word_in(committee_labels, key);
    bool related = str_has(key, STR("联系")) || str_has(key, STR("对口"));
    if (committee && !(unit && related))
        return ROLE_FROM;
    if (unit)
        return ROLE_TO;
    return word_in(skip_labels, key) ? ROLE_SKIP : ROLE_NONE;
}

bool is_label(struct str key)
{
    static const word_list more = {
        STR_INIT("专门委员会"), STR_INIT("专委会"),   STR_INIT("委员会"), STR_INIT("市政协"),
        STR_INIT("县政协"),     STR_INIT("区政协"),   STR_INIT("旗政协"), STR_INIT("州政协"),
        STR_INIT("政协"),       STR_INIT("名称"),     STR_INIT("分管"),   STR_INIT("主管"),
        STR_INIT("副主席"),     STR_INIT("主席"),     STR_INIT("领导"),   STR_INIT("责任"),
        STR_INIT("市"),         STR_INIT("县"),       STR_INIT("区"),     STR_INIT("政府"),
        STR_INIT("数量"),       STR_INIT("工作机构"), STR_INIT("专委"),   STR_INIT("无党派"),
        STR_INIT("地方"),       STR_INIT("组织"),     STR_INIT("情况"),   STR_INIT("一览表"),
        STR_INIT("秘书长"),     STR_INIT("副"),       STR_INIT("长"),     STR_INIT("办"),
        STR_INIT("同志"),       STR_INIT("州"),       STR_INIT("盟"),     STR_INIT("旗"),
        STR_INIT("协助"),       STR_INIT("数"),       STR_INIT("小组"),   STR_INIT("组"),
        STR_INIT("市委"),       STR_INIT("县委"),     STR_INIT("区委"),   STR_INIT("州委"),
        STR_INIT("旗委"),       STR_INIT("省委"),     STR_INIT("任务"),   STR_INIT("议题"),
        STR_INIT("课题"),       STR_INIT("事项"),     STR_INIT("项目"),   STR_INIT("主题"),
        STR_INIT("题目"),       STR_INIT("选题"),     STR_INIT("内容"),   STR_INIT("举措"),
        STR_INIT("活动"),       STR_INIT("时限"),     STR_INIT("时间"),   STR_INIT("期限"),
        STR_INIT("月份"),       STR_INIT("完成"),     STR_INIT("重点"),   STR_INIT("年度"),
        STR_INIT("承办"),       STR_INIT("主办"),     STR_INIT("协办"),   STR_INIT("配合"),
        STR_INIT("参与"),       STR_INIT("参加"),     STR_INIT("组织"),   STR_INIT("邀请"),
        STR_INIT("主体"),       STR_INIT("形式"),     STR_INIT("方式"),   {NULL, 0}};
    for (struct str rest = key; rest.len > 0;) {
        size_t len = word_start(more, rest), other = word_start(glue_words, rest);
        len = len > other ? len : other;
        if (len == 0)
            return word_in(skip_labels, key) || word_in(count_labels, key) ||
                   word_ends(post_labels, key) || str_has(key, STR("姓名"));
        rest = str_from_byte(rest, len);
    }
    return key.len > 0;
}

static struct str post_of_label(struct para_text at)
{
    static const word_list named = {STR_INIT("副主席"), STR_INIT("主席"),   STR_INIT("秘书长"),
                                    STR_INIT("副市长"), STR_INIT("副县长"), STR_INIT("副区长"),
                                    {NULL, 0}};
    for (const struct str *post = named; post->len > 0; post++) {
        ptrdiff_t found = str_find(at.key, *post);
        if (found >= 0)
            return str_slice(at.text, (size_t)found, (size_t)found + post->len);
    }
    return STR("");
}

struct column column_of_label(struct para_text at)
{
    struct column column = {.role = role_of_label(at.key), .kind = LINK_FIXED};
    if (column.role != ROLE_LEADER)
        return column;
    bool related = str_has(at.key, STR("联系")) && !str_has(at.key, STR("分管"));
    column.kind = related ? LINK_FIXED : LINK_CHARGE;
    column.post = post_of_label(at);
    return column;
}

bool is_skipped_label(struct str key)
{
    return word_in(skip_labels, key);
}

/* ---- tasks */

bool is_task_label(struct str key)
{
    static const word_list words = {STR_INIT("任务"), STR_INIT("议题"), STR_INIT("课题"),
                                    STR_INIT("事项"), STR_INIT("项目"), STR_INIT("主题"),
                                    STR_INIT("题目"), STR_INIT("选题"), STR_INIT("内容"),
                                    STR_INIT("举措"), STR_INIT("活动"), {NULL, 0}};
    static const word_list others = {STR_INIT("联系"), STR_INIT("对口"), STR_INIT("时"), {NULL, 0}};
    return key.len <= LABEL_BYTES && word_in(words, key) && !word_in(others, key);
}

bool is_time_label(struct str key)
{
    static const word_list ends = {STR_INIT("时限"),     STR_INIT("时间"),     STR_INIT("期限"),
                                   STR_INIT("月份"),     STR_INIT("时间安排"), STR_INIT("时间节点"),
                                   STR_INIT("进度安排"), STR_INIT("完成时间"), {NULL, 0}};
    return key.len <= LABEL_BYTES && word_ends(ends, key);
}

bool is_owner_label(struct str key)
{
    static const word_list words = {STR_INIT("牵头"), STR_INIT("责任"), STR_INIT("承办"),
                                    STR_INIT("主办"), STR_INIT("负责"), STR_INIT("组织"),
                                    {NULL, 0}};
    static const word_list ends = {STR_INIT("单位"),   STR_INIT("部门"),   STR_INIT("委室"),
                                   STR_INIT("专委会"), STR_INIT("委员会"), STR_INIT("处室"),
                                   STR_INIT("科室"),   STR_INIT("机构"),   STR_INIT("主体"),
                                   {NULL, 0}};
    return key.len <= LABEL_BYTES && word_in(words, key) && word_ends(ends, key);
}
