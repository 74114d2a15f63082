#include "domain/simulate/priv.h"

/* Names of a city that does not exist: towns, trades and people from lists, put together. */

#define N_OF(table) (int64_t)(sizeof(table) / sizeof *(table))

static const char *const county_heads[] = {
    "云陵", "青溪", "石桥", "白湖", "松原", "望江", "清河", "东屏", "南坪", "西塘", "北渡",
    "龙潭", "凤台", "鹤峰", "竹山", "枫林", "月湾", "星洲", "金沙", "银溪", "玉泉", "银杏",
    "梅岭", "兰亭", "菊园", "桃源", "柳城", "杏坪", "枣阳", "茶陵", "麦浦", "稻香"};
static const char *const county_tails[] = {"县", "区"};
static const char *const town_heads[] = {
    "平安", "太和", "永兴", "长乐", "安仁", "崇义", "广福", "德胜", "明月", "新田", "高坪",
    "下河", "上塘", "中洲", "大院", "小溪", "双桥", "三江", "五里", "七星", "八角", "九龙",
    "百花", "千山", "万寿", "红旗", "光明", "和平", "团结", "民主", "胜利", "前进"};
static const char *const town_tails[] = {"镇", "乡"};
static const char *const trades[] = {
    "水务", "林业", "文旅", "民政", "财政", "审计", "统计", "气象", "粮食", "供销", "档案",
    "园林", "港航", "盐业", "测绘", "信访", "能源", "药监", "体育", "广电", "邮政", "烟草",
    "税务", "教育", "科技", "公安", "司法", "人社", "住建", "交通", "农业", "商务", "卫健",
    "应急", "市监", "医保", "环保", "规划", "地震", "消防", "畜牧", "渔业", "农机", "水文",
    "公路", "铁路", "电力", "燃气", "供水", "环卫", "房产", "物价", "金融", "保险", "外事",
    "侨务", "民族", "宗教", "老龄", "残联", "计量", "种子", "蚕桑", "茶业"};

/* The offices a trade can have; a class is as frequent as it stands here. */
static const struct {
    const char *tail, *shorter, *class;
} offices[] = {
    {"局", NULL, "department"},
    {"管理局", NULL, "department"},
    {"办公室", "办", "department"},
    {"委员会", "委", "department"},
    {"监督局", NULL, "department"},
    {"指挥部", NULL, "department"},
    {"服务中心", "中心", "unit"},
    {"管理站", "站", "unit"},
    {"研究所", "所", "unit"},
    {"学校", NULL, "unit"},
    {"执法大队", "大队", "unit"},
    {"集团公司", "集团", "enterprise"},
    {"有限公司", "公司", "enterprise"},
    {"投资公司", NULL, "enterprise"},
    {"协会", NULL, "people-organization"},
    {"联合会", NULL, "people-organization"},
};

static const char *const parts[] = {"行政审批科", "执法监督科", "信息中心", "人防办", "质监站",
                                    "老干部科",   "机关党委",   "培训中心", "监测站", "法制科"};

static const char *const surnames[] = {
    "赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈", "卫", "蒋", "沈", "韩", "杨", "朱",
    "秦", "许", "何", "吕", "张", "孔", "曹", "严", "华", "魏", "陶", "姜", "谢", "邹", "柏", "苏"};
static const char *const given[] = {
    "文", "明", "志", "国", "建", "晓", "海", "春", "丽", "红", "学", "永", "家", "云", "思", "振",
    "华", "强", "军", "平", "芳", "英", "敏", "伟", "杰", "勇", "静", "霞", "涛", "波", "玲", "峰"};

enum { TOWNS_PER_COUNTY = 33 }; /* the county itself and 32 towns */

/* splitmix64 */
static uint64_t scramble(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

int64_t draw(int64_t seed, int64_t i, enum draw what, int64_t n)
{
    uint64_t mixed = scramble((uint64_t)seed ^ scramble((uint64_t)i << 3 | (uint64_t)what));
    return (int64_t)(mixed % (uint64_t)n);
}

struct site site_of(int64_t i, int64_t n)
{
    int64_t places = 1 + N_OF(county_heads) * N_OF(county_tails) * TOWNS_PER_COUNTY;
    int64_t each = (n + places - 1) / places;
    if (each < 16)
        each = 16;
    return (struct site){.place = i / each, .number = i % each};
}

/* 云陵县, 云陵县平安镇 */
static struct str place_name(struct arena *arena, int64_t place)
{
    if (place == 0)
        return STR("市");
    int64_t county = (place - 1) / TOWNS_PER_COUNTY, town = (place - 1) % TOWNS_PER_COUNTY;
    const char *head = county_heads[county % N_OF(county_heads)];
    const char *tail = county_tails[county / N_OF(county_heads) % N_OF(county_tails)];
    if (town == 0)
        return str_fmt(arena, "%s%s", head, tail);
    return str_fmt(arena, "%s%s%s%s", head, tail, town_heads[town - 1],
                   town_tails[town % N_OF(town_tails)]);
}

/* Every place has its units in another order: an odd factor takes each number below 1,024 once. */
static int64_t combination(int64_t seed, struct site site)
{
    int64_t factor = draw(seed, site.place, DRAW_NAME, SITE_UNITS_MAX) | 1;
    return (site.number * factor + site.place * 37) % SITE_UNITS_MAX;
}

struct unit_name unit_name(struct arena *arena, int64_t seed, struct site site)
{
    int64_t at = combination(seed, site);
    struct str place = place_name(arena, site.place);
    const char *trade = trades[at % N_OF(trades)];
    int64_t office = at / N_OF(trades) % N_OF(offices);
    struct unit_name name = {.class = offices[office].class};
    name.name = str_fmt(arena, "%.*s%s%s", STR_ARG(place), trade, offices[office].tail);
    if (offices[office].shorter)
        name.short_name =
            str_fmt(arena, "%.*s%s%s", STR_ARG(place), trade, offices[office].shorter);
    return name;
}

struct str group_name(struct arena *arena, int64_t seed, struct site site)
{
    struct str place = place_name(arena, site.place);
    return str_fmt(arena, "驻%.*s有关%s企业", STR_ARG(place),
                   trades[combination(seed, site) % N_OF(trades)]);
}

struct str part_name(struct arena *arena, int64_t seed, struct site site)
{
    int64_t at = combination(seed, site);
    return str_fmt(arena, "%s%s", trades[at / N_OF(parts) % N_OF(trades)], parts[at % N_OF(parts)]);
}

struct str person_name(struct arena *arena, int64_t seed, int64_t i)
{
    int64_t at = draw(seed, i, DRAW_NAME, N_OF(surnames) * N_OF(given) * N_OF(given));
    return str_fmt(arena, "%s%s%s", surnames[at % N_OF(surnames)],
                   given[at / N_OF(surnames) % N_OF(given)],
                   given[at / N_OF(surnames) / N_OF(given)]);
}
