/*
 * embed - carries the files of web/ into the program.
 *
 *     embed OUT.c OUT.bin OUT.d --templates DIR… --static DIR… --file NAME=PATH…
 *
 * OUT.bin holds the bytes one after the other, OUT.c the tables web_templates and web_static over
 * them (view/web.h) and an .incbin of OUT.bin, OUT.d what they depend on, folders included, so that
 * a file added or removed is seen. Static files get a gzip variant where it is a tenth smaller, and
 * a URL path with the hash of their content.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <zlib.h>

#include "base/arena.h"
#include "base/buf.h"

static const struct {
    const char *suffix, *mime;
} mimes[] = {
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".json", "application/json"},
    {".txt", "text/plain; charset=utf-8"},
};

#define FILE_CAP_BYTES MIB(16)

struct file {
    struct str name, path;
    struct str bytes, gzip;
    const char *mime;
};

struct files {
    struct file *items;
    int n, room;
};

struct work {
    struct arena arena;
    struct files templates, statics;
    struct buf depends;
};

static _Noreturn void die(const char *what, const char *path)
{
    fprintf(stderr, "embed: %s: %s\n", path, what);
    exit(1);
}

static void read_file(struct work *w, struct file *file)
{
    const char *path = file->path.ptr;
    FILE *in = fopen(path, "rb");
    struct stat stat;
    if (!in || fstat(fileno(in), &stat) != 0)
        die("cannot be read", path);
    if ((size_t)stat.st_size > FILE_CAP_BYTES)
        die("is larger than 16 MB", path);
    char *bytes = arena_alloc(&w->arena, (size_t)stat.st_size + 1);
    file->bytes = (struct str){bytes, fread(bytes, 1, (size_t)stat.st_size, in)};
    fclose(in);
    buf_fmt(&w->depends, " %s", path);
}

static void add_file(struct work *w, struct files *files, struct str name, struct str path)
{
    struct file *file = arena_push(&w->arena, files->items, files->n, files->room);
    *file = (struct file){.name = name, .path = path};
    read_file(w, file);
}

static void add_folder(struct work *w, struct files *files, struct str folder, struct str prefix)
{
    DIR *dir = opendir(folder.ptr);
    if (!dir)
        die("cannot be read", folder.ptr);
    buf_fmt(&w->depends, " %s", folder.ptr);
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_name[0] == '.')
            continue;
        struct str path = str_fmt(&w->arena, "%s/%s", folder.ptr, entry->d_name);
        struct str name = str_fmt(&w->arena, "%s%s", prefix.ptr, entry->d_name);
        struct stat stat_of;
        if (stat(path.ptr, &stat_of) != 0)
            die("cannot be read", path.ptr);
        if (S_ISDIR(stat_of.st_mode))
            add_folder(w, files, path, str_fmt(&w->arena, "%s/", name.ptr));
        else
            add_file(w, files, name, path);
    }
    closedir(dir);
}

static int by_name(const void *a, const void *b)
{
    return str_cmp(((const struct file *)a)->name, ((const struct file *)b)->name);
}

static void sort_files(struct files *files)
{
    if (files->n > 0)
        qsort(files->items, (size_t)files->n, sizeof *files->items, by_name);
}

static void prepare_template(struct file *file)
{
    if (!str_ends(file->name, STR(".html")))
        die("is not a template (.html)", file->path.ptr);
    file->name.len -= STR(".html").len;
}

static void prepare_static(struct work *w, struct file *file)
{
    for (size_t i = 0; i < sizeof mimes / sizeof *mimes; i++)
        if (str_ends(file->name, str_from(mimes[i].suffix)))
            file->mime = mimes[i].mime;
    if (!file->mime)
        die("has a suffix that embed.c does not know", file->path.ptr);
    z_stream z = {.next_in = (Bytef *)(uintptr_t)file->bytes.ptr,
                  .avail_in = (uInt)file->bytes.len};
    if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        die("cannot be compressed", file->path.ptr);
    z.avail_out = (uInt)deflateBound(&z, z.avail_in);
    char *out = arena_alloc(&w->arena, z.avail_out);
    z.next_out = (Bytef *)out;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        die("cannot be compressed", file->path.ptr);
    if (z.total_out < file->bytes.len / 10 * 9)
        file->gzip = (struct str){out, z.total_out};
    deflateEnd(&z);
}

/* theme.css → theme.0123456789abcdef.css */
static struct str hashed_name(struct work *w, const struct file *file)
{
    size_t dot = (size_t)str_find_last(file->name, STR("."));
    return str_fmt(&w->arena, "%.*s.%016llx%s", (int)dot, file->name.ptr,
                   (unsigned long long)str_hash(file->bytes), file->name.ptr + dot);
}

static void put_slice(struct buf *c, struct buf *bin, struct str bytes)
{
    if (bytes.len == 0)
        BUF_LIT(c, "{0}");
    else
        buf_fmt(c, "{web_bytes + %zu, %zu}", bin->len, bytes.len);
    buf_put(bin, bytes);
}

static void put_tables(struct work *w, const char *bin_path, struct buf *c, struct buf *bin)
{
    buf_fmt(c,
            "/* Made by tools/embed.c. */\n"
            "#include \"view/web.h\"\n\n"
            "extern const char web_bytes[];\n"
            "__asm__(\".section .rodata\\n.balign 16\\n.globl web_bytes\\nweb_bytes:\\n\"\n"
            "        \".incbin \\\"%s\\\"\\n.byte 0\\n.previous\\n\");\n\n"
            "const struct template_file web_templates[] = {\n",
            bin_path);
    for (int i = 0; i < w->templates.n; i++) {
        buf_fmt(c, "    {\"%.*s\", ", STR_ARG(w->templates.items[i].name));
        put_slice(c, bin, w->templates.items[i].bytes);
        BUF_LIT(c, "},\n");
    }
    buf_fmt(c, "    {0},\n};\nconst int web_templates_n = %d;\n\n", w->templates.n);
    BUF_LIT(c, "const struct static_file web_static[] = {\n");
    for (int i = 0; i < w->statics.n; i++) {
        const struct file *file = &w->statics.items[i];
        buf_fmt(c, "    {\"%s\", \"/static/%s\", \"%s\", \"\\\"%016llx\\\"\", ", file->name.ptr,
                hashed_name(w, file).ptr, file->mime, (unsigned long long)str_hash(file->bytes));
        put_slice(c, bin, file->bytes);
        BUF_LIT(c, ", ");
        put_slice(c, bin, file->gzip);
        BUF_LIT(c, "},\n");
    }
    buf_fmt(c, "    {0},\n};\nconst int web_static_n = %d;\n", w->statics.n);
}

static void write_file(const char *path, const struct buf *buf)
{
    FILE *out = fopen(path, "wb");
    bool whole = out && (buf->len == 0 || fwrite(buf->ptr, 1, buf->len, out) == buf->len);
    if (!whole || fclose(out) != 0)
        die("cannot be written", path);
}

static void take_arguments(struct work *w, int argc, char **argv)
{
    struct str what = {0};
    for (int i = 4; i < argc; i++) {
        struct str argument = str_from(argv[i]);
        if (str_starts(argument, STR("--")))
            what = argument;
        else if (str_is(what, "--templates"))
            add_folder(w, &w->templates, argument, STR(""));
        else if (str_is(what, "--static"))
            add_folder(w, &w->statics, argument, STR(""));
        else if (str_is(what, "--file")) {
            struct str path = argument;
            struct str name = str_copy(&w->arena, str_cut(&path, STR("=")));
            add_file(w, &w->statics, name, path);
        } else
            die("stands behind no option", argv[i]);
    }
}

int main(int argc, char **argv)
{
    if (argc < 4)
        die("usage: embed OUT.c OUT.bin OUT.d --templates DIR --static DIR --file NAME=PATH",
            argv[0]);
    struct work w = {.arena = arena_open(MIB(256)), .depends = buf_open(MIB(1))};
    buf_fmt(&w.depends, "%s:", argv[1]);
    take_arguments(&w, argc, argv);
    sort_files(&w.templates);
    sort_files(&w.statics);
    for (int i = 0; i < w.templates.n; i++)
        prepare_template(&w.templates.items[i]);
    for (int i = 0; i < w.statics.n; i++)
        prepare_static(&w, &w.statics.items[i]);
    AUTOBUF c = buf_open(MIB(4)), bin = buf_open(MIB(256));
    write_file(argv[2], &bin); /* so that it has a real path */
    char bin_path[4096];
    if (!realpath(argv[2], bin_path))
        die("cannot be written", argv[2]);
    put_tables(&w, bin_path, &c, &bin);
    write_file(argv[2], &bin);
    write_file(argv[1], &c);
    BUF_LIT(&w.depends, "\n");
    write_file(argv[3], &w.depends);
    buf_close(&w.depends);
    arena_close(&w.arena);
    return 0;
}
