/*
 * test_model - one model with a column of every kind, for the tests of the writers.
 */
#ifndef VIEW_TEST_MODEL_H
#define VIEW_TEST_MODEL_H

#include "view/view.h"

static const struct choice test_classes[] = {
    {"bureau", "党政部门"}, {"bank", "金融机构"}, {NULL, NULL}};

static const struct column test_unit_columns[] = {
    {"id", NULL, COLUMN_ID},
    {"name", "单位", COLUMN_TEXT, .flags = COLUMN_LINK},
    {"class", "类别", COLUMN_CHOICE, .choices = test_classes},
    {"committee", "专门委员会", COLUMN_OBJECT, .shape = &shape_ref},
    {"exchanges", "本年往来", COLUMN_INT},
    {"group", "概称", COLUMN_FLAG},
    {"start_date", "起", COLUMN_DATE},
    {"end_date", "止", COLUMN_DATE, .flags = COLUMN_WIDE},
    {"changed", "修改时间", COLUMN_INSTANT, .flags = COLUMN_WIDE},
    {"url", NULL, COLUMN_URL, .flags = COLUMN_PAGE_ONLY},
    {"aliases", "别名", COLUMN_LIST, .shape = &shape_ref},
};
static const struct shape test_unit = {"unit", test_unit_columns, 11};

static const struct column test_page_columns[] = {
    {"title", NULL, COLUMN_TEXT, .flags = COLUMN_PAGE_ONLY},
    {"items", "单位", COLUMN_LIST, .shape = &test_unit},
    {"total", NULL, COLUMN_INT},
};
static const struct shape test_page = {"units", test_page_columns, 3};

enum { UNIT_NAME = 1, UNIT_EXCHANGES = 4, UNIT_URL = 9 };

/* A row with everything set, and one of nulls but for its name. */
static inline struct list *test_units(struct arena *arena)
{
    struct list *aliases = list_new(arena, &shape_ref);
    for (int i = 0; i < 2; i++) {
        struct value *alias = list_add(arena, aliases);
        alias[1] = value_text(i == 0 ? STR("人防办") : STR("住建局"));
    }
    struct list *units = list_new(arena, &test_unit);
    const struct value row[] = {
        value_int(33),
        value_text(STR("市住建局\"A\"")),
        value_text(STR("bureau")),
        value_ref(arena, 7, STR("提案委员会"), STR("/yiyang/committee/7")),
        value_int(-3),
        value_int(1),
        value_text(STR("2022-01-24")),
        value_text(STR("9999-12-31")),
        value_int(1642989600000000),
        value_text(STR("/yiyang/unit/33?a=1&b=2")),
        value_list(aliases),
    };
    memcpy(list_add(arena, units), row, sizeof row);
    list_add(arena, units)[UNIT_NAME] = value_text(STR("=1+1"));
    return units;
}

static inline struct object *test_units_page(struct arena *arena)
{
    struct object *page = object_new(arena, &test_page);
    object_set(page, "title", value_text(STR("单位<名录>")));
    object_set(page, "items", value_list(test_units(arena)));
    object_set(page, "total", value_int(2));
    return page;
}

#endif
