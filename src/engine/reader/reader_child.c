#include "engine/reader/child.h"
#include "engine/reader/input.h"
#include "engine/reader/wire.h"

/* A document read in a child. */

enum status reader_child(struct arena *arena, const char *program, struct str bytes,
                         struct scheme *ret_scheme, struct source *ret_lines, struct fault *fault)
{
    const struct child_job job = {
        .program = program,
        .command = "read-child",
        .argument = ret_lines ? "lines" : NULL,
        .output_max = WIRE_MAX_BYTES,
        .advice = "请用 WPS 或 Word 打开，只保留对口联系文件本身，另存为 .docx 或 .txt 后再上传。"};
    struct str output;
    struct wire_result result;
    TRY(input_check_size(arena, bytes.len, fault));
    TRY(child_run(arena, &job, bytes, &output, fault));
    if (!wire_get(arena, output, &result))
        return child_refuse(arena, &job, fault);
    if (result.status != OK) {
        if (fault)
            *fault = result.fault;
        return result.status;
    }
    *ret_scheme = result.scheme;
    if (ret_lines)
        *ret_lines = result.source;
    return OK;
}

/* What is not the document (print-shop orders, site chrome) leaves the child only as line numbers:
 * it may bear names and telephones, and is stored nowhere (OR20-X). */
static void blank_dropped(struct source *source, const struct scheme *scheme)
{
    for (int i = 0; i < scheme->warnings_n; i++) {
        const struct scheme_warning *warning = &scheme->warnings[i];
        for (int k = 0; warning->last_line > 0 && k < source->lines_n; k++) {
            struct source_line *line = &source->lines[k];
            if (line->number < warning->line || line->number > warning->last_line)
                continue;
            line->text = (struct str){0};
            line->cells_n = 0;
        }
    }
}

static void work(struct arena *arena, struct str input, const void *context, struct buf *output)
{
    struct wire_result result = {.has_source = *(const bool *)context};
    result.status = source_read(arena, input, &result.source, &result.fault);
    if (result.status == OK)
        result.status = reader_analyse(arena, &result.source, &result.scheme, &result.fault);
    blank_dropped(&result.source, &result.scheme);
    wire_put(output, &result);
}

int reader_child_main(bool wants_lines)
{
    return child_main(work, &wants_lines, READER_INPUT_MAX_BYTES, WIRE_MAX_BYTES);
}
