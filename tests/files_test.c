/* Attachments through the public interface: upload, types, marks, limits, deletion, the check. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/reader/docx_testing.h"
#include "tests/files_scene.h"

static void an_upload_stays_with_its_record_and_comes_back(void **state)
{
    (void)state;
    struct scene scene = scene_open();
    struct str bytes = STR("会议记录：研究春季视察安排。\n");
    struct sample_answer answer = scene_upload(&scene, "C:\\资料\\记录.txt", bytes);
    assert_int_equal(answer.status, 303);
    assert_true(str_ends(answer.location, STR("#files")));
    assert_true(str_is(scene_nth(&scene, 0, "name"), "记录.txt"));
    assert_true(str_is(scene_nth(&scene, 0, "by"), "本机"));
    answer = sample_get(scene.sample, scene.record);
    assert_true(str_has(answer.body, STR("记录.txt")));
    assert_true(str_has(answer.body, STR("严禁上传国家秘密")));
    answer = sample_get(scene.sample, scene_nth(&scene, 0, "content_url").ptr);
    assert_int_equal(answer.status, 200);
    assert_true(str_eq(answer.body, bytes));
    assert_true(str_is(answer.content_type, "text/plain"));
    program_sample_close(scene.sample);
}

static void its_page_says_what_it_is_and_whose(void **state)
{
    (void)state;
    struct scene scene = scene_open();
    scene_kept(&scene, "记录.txt", STR("第一项。\n"), "纯文本");
    struct str url = scene_nth(&scene, 0, "url");
    const char *page = str_fmt(&scene.sample->arena, "%.*s.json", STR_ARG(url)).ptr;
    assert_true(str_starts(sample_at(scene.sample, page, "/digest"), STR("sha256-")));
    assert_true(str_is(sample_at(scene.sample, page, "/record/url"), scene.record));
    assert_true(str_has(sample_get(scene.sample, url.ptr).body, STR("能看到所属记录的人")));
    /* The same record's attachments only. */
    struct str other = sample_at(scene.sample, "/nanbu/organization.json", "/items/4/url");
    const char *others = str_fmt(&scene.sample->arena, "%.*s/files.json", STR_ARG(other)).ptr;
    assert_int_equal(sample_at(scene.sample, others, "/items/0/id").len, 0);
    /* Another body's address of the same attachment leads nowhere. */
    assert_int_equal(sample_get(scene.sample, "/nanbu/file/0000000000001/content").status, 404);
    program_sample_close(scene.sample);
}

static void the_content_tells_the_type_and_not_the_name(void **state)
{
    (void)state;
    struct scene scene = scene_open();
    struct arena *arena = &scene.sample->arena;
    struct str elf = {arena_alloc(arena, 4096), 4096};
    memcpy((char *)(uintptr_t)elf.ptr,
           "\x7F"
           "ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\x3E\0\1\0\0\0",
           24);
    scene_refused(&scene, "报告.pdf", elf, "不能作为附件");
    scene_refused(&scene, "a.txt", STR("<!DOCTYPE html><html><script>x()</script></html>"),
                  "网页不能作为附件");
    scene_refused(&scene, "a.png",
                  STR("<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
                  "不能作为附件");
    struct docx_part plain[] = {{"a.txt", STR("x")}};
    scene_refused(&scene, "a.docx", zip_made(arena, plain, 1), "压缩包不能作为附件");
    struct docx_part macro[] = {{"word/document.xml", STR("<w:document/>")},
                                {"word/vbaProject.bin", STR("x")}};
    scene_refused(&scene, "a.docx", zip_made(arena, macro, 2), "带有宏");
    scene_refused(&scene, "a.txt", STR(""), "没有上传");
    static const char png[] = "\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\6\0\0\0";
    scene_kept(&scene, "照片.pdf", (struct str){png, sizeof png - 1}, "图片");
    struct docx_part ofd[] = {{"OFD.xml", STR("<ofd/>")}};
    scene_kept(&scene, "公文.zip", zip_made(arena, ofd, 1), "OFD 版式文件");
    scene_kept(&scene, "公文",
               docx_made(arena, "<w:p><w:r><w:t>通知</w:t></w:r></w:p>", NULL, NULL), "Word 文档");
    program_sample_close(scene.sample);
}

static void ALL_secret_a_file_with_a_mark_of_secrecy_is_refused_and_kept_nowhere(void **state)
{
    (void)state;
    struct scene scene = scene_open();
    struct arena *arena = &scene.sample->arena;
    static const char words[] = "国家秘密标志";
    scene_refused(&scene, "a.txt", STR("机密★3年\n\n关于某事的通知\n"), words);
    scene_refused(&scene, "a.txt", STR("绝密\n\n关于某事的通知\n\n正文。\n"), words);
    scene_refused(&scene, "秘密★.txt", STR("正文。\n"), words);
    struct docx_part header[] = {
        {"word/document.xml", STR("<w:document " DOCX_W "><w:body><w:p><w:r><w:t>正文</w:t></w:r>"
                                  "</w:p></w:body></w:document>")},
        {"word/header1.xml", STR("<w:hdr " DOCX_W "><w:p><w:r><w:t>秘密</w:t></w:r><w:r><w:t>★1年"
                                 "</w:t></w:r></w:p></w:hdr>")}};
    scene_refused(&scene, "a.docx", zip_made(arena, header, 2), words);
    struct docx_part sheet[] = {{"xl/workbook.xml", STR("<workbook/>")},
                                {"xl/sharedStrings.xml", STR("<sst><si><t>机密★</t></si></sst>")}};
    scene_refused(&scene, "a.xlsx", zip_made(arena, sheet, 2), words);
    struct docx_part slide[] = {{"ppt/presentation.xml", STR("<p/>")},
                                {"ppt/slides/slide1.xml", STR("<a:p>绝密★30年</a:p>")}};
    scene_refused(&scene, "a.pptx", zip_made(arena, slide, 2), words);
    struct file_check check;
    assert_int_equal(file_check(scene.sample->program.store, scene.sample->program.files, arena, 0,
                                false, false, &check, NULL),
                     OK);
    assert_int_equal(check.files + check.orphans + check.partial, 0);
    /* To speak of secrecy is no mark. */
    scene_kept(&scene, "保密.txt", STR("关于学习保密法的通知\n\n机密文件的管理按规定办理。\n"),
               "纯文本");
    program_sample_close(scene.sample);
}

static void internal_matter_is_asked_about(void **state)
{
    (void)state;
    struct scene scene = scene_open();
    struct str text = STR("内部资料\n\n工作安排如下。\n");
    scene_refused(&scene, "a.txt", text, "勾选确认后再上传");
    struct upload file = {STR("file"), STR("a.txt"), text};
    struct param ticked = {STR("internal"), STR("1")};
    struct request request = {.method = METHOD_POST,
                              .path = str_from(scene.uploads),
                              .host = STR("localhost"),
                              .peer_loopback = true,
                              .form = &ticked,
                              .form_n = 1,
                              .uploads = &file,
                              .uploads_n = 1};
    struct response response;
    app_handle(scene.sample->program.app, &request, &response);
    assert_int_equal(response.status, 303);
    response_release(&response);
    assert_int_equal(scene_attached(&scene), 1);
    program_sample_close(scene.sample);
}

static void of_several_files_the_good_ones_are_kept(void **state)
{
    (void)state;
    struct scene scene = scene_open();
    struct upload files[] = {{STR("file"), STR("一.txt"), STR("第一份。\n")},
                             {STR("file"), STR("二.txt"), STR("机密★\n")},
                             {STR("file"), STR("三.txt"), STR("第三份。\n")}};
    struct request request = {.method = METHOD_POST,
                              .path = str_from(scene.uploads),
                              .host = STR("localhost"),
                              .peer_loopback = true,
                              .uploads = files,
                              .uploads_n = 3};
    struct response response;
    app_handle(scene.sample->program.app, &request, &response);
    assert_int_equal(response.status, 422);
    assert_true(str_has(response.body, STR("上传了 2 个，1 个没有上传")));
    response_release(&response);
    assert_int_equal(scene_attached(&scene), 2);
    assert_true(str_is(scene_nth(&scene, 1, "name"), "三.txt"));
    program_sample_close(scene.sample);
}

static void a_bodys_own_limits_hold(void **state)
{
    (void)state;
    struct scene scene = scene_open();
    struct arena *arena = &scene.sample->arena;
    struct str body = sample_at(scene.sample, "/body.json", "/items/0/url");
    struct sample_answer answer = sample_post(
        scene.sample, body.ptr,
        STR("name=政协南部县委员会&classification=cppcc&version=1&file_mb=1&file_count=1"));
    if (answer.status != 303)
        fail_msg("%.*s", STR_ARG(answer.body));
    size_t len = MIB(1) + 1;
    char *bytes = arena_alloc(arena, len);
    memset(bytes, 'a', len);
    scene_refused(&scene, "a.txt", (struct str){bytes, len}, "超过 1 MB 的上限");
    scene_kept(&scene, "a.txt", STR("一\n"), "纯文本");
    scene_refused(&scene, "b.txt", STR("二\n"), "1 个的上限");
    program_sample_close(scene.sample);
}

static void what_was_deleted_can_be_restored(void **state)
{
    (void)state;
    struct scene scene = scene_open();
    scene_kept(&scene, "a.txt", STR("一\n"), "纯文本");
    struct str url = scene_nth(&scene, 0, "url"), content = scene_nth(&scene, 0, "content_url");
    assert_int_equal(scene_act(&scene, url, "remove", "version=7").status, 409);
    assert_int_equal(scene_act(&scene, url, "remove", "version=1").status, 303);
    assert_int_equal(scene_attached(&scene), 0);
    assert_true(str_has(sample_get(scene.sample, scene.record).body, STR("已删除的附件 1 个")));
    assert_int_equal(scene_act(&scene, url, "purge", "confirmed=1").status, 409);
    assert_int_equal(scene_act(&scene, url, "restore", "version=2").status, 303);
    assert_int_equal(scene_attached(&scene), 1);
    assert_int_equal(sample_get(scene.sample, content.ptr).status, 200);
    assert_int_equal(scene_act(&scene, url, "launch", "").status, 404);
    program_sample_close(scene.sample);
}

static void attachments_are_found_by_name(void **state)
{
    (void)state;
    struct scene scene = scene_open();
    scene_kept(&scene, "春季视察方案.txt", STR("一\n"), "纯文本");
    const char *search = "/nanbu/search.json?q=%E6%98%A5%E5%AD%A3%E8%A7%86%E5%AF%9F";
    if (!str_is(sample_at(scene.sample, search, "/items/0/title"), "春季视察方案.txt"))
        fail_msg("%.*s", STR_ARG(sample_get(scene.sample, search).body));
    assert_int_equal(scene_act(&scene, scene_nth(&scene, 0, "url"), "remove", "").status, 303);
    assert_int_equal(sample_at(scene.sample, search, "/items/0/title").len, 0);
    program_sample_close(scene.sample);
}

static void the_text_of_an_attachment_is_found(void **state)
{
    (void)state;
    struct scene scene = scene_open();
    struct arena *arena = &scene.sample->arena;
    /* The word stands in the last of several rows, and one on the border of two. */
    AUTOBUF text = buf_open(MIB(1));
    for (int i = 0; i < 3990; i++)
        BUF_LIT(&text, "林");
    BUF_LIT(&text, "quetzalcoatl");
    for (int i = 0; i < 6000; i++)
        buf_put(&text, i % 60 ? STR("木") : STR("\n"));
    BUF_LIT(&text, "axolotl\n");
    scene_kept(&scene, "a.txt", str_copy(arena, buf_str(&text)), "纯文本");
    assert_int_equal(scene_found(&scene, "axolotl").len, 0);
    scene_run_jobs(&scene);
    assert_true(str_is(scene_found(&scene, "axolotl"), "a.txt"));
    assert_true(str_is(scene_found(&scene, "quetzalcoatl"), "a.txt"));
    struct str url = scene_nth(&scene, 0, "url");
    assert_int_equal(scene_act(&scene, url, "remove", "").status, 303);
    assert_int_equal(scene_found(&scene, "axolotl").len, 0);
    assert_int_equal(scene_act(&scene, url, "restore", "").status, 303);
    scene_run_jobs(&scene);
    assert_true(str_is(scene_found(&scene, "axolotl"), "a.txt"));
    scene_kept(&scene, "b.docx",
               docx_made(arena, "<w:p><w:r><w:t>capybara</w:t></w:r></w:p>", NULL, NULL),
               "Word 文档");
    scene_run_jobs(&scene);
    assert_true(str_is(scene_found(&scene, "capybara"), "b.docx"));
    program_sample_close(scene.sample);
}

static struct file_check check_now(const struct scene *scene, int64_t age, bool removes, bool whole)
{
    struct file_check check;
    struct fault fault = {0};
    enum status status = file_check(scene->sample->program.store, scene->sample->program.files,
                                    &scene->sample->arena, age, removes, whole, &check, &fault);
    if (status != OK)
        fail_msg("%.*s", STR_ARG(fault.message));
    return check;
}

static void a_death_between_file_and_row_leaves_an_orphan_that_the_check_removes(void **state)
{
    (void)state;
    struct scene scene = scene_open();
    scene_kept(&scene, "a.txt", STR("一\n"), "纯文本");
    pid_t child = fork();
    if (child == 0) {
        struct str digest;
        AUTOARENA arena = arena_open(MIB(1));
        if (file_store_put(scene.sample->program.files, &arena, 77, STR("二\n"), &digest, NULL) ==
            OK)
            kill(getpid(), SIGKILL);
        _exit(0);
    }
    int ended;
    waitpid(child, &ended, 0);
    assert_true(WIFSIGNALED(ended) && WTERMSIG(ended) == SIGKILL);
    struct file_check check = check_now(&scene, 3600, true, true);
    assert_int_equal(check.files, 1);
    assert_int_equal(check.orphans, 1);
    assert_int_equal(check.young, 1);
    assert_int_equal(check.removed, 0);
    check = check_now(&scene, 0, true, true);
    assert_int_equal(check.removed, 1);
    check = check_now(&scene, 0, true, true);
    assert_int_equal(check.files, 1);
    assert_int_equal(check.orphans + check.missing + check.damaged, 0);
    assert_int_equal(sample_get(scene.sample, scene_nth(&scene, 0, "content_url").ptr).status, 200);
    program_sample_close(scene.sample);
}

static enum status lose(void *context, const struct file_found *found)
{
    const struct scene *scene = context;
    return file_store_remove(scene->sample->program.files, &scene->sample->arena, found, NULL);
}

static void a_missing_file_is_told_by_the_check_and_by_the_page(void **state)
{
    (void)state;
    struct scene scene = scene_open();
    scene_kept(&scene, "a.txt", STR("一\n"), "纯文本");
    AUTOARENA arena = arena_open(MIB(1));
    assert_int_equal(file_store_each(scene.sample->program.files, &arena, lose, &scene, NULL), OK);
    struct file_check check = check_now(&scene, 0, false, true);
    assert_int_equal(check.missing, 1);
    assert_true(file_is_digest(check.first_missing));
    assert_int_equal(sample_get(scene.sample, scene_nth(&scene, 0, "content_url").ptr).status, 404);
    program_sample_close(scene.sample);
}

static void strangers_read_what_they_may_and_change_nothing(void **state)
{
    (void)state;
    struct scene scene = scene_open();
    scene_kept(&scene, "a.txt", STR("一\n"), "纯文本");
    struct str url = scene_nth(&scene, 0, "url");
    struct str text =
        str_fmt(&scene.sample->arena,
                "== without a seat nothing of an attachment is seen\n"
                "GET %.*s\nPeer: remote\nHost: a.example\n403\n\n"
                "== nor its bytes\nGET %.*s/content\nPeer: remote\nHost: a.example\n403\n\n"
                "== nor done\nPOST %.*s/remove\nPeer: remote\nHost: a.example\n"
                "Origin: http://a.example\n> version=1\n403\n\n",
                STR_ARG(url), STR_ARG(url), STR_ARG(url));
    sample_expect(scene.sample, text.ptr);
    program_sample_close(scene.sample);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "file-child") == 0) /* the program that looks is this one */
        return file_child_main(argc > 2 && strcmp(argv[2], "text") == 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_upload_stays_with_its_record_and_comes_back),
        cmocka_unit_test(its_page_says_what_it_is_and_whose),
        cmocka_unit_test(the_content_tells_the_type_and_not_the_name),
        cmocka_unit_test(ALL_secret_a_file_with_a_mark_of_secrecy_is_refused_and_kept_nowhere),
        cmocka_unit_test(internal_matter_is_asked_about),
        cmocka_unit_test(of_several_files_the_good_ones_are_kept),
        cmocka_unit_test(a_bodys_own_limits_hold),
        cmocka_unit_test(what_was_deleted_can_be_restored),
        cmocka_unit_test(attachments_are_found_by_name),
        cmocka_unit_test(the_text_of_an_attachment_is_found),
        cmocka_unit_test(a_death_between_file_and_row_leaves_an_orphan_that_the_check_removes),
        cmocka_unit_test(a_missing_file_is_told_by_the_check_and_by_the_page),
        cmocka_unit_test(strangers_read_what_they_may_and_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
