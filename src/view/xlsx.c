#include "view/view.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/utf8.h"
#include "view/format.h"
#include "view/xml_put.h"

enum {
    ROWS_MAX = 1048575, /* Excel's, without the head */
    CELL_CHARS_MAX = 32767,
    SHEET_NAME_MAX = 31,
    WIDTH_MIN = 8,
    WIDTH_MAX = 48,
};
static const int64_t EXACT_MAX = 999999999999999; /* digits a spreadsheet keeps */

enum look { LOOK_HEAD, LOOK_TEXT, LOOK_NUMBER, LOOK_DATE, LOOK_TIME, LOOKS_N };

struct xlsx {
    const struct shape *shape;
    lxw_workbook *workbook;
    lxw_worksheet *sheet;
    lxw_format *looks[LOOKS_N];
    int *widths; /* by written column, in half-width characters */
    int columns_n;
    lxw_row_t rows_n; /* with the head */
    int file;         /* where the library writes */
    struct buf text, spare;
    bool failed;
};

/* --- one cell --- */

static int display_width(struct str text)
{
    int width = 0;
    for (int32_t code; (code = utf8_next(&text)) >= 0;)
        width += code < 0x1100 ? 1 : 2;
    return width;
}

static void note_width(struct xlsx *x, int column, int width)
{
    if (width > x->widths[column])
        x->widths[column] = width;
}

static void check(struct xlsx *x, lxw_error error)
{
    if (error != LXW_NO_ERROR)
        x->failed = true;
}

static void put_string(struct xlsx *x, int column, enum look look, struct str text)
{
    buf_clear(&x->text);
    xml_put_clean(&x->text, utf8_head(text, CELL_CHARS_MAX));
    note_width(x, column, display_width(buf_str(&x->text)));
    buf_char(&x->text, '\0');
    check(x, worksheet_write_string(x->sheet, x->rows_n, (lxw_col_t)column, x->text.ptr,
                                    x->looks[look]));
}

static void put_time(struct xlsx *x, int column, enum look look, struct date date, int second)
{
    lxw_datetime time = {.year = date.year,
                         .month = date.month,
                         .day = date.day,
                         .hour = second / 3600,
                         .min = second / 60 % 60,
                         .sec = second % 60};
    note_width(x, column, look == LOOK_DATE ? 10 : 16);
    check(x,
          worksheet_write_datetime(x->sheet, x->rows_n, (lxw_col_t)column, &time, x->looks[look]));
}

static bool is_in_calendar(struct date date)
{
    return date.year >= 1900 && date.year <= 9999;
}

static bool put_number(struct xlsx *x, int column, int64_t number)
{
    if (number > EXACT_MAX || number < -EXACT_MAX)
        return false;
    check(x, worksheet_write_number(x->sheet, x->rows_n, (lxw_col_t)column, (double)number,
                                    x->looks[LOOK_NUMBER]));
    return true;
}

static bool put_instant(struct xlsx *x, int column, int64_t us)
{
    int second;
    struct date date = format_local(us, &second);
    if (!is_in_calendar(date))
        return false;
    put_time(x, column, LOOK_TIME, date, second);
    return true;
}

static bool put_date(struct xlsx *x, int column, struct str text)
{
    struct date date;
    if (!date_parse(text, &date) || !is_in_calendar(date))
        return false;
    put_time(x, column, LOOK_DATE, date, 0);
    return true;
}

static void put_cell(struct xlsx *x, int column, const struct column *kind, struct value cell)
{
    if (format_is_null(kind, cell))
        return;
    if (kind->kind == COLUMN_INT && cell.kind == VALUE_INT && put_number(x, column, cell.i))
        return;
    if (kind->kind == COLUMN_DATE && put_date(x, column, value_str(cell)))
        return;
    if (kind->kind == COLUMN_INSTANT && cell.kind == VALUE_INT && put_instant(x, column, cell.i))
        return;
    char scratch[FORMAT_SCRATCH];
    put_string(x, column, LOOK_TEXT, format_flat(kind, cell, FORMAT_PAGE, scratch, &x->spare));
}

/* --- the sheet --- */

static void make_looks(struct xlsx *x)
{
    static const char *const number_formats[LOOKS_N] = {[LOOK_HEAD] = "@",
                                                        [LOOK_TEXT] = "@",
                                                        [LOOK_NUMBER] = "0",
                                                        [LOOK_DATE] = "yyyy-mm-dd",
                                                        [LOOK_TIME] = "yyyy-mm-dd hh:mm"};
    for (int i = 0; i < LOOKS_N; i++) {
        x->looks[i] = workbook_add_format(x->workbook);
        format_set_num_format(x->looks[i], number_formats[i]);
        format_set_align(x->looks[i], LXW_ALIGN_VERTICAL_TOP);
    }
    format_set_bold(x->looks[LOOK_HEAD]);
    format_set_bottom(x->looks[LOOK_HEAD], LXW_BORDER_THIN);
}

/* What a sheet may not be called becomes a space. */
static const char *sheet_name(struct arena *arena, const char *name)
{
    char *clean = arena_alloc(arena, strlen(name) + 1);
    for (size_t i = 0; name[i]; i++)
        clean[i] = strchr("[]:*?/\\'", name[i]) ? ' ' : name[i];
    struct str text = utf8_head(str_trim(str_from(clean)), SHEET_NAME_MAX);
    return text.len ? str_c(arena, text) : "Sheet1";
}

static void put_head(struct xlsx *x)
{
    const struct shape *shape = x->shape;
    for (int i = 0, column = 0; i < shape->n; i++)
        if (column_is_cell(&shape->columns[i]))
            put_string(x, column++, LOOK_HEAD, str_from(shape->columns[i].label));
    worksheet_freeze_panes(x->sheet, 1, 0);
    x->rows_n = 1;
}

/* As it is laid on the table: A4 across, as wide as the paper, the head and the page on each. */
static void set_paper(struct xlsx *x)
{
    enum { PAPER_A4 = 9 };
    worksheet_set_paper(x->sheet, PAPER_A4);
    worksheet_set_landscape(x->sheet);
    worksheet_fit_to_pages(x->sheet, 1, 0);
    check(x, worksheet_repeat_rows(x->sheet, 0, 0));
    check(x, worksheet_set_footer(x->sheet, "&C第 &P 页，共 &N 页"));
}

enum status view_xlsx_open(struct arena *arena, const char *sheet, const struct shape *shape,
                           struct xlsx **ret_xlsx)
{
    struct xlsx *x = arena_new(arena, struct xlsx, 1);
    x->shape = shape;
    x->text = buf_open(MIB(1));
    x->spare = buf_open(MIB(1));
    x->widths = arena_new(arena, int, shape->n + 1);
    for (int i = 0; i < shape->n; i++)
        x->columns_n += column_is_cell(&shape->columns[i]);
    x->file = memfd_create("xlsx", MFD_CLOEXEC);
    if (x->file < 0)
        return FAULT;
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", x->file);
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    x->workbook = workbook_new_opt(path, &options);
    /* The same list gives the same bytes: zip's own first day instead of the time. */
    lxw_doc_properties properties = {.created = 315532800};
    workbook_set_properties(x->workbook, &properties);
    x->sheet = workbook_add_worksheet(x->workbook, sheet_name(arena, sheet));
    make_looks(x);
    put_head(x);
    set_paper(x);
    *ret_xlsx = x;
    return OK;
}

enum status view_xlsx_row(struct xlsx *x, const struct value *cells)
{
    if (x->rows_n > ROWS_MAX)
        return INVALID;
    for (int i = 0, column = 0; i < x->shape->n; i++)
        if (column_is_cell(&x->shape->columns[i]))
            put_cell(x, column++, &x->shape->columns[i], cells[i]);
    x->rows_n++;
    return x->failed ? FAULT : OK;
}

/* Cells left blank are filled in by hand: what is typed into a column of text stays text, a number
 * keeps its leading zeros. */
static void set_columns(struct xlsx *x)
{
    for (int i = 0, column = 0; i < x->shape->n; i++) {
        if (!column_is_cell(&x->shape->columns[i]))
            continue;
        int width = x->widths[column] + 3; /* room for the filter's arrow */
        width = width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width;
        lxw_format *look = x->shape->columns[i].kind == COLUMN_TEXT ? x->looks[LOOK_TEXT] : NULL;
        check(x, worksheet_set_column(x->sheet, (lxw_col_t)column, (lxw_col_t)column, width, look));
        column++;
    }
    if (x->columns_n > 0)
        check(x,
              worksheet_autofilter(x->sheet, 0, 0, x->rows_n - 1, (lxw_col_t)(x->columns_n - 1)));
}

static enum status read_whole(int file, struct buf *buf)
{
    off_t len = lseek(file, 0, SEEK_END);
    char *to = len > 0 ? buf_reserve(buf, (size_t)len) : NULL;
    if (!to)
        return FAULT;
    for (off_t at = 0; at < len;) {
        ssize_t n = pread(file, to + at, (size_t)(len - at), at);
        if (n <= 0 && errno != EINTR)
            return FAULT;
        at += n > 0 ? n : 0;
    }
    buf->len += (size_t)len;
    return OK;
}

enum status view_xlsx_close(struct xlsx *x, struct buf *buf)
{
    set_columns(x);
    check(x, workbook_close(x->workbook));
    enum status status = x->failed ? FAULT : buf ? read_whole(x->file, buf) : OK;
    close(x->file);
    buf_close(&x->text);
    buf_close(&x->spare);
    return status;
}

enum status view_put_xlsx(struct buf *buf, const char *sheet, const struct list *list)
{
    AUTOARENA arena = arena_open(MIB(1));
    struct xlsx *x;
    TRY(view_xlsx_open(&arena, sheet, list->shape, &x));
    enum status status = OK;
    for (int i = 0; i < list->n && status == OK; i++)
        status = view_xlsx_row(x, list_row(list, i));
    enum status closed = view_xlsx_close(x, status == OK ? buf : NULL);
    return status == OK ? closed : status;
}
