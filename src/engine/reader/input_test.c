#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "engine/reader/docx_testing.h"
#include "engine/reader/input.h"
#include "engine/reader/input_testing.h"

static void assert_read(struct str bytes, const char *format, const char *want)
{
    AUTOARENA arena = arena_open(MIB(64));
    struct source source;
    struct fault fault = {0};
    if (source_read(&arena, bytes, &source, &fault) != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
    assert_string_equal(source.format, format);
    assert_printed(&arena, &source, want);
}

/* One sentence: its only full stop is at its end. */
static void assert_refused(struct str bytes, const char *words)
{
    AUTOARENA arena = arena_open(MIB(128));
    struct source source;
    struct fault fault = {0};
    assert_int_equal(source_read(&arena, bytes, &source, &fault), INVALID);
    if (!str_has(fault.message, str_from(words)))
        fail_msg("%.*s does not say %s", STR_ARG(fault.message), words);
    assert_int_equal(str_find(fault.message, STR("。")), fault.message.len - strlen("。"));
    assert_true(str_is(fault.field, "file"));
}

static struct str file_of(struct arena *arena, const char *name)
{
    struct str path = str_fmt(arena, "%s/%s", getenv("DUIKOU_SOURCE"), name);
    FILE *file = fopen(path.ptr, "rb");
    assert_non_null(file);
    char *bytes = arena_alloc(arena, MIB(1));
    size_t len = fread(bytes, 1, MIB(1), file);
    fclose(file);
    return (struct str){bytes, len};
}

static void the_content_decides_the_format(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(8));
    assert_read(STR("云河市\n教育局\n"), "text", "云河市\n教育局\n");
    assert_read(STR("<!DOCTYPE html><p>云河市<p>教育局"), "html", "云河市\n教育局\n");
    assert_read(docx_made(&arena, "<w:p><w:r><w:t>云河市</w:t></w:r></w:p>", NULL, NULL), "docx",
                "云河市\n");
    assert_read(file_of(&arena, "tests/data/documents/locked.pdf"), "pdf", "^Yunhe 2023\n");
}

static void text_is_read_in_its_own_encoding(void **state)
{
    (void)state;
    assert_read(STR("\xD4\xC6\xBA\xD3\xCA\xD0\r\n\xBD\xCC\xD3\xFD\xBE\xD6\r\n"), "text",
                "云河市\n教育局\n");
    assert_read(STR("\xFF\xFE\x91\x4E\xB3\x6C\x02\x5E"), "text", "云河市\n");
}

static void a_page_is_read_in_the_encoding_it_names(void **state)
{
    (void)state;
    assert_read(STR("<html><meta charset=\"gb2312\"><p>\xD4\xC6\xBA\xD3\xCA\xD0"), "html",
                "云河市\n");
    /* 雲河市 in Big5, which no text is guessed to be */
    assert_read(STR("<html><meta http-equiv='Content-Type' content='text/html; charset=big5'>"
                    "<p>\xB6\xB3\xAA\x65\xA5\xAB"),
                "html", "雲河市\n");
    /* It says GBK and is UTF-8. */
    assert_read(STR("<html><meta charset=gbk><p>云河市"), "html", "云河市\n");
    assert_read(STR("<html><meta charset=none-such><p>\xD4\xC6\xBA\xD3\xCA\xD0"), "html",
                "云河市\n");
}

static void other_kinds_of_file_say_what_they_are_and_what_to_do(void **state)
{
    (void)state;
#define OLE "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0\0\0"
    assert_refused(STR(OLE "W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0"), "另存为 .docx");
    assert_refused(STR(OLE "W\0p\0s\0"), ".wps");
    assert_refused(STR(OLE "W\0o\0r\0k\0b\0o\0o\0k\0"), ".xls");
    assert_refused(STR(OLE "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0"), "密码");
    assert_refused(STR(OLE), "另存为 .docx");
    assert_refused(STR("{\\rtf1\\ansi}"), ".rtf");
    assert_refused(STR("\x89PNG\r\n\x1A\n"), "图片");
    assert_refused(STR("\xFF\xD8\xFF\xE0JFIF"), "图片");
    assert_refused(STR("Rar!\x1A\x07"), "压缩包");
    assert_refused(STR("\x7F"
                       "ELF\2\1\1\0\0\0"),
                   "程序");
    assert_refused(STR("MIME-Version: 1.0\nContent-Type: multipart/related"), ".mht");
    assert_refused(STR("<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?><w/>"),
                   "2003");
    AUTOARENA arena = arena_open(MIB(1));
    struct docx_part ofd = {"OFD.xml", STR("<ofd/>")};
    assert_refused(zip_made(&arena, &ofd, 1), ".ofd");
}

static void empty_large_binary_and_broken_files_are_refused(void **state)
{
    (void)state;
    AUTOARENA arena = arena_open(MIB(256));
    assert_refused(STR(""), "空的");
    assert_refused(STR(" \r\n\xE3\x80\x80\n"), "没有文字");
    assert_refused(STR("<html><script>x</script></html>"), "没有文字");
    assert_refused(docx_made(&arena, "<w:p/>", NULL, NULL), "没有文字");
    assert_refused((struct str){arena_new(&arena, char, MIB(16) + 1), MIB(16) + 1}, "17MB");
    assert_refused((struct str){arena_new(&arena, char, MIB(200)), MIB(200)}, "200MB");
    assert_refused(STR("\0\1\2\3\xFF\xFE\0\0binary"), "二进制");
    assert_refused(STR("R\xE9union g\xE9n\xE9rale des d\xE9l\xE9gu\xE9s"), "编码");
    struct str docx = docx_made(&arena, "<w:p><w:r><w:t>x</w:t></w:r></w:p>", NULL, NULL);
    assert_refused(str_head(docx, docx.len / 2), "不完整");
    assert_refused(file_of(&arena, "tests/data/documents/encrypted.pdf"), "密码");
    assert_refused(STR("%PDF-1.7\n%"), "不完整");
}

static void the_samples_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *name, *format, *line;
    } samples[] = {
        {"samples/yunhe-2023-7.txt", "text", "云协发〔2023〕7号"},
        {"samples/qingjiang-2021-15.docx", "docx", "（二）本办法自印发之日起施行。"},
        {"samples/yunhe-2022-31.pdf", "pdf", "市教育局\t民进云河市委会"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        AUTOARENA arena = arena_open(MIB(64));
        struct source source;
        bool found = false;
        struct str bytes = file_of(&arena, samples[i].name);
        assert_int_equal(source_read(&arena, bytes, &source, NULL), OK);
        assert_string_equal(source.format, samples[i].format);
        for (int k = 0; k < source.lines_n; k++)
            found = found || str_is(source.lines[k].text, samples[i].line);
        assert_true(found);
    }
}

/* Fontconfig keeps a pattern of its default configuration and never lets it go. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_content_decides_the_format),
        cmocka_unit_test(text_is_read_in_its_own_encoding),
        cmocka_unit_test(a_page_is_read_in_the_encoding_it_names),
        cmocka_unit_test(other_kinds_of_file_say_what_they_are_and_what_to_do),
        cmocka_unit_test(empty_large_binary_and_broken_files_are_refused),
        cmocka_unit_test(the_samples_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
