#include "domain/import/priv.h"

#include "domain/scheme/scheme_kinds.h"

/* A duty's form: words from the vocabularies, numbers and days checked at the field. */

static enum status word_field(struct call *call, const char *name, const char *label,
                              const struct word *words, int n, int *ret_word)
{
    struct str text = str_trim(call_form(call, name));
    int word = word_find(words, n, text);
    if (word < 0)
        return call_refuse(call, INVALID, name, "“%s”没有选择，请从列出的选项中选一个。", label);
    *ret_word = word;
    return OK;
}

static enum status number_field(struct call *call, const char *name, int *ret_number)
{
    struct str text = form_text(call, name);
    int64_t number = -1;
    TRY(field_check(call, &kind_duty, name, name, text));
    *ret_number = str_to_int(text, &number) ? (int)number : -1;
    return OK;
}

/* 03-31, 次年03-31, 3-31 */
static enum status day_field(struct call *call, const char *name, const char *label,
                             struct month_day *ret_day)
{
    struct str text = str_trim(call_form(call, name));
    *ret_day = (struct month_day){0};
    if (text.len == 0)
        return OK;
    struct month_day day = {0};
    if (str_starts(text, STR("次年"))) {
        day.year_offset = 1;
        text = str_from_byte(text, strlen("次年"));
    }
    int64_t month = 0, number = 0;
    struct str rest = text;
    struct str head = str_cut(&rest, STR("-"));
    bool good = str_to_int(head, &month) && str_to_int(rest, &number) && month >= 1 &&
                month <= 12 && number >= 1 && number <= days_in_month(2024, (int)month);
    if (!good)
        return call_refuse(call, INVALID, name, "“%s”应填月-日，例如 03-31；次年的写 次年03-31。",
                           label);
    day.month = (int)month;
    day.day = (int)number;
    *ret_day = day;
    return OK;
}

static enum status read_limits(struct call *call, struct scheme_duty *duty)
{
    TRY(number_field(call, "min", &duty->min));
    TRY(number_field(call, "max", &duty->max));
    if (duty->min >= 0 && duty->max >= 0 && duty->min > duty->max)
        return call_refuse(call, INVALID, "max", "“至多”小于“至少”，请改正其中一个。");
    TRY(day_field(call, "by", "最迟", &duty->by));
    TRY(day_field(call, "opens", "开始", &duty->opens));
    return number_field(call, "days", &duty->days);
}

enum status correct_duty(struct call *call, struct scheme_duty *duty)
{
    struct scheme_duty changed = *duty;
    struct str text = form_text(call, "text"), clause = form_text(call, "clause");
    int who, shape, strength, per, deed, day_kind;
    if (text.len == 0)
        return call_refuse(call, INVALID, "text", "请填写要求的内容；不需要这一项的，请用“删去”。");
    TRY(field_check(call, &kind_duty, "name", "text", text));
    TRY(field_check(call, &kind_duty, "clause", "clause", clause));
    TRY(word_field(call, "who", "由谁办", duty_actor_words, duty_actor_n, &who));
    TRY(word_field(call, "deed", "事项", deed_words, deed_words_n, &deed));
    TRY(word_field(call, "shape", "形态", duty_shape_words, duty_shape_n, &shape));
    TRY(word_field(call, "strength", "力度", strength_words, strength_n, &strength));
    TRY(word_field(call, "per", "周期", period_words, period_n, &per));
    TRY(word_field(call, "day_kind", "天数按", day_kind_words, day_kind_n, &day_kind));
    TRY(read_limits(call, &changed));
    if (changed.summary.len > 0 || !str_eq(text, changed.text))
        changed.summary = text; /* words that somebody chose, as of items */
    changed.clause = clause;
    changed.who = (enum duty_actor)who;
    changed.shape = (enum duty_shape)shape;
    changed.strength = (enum strength)strength;
    changed.per = (enum period)per;
    changed.day_kind = changed.days < 0 ? DAYS_NONE : (enum day_kind)day_kind;
    changed.deed = str_from(deed_words[deed].word);
    /* A number that somebody entered is no longer our reading. */
    changed.min_implicit = duty->min_implicit && changed.min == duty->min;
    /* One deadline: of every year, or of the printed one. */
    if (changed.by.month > 0)
        changed.by_date = (struct date){0};
    *duty = changed;
    return OK;
}
