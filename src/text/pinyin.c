#include "base/utf8.h"
#include "text/pinyin_table.h"
#include "text/text.h"

enum { READINGS_MAX = 8, SPELLING_MAX = 4 };

/* Characters met in names of units, posts, places and people whose readings differ in their first
 * letter; the usual reading in such names stands first. ICU knows one reading for each. */
static const struct {
    const char *character, *initials;
} polyphones[] = {
    {"行", "xh"}, {"重", "zc"}, {"长", "zc"}, {"乐", "ly"}, {"会", "hk"}, {"单", "ds"},
    {"厦", "xs"}, {"校", "xj"}, {"曾", "zc"}, {"朝", "cz"}, {"石", "sd"}, {"率", "ls"},
    {"系", "xj"}, {"参", "cs"}, {"传", "cz"}, {"弹", "dt"}, {"调", "dt"}, {"藏", "cz"},
    {"盛", "sc"}, {"仇", "qc"}, {"解", "jx"}, {"查", "cz"}, {"翟", "zd"}, {"区", "qo"},
    {"尉", "wy"}, {"覃", "qt"}, {"乘", "cs"}, {"降", "jx"}, {"卡", "kq"}, {"车", "cj"},
    {"蔚", "wy"}, {"浚", "jx"}, {"番", "fp"}, {"堡", "bp"}, {"铅", "qy"}, {"莘", "xs"},
    {"浒", "hx"}, {"歙", "sx"}, {"阿", "ae"}, {"秘", "mb"}, {"泌", "mb"}, {"贾", "jg"},
    {"祭", "jz"}, {"召", "zs"}, {"沈", "sc"}, {"扁", "bp"}, {"便", "bp"}, {"术", "sz"},
    {"无", "wm"}, {"峙", "zs"}, {"种", "zc"}, {"提", "td"}, {"期", "qj"}, {"圈", "qj"},
    {"合", "hg"}, {"见", "jx"}, {"巷", "xh"}, {"虹", "hj"}, {"红", "hg"}, {"屏", "pb"},
    {"辟", "pb"}, {"否", "fp"}, {"佛", "ff"}, {"识", "sz"}, {"射", "sy"}, {"似", "ss"},
    {"汤", "ts"}, {"吓", "xh"}, {"畜", "cx"}, {"粘", "zn"}, {"臭", "cx"}, {"匙", "cs"},
    {"澄", "cd"}, {"给", "gj"}, {"囤", "td"}, {"恶", "ew"}, {"蛤", "hg"}, {"革", "gj"},
    {"谷", "gy"}, {"还", "hx"}, {"缉", "jq"}, {"夹", "jg"}, {"槛", "jk"}, {"将", "jq"},
    {"龟", "gj"}, {"隽", "jz"}, {"壳", "kq"}, {"弄", "nl"}, {"蔓", "mw"}, {"万", "wm"},
    {"泊", "bp"}, {"栖", "qx"}, {"蹊", "qx"}, {"宿", "sx"}, {"尾", "wy"}, {"纤", "xq"},
    {"邪", "xy"}, {"叶", "yx"}, {"圩", "wx"}, {"遗", "yw"}, {"艾", "ay"}, {"荥", "xy"},
    {"攒", "zc"}, {"属", "sz"}, {"峒", "dt"}, {"侗", "dt"}, {"涡", "gw"}, {"枞", "zc"},
    {"犍", "qj"}, {"筠", "yj"}, {"折", "zs"}, {"刨", "pb"}, {"薄", "bp"}, {"颉", "xj"},
    {"厂", "ca"}, {"广", "ga"}, {"说", "sy"}, {"契", "qx"}, {"和", "hh"}, {"洗", "xx"},
    {"亳", "bb"}, {"郇", "xh"}, {"佘", "ss"}, {"逄", "pp"}, {"员", "yy"}, {"氏", "sz"},
};

/* Words that settle a reading, longest first where one begins another. */
static const struct {
    const char *word, *initials;
} words[] = {
    {"银行", "yh"},          {"商行", "sh"},          {"行业", "hy"},       {"行长", "hz"},
    {"央行", "yh"},          {"支行", "zh"},          {"分行", "fh"},       {"总行", "zh"},
    {"农行", "nh"},          {"工行", "gh"},          {"建行", "jh"},       {"中行", "zh"},
    {"农商行", "nsh"},       {"行政", "xz"},          {"行署", "xs"},       {"行动", "xd"},
    {"执行", "zx"},          {"行为", "xw"},          {"运行", "yx"},       {"旅行", "lx"},
    {"重庆", "cq"},          {"重建", "cj"},          {"重组", "cz"},       {"重阳", "cy"},
    {"重点", "zd"},          {"重大", "zd"},          {"重工", "zg"},       {"重要", "zy"},
    {"长沙", "cs"},          {"长春", "cc"},          {"长江", "cj"},       {"长安", "ca"},
    {"长治", "cz"},          {"长寿", "cs"},          {"长城", "cc"},       {"长征", "cz"},
    {"长途", "ct"},          {"长效", "cx"},          {"长期", "cq"},       {"长葛", "cg"},
    {"长兴", "cx"},          {"长乐", "cl"},          {"长丰", "cf"},       {"延长", "yc"},
    {"市长", "sz"},          {"县长", "xz"},          {"区长", "qz"},       {"局长", "jz"},
    {"处长", "cz"},          {"科长", "kz"},          {"院长", "yz"},       {"校长", "xz"},
    {"部长", "bz"},          {"秘书长", "msz"},       {"秘书", "ms"},       {"会长", "hz"},
    {"组长", "zz"},          {"主任", "zr"},          {"省长", "sz"},       {"州长", "zz"},
    {"厅长", "tz"},          {"股长", "gz"},          {"站长", "zz"},       {"所长", "sz"},
    {"音乐", "yy"},          {"乐团", "yt"},          {"乐队", "yd"},       {"乐山", "ls"},
    {"娱乐", "yl"},          {"文化乐园", "whly"},    {"乐园", "ly"},       {"会计", "kj"},
    {"财会", "ck"},          {"会稽", "kj"},          {"委员会", "wyh"},    {"联合会", "lhh"},
    {"协会", "xh"},          {"社会", "sh"},          {"学会", "xh"},       {"工会", "gh"},
    {"妇女联合会", "fnlhh"}, {"商会", "sh"},          {"红十字会", "hszh"}, {"会议", "hy"},
    {"常委会", "cwh"},       {"人大常委会", "rdcwh"}, {"专委会", "zwh"},    {"单位", "dw"},
    {"单县", "sx"},          {"厦门", "xm"},          {"大厦", "ds"},       {"校对", "jd"},
    {"学校", "xx"},          {"党校", "dx"},          {"高校", "gx"},       {"院校", "yx"},
    {"朝阳", "cy"},          {"朝鲜", "cx"},          {"石油", "sy"},       {"石化", "sh"},
    {"石家庄", "sjz"},       {"效率", "xl"},          {"系统", "xt"},       {"联系", "lx"},
    {"关系", "gx"},          {"参议", "cy"},          {"参政", "cz"},       {"参与", "cy"},
    {"参谋", "cm"},          {"宣传", "xc"},          {"传媒", "cm"},       {"传播", "cb"},
    {"传统", "ct"},          {"传承", "cc"},          {"自传", "zz"},       {"调查", "dc"},
    {"调研", "dy"},          {"调度", "dd"},          {"调解", "tj"},       {"调控", "tk"},
    {"协调", "xt"},          {"空调", "kt"},          {"西藏", "xz"},       {"藏族", "zz"},
    {"审查", "sc"},          {"检查", "jc"},          {"督查", "dc"},       {"巡查", "xc"},
    {"勘查", "kc"},          {"解放", "jf"},          {"解决", "jj"},       {"地区", "dq"},
    {"园区", "yq"},          {"社区", "sq"},          {"开发区", "kfq"},    {"自治区", "zzq"},
    {"新区", "xq"},          {"城区", "cq"},          {"市区", "sq"},       {"汽车", "qc"},
    {"车辆", "cl"},          {"火车", "hc"},          {"番禺", "py"},       {"铅山", "ys"},
    {"提案", "ta"},          {"提供", "tg"},          {"便民", "bm"},       {"技术", "js"},
    {"学术", "xs"},          {"美术", "ms"},          {"艺术", "ys"},       {"种子", "zz"},
    {"种植", "zz"},          {"种业", "zy"},          {"合作", "hz"},       {"联合", "lh"},
    {"综合", "zh"},          {"虹桥", "hq"},          {"红十字", "hsz"},    {"知识", "zs"},
    {"畜牧", "xm"},          {"畜禽", "cq"},          {"供给", "gj"},       {"改革", "gg"},
    {"革命", "gm"},          {"民革", "mg"},          {"归还", "gh"},       {"还建", "hj"},
    {"宿迁", "sq"},          {"宿州", "sz"},          {"宿舍", "ss"},       {"遗产", "yc"},
    {"附属", "fs"},          {"直属", "zs"},          {"金属", "js"},       {"所属", "ss"},
    {"下属", "xs"},          {"缉私", "js"},          {"将军", "jj"},       {"期刊", "qk"},
    {"无锡", "wx"},          {"无线", "wx"},          {"无偿", "wc"},       {"万元", "wy"},
    {"车站", "cz"},          {"见义勇为", "jyyw"},    {"工厂", "gc"},       {"广播", "gb"},
    {"广电", "gd"},          {"广场", "gc"},          {"广西", "gx"},       {"广东", "gd"},
    {"广州", "gz"},          {"小说", "xs"},          {"中和", "zh"},       {"台盟", "tm"},
    {"大厂", "dc"},          {"阿坝", "ab"},          {"阿克苏", "aks"},    {"东阿", "de"},
};
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

/* The longest word of the list at the start of `rest`; its length in bytes, 0 = none. */
static size_t find_word(struct str rest, const char **ret_initials)
{
    size_t longest = 0;
    for (size_t i = 0; i < LEN(words); i++) {
        struct str word = str_from(words[i].word);
        if (word.len > longest && str_starts(rest, word)) {
            longest = word.len;
            *ret_initials = words[i].initials;
        }
    }
    return longest;
}

static void add_character(struct arena *arena, struct spelling *spelling, struct str one)
{
    for (size_t i = 0; i < LEN(polyphones); i++)
        if (str_is(one, polyphones[i].character)) {
            add_letter(arena, spelling, polyphones[i].initials);
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
        const char *initials = NULL;
        size_t word_len = find_word(rest, &initials);
        for (; word_len > 0 && *initials; initials++)
            add_letter(arena, &spelling, (char[]){*initials, 0});
        if (word_len == 0) {
            struct str one = utf8_head(rest, 1);
            word_len = one.len;
            add_character(arena, &spelling, one);
        }
        rest = str_from_byte(rest, word_len);
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
