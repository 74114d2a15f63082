#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <iconv.h>

#include "domain/roster/roster.h"
#include "domain/roster/sample.h"
#include "tests/transcript.h"
#include "view/docx_write.h"
#include "view/view.h"

static void run_file(struct roster_sample *sample, const char *name, struct str draft)
{
    char path[512], bytes[16384];
    int run;
    snprintf(path, sizeof path, "%s/src/domain/roster/%s", getenv("DUIKOU_SOURCE"), name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    struct str text = {bytes, fread(bytes, 1, sizeof bytes, file)};
    fclose(file);
    assert_true(text.len < sizeof bytes);
    text = str_replace(&sample->arena, text, STR("{draft}"), draft);
    assert_int_equal(transcript_run_text(sample->app, name, text, &run), 0);
    assert_true(run > 0);
}

/* Upload files from this machine; the status, and where it leads or what the page says. */
static int upload(struct roster_sample *sample, struct upload *files, int n, struct str *ret_answer)
{
    struct request request = {.method = METHOD_POST,
                              .path = STR("/linjiang/roster"),
                              .host = STR("localhost"),
                              .peer_loopback = true,
                              .uploads = files,
                              .uploads_n = n};
    struct response response;
    app_handle(sample->app, &request, &response);
    int status = response.status;
    *ret_answer =
        str_copy(&sample->arena, response.location.len ? response.location : response.body);
    response_release(&response);
    return status;
}

static struct str upload_one(struct roster_sample *sample, const char *name, struct str bytes)
{
    struct str answer;
    struct upload file = {STR("file"), str_from(name), bytes};
    int status = upload(sample, &file, 1, &answer);
    if (status != 303)
        fail_msg("%s: %d %.*s", name, status, STR_ARG(answer));
    return answer;
}

static struct str gb18030(struct arena *arena, const char *text)
{
    iconv_t to = iconv_open("GB18030", "UTF-8");
    char *in = (char *)(uintptr_t)text, *out = arena_alloc(arena, 4096), *start = out;
    size_t in_left = strlen(text), out_left = 4096;
    assert_int_not_equal(iconv(to, &in, &in_left, &out, &out_left), (size_t)-1);
    iconv_close(to);
    return (struct str){start, (size_t)(out - start)};
}

static const char roster_csv[] = "临江市对口联系人员名单\r\n"
                                 "单位,身份,姓名,职务,办公电话,手机,民族\r\n"
                                 "市教育局,责任领导,张三,副局长,0737-4222333,13800000001,汉\r\n"
                                 "市教育局,联系人,李四,科长,,13800000002,汉\r\n"
                                 "临江市住建局,联系人,王五,,,,\r\n"
                                 "市教育居,联系人,赵六,,,,\r\n"
                                 "市水利局,联系人,钱七,,,1380000000,\r\n";

static void units_and_blank_slips_are_listed(void **state)
{
    (void)state;
    struct roster_sample *sample = roster_sample_open(true);
    run_file(sample, "units.http", STR(""));
    roster_sample_close(sample);
}

static void a_roster_is_shown_row_by_row_then_imported_A8(void **state)
{
    (void)state;
    struct roster_sample *sample = roster_sample_open(true);
    struct str draft = upload_one(sample, "名单.csv", gb18030(&sample->arena, roster_csv));
    run_file(sample, "preview.http", draft);
    roster_sample_close(sample);
}

/* A page's text from this machine. */
static struct str get(struct roster_sample *sample, struct str path)
{
    struct request request = {.query = path, .host = STR("localhost"), .peer_loopback = true};
    struct response response;
    request.path = str_cut(&request.query, STR("?"));
    app_handle(sample->app, &request, &response);
    if (response.status != 200)
        fail_msg("%.*s: %d", STR_ARG(path), response.status);
    struct str body = str_copy(&sample->arena, response.body);
    response_release(&response);
    return body;
}

static void assert_says(struct roster_sample *sample, struct str path, const char *text)
{
    struct str body = get(sample, path);
    if (!str_has(body, str_from(text)))
        fail_msg("\"%s\" is not in %.*s", text, STR_ARG(body));
}

/* The digest that the preview's form carries. */
static struct str seen_of(struct roster_sample *sample, struct str draft)
{
    struct str body = get(sample, draft);
    ptrdiff_t at = str_find(body, STR("name=\"seen\" value=\""));
    assert_true(at > 0);
    return str_head(str_from_byte(body, (size_t)at + strlen("name=\"seen\" value=\"")), 16);
}

static int apply(struct roster_sample *sample, struct str draft, struct str seen)
{
    struct param form = {STR("seen"), seen};
    struct request request = {.method = METHOD_POST,
                              .path = str_fmt(&sample->arena, "%.*s/apply", STR_ARG(draft)),
                              .host = STR("localhost"),
                              .peer_loopback = true,
                              .form = &form,
                              .form_n = 1};
    struct response response;
    app_handle(sample->app, &request, &response);
    int status = response.status;
    response_release(&response);
    return status;
}

static void what_changed_since_the_preview_is_shown_again_first(void **state)
{
    (void)state;
    struct roster_sample *sample = roster_sample_open(true);
    struct str first = upload_one(sample, "a.csv", STR("单位,身份,姓名\n市教育局,联系人,张三\n"));
    struct str second = upload_one(sample, "b.csv", STR("单位,身份,姓名\n市教育局,联系人,李四\n"));
    struct str seen = seen_of(sample, second);
    assert_int_equal(apply(sample, first, seen_of(sample, first)), 303);
    assert_int_equal(apply(sample, second, seen), 409);
    assert_says(sample, second,
                "<del class=\"ended\">张三</del> → <ins class=\"added\">李四</ins>");
    assert_int_equal(apply(sample, second, seen_of(sample, second)), 303);
    assert_says(sample, STR("/linjiang/designation"), "李四");
    assert_says(sample, STR("/linjiang/designation?on=all"), "张三");
    roster_sample_close(sample);
}

static void a_file_imported_twice_has_nothing_to_write(void **state)
{
    (void)state;
    struct roster_sample *sample = roster_sample_open(true);
    struct str csv = STR("单位,身份,姓名,手机\n市教育局,联系人,张三,13800000001\n");
    struct str first = upload_one(sample, "a.csv", csv);
    assert_int_equal(apply(sample, first, seen_of(sample, first)), 303);
    struct str again = upload_one(sample, "a.csv", csv);
    assert_says(sample, again, "没有需要写入的内容。");
    assert_says(sample, again, "新增 0，变更 0，不变 1，有误 0");
    roster_sample_close(sample);
}

/* --- slips --- */

static struct str filled_slip(struct arena *arena, struct str unit)
{
    static const int widths[] = {24, 24, 24, 24, 30, 30};
    AUTOBUF buf = buf_open(MIB(1));
    struct docx docx = docx_open();
    docx_paragraph(&docx, DOCX_TITLE, STR("对口联系人员回执"));
    docx_paragraph(&docx, DOCX_PLAIN, str_fmt(arena, "单位名称（盖章）：%.*s", STR_ARG(unit)));
    docx_table(&docx, widths, 6);
    docx_row(&docx, DOCX_HEAD,
             (struct str[]){STR("身份"), STR("姓名"), STR("职务"), STR("科室"), STR("办公电话"),
                            STR("手机")});
    docx_labelled_row(&docx, (struct str[]){STR("责任领导"), STR("张三"), STR("副局长"), STR(""),
                                            STR("0737-4222333"), STR("13800000001")});
    docx_labelled_row(&docx, (struct str[]){STR("联系人"), STR("李四"), STR("科长"), STR("办公室"),
                                            STR(""), STR("13800000002")});
    docx_table_end(&docx);
    docx_paragraph(&docx, DOCX_NOTE, STR("填表人：李四　填表日期：2026年3月2日"));
    assert_int_equal(docx_close(&docx, &buf), OK);
    return str_copy(arena, buf_str(&buf));
}

static void filled_slips_are_imported_several_at_once(void **state)
{
    (void)state;
    struct roster_sample *sample = roster_sample_open(true);
    struct str answer;
    struct upload files[] = {
        {STR("file"), STR("教育局.docx"), filled_slip(&sample->arena, STR("市教育局"))},
        {STR("file"), STR("坏的.docx"), STR("PK\x03\x04word/document.xml")},
        {STR("file"), STR("水利局.docx"), filled_slip(&sample->arena, STR("临江市水利局"))}};
    assert_int_equal(upload(sample, files, 3, &answer), 303);
    assert_says(sample, answer, "共读出 4 人：新增 4，");
    assert_says(sample, answer, "教育局.docx 等 3 个文件");
    assert_says(sample, answer, "<p class=\"warn\">坏的.docx：");
    assert_says(sample, answer, "水利局.docx");
    assert_int_equal(apply(sample, answer, seen_of(sample, answer)), 303);
    assert_says(sample, STR("/linjiang/roster"), "已登记人员的 2 个");
    roster_sample_close(sample);
}

static void blank_slips_and_rosters_are_read_back_as_blank(void **state)
{
    (void)state;
    struct roster_sample *sample = roster_sample_open(true);
    struct upload blank = {STR("file"), STR("空白名单.xlsx"),
                           get(sample, STR("/linjiang/roster/blank"))};
    struct str answer;
    assert_int_equal(upload(sample, &blank, 1, &answer), 422);
    assert_true(str_has(answer, STR("文件里还没有填写人员，请填好姓名后再导入。")));
    struct str units = get(sample, STR("/linjiang/roster.json"));
    ptrdiff_t at = str_find(units, STR("\"id\":\""));
    struct str id = str_head(str_from_byte(units, (size_t)at + 6), ID_TEXT_LEN);
    blank.bytes = get(sample, str_fmt(&sample->arena, "/linjiang/roster/slips/%.*s", STR_ARG(id)));
    assert_int_equal(upload(sample, &blank, 1, &answer), 422);
    assert_true(str_has(answer, STR("文件里还没有填写人员，请填好姓名后再导入。")));
    roster_sample_close(sample);
}

static void a_spreadsheet_with_several_persons_in_a_row_is_imported(void **state)
{
    (void)state;
    static const struct column columns[] = {{"a", "单位", COLUMN_TEXT},
                                            {"b", "责任领导", COLUMN_TEXT},
                                            {"c", "责任领导手机", COLUMN_TEXT},
                                            {"d", "联系人", COLUMN_TEXT},
                                            {"e", "联系人手机", COLUMN_TEXT}};
    static const struct shape shape = {"x", columns, 5};
    struct roster_sample *sample = roster_sample_open(true);
    struct list *list = list_new(&sample->arena, &shape);
    struct value *row = list_add(&sample->arena, list);
    static const char *const texts[] = {"市气象局", "张三", "13800000001", "李四", "13800000002"};
    for (int i = 0; i < 5; i++)
        row[i] = value_text(str_from(texts[i]));
    AUTOBUF buf = buf_open(MIB(1));
    assert_int_equal(view_put_xlsx(&buf, "名单", list), OK);
    struct str draft = upload_one(sample, "名单.xlsx", buf_str(&buf));
    assert_says(sample, draft, "共读出 2 人：新增 2，");
    roster_sample_close(sample);
}

static void what_is_no_roster_is_refused_in_one_sentence(void **state)
{
    (void)state;
    static const struct {
        struct str bytes;
        const char *message;
    } files[] = {
        {STR_INIT(""), "文件是空的"},
        {STR_INIT("%PDF-1.4"), "这是 PDF 文件，不能导入"},
        {STR_INIT("\xD0\xCF\x11\xE0\xA1\xB1"), "这是旧格式"},
        {STR_INIT("PK\x03\x04rubbish"), "请"},
        {STR_INIT("PK\x03\x04word/document.xml"), "请"},
        {STR_INIT("\x00\x01\x02\x03\xFF\xFE\x00"), "请"},
        {STR_INIT("甲,乙\n丙,丁\n"), "没有找到表头"},
        {STR_INIT("单位,姓名\n机密★,张三\n"), "标有密级"},
    };
    struct roster_sample *sample = roster_sample_open(true);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct upload file = {STR("file"), STR("x.csv"), files[i].bytes};
        struct str answer;
        assert_int_equal(upload(sample, &file, 1, &answer), 422);
        ptrdiff_t at = str_find(answer, STR("id=\"problem\">"));
        if (at < 0 ||
            !str_has(str_head(str_from_byte(answer, (size_t)at), 400), str_from(files[i].message)))
            fail_msg("%zu: %.*s", i, STR_ARG(str_from_byte(answer, (size_t)(at < 0 ? 1800 : at))));
    }
    roster_sample_close(sample);
}

static void an_upload_that_nobody_confirmed_is_forgotten(void **state)
{
    (void)state;
    struct roster_sample *sample = roster_sample_open(true);
    struct str draft = upload_one(sample, "a.csv", STR("单位,身份,姓名\n市教育局,联系人,张三\n"));
    struct fault fault = {0};
    assert_says(sample, draft, "共读出 1 人");
    sample->clock.fixed_us += 8 * 86400LL * 1000000;
    assert_int_equal(roster_purge(sample->store, &sample->arena, clock_now(&sample->clock), &fault),
                     OK);
    sample->clock.fixed_us -= 8 * 86400LL * 1000000;
    struct request request = {.path = draft, .host = STR("localhost"), .peer_loopback = true};
    struct response response;
    app_handle(sample->app, &request, &response);
    assert_int_equal(response.status, 404);
    response_release(&response);
    roster_sample_close(sample);
}

/* --- private fields: the engine's own rules --- */

static void assert_not_started(struct roster_sample *sample, const struct kind *kind)
{
    const struct kind *const kinds[] = {kind, NULL};
    struct fault fault = {0};
    struct record_engine *engine = record_engine_new(sample->app, kinds, NULL);
    assert_int_equal(record_engine_start(engine, &sample->arena, &fault), FAULT);
    assert_true(str_has(fault.message, STR("只供经办人员查看")));
    record_engine_free(engine);
}

static void a_private_field_is_never_filtered_sorted_searched_or_a_name(void **state)
{
    (void)state;
    struct roster_sample *sample = roster_sample_open(true);
    static const struct field told[] = {
        {.key = "mobile", .label = "手机", .kind = FIELD_TEXT, .private = true, .filter = true},
        {.key = "mobile", .label = "手机", .kind = FIELD_TEXT, .private = true, .sort = true},
        {.key = "mobile", .label = "手机", .kind = FIELD_TEXT, .private = true, .searched = true},
        {.key = "mobile", .label = "手机", .kind = FIELD_TEXT, .private = true}};
    for (int i = 0; i < 4; i++) {
        const struct field fields[] = {
            {.key = "role", .label = "身份", .kind = FIELD_TEXT}, told[i], {0}};
        assert_not_started(sample, &(struct kind){.name = "membership",
                                                  .label = "任职",
                                                  .fields = fields,
                                                  .title = i == 3 ? "mobile" : "role"});
    }
    static const struct field row_fields[] = {{.key = "mobile", .private = true}, {0}};
    static const struct row_table rows = {"membership", row_fields};
    const struct field fields[] = {{.key = "role", .label = "身份", .kind = FIELD_TEXT},
                                   {.key = "x", .kind = FIELD_ROWS, .rows = &rows},
                                   {0}};
    assert_not_started(
        sample,
        &(struct kind){.name = "membership", .label = "任职", .fields = fields, .title = "role"});
    roster_sample_close(sample);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "roster-child") == 0)
        return roster_child_main(); /* the program that reads is this one */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_and_blank_slips_are_listed),
        cmocka_unit_test(a_roster_is_shown_row_by_row_then_imported_A8),
        cmocka_unit_test(what_changed_since_the_preview_is_shown_again_first),
        cmocka_unit_test(a_file_imported_twice_has_nothing_to_write),
        cmocka_unit_test(filled_slips_are_imported_several_at_once),
        cmocka_unit_test(blank_slips_and_rosters_are_read_back_as_blank),
        cmocka_unit_test(a_spreadsheet_with_several_persons_in_a_row_is_imported),
        cmocka_unit_test(what_is_no_roster_is_refused_in_one_sentence),
        cmocka_unit_test(an_upload_that_nobody_confirmed_is_forgotten),
        cmocka_unit_test(a_private_field_is_never_filtered_sorted_searched_or_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
