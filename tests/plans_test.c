/*
 * Every list that marks allow and every statement that a page runs reads an index, on SQLite and
 * on PostgreSQL: no table is read whole, no page is sorted (ground.md, "SQL that runs on both").
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "crowd.h"
#include "domain/domain.h"

static struct crowd crowd;

static int set_up(void **state)
{
    (void)state;
    struct fault fault = {0};
    if (crowd_open(&crowd, &fault) == OK)
        return 0;
    print_error("%.*s\n", STR_ARG(fault.message));
    return -1;
}

static int tear_down(void **state)
{
    (void)state;
    crowd_close(&crowd);
    return 0;
}

typedef enum status explain(struct crowd *crowd, const struct statement *statement,
                            struct steps *ret_steps, struct fault *fault);

static struct steps explained(explain *run, const struct statement *statement)
{
    struct fault fault = {0};
    struct steps steps;
    enum status status = run(&crowd, statement, &steps, &fault);
    if (status != OK)
        print_error("%s: %.*s\n", statement->name, STR_ARG(fault.message));
    assert_int_equal(status, OK);
    return steps;
}

static bool has_step(const struct steps *steps, const char *text)
{
    for (int i = 0; i < steps->n; i++)
        if (str_has(steps->lines[i], str_from(text)))
            return true;
    return false;
}

static void print_steps(const struct statement *statement, const struct steps *steps,
                        const char *wrong)
{
    print_error("%s %s: %s\n", statement->name, wrong, statement->sql);
    for (int i = 0; i < steps->n; i++)
        print_error("    %.*s\n", STR_ARG(steps->lines[i]));
}

/* --- reading a plan --- */

/* "SCAN t" of a table; not of what a subquery gives, nor of what a search by tokens does. */
static bool sqlite_scans(const struct steps *steps)
{
    for (int i = 0; i < steps->n; i++) {
        struct str line = steps->lines[i];
        bool is_token = str_has(line, STR(":M")) || str_has(line, STR("VIRTUAL TABLE INDEX 0:="));
        if (!str_starts(line, STR("SCAN ")) || is_token)
            continue;
        struct str alias = str_from_byte(line, 5);
        if (!has_step(steps, str_fmt(&crowd.arena, "CO-ROUTINE %.*s", STR_ARG(alias)).ptr) &&
            !has_step(steps, str_fmt(&crowd.arena, "MATERIALIZE %.*s", STR_ARG(alias)).ptr))
            return true;
    }
    return false;
}

static bool sqlite_sorts(const struct steps *steps)
{
    return has_step(steps, "USE TEMP B-TREE");
}

static bool postgres_scans(const struct steps *steps)
{
    return has_step(steps, "Seq Scan");
}

static bool postgres_sorts(const struct steps *steps)
{
    for (int i = 0; i < steps->n; i++) {
        struct str line = steps->lines[i];
        if (str_starts(line, STR("->")))
            line = str_trim(str_from_byte(line, 2));
        if (str_is(line, "Sort") || str_is(line, "Incremental Sort"))
            return true;
    }
    return false;
}

/* --- lists --- */

/* What the index of a filter and order is called; empty: the primary key. */
static struct str index_of(const struct list_plan *plan)
{
    struct kind_index *indexes;
    const struct kind *const kinds[] = {plan->kind, NULL};
    const struct field *fields = plan->kind->fields;
    const struct field *by = plan->filter >= 0 ? &fields[plan->filter] : NULL;
    const struct field *order = plan->sort >= 0 ? &fields[plan->sort] : NULL;
    struct str name = str_fmt(&crowd.arena, "%s_by", plan->kind->name);
    if (by)
        name = str_fmt(&crowd.arena, "%.*s_%s", STR_ARG(name), by->column ? by->column : by->key);
    if (order)
        name = str_fmt(&crowd.arena, "%.*s_%s", STR_ARG(name),
                       order->sort_column ? order->sort_column
                       : order->column    ? order->column
                                          : order->key);
    else if (plan->kind->ordered)
        name = str_fmt(&crowd.arena, "%.*s_position", STR_ARG(name));
    int n = record_index_list(&crowd.arena, kinds, &indexes);
    for (int i = 0; i < n; i++)
        if (str_eq(indexes[i].name, name))
            return name;
    return STR("");
}

/* Names of references, r0, r1 …, come by primary key. */
static bool sqlite_joins_by_key(const struct steps *steps)
{
    for (int i = 0; i < steps->n; i++)
        if (str_starts(steps->lines[i], STR("SEARCH r")) &&
            !str_has(steps->lines[i], STR("USING PRIMARY KEY (body_id=? AND id=?)")))
            return false;
    return true;
}

static const char *sqlite_fault(const struct list_plan *plan, const struct steps *steps)
{
    struct str index = index_of(plan), using = STR("SEARCH t USING PRIMARY KEY (");
    if (index.len > 0)
        using = str_fmt(&crowd.arena, "SEARCH t USING INDEX %.*s (", STR_ARG(index));
    if (sqlite_scans(steps))
        return "scans";
    if (sqlite_sorts(steps))
        return "sorts";
    if (!has_step(steps, using.ptr) && !(index.len == 0 && has_step(steps, "_by_id (body_id=?")))
        return "does not read its index";
    if (plan->with_cursor && !has_step(steps, "id)>(") && !has_step(steps, "id)<(") &&
        !has_step(steps, "id>?") && !has_step(steps, "id<?"))
        return "does not begin at the cursor";
    return sqlite_joins_by_key(steps) ? NULL : "joins by something else than a key";
}

static bool postgres_joins_by_key(const struct steps *steps)
{
    for (int i = 0; i < steps->n; i++) {
        struct str line = steps->lines[i];
        ptrdiff_t at = str_find_last(line, STR(" r"));
        bool is_label = at >= 0 && line.len - (size_t)at <= 4 && str_has(line, STR("Scan"));
        if (is_label && !str_has(line, STR("_pkey on ")))
            return false;
    }
    return !has_step(steps, "Hash") && !has_step(steps, "Merge Join");
}

static const char *postgres_fault(const struct list_plan *plan, const struct steps *steps)
{
    struct str index = index_of(plan);
    bool by_id = index.len == 0; /* with or without dates */
    if (by_id)
        index = str_fmt(&crowd.arena, "%s_pkey", plan->kind->name);
    struct str using =
        str_fmt(&crowd.arena, "using %.*s on %s t", STR_ARG(index), plan->kind->name);
    if (postgres_scans(steps))
        return "scans";
    if (postgres_sorts(steps))
        return "sorts";
    if (!has_step(steps, using.ptr) && !(by_id && has_step(steps, "_by_id on ")))
        return "does not read its index";
    return postgres_joins_by_key(steps) ? NULL : "joins by something else than a key";
}

typedef const char *judge(const struct list_plan *plan, const struct steps *steps);

static void check_lists(explain *run, judge *fault_of)
{
    struct list_plan *plans;
    int n = record_list_plans(crowd.store, &crowd.arena, domain_kinds(), &plans), wrong = 0;
    assert_true(n > 100);
    for (int i = 0; i < n; i++) {
        struct steps steps = explained(run, plans[i].statement);
        const char *fault = fault_of(&plans[i], &steps);
        if (!fault)
            continue;
        print_steps(plans[i].statement, &steps, fault);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void every_marked_list_reads_its_index_on_sqlite(void **state)
{
    (void)state;
    check_lists(crowd_explain_sqlite, sqlite_fault);
}

static void every_marked_list_reads_its_index_on_postgresql(void **state)
{
    (void)state;
    check_lists(crowd_explain_postgres, postgres_fault);
}

/* A thousand rows are counted for every page: no row itself is looked up. */
static void every_count_reads_an_index_alone(void **state)
{
    (void)state;
    struct list_plan *plans;
    int n = record_list_plans(crowd.store, &crowd.arena, domain_kinds(), &plans), wrong = 0;
    for (int i = 0; i < n; i++) {
        struct steps lite = explained(crowd_explain_sqlite, plans[i].count);
        struct steps post = explained(crowd_explain_postgres, plans[i].count);
        bool is_lite = !sqlite_scans(&lite) && !sqlite_sorts(&lite) &&
                       (has_step(&lite, "USING COVERING INDEX") ||
                        has_step(&lite, "USING PRIMARY KEY (body_id=?)"));
        bool by_id = !plans[i].kind->ordered && plans[i].filter < 0;
        bool is_post = (by_id || has_step(&post, "Index Only Scan")) && !postgres_scans(&post) &&
                       !postgres_sorts(&post);
        if (!is_lite)
            print_steps(plans[i].count, &lite, "reads rows");
        if (!is_post)
            print_steps(plans[i].count, &post, "reads rows");
        wrong += !is_lite || !is_post;
    }
    assert_int_equal(wrong, 0);
}

/* --- statements of the .sql files --- */

/* Those that may read a whole table or sort what they found, because that is little. */
static const struct {
    const char *name;
    bool scans, sorts;
} excepted[] = {
    /* What one document lists, some dozens. */
    {"directory_contents", false, true},
    {"directory_forms", false, true},
    {"directory_statements", false, true},
    {"directory_duties", false, true},
    {"directory_subjects", true, true},
    /* At most as many as a page of the directory has; links counted up to 1,000. */
    {"directory_of", false, true},
    {"directory_parts", false, true},
    {"directory_second_names", false, true},
    {"directory_link_counts", false, true},
    {"directory_matches", false, true},
    {"organization_by_key", false, true},
    {"roster_named", false, true},
    {"adjustment_built_on", true, false}, /* no table: counts of six */
    {"designation_of", false, true},
    {"adjustment_of", false, true}, /* of one record */
    /* The people of one unit. */
    {"designation_named", false, true},
    {"designation_members", false, true},
    /* The terms of each body, a few. */
    {"body_by_slug", false, true},
    {"body_all", false, true},
    /* Of one name, or of one body's few schemes and documents. */
    {"load_organization", false, true},
    {"load_part", false, true},
    {"load_person", false, true},
    {"load_document", false, true},
    {"load_scheme", true, true},
    {"load_repealed", false, true},
    {"load_repealer", false, true},
    {"load_alias", false, true},
    {"load_linked", false, true},
    {"roster_draft_expired", true, false}, /* uploads of the last days */
    /* PostgreSQL's index of tokens has no order. */
    {"search_candidates", false, true},
    /* The instance's own: a row a body, a row a step, the catalogue. */
    {"search_next", true, false},
    {"search_counter_set", true, false},
    /* All rows there are, for a copy of the database. */
    {"search_rows", true, false},
    {"account_any", true, false},          /* one row of it */
    {"seat_security_others", true, false}, /* asked when an administrator's seat ends */
    {"session_purge", true, false},        /* those of the last hours, at a sign-in */
    /* What one account has. */
    {"account_in_body", true, true},
    {"seat_all_of", false, true},
    {"seat_of", false, true},
    {"seat_own", false, true},
    {"token_of", false, true},
    {"seat_linked", false, true},
    {"session_of", false, true},
    /* A row a chain; who verifies reads the whole. */
    {"audit_heads", true, true},
    {"audit_totals", true, false},
    {"audit_lengths", true, false},
    {"audit_chain", false, true},
    /* duikou files check reads them all. */
    {"file_bodies", true, true},
    /* A hundred of some audiences, a few rows each. */
    {"notice_for", false, true},
    {"notice_all", false, true},
    {"notice_linking", false, true},
    /* Ten of a body's oldest, by the index of states. */
    {"outbox_drop_old", true, true},
    /* An index of what is not done: little, unless something is wrong. */
    {"outbox_figures", true, false},
    {"store_columns", true, true},
    {"store_indexes", true, false},
    {"store_steps", true, false},
    {"store_version_all", true, false},
    {NULL, false, false},
};

static bool is_excepted(const char *name, bool scans, bool sorts)
{
    for (int i = 0; excepted[i].name; i++)
        if (strcmp(excepted[i].name, name) == 0)
            return (!scans || excepted[i].scans) && (!sorts || excepted[i].sorts);
    return false;
}

typedef bool has_fault(const struct steps *steps);

static void check_statements(explain *run, has_fault *scans, has_fault *sorts)
{
    int wrong = 0;
    for (const struct schema *const *schema = crowd.store->schemas; *schema; schema++)
        for (const struct statement *const *each = (*schema)->statements; *each; each++) {
            struct steps steps = explained(run, *each);
            bool scanned = scans(&steps), sorted = sorts(&steps);
            if ((!scanned && !sorted) || is_excepted((*each)->name, scanned, sorted))
                continue;
            print_steps(*each, &steps, scanned ? "scans" : "sorts");
            wrong++;
        }
    assert_int_equal(wrong, 0);
}

static void every_statement_reads_by_key_on_sqlite(void **state)
{
    (void)state;
    check_statements(crowd_explain_sqlite, sqlite_scans, sqlite_sorts);
}

static void every_statement_reads_by_key_on_postgresql(void **state)
{
    (void)state;
    check_statements(crowd_explain_postgres, postgres_scans, postgres_sorts);
}

/* The checks themselves can fail. */
static void a_scan_and_a_sort_are_found(void **state)
{
    (void)state;
    static const struct statement scan = {
        "scan", "select o.id from organization o where o.note = $1", "t", RESULT_MANY, NULL};
    static const struct statement sort = {
        "sort", "select o.id from organization o where o.body_id = $1 order by o.note, o.id", "i",
        RESULT_MANY, NULL};
    struct steps lite = explained(crowd_explain_sqlite, &scan);
    struct steps post = explained(crowd_explain_postgres, &scan);
    assert_true(sqlite_scans(&lite));
    assert_true(postgres_scans(&post));
    lite = explained(crowd_explain_sqlite, &sort);
    post = explained(crowd_explain_postgres, &sort);
    assert_true(sqlite_sorts(&lite));
    assert_true(postgres_sorts(&post));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scan_and_a_sort_are_found),
        cmocka_unit_test(every_marked_list_reads_its_index_on_sqlite),
        cmocka_unit_test(every_marked_list_reads_its_index_on_postgresql),
        cmocka_unit_test(every_count_reads_an_index_alone),
        cmocka_unit_test(every_statement_reads_by_key_on_sqlite),
        cmocka_unit_test(every_statement_reads_by_key_on_postgresql),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
