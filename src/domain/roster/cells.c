#include "domain/roster/priv.h"

#include "base/utf8.h"
#include "text/text.h"

enum { NAME_MAX = 40, LATIN_NAME_MIN = 2 };

#define WRONG(arena, ...) ((struct read_cell){.fault = str_fmt((arena), __VA_ARGS__)})

bool roster_is_nothing(struct arena *arena, struct str text)
{
    static const char *const words[] = {"无", "空", "空缺", "暂缺", "暂无", "待定", "缺",
                                        "/",  "\\", "-",    "--",   "----", "x",    NULL};
    if (text.len > 40)
        return false;
    struct str folded = text_fold(arena, text);
    for (int i = 0; words[i]; i++)
        if (str_is(folded, words[i]))
            return true;
    return folded.len == 0;
}

/* --- names --- */

struct letters {
    int han, other;
    bool digit, several, mark;
};

static struct letters letters_of(struct str name)
{
    struct letters letters = {0};
    for (int32_t code; (code = utf8_next(&name)) >= 0;) {
        if ((code >= '0' && code <= '9') || (code >= 0xFF10 && code <= 0xFF19))
            letters.digit = true;
        else if (code == 0x3001 || code == ',' || code == ';' || code == '/' || code == '\n')
            letters.several = true; /* 、 */
        else if (code < 0x80 && !((code | 32) >= 'a' && (code | 32) <= 'z') &&
                 !strchr(" .'-", code))
            letters.mark = true;
        else if (text_is_han(code))
            letters.han++;
        else if (!text_is_space(code))
            letters.other++;
    }
    return letters;
}

/* Full-width forms become half-width, every kind of middle dot one; 张　三 loses its space. */
static struct str name_form(struct arena *arena, struct str text)
{
    static const struct str forms[][2] = {
        {STR_INIT("，"), STR_INIT(",")}, {STR_INIT("；"), STR_INIT(";")},
        {STR_INIT("／"), STR_INIT("/")}, {STR_INIT("（"), STR_INIT("(")},
        {STR_INIT("）"), STR_INIT(")")}, {STR_INIT("•"), STR_INIT("·")},
        {STR_INIT("・"), STR_INIT("·")}, {STR_INIT("．"), STR_INIT("·")}};
    text = text_trim(text);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        text = str_replace(arena, text, forms[i][0], forms[i][1]);
    return letters_of(text).han > 0 ? text_squeeze(arena, text) : text;
}

struct read_cell roster_name_read(struct arena *arena, struct str text)
{
    if (utf8_count(text) > NAME_MAX * 2)
        return WRONG(arena, "“姓名”过长，请只写姓名。");
    bool lines = str_has(text_trim(text), STR("\n"));
    struct str name = name_form(arena, text);
    struct letters letters = letters_of(name);
    if (letters.several || lines)
        return WRONG(arena, "“姓名”一格里写了几个人，请每人写一行。");
    if (letters.digit)
        return WRONG(arena, "“姓名”里有数字，请核对是否与电话填错了列。");
    if (letters.mark)
        return WRONG(arena, "“姓名”里有姓名以外的符号，请只写姓名，职务写在“职务”一列。");
    int count = utf8_count(name);
    if (letters.han == 1 && letters.other == 0)
        return WRONG(arena, "“姓名”只有一个字，请写全名。");
    if (count < LATIN_NAME_MIN || count > NAME_MAX)
        return WRONG(arena, "“姓名”应为 2 至 %d 个字，请核对。", NAME_MAX);
    return (struct read_cell){.value = name};
}

/* --- numbers --- */

/* Half-width, without spaces and without brackets around an area code; every dash is one. */
static struct str number_form(struct arena *arena, struct str text)
{
    struct str form = text_fold(arena, text);
    form = str_replace(arena, form, STR("("), STR(""));
    form = str_replace(arena, form, STR(")"), STR("-"));
    return str_replace(arena, form, STR("--"), STR("-"));
}

static int digits_n(struct str s)
{
    int n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += s.ptr[i] >= '0' && s.ptr[i] <= '9';
    return n;
}

static bool all_digits(struct str s)
{
    return s.len > 0 && digits_n(s) == (int)s.len;
}

static struct str mobile_form(struct arena *arena, struct str text)
{
    struct str form = str_replace(arena, text_fold(arena, text), STR("-"), STR(""));
    static const struct str countries[] = {STR_INIT("+86"), STR_INIT("0086"), STR_INIT("(+86)"),
                                           STR_INIT("(86)"), STR_INIT("86")};
    for (size_t i = 0; i < sizeof countries / sizeof *countries; i++)
        if (form.len == countries[i].len + 11 && str_starts(form, countries[i]))
            return str_from_byte(form, countries[i].len);
    return form;
}

static bool is_mobile_form(struct str form)
{
    return form.len == 11 && all_digits(form) && form.ptr[0] == '1' && form.ptr[1] >= '3';
}

bool roster_is_mobile(struct arena *arena, struct str text)
{
    return text.len <= 60 && is_mobile_form(mobile_form(arena, text));
}

static bool is_several(struct arena *arena, struct str text)
{
    static const struct str marks[] = {STR_INIT("、"), STR_INIT("/"), STR_INIT(","), STR_INIT(";"),
                                       STR_INIT("\n")};
    struct str form = text_trim(text);
    bool found = str_has(form, STR("\n"));
    form = text_fold(arena, form);
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        found = found || str_has(form, marks[i]);
    return found && digits_n(form) > 11;
}

/* 1.38123E+10: what a spreadsheet makes of a number in a column of numbers. */
static bool is_exponent(struct str form)
{
    return str_has(form, STR("e+")) || (str_has(form, STR(".")) && all_digits(str_head(form, 1)));
}

struct read_cell roster_mobile_read(struct arena *arena, struct str text)
{
    if (text.len > 120)
        return WRONG(arena, "“手机”过长，请只写一个号码。");
    struct str form = mobile_form(arena, text);
    if (is_mobile_form(form))
        return (struct read_cell){.value = form};
    if (is_several(arena, text))
        return WRONG(arena, "“手机”填了几个号码，请只留一个。");
    if (is_exponent(form))
        return WRONG(arena, "“手机”被表格软件改成了“%.*s”，请把这一列设为文本格式后重新填写。",
                     STR_ARG(text));
    if (all_digits(form) && (form.ptr[0] == '0' || form.len <= 8))
        return WRONG(arena, "“手机”填的“%.*s”像固定电话，请移到“办公电话”一列。", STR_ARG(text));
    if (all_digits(form) && form.len != 11)
        return WRONG(arena, "“手机”应为 11 位数字，“%.*s”有 %d 位，请核对。", STR_ARG(text),
                     (int)form.len);
    return WRONG(arena, "“手机”写作“%.*s”，不是手机号码，请核对。", STR_ARG(text));
}

/* 0737, 010, 021: how many digits of the number are its area code; 0 = it has none. */
static size_t area_len(struct str digits)
{
    if (digits.len == 0 || digits.ptr[0] != '0')
        return 0;
    bool three = digits.len > 1 && (digits.ptr[1] == '1' || digits.ptr[1] == '2');
    return three ? 3 : 4;
}

/* 0737-4222333转801: area code, number, extension. False when it is not so made. */
static bool office_form(struct arena *arena, struct str form, struct str *ret_form)
{
    static const struct str marks[] = {STR_INIT("转"), STR_INIT("#"), STR_INIT("*"), STR_INIT("-")};
    size_t area = area_len(form);
    struct str rest = str_from_byte(form, area);
    if (area > 0 && (rest.len < 7 || !all_digits(str_head(form, area))))
        return false;
    if (area > 0 && str_starts(rest, STR("-")))
        rest = str_from_byte(rest, 1);
    struct str number = rest, extension = {0};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        ptrdiff_t at = str_find(rest, marks[i]);
        if (at < 0)
            continue;
        number = str_head(rest, (size_t)at);
        extension = str_from_byte(rest, (size_t)at + marks[i].len);
        if (!all_digits(extension) || extension.len > 6)
            return false;
        break;
    }
    size_t least = area > 0 ? 7 : 3;
    if (!all_digits(number) || number.len < least || number.len > 8)
        return false;
    *ret_form = str_fmt(arena, "%.*s%s%.*s%s%.*s", STR_ARG(str_head(form, area)), area ? "-" : "",
                        STR_ARG(number), extension.len ? "转" : "", STR_ARG(extension));
    return true;
}

struct read_cell roster_office_phone_read(struct arena *arena, struct str text)
{
    if (text.len > 120)
        return WRONG(arena, "“办公电话”过长，请只写一个号码。");
    struct read_cell cell = {0};
    struct str form = number_form(arena, text);
    if (str_starts(form, STR("+86-")))
        form = str_from_byte(form, 4);
    if (roster_is_mobile(arena, text))
        return WRONG(arena, "“办公电话”填的“%.*s”像手机号码，请移到“手机”一列。", STR_ARG(text));
    if (office_form(arena, form, &cell.value))
        return cell;
    if (is_several(arena, text))
        return WRONG(arena, "“办公电话”填了几个号码，请只留一个。");
    if (is_exponent(form))
        return WRONG(arena, "“办公电话”被表格软件改成了“%.*s”，请把这一列设为文本格式后重新填写。",
                     STR_ARG(text));
    if (all_digits(form) && (form.len == 10 || form.len == 11))
        return WRONG(arena,
                     "“办公电话”写作“%.*s”，区号前的 0 可能被表格软件去掉了，请写成 0737-4222333 "
                     "的样子。",
                     STR_ARG(text));
    return WRONG(arena, "“办公电话”写作“%.*s”，请写成 0737-4222333 的样子。", STR_ARG(text));
}
