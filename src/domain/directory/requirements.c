#include "domain/directory/requirements.h"

#include "directory.sql.h"
#include "domain/scheme/scheme_kinds.h"
#include "text/text.h"

static const struct column columns[] = {
    {"duty", "工作要求", COLUMN_OBJECT, .shape = &shape_ref},
    {"clause", "条款", COLUMN_TEXT},
    {"who", "由谁办", COLUMN_TEXT},
    {"strength", "力度", COLUMN_TEXT},
    {"strength_word", NULL, COLUMN_TEXT, .flags = COLUMN_PAGE_ONLY},
    {"times", "次数与期限", COLUMN_TEXT},
    {"scheme", "依据", COLUMN_TEXT},
    {"code", NULL, COLUMN_TEXT},
};
enum { R_DUTY, R_CLAUSE, R_WHO, R_STRENGTH, R_WORD, R_TIMES, R_SCHEME, R_CODE };
const struct shape shape_requirement = {"requirement", columns, 8};

enum {
    D_ID,
    D_NAME,
    D_CLAUSE,
    D_WHO,
    D_STRENGTH,
    D_PER,
    D_MIN,
    D_MAX,
    D_IMPLICIT,
    D_BY,
    D_BY_YEAR,
    D_OPENS,
    D_BY_DATE,
    D_DAYS,
    D_DAY_KIND,
    D_BEFORE,
    D_DEED,
    D_WHO_TEXT,
    D_WHO_IMPLICIT,
    D_WHERE,
    D_SCHEME,
    D_CODE
};

static struct str label_of(const char *key, struct value word)
{
    const struct field *field = &kind_duty.fields[kind_field(&kind_duty, key)];
    for (const struct choice *choice = field->choices; choice->word; choice++)
        if (str_is(value_str(word), choice->word))
            return str_from(choice->label);
    return value_str(word);
}

static bool is_set(struct value value)
{
    return value.kind != VALUE_NULL && !(value.kind == VALUE_TEXT && value.s.len == 0);
}

/* What is counted: acts in a period, people or things in a standing state or a meeting. */
static bool is_of_people(struct str per)
{
    return str_is(per, "standing") || str_is(per, "once");
}

static const char *counted(struct str per)
{
    if (is_of_people(per))
        return "名";
    return str_is(per, "meeting") ? "个" : "次";
}

/* 2 次, 1—2 次, 至少 1 次, 至多 2 次; empty where the document writes no number. */
static struct str count_text(struct arena *arena, const struct value *row)
{
    bool min = is_set(row[D_MIN]), max = is_set(row[D_MAX]);
    int64_t least = value_i64(row[D_MIN]), most = value_i64(row[D_MAX]);
    const char *unit = counted(value_str(row[D_PER]));
    if (value_i64(row[D_IMPLICIT]))
        return STR("（文件未写次数）");
    if (min && max && least == most)
        return str_fmt(arena, " %lld %s", (long long)least, unit);
    if (min && max)
        return str_fmt(arena, " %lld—%lld %s", (long long)least, (long long)most, unit);
    if (min)
        return str_fmt(arena, "至少 %lld %s", (long long)least, unit);
    return max ? str_fmt(arena, "至多 %lld %s", (long long)most, unit) : STR("");
}

/* 03-31 → 3月31日 */
static struct str month_day_text(struct arena *arena, struct str text)
{
    int64_t month, day;
    if (text.len != 5 || !str_to_int(str_head(text, 2), &month) ||
        !str_to_int(str_from_byte(text, 3), &day))
        return text;
    return str_fmt(arena, "%lld月%lld日", (long long)month, (long long)day);
}

static struct str limit_text(struct arena *arena, const struct value *row)
{
    struct str text = {0};
    if (is_set(row[D_OPENS]))
        text = str_fmt(arena, "%.*s起", STR_ARG(month_day_text(arena, value_str(row[D_OPENS]))));
    if (is_set(row[D_BY]))
        text = str_fmt(arena, "%.*s%s%s%.*s前", STR_ARG(text), text.len ? "，" : "",
                       value_i64(row[D_BY_YEAR]) ? "次年" : "",
                       STR_ARG(month_day_text(arena, value_str(row[D_BY]))));
    if (is_set(row[D_BY_DATE]))
        text = str_fmt(arena, "%.*s%s%.*s前", STR_ARG(text), text.len ? "，" : "",
                       STR_ARG(value_str(row[D_BY_DATE])));
    if (is_set(row[D_DAYS]))
        text = str_fmt(arena, "%.*s%s%s%lld %s%s", STR_ARG(text), text.len ? "，" : "",
                       value_i64(row[D_BEFORE]) ? "提前 " : "", (long long)value_i64(row[D_DAYS]),
                       str_is(value_str(row[D_DAY_KIND]), "working") ? "个工作日" : "日",
                       value_i64(row[D_BEFORE]) ? "" : "内");
    return text;
}

static struct str times_text(struct arena *arena, const struct value *row)
{
    struct str per = label_of("per", row[D_PER]);
    struct str count = count_text(arena, row), limit = limit_text(arena, row);
    if (str_is(value_str(row[D_STRENGTH]), "text"))
        return STR("只作倡导，不计次数");
    /* 1 名, 至少 1 名: people are named, whatever the time. */
    if (is_of_people(value_str(row[D_PER])) && count.len > 0 && !value_i64(row[D_IMPLICIT])) {
        per = (struct str){0};
        count = str_trim(count);
    }
    return str_fmt(arena, "%.*s%.*s%s%.*s", STR_ARG(per), STR_ARG(count), limit.len ? "，" : "",
                   STR_ARG(limit));
}

static struct str who_text(struct arena *arena, const struct value *row)
{
    struct str who = value_str(row[D_WHO_TEXT]);
    if (who.len == 0)
        who = label_of("who", row[D_WHO]);
    if (value_i64(row[D_WHO_IMPLICIT]))
        return str_fmt(arena, "%.*s（文件未写明主体）", STR_ARG(who));
    return who;
}

static bool is_asked(const struct requirement_filter *filter, struct str who)
{
    for (const char *const *actor = filter->actors; actor && *actor; actor++)
        if (str_is(who, *actor))
            return true;
    return filter->actors == NULL;
}

/* Named subjects are compared as printed, with or without the body's level in front. */
static bool is_named(struct arena *arena, const struct rows *subjects, int64_t duty,
                     struct str name)
{
    bool any = false;
    for (int i = 0; i < subjects->n; i++) {
        if (value_i64(rows_at(subjects, i, 0)) != duty)
            continue;
        any = true;
        struct str a = text_fold(arena, value_str(rows_at(subjects, i, 1)));
        struct str b = text_fold(arena, name);
        if (str_ends(a, b) || str_ends(b, a))
            return true;
    }
    return !any;
}

static int scheme_args(struct value *args, int fixed, const int64_t *schemes, int n)
{
    for (int i = 0; i < n && i < 50; i++)
        args[fixed++] = value_int(schemes[i]);
    return fixed;
}

enum status requirements_load(struct call *call, struct date on, const int64_t *schemes, int n,
                              const struct requirement_filter *filter, struct list **ret_list)
{
    struct arena *arena = call->arena;
    struct value args[52] = {value_int(call->body.id)};
    struct rows duties, subjects;
    TRY(tx_run(call->tx, &SQL_directory_subjects, args, scheme_args(args, 1, schemes, n),
               &subjects));
    args[1] = value_text(date_format(arena, on));
    TRY(tx_run(call->tx, &SQL_directory_duties, args, scheme_args(args, 2, schemes, n), &duties));
    struct list *list = list_new(arena, &shape_requirement);
    for (int i = 0; i < duties.n; i++) {
        const struct value *row = duties.cells + i * duties.columns_n;
        int64_t id = value_i64(row[D_ID]);
        if (!is_asked(filter, value_str(row[D_WHO])) ||
            (filter->name.len > 0 && !is_named(arena, &subjects, id, filter->name)))
            continue;
        struct value *to = list_add(arena, list);
        to[R_DUTY] = value_ref(arena, id, value_str(row[D_NAME]), record_url(call, &kind_duty, id));
        to[R_CLAUSE] = row[D_CLAUSE];
        to[R_WHO] = value_text(who_text(arena, row));
        to[R_STRENGTH] = value_text(label_of("strength", row[D_STRENGTH]));
        to[R_WORD] = row[D_STRENGTH];
        to[R_TIMES] = value_text(times_text(arena, row));
        to[R_SCHEME] = row[D_SCHEME];
        to[R_CODE] = row[D_CODE];
    }
    *ret_list = list;
    return OK;
}
