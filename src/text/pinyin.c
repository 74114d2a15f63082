#include "base/utf8.h"
#include "text/pinyin_table.h"
#include "text/text.h"

enum { READINGS_MAX = 8, SPELLING_MAX = 4 };

#define E(text, initials)                                                                          \
    {                                                                                              \
        STR_INIT(text), initials                                                                   \
    }

struct entry {
    struct str text;
    const char *initials;
};

/* Characters met in names of units, posts, places and people whose readings differ in their first
 * letter; the usual reading in such names stands first. ICU knows one reading for each. In the
 * order of their bytes, as are the words: both are searched by halves. */
static const struct entry polyphones[] = {
    E("万", "wm"), E("乐", "ly"), E("乘", "cs"), E("仇", "qc"), E("会", "hk"), E("传", "cz"),
    E("侗", "dt"), E("便", "bp"), E("刨", "pb"), E("匙", "cs"), E("区", "qo"), E("单", "ds"),
    E("卡", "kq"), E("厦", "xs"), E("参", "cs"), E("召", "zs"), E("叶", "yx"), E("合", "hg"),
    E("吓", "xh"), E("否", "fp"), E("囤", "td"), E("圈", "qj"), E("圩", "wx"), E("堡", "bp"),
    E("壳", "kq"), E("夹", "jg"), E("契", "qx"), E("宿", "sx"), E("射", "sy"), E("将", "jq"),
    E("尉", "wy"), E("尾", "wy"), E("屏", "pb"), E("属", "sz"), E("峒", "dt"), E("峙", "zs"),
    E("巷", "xh"), E("弄", "nl"), E("弹", "dt"), E("恶", "ew"), E("扁", "bp"), E("折", "zs"),
    E("提", "td"), E("攒", "zc"), E("无", "wm"), E("曾", "zc"), E("朝", "cz"), E("期", "qj"),
    E("术", "sz"), E("枞", "zc"), E("查", "cz"), E("栖", "qx"), E("校", "xj"), E("槛", "jk"),
    E("歙", "sx"), E("氏", "sz"), E("汤", "ts"), E("沈", "sc"), E("泊", "bp"), E("泌", "mb"),
    E("浒", "hx"), E("浚", "jx"), E("涡", "gw"), E("澄", "cd"), E("犍", "qj"), E("率", "ls"),
    E("畜", "cx"), E("番", "fp"), E("盛", "sc"), E("石", "sd"), E("祭", "jz"), E("种", "zc"),
    E("秘", "mb"), E("筠", "yj"), E("粘", "zn"), E("系", "xj"), E("红", "hg"), E("纤", "xq"),
    E("给", "gj"), E("缉", "jq"), E("翟", "zd"), E("臭", "cx"), E("艾", "ay"), E("荥", "xy"),
    E("莘", "xs"), E("蔓", "mw"), E("蔚", "wy"), E("薄", "bp"), E("藏", "cz"), E("虹", "hj"),
    E("蛤", "hg"), E("行", "xh"), E("覃", "qt"), E("见", "jx"), E("解", "jx"), E("识", "sz"),
    E("说", "sy"), E("调", "dt"), E("谷", "gy"), E("贾", "jg"), E("蹊", "qx"), E("车", "cj"),
    E("辟", "pb"), E("还", "hx"), E("遗", "yw"), E("邪", "xy"), E("郇", "xh"), E("重", "zc"),
    E("铅", "qy"), E("长", "zc"), E("阿", "ae"), E("降", "jx"), E("隽", "jz"), E("革", "gj"),
    E("颉", "xj"), E("龟", "gj"),
};

/* Words that settle a reading; of those that fit the longest is taken. */
static const struct entry words[] = {
    E("万元", "wy"),    E("下属", "xs"),       E("专委会", "zwh"),    E("东阿", "de"),
    E("中和", "zh"),    E("中行", "zh"),       E("主任", "zr"),       E("乐团", "yt"),
    E("乐园", "ly"),    E("乐山", "ls"),       E("乐队", "yd"),       E("人大常委会", "rdcwh"),
    E("会稽", "kj"),    E("会计", "kj"),       E("会议", "hy"),       E("会长", "hz"),
    E("传媒", "cm"),    E("传承", "cc"),       E("传播", "cb"),       E("传统", "ct"),
    E("供给", "gj"),    E("便民", "bm"),       E("党校", "dx"),       E("关系", "gx"),
    E("农商行", "nsh"), E("农行", "nh"),       E("分行", "fh"),       E("勘查", "kc"),
    E("区长", "qz"),    E("协会", "xh"),       E("协调", "xt"),       E("单位", "dw"),
    E("单县", "sx"),    E("厅长", "tz"),       E("厦门", "xm"),       E("县长", "xz"),
    E("参与", "cy"),    E("参政", "cz"),       E("参议", "cy"),       E("参谋", "cm"),
    E("台盟", "tm"),    E("合作", "hz"),       E("商会", "sh"),       E("商行", "sh"),
    E("园区", "yq"),    E("地区", "dq"),       E("城区", "cq"),       E("处长", "cz"),
    E("大厂", "dc"),    E("大厦", "ds"),       E("央行", "yh"),       E("妇女联合会", "fnlhh"),
    E("委员会", "wyh"), E("娱乐", "yl"),       E("学会", "xh"),       E("学术", "xs"),
    E("学校", "xx"),    E("审查", "sc"),       E("宣传", "xc"),       E("宿州", "sz"),
    E("宿舍", "ss"),    E("宿迁", "sq"),       E("将军", "jj"),       E("小说", "xs"),
    E("局长", "jz"),    E("州长", "zz"),       E("巡查", "xc"),       E("工会", "gh"),
    E("工厂", "gc"),    E("工行", "gh"),       E("市区", "sq"),       E("市长", "sz"),
    E("常委会", "cwh"), E("广东", "gd"),       E("广场", "gc"),       E("广州", "gz"),
    E("广播", "gb"),    E("广电", "gd"),       E("广西", "gx"),       E("延长", "yc"),
    E("建行", "jh"),    E("开发区", "kfq"),    E("归还", "gh"),       E("总行", "zh"),
    E("所属", "ss"),    E("所长", "sz"),       E("执行", "zx"),       E("技术", "js"),
    E("提供", "tg"),    E("提案", "ta"),       E("支行", "zh"),       E("改革", "gg"),
    E("效率", "xl"),    E("文化乐园", "whly"), E("新区", "xq"),       E("旅行", "lx"),
    E("无偿", "wc"),    E("无线", "wx"),       E("无锡", "wx"),       E("朝阳", "cy"),
    E("朝鲜", "cx"),    E("期刊", "qk"),       E("校对", "jd"),       E("校长", "xz"),
    E("检查", "jc"),    E("民革", "mg"),       E("汽车", "qc"),       E("火车", "hc"),
    E("畜牧", "xm"),    E("畜禽", "cq"),       E("番禺", "py"),       E("直属", "zs"),
    E("省长", "sz"),    E("督查", "dc"),       E("知识", "zs"),       E("石化", "sh"),
    E("石家庄", "sjz"), E("石油", "sy"),       E("社会", "sh"),       E("社区", "sq"),
    E("种业", "zy"),    E("种子", "zz"),       E("种植", "zz"),       E("科长", "kz"),
    E("秘书", "ms"),    E("秘书长", "msz"),    E("空调", "kt"),       E("站长", "zz"),
    E("系统", "xt"),    E("红十字", "hsz"),    E("红十字会", "hszh"), E("组长", "zz"),
    E("综合", "zh"),    E("缉私", "js"),       E("美术", "ms"),       E("联合", "lh"),
    E("联合会", "lhh"), E("联系", "lx"),       E("股长", "gz"),       E("自传", "zz"),
    E("自治区", "zzq"), E("艺术", "ys"),       E("藏族", "zz"),       E("虹桥", "hq"),
    E("行业", "hy"),    E("行为", "xw"),       E("行动", "xd"),       E("行政", "xz"),
    E("行署", "xs"),    E("行长", "hz"),       E("西藏", "xz"),       E("见义勇为", "jyyw"),
    E("解决", "jj"),    E("解放", "jf"),       E("调度", "dd"),       E("调控", "tk"),
    E("调查", "dc"),    E("调研", "dy"),       E("调解", "tj"),       E("财会", "ck"),
    E("车站", "cz"),    E("车辆", "cl"),       E("运行", "yx"),       E("还建", "hj"),
    E("遗产", "yc"),    E("部长", "bz"),       E("重大", "zd"),       E("重工", "zg"),
    E("重庆", "cq"),    E("重建", "cj"),       E("重点", "zd"),       E("重组", "cz"),
    E("重要", "zy"),    E("重阳", "cy"),       E("金属", "js"),       E("铅山", "ys"),
    E("银行", "yh"),    E("长丰", "cf"),       E("长乐", "cl"),       E("长兴", "cx"),
    E("长城", "cc"),    E("长安", "ca"),       E("长寿", "cs"),       E("长征", "cz"),
    E("长效", "cx"),    E("长春", "cc"),       E("长期", "cq"),       E("长江", "cj"),
    E("长沙", "cs"),    E("长治", "cz"),       E("长葛", "cg"),       E("长途", "ct"),
    E("阿克苏", "aks"), E("阿坝", "ab"),       E("附属", "fs"),       E("院校", "yx"),
    E("院长", "yz"),    E("革命", "gm"),       E("音乐", "yy"),       E("高校", "gx"),
};
#undef E
#define LEN(table) (sizeof(table) / sizeof *(table))

/* What one character may begin with; two letters at most differ. */
struct letters {
    char choices[SPELLING_MAX];
    int n;
};

struct spelling {
    struct letters *letters;
    int n, room;
};

static void add_letter(struct arena *arena, struct spelling *spelling, const char *choices)
{
    struct letters letters = {0};
    for (; *choices; choices++) {
        bool known = letters.n > 0 && memchr(letters.choices, *choices, (size_t)letters.n);
        if (!known && letters.n < SPELLING_MAX)
            letters.choices[letters.n++] = *choices;
    }
    *arena_push(arena, spelling->letters, spelling->n, spelling->room) = letters;
}

/* The first entry that does not stand before the three bytes of a first character. */
static size_t lower_bound(const struct entry *table, size_t n, const char *character)
{
    size_t first = 0;
    while (n > 0) {
        size_t half = n / 2;
        if (memcmp(table[first + half].text.ptr, character, 3) < 0) {
            first += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return first;
}

/* The longest entry at the start of `rest`; NULL when none is there. */
static const struct entry *find(const struct entry *table, size_t n, struct str rest)
{
    const struct entry *longest = NULL;
    if (rest.len < 3)
        return NULL;
    for (size_t i = lower_bound(table, n, rest.ptr); i < n; i++) {
        if (memcmp(table[i].text.ptr, rest.ptr, 3) != 0)
            break;
        if (str_starts(rest, table[i].text) && (!longest || table[i].text.len > longest->text.len))
            longest = &table[i];
    }
    return longest;
}

static void add_character(struct arena *arena, struct spelling *spelling, struct str one)
{
    const struct entry *polyphone = find(polyphones, LEN(polyphones), one);
    if (polyphone) {
        add_letter(arena, spelling, polyphone->initials);
        return;
    }
    int32_t code = utf8_next(&one);
    char letter[2] = {0};
    if (code == 0x3007)
        letter[0] = 'l';
    else if (code >= PINYIN_FIRST && code <= PINYIN_LAST)
        letter[0] =
            pinyin_usual[(code - PINYIN_FIRST) / PINYIN_ROW][(code - PINYIN_FIRST) % PINYIN_ROW];
    else if ((code >= '0' && code <= '9') || (code >= 'a' && code <= 'z'))
        letter[0] = (char)code;
    if (letter[0] != 0 && letter[0] != ' ')
        add_letter(arena, spelling, letter);
}

/* The k-th way to read it: the choices count like the digits of a number, the last one first. */
static struct str spell(struct arena *arena, const struct spelling *spelling, int k)
{
    char *text = arena_new(arena, char, spelling->n + 1);
    for (int i = spelling->n - 1; i >= 0; i--) {
        const struct letters *letters = &spelling->letters[i];
        text[i] = letters->choices[k % letters->n];
        k /= letters->n;
    }
    return (struct str){text, (size_t)spelling->n};
}

struct str text_initials(struct arena *arena, struct str s)
{
    struct spelling spelling = {0};
    struct str rest = text_fold(arena, s);
    while (rest.len > 0) {
        const struct entry *word = find(words, LEN(words), rest);
        struct str taken = word ? word->text : utf8_head(rest, 1);
        if (!word)
            add_character(arena, &spelling, taken);
        for (const char *initial = word ? word->initials : ""; *initial; initial++)
            add_letter(arena, &spelling, (char[]){*initial, 0});
        rest = str_from_byte(rest, taken.len);
    }
    int ways = 1;
    for (int i = 0; i < spelling.n && ways < READINGS_MAX; i++)
        ways *= spelling.letters[i].n;
    struct str readings[READINGS_MAX];
    int n = 0;
    for (; n < ways && n < READINGS_MAX && spelling.n > 0; n++)
        readings[n] = spell(arena, &spelling, n);
    return str_join(arena, STR(" "), readings, n);
}
