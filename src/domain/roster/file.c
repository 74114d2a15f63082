#include "domain/roster/priv.h"

#include "base/utf8.h"
#include "engine/reader/child.h"
#include "engine/reader/reader.h"
#include "view/table_read.h"

/*
 * Bytes of a file to lines, whatever it is, in a child: the file comes from anybody. The child
 * writes a status and a sentence, then a line for each line of the file; fields are ended by
 * U+001F, lines by U+001E, which no text of a file has.
 */

#define FIELD_END STR("\x1F")
#define LINE_END  STR("\x1E")

enum {
    FILE_BYTES_MAX = 16 << 20,
    WIRE_BYTES_MAX = 32 << 20,
    LINES_MAX = 20000,
};

/* --- in the child --- */

static void put_text(struct buf *buf, struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '\x1E' && text.ptr[i] != '\x1F')
            buf_char(buf, text.ptr[i]);
    buf_put(buf, FIELD_END);
}

static void put_number(struct buf *buf, int number)
{
    buf_int(buf, number);
    buf_put(buf, FIELD_END);
}

static enum status put_table(struct arena *arena, struct str bytes, struct buf *output,
                             struct fault *fault)
{
    AUTOTABLE table = {0};
    TRY(table_read(arena, bytes, &table, fault));
    for (int i = -1; i < table.n; i++) {
        const struct table_row *row = i < 0 ? &table.head : &table.rows[i];
        put_number(output, row->number);
        put_number(output, 1);
        for (int c = 0; c < row->n; c++)
            put_text(output, row->cells[c]);
        buf_put(output, LINE_END);
    }
    return OK;
}

/* A cell that only repeats the one on its left, over which it is merged, says nothing. */
static void put_source_line(struct buf *output, const struct source_line *line)
{
    put_number(output, line->number);
    put_number(output, line->cells_n > 0 ? line->table : 0);
    if (line->cells_n == 0)
        put_text(output, line->text);
    for (int c = 0; c < line->cells_n; c++) {
        const struct source_cell *cell = &line->cells[c];
        bool again = c > 0 && cell->repeated && str_eq(cell->text, line->cells[c - 1].text);
        put_text(output, again ? STR("") : cell->text);
    }
    buf_put(output, LINE_END);
}

static enum status put_document(struct arena *arena, struct str bytes, struct buf *output,
                                struct fault *fault)
{
    struct source source = {0};
    TRY(source_read(arena, bytes, &source, fault));
    for (int i = 0; i < source.lines_n; i++)
        put_source_line(output, &source.lines[i]);
    return OK;
}

static bool is_document(struct str bytes)
{
    return str_starts(bytes, STR("PK\x03\x04")) && str_has(bytes, STR("word/document.xml"));
}

static void work(struct arena *arena, struct str input, const void *context, struct buf *output)
{
    (void)context;
    struct fault fault = {0};
    AUTOBUF lines = buf_open(WIRE_BYTES_MAX);
    enum status status = is_document(input) ? put_document(arena, input, &lines, &fault)
                                            : put_table(arena, input, &lines, &fault);
    if (lines.full)
        status = refuse(arena, &fault, INVALID, "file", "文件内容过多，请分成几个文件导入。");
    put_number(output, status == OK);
    put_text(output, fault.message);
    buf_put(output, LINE_END);
    if (status == OK)
        buf_put(output, buf_str(&lines));
}

int roster_child_main(void)
{
    return child_main(work, NULL, FILE_BYTES_MAX, WIRE_BYTES_MAX);
}

/* --- in the parent, which trusts nothing of it --- */

static bool take_number(struct str *line, int *ret_number)
{
    int64_t number;
    struct str field = str_cut(line, FIELD_END);
    if (!str_to_int(field, &number) || number < 0 || number > 100000000)
        return false;
    *ret_number = (int)number;
    return true;
}

static bool take_line(struct arena *arena, struct str text, struct roster_line *ret_line)
{
    struct roster_line line;
    if (!take_number(&text, &line.number) || !take_number(&text, &line.table))
        return false;
    struct str *cells = NULL;
    int n = 0, room = 0;
    while (text.len > 0)
        *arena_push(arena, cells, n, room) = str_cut(&text, FIELD_END);
    line.cells = cells;
    line.n = n;
    *ret_line = line;
    return true;
}

static bool take_lines(struct arena *arena, struct str text, struct roster_line **ret_lines,
                       int *ret_n)
{
    struct roster_line *lines = NULL;
    int n = 0, room = 0;
    while (text.len > 0) {
        if (!take_line(arena, str_cut(&text, LINE_END), arena_push(arena, lines, n, room)))
            return false;
    }
    *ret_lines = lines;
    *ret_n = n;
    return true;
}

static enum status refuse_format(struct arena *arena, struct str bytes, struct fault *fault)
{
    if (bytes.len > FILE_BYTES_MAX)
        return refuse(arena, fault, INVALID, "file", "文件超过 %d MB，请分成几个文件导入。",
                      FILE_BYTES_MAX >> 20);
    if (str_starts(bytes, STR("%PDF")))
        return refuse(arena, fault, INVALID, "file",
                      "这是 PDF 文件，不能导入，请上传 .xlsx、.csv 名单或 .docx 回执。");
    if (str_starts(bytes, STR("\xD0\xCF\x11\xE0")))
        return refuse(arena, fault, INVALID, "file",
                      "这是旧格式（.doc、.xls、.wps、.et）或加密的文件，"
                      "请另存为不加密的 .docx 或 .xlsx 再上传。");
    return OK;
}

enum status roster_file_read(struct arena *arena, const char *program, struct str bytes,
                             struct roster *ret_roster, struct fault *fault)
{
    const struct child_job job = {.program = program,
                                  .command = "roster-child",
                                  .output_max = WIRE_BYTES_MAX,
                                  .advice = "请用 WPS 或 Excel 打开，另存为 .xlsx 后再上传。"};
    struct str output;
    struct roster_line *lines;
    int n, good;
    TRY(refuse_format(arena, bytes, fault));
    TRY(child_run(arena, &job, bytes, &output, fault));
    struct str head = str_cut(&output, LINE_END);
    if (!take_number(&head, &good) || !utf8_is_valid(head) || !utf8_is_valid(output) ||
        !take_lines(arena, output, &lines, &n))
        return child_refuse(arena, &job, fault);
    struct str message = str_cut(&head, FIELD_END);
    if (!good)
        return refuse(arena, fault, INVALID, "file", "%.*s", STR_ARG(message));
    if (n > LINES_MAX)
        return refuse(arena, fault, INVALID, "file", "文件超过 %d 行，请分成几个文件导入。",
                      LINES_MAX);
    return roster_read(arena, lines, n, ret_roster, fault);
}
