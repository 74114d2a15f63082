#include "domain/simulate/priv.h"

/* The document of the simulated body: a short measure of our own wording. */

#define N_OF(table) (int)(sizeof(table) / sizeof *(table))

static const char *const committees[COMMITTEES_N] = {
    "提案委员会",   "经济委员会",       "农业和农村委员会", "人口资源环境委员会",
    "文教卫委员会", "社会和法制委员会", "民族宗教委员会",   "文化文史和学习委员会"};

static const struct {
    const char *name;
    enum party_class class;
} others[] = {
    {"模拟市政协办公室", PARTY_OFFICE},
    {"模拟市政协研究室", PARTY_OFFICE},
    {"民革模拟市委会", PARTY_PARTY},
    {"民盟模拟市委会", PARTY_PARTY},
    {"民建模拟市委会", PARTY_PARTY},
    {"民进模拟市委会", PARTY_PARTY},
    {"农工党模拟市委会", PARTY_PARTY},
    {"致公党模拟市委会", PARTY_PARTY},
    {"九三学社模拟市委会", PARTY_PARTY},
    {"台盟模拟市委会", PARTY_PARTY},
    {"模拟市工商联", PARTY_FEDERATION},
    {"经济界", PARTY_SECTOR},
    {"农业界", PARTY_SECTOR},
    {"教育界", PARTY_SECTOR},
    {"医药卫生界", PARTY_SECTOR},
    {"第一委员活动小组", PARTY_SECTOR_GROUP},
    {"第二委员活动小组", PARTY_SECTOR_GROUP},
};

static const struct {
    const char *clause, *summary;
} contents[] = {
    {"三（一）", "交流全市发展规划和年度重点工作的进展"},
    {"三（二）", "就民生实事和社会关注的问题听取意见"},
    {"三（三）", "共同组织调研、视察和民主监督"},
    {"三（四）", "办理提案、社情民意信息和委员来信"},
};

static const struct {
    const char *clause, *name, *summary;
} forms[] = {
    {"四（一）", "座谈会", "双方轮流召集，一事一议"},
    {"四（二）", "联合调研", "年初商定题目，共同署名报告"},
    {"四（三）", "情况通报", "单位半年向专门委员会通报一次重点工作"},
};

static const struct {
    const char *id, *clause, *summary, *deed;
    enum duty_actor who;
    enum duty_shape shape;
    enum strength strength;
    int min, max;
    enum period per;
    struct month_day by;
} duties[] = {
    {"MN22-1",
     "五（一）",
     "每个单位明确一名联络员，人员变动后另行告知",
     "designate-contact",
     ACTOR_UNIT,
     SHAPE_STANDING,
     STRENGTH_MUST,
     1,
     1,
     PER_STANDING,
     {0}},
    {"MN22-2",
     "五（二）",
     "各专门委员会每年至少召开两次对口部门负责人会议",
     "liaison-meeting",
     ACTOR_COMMITTEE,
     SHAPE_COUNT,
     STRENGTH_MUST,
     2,
     -1,
     PER_YEAR,
     {0}},
    {"MN22-3",
     "五（三）",
     "单位每年二月底前送交上年工作总结",
     "summary",
     ACTOR_UNIT,
     SHAPE_DEADLINE,
     STRENGTH_SHOULD,
     1,
     -1,
     PER_YEAR,
     {.month = 2, .day = 28}},
    {"MN22-4",
     "五（四）",
     "双方可以委托对方开展专题调研",
     "commission-survey",
     ACTOR_LINK,
     SHAPE_COUNT,
     STRENGTH_MAY,
     0,
     -1,
     PER_YEAR,
     {0}},
};

static void put_organizations(struct arena *arena, struct scheme *scheme)
{
    scheme->organizations_n = COMMITTEES_N + N_OF(others);
    scheme->organizations = arena_new(arena, struct scheme_organization, scheme->organizations_n);
    for (int i = 0; i < scheme->organizations_n; i++) {
        struct scheme_party *party = &scheme->organizations[i].party;
        bool is_committee = i < COMMITTEES_N;
        party->name = str_from(is_committee ? committees[i] : others[i - COMMITTEES_N].name);
        party->class = is_committee ? PARTY_COMMITTEE : others[i - COMMITTEES_N].class;
    }
}

static const char *const aims[][2] = {{"一", "让专门委员会与各单位的联系有章可循、常来常往"},
                                      {"二", "联系以书面名单为准，变动由办公室告知"}};

static struct scheme_item *items_of(struct arena *arena, int n)
{
    return arena_new(arena, struct scheme_item, n);
}

static void put_items(struct arena *arena, struct scheme *scheme)
{
    scheme->statements_n = N_OF(aims);
    scheme->statements = items_of(arena, scheme->statements_n);
    for (int i = 0; i < scheme->statements_n; i++)
        scheme->statements[i] =
            (struct scheme_item){.clause = str_from(aims[i][0]), .summary = str_from(aims[i][1])};
    scheme->contents_n = N_OF(contents);
    scheme->contents = items_of(arena, scheme->contents_n);
    for (int i = 0; i < scheme->contents_n; i++)
        scheme->contents[i] = (struct scheme_item){.clause = str_from(contents[i].clause),
                                                   .summary = str_from(contents[i].summary)};
    scheme->forms_n = N_OF(forms);
    scheme->forms = items_of(arena, scheme->forms_n);
    for (int i = 0; i < scheme->forms_n; i++)
        scheme->forms[i] = (struct scheme_item){.clause = str_from(forms[i].clause),
                                                .name = str_from(forms[i].name),
                                                .summary = str_from(forms[i].summary)};
}

static void put_duties(struct arena *arena, struct scheme *scheme)
{
    scheme->duties_n = N_OF(duties);
    scheme->duties = arena_new(arena, struct scheme_duty, scheme->duties_n);
    for (int i = 0; i < scheme->duties_n; i++)
        scheme->duties[i] = (struct scheme_duty){.id = str_from(duties[i].id),
                                                 .clause = str_from(duties[i].clause),
                                                 .summary = str_from(duties[i].summary),
                                                 .who = duties[i].who,
                                                 .deed = str_from(duties[i].deed),
                                                 .shape = duties[i].shape,
                                                 .strength = duties[i].strength,
                                                 .min = duties[i].min,
                                                 .max = duties[i].max,
                                                 .per = duties[i].per,
                                                 .by = duties[i].by,
                                                 .days = -1};
}

const struct scheme *simulated_scheme(struct arena *arena, struct str slug)
{
    struct scheme *scheme = arena_new(arena, struct scheme, 1);
    struct str *issuer = arena_new(arena, struct str, 1);
    *issuer = STR("政协模拟市委员会");
    scheme->body = (struct scheme_body){.id = slug,
                                        .name = STR("政协模拟市委员会"),
                                        .short_name = STR("模拟市政协"),
                                        .classification = STR("cppcc"),
                                        .term = 7};
    scheme->document = (struct scheme_document){.id = STR("moni-2022-1"),
                                                .number = STR("模协发〔2022〕1号"),
                                                .title = STR("关于专门委员会对口联系工作的办法"),
                                                .issuers = {issuer, 1, 1},
                                                .date = {2022, 1, 4},
                                                .signed_ = {2022, 1, 4}};
    put_organizations(arena, scheme);
    put_items(arena, scheme);
    put_duties(arena, scheme);
    return scheme;
}
