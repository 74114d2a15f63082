/*
 * Whole documents of invented places, in the ways such documents are published, against what a
 * person reads in them: documents/NAME and, a line a fact, documents/NAME.facts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "engine/reader/reader.h"

static struct str file_of(struct arena *arena, const char *name, const char *ending)
{
    struct str path = str_fmt(arena, "%s/src/engine/reader/documents/%s%s", getenv("DUIKOU_SOURCE"),
                              name, ending);
    FILE *file = fopen(path.ptr, "rb");
    assert_non_null(file);
    char *bytes = arena_alloc(arena, MIB(1));
    size_t len = fread(bytes, 1, MIB(1), file);
    fclose(file);
    return (struct str){bytes, len};
}

static void tell(struct buf *out, const char *label, struct str text)
{
    if (text.len > 0)
        buf_fmt(out, "%s %.*s\n", label, STR_ARG(text));
}

static void tell_document(struct buf *out, struct arena *arena, const struct scheme_document *doc)
{
    tell(out, "number", doc->number);
    tell(out, "title", doc->title);
    for (int i = 0; i < doc->issuers.n; i++)
        tell(out, "issuer", doc->issuers.items[i]);
    for (int i = 0; i < doc->addressees.n; i++)
        tell(out, "to", doc->addressees.items[i]);
    tell(out, "date", date_format(arena, doc->date));
    tell(out, "effective", date_format(arena, doc->effective));
    tell(out, "ends", date_format(arena, doc->ends));
    for (int i = 0; i < doc->repeals.n; i++)
        tell(out, "repeals", doc->repeals.items[i]);
}

static void tell_party(struct buf *out, const struct scheme_party *party)
{
    buf_fmt(out, "%.*s%s", STR_ARG(party->name), party->is_group ? "*" : "");
    for (int i = 0; i < party->parts.n; i++)
        buf_fmt(out, "%s%.*s", i == 0 ? "（" : "、", STR_ARG(party->parts.items[i]));
    if (party->parts.n > 0)
        BUF_LIT(out, "）");
}

/* link committee 提案委员会 (2): 甲局（乙办）、丙局 */
static void tell_link(struct buf *out, const struct scheme_link *link)
{
    if (link->kind == LINK_FIXED)
        BUF_LIT(out, "link");
    else
        buf_fmt(out, "%s", link_kind_words[link->kind].word);
    buf_fmt(out, " %s ", party_class_words[link->from.class].word);
    tell_party(out, &link->from);
    if (link->from.post.len > 0)
        buf_fmt(out, " %.*s", STR_ARG(link->from.post));
    if (link->declared_count >= 0)
        buf_fmt(out, " (%d)", link->declared_count);
    BUF_LIT(out, ": ");
    for (int i = 0; i < link->to_n; i++) {
        if (i > 0)
            BUF_LIT(out, "、");
        tell_party(out, &link->to[i]);
    }
    BUF_LIT(out, "\n");
}

static void tell_when(struct buf *out, struct arena *arena, const struct scheme_duty *duty)
{
    if (date_is_set(duty->by_date))
        buf_fmt(out, " by %.*s", STR_ARG(date_format(arena, duty->by_date)));
    else if (duty->by.month > 0)
        buf_fmt(out, " by %s%02d-%02d", duty->by.year_offset > 0 ? "next " : "", duty->by.month,
                duty->by.day);
    if (duty->opens.month > 0)
        buf_fmt(out, " from %02d-%02d", duty->opens.month, duty->opens.day);
    if (duty->days >= 0)
        buf_fmt(out, " %d %s days%s", duty->days, day_kind_words[duty->day_kind].word,
                duty->days_before ? " before" : "");
}

/* duty 第四条 unit 各部门, must bulletin, 1- a half_year: 各部门每半年至少… */
static void tell_duty(struct buf *out, struct arena *arena, const struct scheme_duty *duty)
{
    buf_fmt(out, "duty %.*s %s %.*s, %s %.*s,", STR_ARG(duty->clause),
            duty_actor_words[duty->who].word, STR_ARG(duty->who_text),
            strength_words[duty->strength].word, STR_ARG(duty->deed));
    bool least = duty->min >= 0 && !duty->min_implicit;
    if (least)
        buf_fmt(out, " %d-", duty->min);
    else if (duty->max >= 0)
        BUF_LIT(out, " -");
    if (duty->max >= 0)
        buf_fmt(out, "%d", duty->max);
    buf_fmt(out, " %s", period_words[duty->per].word);
    tell_when(out, arena, duty);
    buf_fmt(out, ": %.*s\n", STR_ARG(duty->text));
}

static void compare(const char *name, struct str got, struct str want)
{
    for (int line = 1; got.len > 0 || want.len > 0; line++) {
        struct str g = str_line(&got), w = str_line(&want);
        if (!str_eq(g, w))
            fail_msg("%s, fact %d\n read %.*s\n want %.*s", name, line, STR_ARG(g), STR_ARG(w));
    }
}

static void is_read(void **state)
{
    const char *name = *state;
    AUTOARENA arena = arena_open(MIB(64));
    AUTOBUF out = buf_open(MIB(1));
    struct source source;
    struct scheme scheme;
    struct fault fault = {0};
    assert_int_equal(source_read(&arena, file_of(&arena, name, ""), &source, &fault), OK);
    assert_int_equal(reader_analyse(&arena, &source, &scheme, &fault), OK);
    tell_document(&out, &arena, &scheme.document);
    for (int i = 0; i < scheme.links_n; i++)
        tell_link(&out, &scheme.links[i]);
    for (int i = 0; i < scheme.duties_n; i++)
        tell_duty(&out, &arena, &scheme.duties[i]);
    for (int i = 0; i < scheme.warnings_n; i++)
        buf_fmt(&out, "warning %s\n", scheme.warnings[i].code);
    assert_false(out.full);
    compare(name, buf_str(&out), file_of(&arena, name, ".facts"));
}

#define DOCUMENT(name, sentence)                                                                   \
    {                                                                                              \
        sentence, is_read, NULL, NULL, (char *)(name)                                              \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        DOCUMENT("articles.txt", "a measure in chapters and articles, and what it repeals"),
        DOCUMENT("notice-table.txt", "a notice whose links stand in a table of its first annex"),
        DOCUMENT("plan-parties.txt", "leaders with posts in brackets; parties behind a dash"),
        DOCUMENT("sectors.txt", "committees and their sectors, a sentence a line"),
        DOCUMENT("half-width.txt", "half-width marks, a bracketed count, a number that ends"),
        DOCUMENT("spanned.html", "a web page with spanned cells and a column of parties"),
        DOCUMENT("prose.txt", "links in one long sentence; headings that ask for nothing"),
        DOCUMENT("leaders-table.txt", "leaders with a column of posts; several units a row"),
        DOCUMENT("broken-lines.txt", "names and addressees broken by lines and pages"),
        DOCUMENT("bars.txt", "working groups in a table of bars"),
        DOCUMENT("revised.txt", "a rule of old, its title in two lines, dated by its revision"),
        DOCUMENT("run-in.txt", "names as headings of their own paragraphs; 2．3月底前"),
        DOCUMENT("blocks.txt", "a letter of blocks, each a group, its units, its head"),
        DOCUMENT("decimal.txt", "clauses numbered 3.1; number and imprint on one line"),
        DOCUMENT("annex-lines.txt", "an annex of a name a line; a signature broken in two"),
        DOCUMENT("groups.txt", "groups with a committee, sectors and units behind labels"),
        DOCUMENT("letter-parties.txt", "departments and parties, many to many; no telephones"),
        DOCUMENT("paragraph-cells.html", "cells of several paragraphs; number at the end"),
        DOCUMENT("chair-members.txt", "leaders with committees, then by name with sectors"),
        DOCUMENT("owners.txt", "items that fall on whom the article names; numbers repealed"),
        DOCUMENT("columns.txt", "two columns set with spaces, cells going on below"),
        DOCUMENT("gaps.txt", "headings with counts over names set apart by gaps"),
        DOCUMENT("markdown.txt", "Markdown, bold heads and bullets"),
        DOCUMENT("pairs.txt", "a forwarded opinion; committee and units joined by a word"),
        DOCUMENT("decision.txt", "a decision dated by its meeting; neglect is no duty"),
        DOCUMENT("year-plan.txt", "topics of a year, each of a committee with its units"),
        DOCUMENT("offices.txt", "offices of the organ and counties, a sentence a line"),
        DOCUMENT("two-headers.html", "a header of two rows; particulars on one line"),
        DOCUMENT("member-groups.txt", "groups of members; an annex named above the signature"),
        DOCUMENT("dashes.txt", "lists behind dashes, each on a line of its own"),
        DOCUMENT("minutes.txt", "minutes: what was held asks for nothing, dates fall once"),
        DOCUMENT("sub-header.html", "GB 2312 that is not; 名称 and 个数 under one heading"),
        DOCUMENT("menus.txt", "menus of a portal above the title; former names"),
        DOCUMENT("portal.html", "a menu in a table, a letter a span, particulars in cells"),
        DOCUMENT("wechat.html", "an article of lists; leaders who contact, behind a colon"),
        DOCUMENT("federation.html", "two bodies among themselves; units as subjects; leave spent"),
        DOCUMENT("register.txt", "numbered names in columns, pages between; a register's title"),
        DOCUMENT("facts.txt", "what was done and what may be done are no duties"),
        DOCUMENT("provincial.txt", "lists that end in a count, a time for what was just asked"),
        DOCUMENT("units-to-parties.txt", "departments head the lines, parties stand behind"),
        DOCUMENT("excerpt.html", "a rule revised; a title row and a sum in the table"),
        DOCUMENT("workrooms.txt", "about so many, of a hundred, each week: no duties"),
        DOCUMENT("judiciary.txt", "bodies that sign one below the other are not linked"),
        DOCUMENT("congress.txt", "committees with a second name in brackets"),
        DOCUMENT("drawn.txt", "a table drawn with lines, its cells over several of them"),
        DOCUMENT("typed.txt", "full-width digits, gaps around numbers, lines broken in words"),
        DOCUMENT("two-posts.html", "who heads a party is not linked; a leader of two posts"),
        DOCUMENT("common-units.html", "a unit and its parties a line; units common to all"),
        DOCUMENT("prose-pairs.txt", "pairs of committees and parties in one sentence"),
        DOCUMENT("bracket-posts.txt", "leaders with posts in half-width brackets, a line each"),
        DOCUMENT("amendment.txt", "a decision that amends: words of the old are no duties"),
        DOCUMENT("court.txt", "a court that signs, in Chinese numerals, without any link"),
        DOCUMENT("bare-list.txt", "a list of nothing but headings with counts and names"),
        DOCUMENT("plan-labels.txt", "items of a plan: time, who leads, who takes part"),
        DOCUMENT("task-table.html", "a table of tasks: who leads, by when; notes below it"),
        DOCUMENT("levels.txt", "four levels of numbers; committees that contact together"),
        DOCUMENT("units-first.html", "a table of units and their parties, a column of any name"),
        DOCUMENT("spaces.txt", "names set apart by spaces below their committee"),
        DOCUMENT("meeting.txt", "minutes dated by their meeting; an adjustment after a colon"),
        DOCUMENT("measures.txt", "pairs told one by one; periods of two years of trial"),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
