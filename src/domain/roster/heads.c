#include "domain/roster/priv.h"

#include "base/utf8.h"
#include "text/text.h"

/* The ways offices word the headings of a roster. Longer wordings come before those they begin
 * with; all are in the folded form. */

struct wording {
    int meaning;
    const char *words[16]; /* ends with NULL */
};

static const struct wording role_wordings[] = {
    {NAMED_LEADER, {"责任领导同志", "责任领导", "负责领导", NULL}},
    {NAMED_IN_CHARGE, {"分管领导同志", "分管负责同志", "分管负责人", "分管领导", "分管同志", NULL}},
    {NAMED_CONTACT, {"联系人员", "联系同志", "联系人", "经办人", NULL}},
    {NAMED_LIAISON, {"联络人员", "联络员", "联络人", NULL}},
};
enum { ROLE_WORDINGS_N = sizeof role_wordings / sizeof *role_wordings };

static const struct wording cell_wordings[] = {
    {CELL_UNIT,
     {"单位", "单位名称", "单位全称", "部门", "部门名称", "部门单位", "部门(单位)", "单位(部门)",
      "工作单位", "所在单位", "对口单位", "对口联系单位", "填报单位", "报送单位", NULL}},
    {CELL_ROLE, {"身份", "类别", "人员类别", "身份类别", "联系身份", "对口身份", "角色", NULL}},
    {CELL_NAME, {"姓名", "名字", "人员姓名", "同志姓名", NULL}},
    {CELL_POST,
     {"职务", "职位", "现任职务", "行政职务", "职务职级", "职务/职级", "单位及职务",
      "工作单位及职务", "单位职务", NULL}},
    {CELL_SECTION,
     {"科室", "处室", "股室", "科(处)室", "科(股)室", "处(科)室", "责任科室", "责任处室",
      "联络科室", "所在科室", "科室名称", "内设机构", NULL}},
    {CELL_OFFICE_PHONE,
     {"办公电话", "办公室电话", "办公电话号码", "办公固话", "固话", "固定电话", "座机", "座机电话",
      "座机号码", "单位电话", NULL}},
    {CELL_MOBILE,
     {"手机", "手机号", "手机号码", "手机电话", "移动电话", "移动电话号码", "移动号码", NULL}},
    {HEAD_PHONE, {"电话", "电话号码", "联系电话", "联系方式", "联系号码", NULL}},
    {HEAD_IGNORED,
     {"序号", "编号", "序", "备注", "说明", "填表日期", "填报日期", "签名", "盖章", "原因", "行号",
      NULL}},
};
enum { CELL_WORDINGS_N = sizeof cell_wordings / sizeof *cell_wordings };

static int cell_wording(struct str folded)
{
    for (int i = 0; i < CELL_WORDINGS_N; i++)
        for (int k = 0; cell_wordings[i].words[k]; k++)
            if (str_is(folded, cell_wordings[i].words[k]))
                return cell_wordings[i].meaning;
    return HEAD_UNKNOWN;
}

/* A role at the start of *rest, which is moved behind it. */
static int take_role(struct str *rest)
{
    for (int i = 0; i < ROLE_WORDINGS_N; i++)
        for (int k = 0; role_wordings[i].words[k]; k++) {
            struct str word = str_from(role_wordings[i].words[k]);
            if (str_starts(*rest, word)) {
                *rest = str_from_byte(*rest, word.len);
                return role_wordings[i].meaning;
            }
        }
    return -1;
}

static bool take_one(struct str *rest, const char *const *words)
{
    for (; *words; words++)
        if (str_starts(*rest, str_from(*words))) {
            *rest = str_from_byte(*rest, strlen(*words));
            return true;
        }
    return false;
}

/* 对口单位联系人: words that may stand before a role or a field and add nothing. */
static bool take_preface(struct str *rest)
{
    static const char *const prefaces[] = {"对口联系", "对口", "单位", "部门",
                                           "具体",     "工作", NULL};
    return take_one(rest, prefaces);
}

/* Required marks, colons and a closing bracketed note: 手机*, 姓名：, 职务（必填）. */
static struct str without_trim(struct str folded)
{
    static const char marks[] = "*:·";
    while (folded.len > 0 && strchr(marks, folded.ptr[0]))
        folded = str_from_byte(folded, 1);
    while (folded.len > 0 && strchr(marks, folded.ptr[folded.len - 1]))
        folded.len--;
    ptrdiff_t open = str_find_last(folded, STR("("));
    if (open > 0 && str_ends(folded, STR(")")))
        return without_trim(str_head(folded, (size_t)open));
    return folded;
}

/* 联系人2, 联系人(一): the number, and *rest behind it. */
static int take_ordinal(struct str *rest)
{
    struct str at = *rest;
    bool bracket = str_starts(at, STR("("));
    if (bracket)
        at = str_from_byte(at, 1);
    int64_t number = text_numeral(&at);
    if (number < 1 || number > 9 || (bracket && !str_starts(at, STR(")"))))
        return 0;
    *rest = str_from_byte(at, bracket ? 1 : 0);
    return (int)number;
}

/* Role first, then what of it: 责任领导的手机. False: the text does not begin with a role. */
static bool read_role_head(struct str folded, struct heading *head)
{
    static const char *const joints[] = {"的", "-", ":", "/", "_", NULL};
    struct str rest = folded;
    while ((head->role = take_role(&rest)) < 0)
        if (!take_preface(&rest))
            return false;
    head->ordinal = take_ordinal(&rest);
    while (take_one(&rest, joints))
        ;
    bool bracketed = str_starts(rest, STR("(")) && str_ends(rest, STR(")"));
    if (bracketed)
        rest = str_from_byte(str_head(rest, rest.len - 1), 1);
    head->bare = rest.len == 0;
    head->cell = head->bare ? CELL_NAME : cell_wording(rest);
    if (head->cell == HEAD_UNKNOWN)
        head->cell = cell_wording(without_trim(rest));
    return true;
}

struct heading roster_heading_read(struct arena *arena, struct str text)
{
    struct heading head = {HEAD_UNKNOWN, -1, 0, false};
    if (text.len == 0 || text.len > 200)
        return head;
    struct str folded = text_fold(arena, text);
    struct str plain = without_trim(folded);
    const struct str forms[] = {folded, plain};
    for (int i = 0; i < 2; i++)
        if ((head.cell = cell_wording(forms[i])) != HEAD_UNKNOWN)
            return head;
    for (int i = 0; i < 2; i++) {
        struct heading of_role = head;
        if (read_role_head(forms[i], &of_role) && of_role.cell != HEAD_UNKNOWN)
            return of_role;
    }
    struct str rest = plain;
    while (head.cell == HEAD_UNKNOWN && take_preface(&rest))
        head.cell = cell_wording(rest);
    return head;
}

int roster_heading_role(struct arena *arena, struct str text)
{
    struct heading head = roster_heading_read(arena, text);
    return head.bare ? head.role : -1;
}

int roster_title_role_read(struct arena *arena, struct str text)
{
    struct str folded = text_fold(arena, text);
    int found = -1;
    while (folded.len > 0) {
        struct str rest = folded;
        int role = take_role(&rest);
        /* 联系人员名单 is a list of people, whatever they are */
        bool any = role == NAMED_CONTACT && str_starts(folded, STR("联系人员"));
        if (role >= 0 && !any) {
            if (found >= 0 && found != role)
                return -1;
            found = role;
        }
        if (role < 0)
            (void)utf8_next(&rest);
        folded = rest;
    }
    return found;
}
