#include "domain/roster/priv.h"

#include "base/utf8.h"
#include "view/docx_write.h"
#include "view/zip_put.h"

/* Reply slips and rosters to be filled in. What roster_read looks for stands on them. */

enum { SLIP_COLUMNS_N = 6, SLIP_BYTES_MAX = 1 << 20 };

static void put_notes(struct docx *docx, struct arena *arena, const struct body_info *body,
                      const struct designation_asked *asked)
{
    docx_paragraph(docx, DOCX_NOTE,
                   str_fmt(arena,
                           "填表说明：1. 办公电话、手机分别填写，办公电话写明区号。"
                           "2. 每人一行，行数不够可以增加。%s%.*s%s",
                           asked->basis.len ? "3. 依据：" : "", STR_ARG(asked->basis),
                           asked->basis.len ? "。" : ""));
    docx_paragraph(docx, DOCX_NOTE,
                   str_fmt(arena, "填好后请交回：%.*s办公室", STR_ARG(body->name)));
    docx_paragraph(docx, DOCX_NOTE,
                   STR("填表人：　　　　　　　　填表日期：　　　　年　　月　　日"));
    docx_paragraph(docx, DOCX_NOTE, STR("本系统为非涉密系统；请勿填写涉密信息。"));
}

enum status roster_slip_put(struct buf *buf, const struct body_info *body,
                            const struct designation_asked *asked, struct str unit)
{
    static const int widths_mm[SLIP_COLUMNS_N] = {24, 20, 26, 20, 33, 33};
    AUTOARENA arena = arena_open(MIB(1));
    struct docx docx = docx_open();
    docx_paragraph(&docx, DOCX_TITLE, STR("对口联系人员回执"));
    docx_paragraph(&docx, DOCX_PLAIN, str_fmt(&arena, "单位名称（盖章）：%.*s", STR_ARG(unit)));
    docx_table(&docx, widths_mm, SLIP_COLUMNS_N);
    struct str cells[SLIP_COLUMNS_N] = {STR("身份")};
    for (int i = 1; i < SLIP_COLUMNS_N; i++)
        cells[i] = str_from(roster_cells[CELL_NAME + i - 1].label);
    docx_row(&docx, DOCX_HEAD, cells);
    for (int role = 0; role < NAMED_ROLES; role++) {
        if (!asked->roles[role])
            continue;
        memset(cells, 0, sizeof cells);
        cells[0] = str_from(designation_roles[role].label);
        docx_labelled_row(&docx, cells);
    }
    docx_table_end(&docx);
    put_notes(&docx, &arena, body, asked);
    return docx_close(&docx, buf);
}

/* What may not stand in the name of a file becomes a dash. */
static struct str file_name(struct arena *arena, int number, struct str unit)
{
    struct str name = utf8_head(unit, 60);
    char *clean = arena_alloc(arena, name.len + 1);
    for (size_t i = 0; i < name.len; i++) {
        bool refused = strchr("/\\:*?\"<>|", name.ptr[i]) || (unsigned char)name.ptr[i] < ' ';
        clean[i] = refused ? '-' : name.ptr[i];
    }
    return str_fmt(arena, "%03d %s 回执.docx", number, clean);
}

enum status roster_slips_put(struct arena *arena, struct buf *buf, const struct body_info *body,
                             const struct designation_asked *asked, const struct roster_unit *units,
                             int n)
{
    struct zip_member *members = arena_new(arena, struct zip_member, n);
    AUTOBUF slip = buf_open(SLIP_BYTES_MAX);
    for (int i = 0; i < n; i++) {
        buf_clear(&slip);
        TRY(roster_slip_put(&slip, body, asked, units[i].name));
        members[i] = (struct zip_member){file_name(arena, i + 1, units[i].name).ptr,
                                         str_copy(arena, buf_str(&slip))};
    }
    return zip_put(buf, members, n);
}

/* --- the roster of all units --- */

static const struct column blank_columns[] = {
    {"unit", "单位", COLUMN_TEXT},    {"role", "身份", COLUMN_TEXT},
    {"name", "姓名", COLUMN_TEXT},    {"post", "职务", COLUMN_TEXT},
    {"section", "科室", COLUMN_TEXT}, {"office_phone", "办公电话", COLUMN_TEXT},
    {"mobile", "手机", COLUMN_TEXT},
};
static const struct shape shape_blank = {"roster", blank_columns, ROSTER_CELLS};

enum status roster_blank_put(struct arena *arena, struct buf *buf,
                             const struct designation_asked *asked, const struct roster_unit *units,
                             int n)
{
    struct list *list = list_new(arena, &shape_blank);
    for (int i = 0; i < n; i++)
        for (int role = 0; role < NAMED_ROLES; role++) {
            if (!asked->roles[role])
                continue;
            struct value *row = list_add(arena, list);
            row[CELL_UNIT] = value_text(units[i].name);
            row[CELL_ROLE] = value_text(str_from(designation_roles[role].label));
        }
    return view_put_xlsx(buf, "对口联系人员名单", list);
}
