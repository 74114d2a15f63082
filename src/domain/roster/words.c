#include "domain/roster/roster.h"

const struct choice roster_cells[] = {{"unit", "单位"},    {"role", "身份"},
                                      {"name", "姓名"},    {"post", "职务"},
                                      {"section", "科室"}, {"office_phone", "办公电话"},
                                      {"mobile", "手机"},  {NULL, NULL}};

const struct choice roster_acts[] = {
    {"bad", "有误"}, {"add", "新增"}, {"change", "变更"}, {"same", "不变"}, {NULL, NULL}};
