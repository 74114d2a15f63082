#include "engine/record/priv.h"

/*
 * A program that misspells a name is told so: what nobody asks for is never dropped in silence.
 * Forms of pages bring names of their own (buttons, marks) and are not held to it.
 */

static const char *const common[] = {"id",       "version",    "action",
                                     "position", "start_date", "end_date"};

static bool is_column(const struct field *field, struct str rest)
{
    (void)str_cut(&rest, STR("."));
    if (field->kind != FIELD_ROWS || rest.len == 0)
        return true;
    for (const struct field *column = field->rows->fields; column->key; column++)
        if (str_is(rest, column->key))
            return true;
    return false;
}

static bool is_known(const struct kind *const *asked, const struct shape *told, struct str name)
{
    struct str rest = name, key = str_cut(&rest, STR("."));
    for (; *asked; asked++)
        for (const struct field *field = (*asked)->fields; field->key; field++)
            if (str_is(key, field->key) && field->kind != FIELD_KEY)
                return is_column(field, rest);
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (str_is(name, common[i]))
            return true;
    return told && shape_index(told, key) >= 0;
}

enum status record_refuse_unknown(struct call *call, const struct kind *const *asked,
                                  const struct shape *told, struct field_faults *faults)
{
    const struct request *request = call->request;
    for (int i = 0; request->body.len > 0 && i < request->form_n; i++) {
        struct str name = request->form[i].name;
        if (is_known(asked, told, name))
            continue;
        *arena_push(call->arena, faults->items, faults->n, faults->room) = (struct field_fault){
            str_c(call->arena, name),
            str_fmt(call->arena, "没有“%.*s”这个填写项，请对照接口说明改正名称。",
                    STR_ARG(str_head(name, 60)))};
    }
    return faults->n > 0 ? INVALID : OK;
}
