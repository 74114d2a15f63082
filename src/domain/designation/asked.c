#include "designation.sql.h"
#include "domain/designation/designation.h"

/* What the schemes in force ask units to name, in their own words. */

int designation_role(struct str word)
{
    for (int role = 0; role < NAMED_ROLES; role++)
        if (str_is(word, designation_roles[role].word))
            return role;
    return -1;
}

struct duty {
    struct str deed, name, who, label;
    bool single;
};

/* Schemes that do not say what they call it are read by the wording of the duty. */
static void ask(struct designation_asked *asked, const struct duty *duty)
{
    struct str text = duty->label.len > 0 ? duty->label : duty->name;
    int role;
    if (str_is(duty->deed, "designate-leader")) {
        role = str_has(text, STR("分管")) ? NAMED_IN_CHARGE : NAMED_LEADER;
    } else if (str_is(duty->deed, "designate-contact")) {
        role = str_has(text, STR("联络")) ? NAMED_LIAISON : NAMED_CONTACT;
    } else {
        asked->section = true;
        if (duty->label.len > 0)
            asked->section_label = duty->label;
        return;
    }
    asked->roles[role] = true;
    asked->single[role] = asked->single[role] || duty->single;
    if (duty->label.len > 0)
        asked->labels[role] = duty->label;
}

/* 益协发〔2022〕2号五（二）, each once. */
static void note_basis(struct arena *arena, struct designation_asked *asked, struct str number,
                       struct str clause)
{
    struct str basis = str_fmt(arena, "%.*s%.*s", STR_ARG(number), STR_ARG(clause));
    if (number.len == 0 || str_has(asked->basis, basis))
        return;
    asked->basis = asked->basis.len
                       ? str_fmt(arena, "%.*s、%.*s", STR_ARG(asked->basis), STR_ARG(basis))
                       : basis;
}

static void settle(struct designation_asked *asked)
{
    bool any = false;
    for (int role = 0; role < NAMED_ROLES; role++) {
        any = any || asked->roles[role];
        if (asked->labels[role].len == 0)
            asked->labels[role] = str_from(designation_roles[role].label);
    }
    if (!any)
        asked->roles[NAMED_LEADER] = asked->roles[NAMED_CONTACT] = true;
}

enum status designation_asked_read(struct tx *tx, int64_t body_id, struct date day,
                                   struct designation_asked *ret_asked)
{
    struct arena *arena = tx_arena(tx);
    struct designation_asked asked = {.section_label = STR("责任科室")};
    struct rows rows;
    TRY(tx_run(tx, &SQL_designation_duties,
               ARGS(value_int(body_id), value_text(date_format(arena, day))), &rows));
    for (int i = 0; i < rows.n; i++) {
        struct duty duty = {.deed = value_str(rows_at(&rows, i, 0)),
                            .name = value_str(rows_at(&rows, i, 1)),
                            .who = value_str(rows_at(&rows, i, 2)),
                            .label = value_str(rows_at(&rows, i, 5)),
                            .single = value_i64(rows_at(&rows, i, 6)) == 1};
        ask(&asked, &duty);
        asked.committees = asked.committees || str_is(duty.who, "link") ||
                           str_is(duty.who, "committee") || str_is(duty.who, "office");
        asked.parties = asked.parties || str_is(duty.who, "link") || str_is(duty.who, "party");
        note_basis(arena, &asked, value_str(rows_at(&rows, i, 4)), value_str(rows_at(&rows, i, 3)));
    }
    settle(&asked);
    *ret_asked = asked;
    return OK;
}

bool designation_is_asked(const struct designation_asked *asked, struct str class)
{
    bool committee = str_is(class, "committee") || str_is(class, "office") ||
                     str_is(class, "sector") || str_is(class, "sector-group");
    bool party = str_is(class, "party") || str_is(class, "federation");
    return committee ? asked->committees : party ? asked->parties : class.len > 0;
}

/* --- whom they have named --- */

enum status designation_words_read(struct tx *tx, int64_t body_id, struct date day,
                                   const int64_t *organizations, int n,
                                   struct designation_words *ret_words)
{
    struct arena *arena = tx_arena(tx);
    struct value args[2 + 512] = {value_int(body_id), value_text(date_format(arena, day))};
    struct rows rows;
    for (int i = 0; i < n; i++) {
        args[2 + i] = value_int(organizations[i]);
        ret_words[i] = (struct designation_words){.organization = organizations[i]};
    }
    if (n == 0)
        return OK;
    TRY(tx_run(tx, &SQL_designation_of, args, 2 + n, &rows));
    for (int r = 0; r < rows.n; r++) {
        int role = designation_role(value_str(rows_at(&rows, r, 1)));
        struct str name = value_str(rows_at(&rows, r, 3));
        for (int i = 0; i < n && role >= 0; i++) {
            struct designation_words *words = &ret_words[i];
            if (words->organization != value_i64(rows_at(&rows, r, 0)))
                continue;
            struct str *said = &words->by_role[role];
            *said = words->named[role]++
                        ? str_fmt(arena, "%.*s、%.*s", STR_ARG(*said), STR_ARG(name))
                        : name;
            words->has_section = words->has_section || value_str(rows_at(&rows, r, 5)).len > 0;
        }
    }
    return OK;
}

struct str designation_line(struct arena *arena, const struct designation_asked *asked,
                            const struct designation_words *words)
{
    struct str line = {0};
    for (int role = 0; role < NAMED_ROLES; role++) {
        if (!asked->roles[role] && words->named[role] == 0)
            continue;
        struct str said = words->named[role] ? words->by_role[role] : STR("待明确");
        line = str_fmt(arena, "%.*s%s%.*s：%.*s", STR_ARG(line), line.len ? "；" : "",
                       STR_ARG(asked->labels[role]), STR_ARG(said));
    }
    if (asked->section && !words->has_section)
        line = str_fmt(arena, "%.*s；%.*s：待明确", STR_ARG(line), STR_ARG(asked->section_label));
    return line;
}
