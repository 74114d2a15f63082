/*
 * duikou-verify - checks what duikou audit gave out: checkpoints and evidence packs. It needs no
 * database and no network, only the file, and the fingerprint of the key if one knows it.
 *
 * Exit: 0 good, 1 not good, 2 asked wrongly.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/id.h"
#include "base/utf8.h"
#include "proof/pack.h"

enum { FILE_CAP = 512 << 20, ARENA_MIB = 3 << 10 };

static const char usage[] =
    "用法：duikou-verify [--key 指纹] 证据包或存证点\n"
    "  --key  签发机构公布的密钥指纹（64 位十六进制）；不加则只显示文件中的指纹，请自行核对\n";

static bool read_file(struct buf *bytes, const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t n = 1;
    while (file && n > 0 && !bytes->full) {
        char block[64 << 10];
        n = fread(block, 1, sizeof block, file);
        buf_put(bytes, (struct str){block, n});
    }
    bool whole = file && !ferror(file) && !bytes->full;
    if (file)
        fclose(file);
    return whole;
}

/* What a file says is not ours: it moves no cursor, hides nothing and turns no line around. */
static struct str shown(struct arena *arena, struct str text)
{
    AUTOBUF to = buf_open(4 * text.len + 1);
    while (text.len > 0) {
        char bytes[4];
        int32_t code = utf8_next(&text);
        bool turns = (code >= 0x200E && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
                     (code >= 0x2066 && code <= 0x2069);
        if (code < 0x20 || (code >= 0x7F && code < 0xA0) || turns)
            code = 0xFFFD;
        buf_put(&to, (struct str){bytes, (size_t)utf8_put(bytes, code)});
    }
    return str_copy(arena, buf_str(&to));
}

static void print_time(struct arena *arena, struct instant instant)
{
    struct str time = instant_format(arena, instant, ZONE_CHINA_MIN);
    printf("%.*s", STR_ARG(time));
}

static void print_checkpoint(struct arena *arena, const struct checkpoint *checkpoint)
{
    printf("存证点  ");
    print_time(arena, checkpoint->made);
    printf("，%d 条链\n", checkpoint->n);
}

static struct str deed_label(struct str deed)
{
    static const char *const labels[][2] = {
        {"add", "登记"}, {"change", "修改"}, {"remove", "移除"}, {"purge", "清除日志内容"}};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (str_is(deed, labels[i][0]))
            return str_from(labels[i][1]);
    return deed;
}

static void print_pack(struct arena *arena, const struct pack *pack)
{
    char id[ID_TEXT_LEN];
    id_format_to(pack->head.record, id);
    printf("记录  %.*s/%.*s\n", STR_ARG(shown(arena, pack->head.kind)), ID_TEXT_LEN, id);
    if (pack->withheld == 0)
        printf("内容  %.*s\n", STR_ARG(shown(arena, pack->known)));
    for (int i = 0; i < pack->n; i++) {
        const struct pack_line *line = &pack->lines[i];
        const struct proof_entry *entry = &line->entry;
        printf("第 %lld 条  ", (long long)entry->number);
        print_time(arena, (struct instant){entry->instant_us});
        printf("  %.*s%s%.*s  %.*s  %.*s\n", STR_ARG(shown(arena, entry->name)),
               entry->role.len ? " " : "", STR_ARG(shown(arena, entry->role)),
               STR_ARG(shown(arena, entry->address)),
               STR_ARG(shown(arena, deed_label(entry->deed))));
        if (line->values.purged)
            printf("    （内容已按规定清除）\n");
        if (line->values.withheld)
            printf("    （内容未给出）\n");
        if (line->values.old.len > 0)
            printf("    原为 %.*s\n", STR_ARG(shown(arena, line->values.old)));
        if (line->values.new.len > 0)
            printf("    改为 %.*s\n", STR_ARG(shown(arena, line->values.new)));
    }
    if (pack->withheld > 0)
        printf("注意  取出证据包的人无权查看内容，%d 条只有经过：何人、何时、何事\n",
               pack->withheld);
    else if (!pack->whole)
        printf("注意  这份证据包不含登记以来的全部内容（早于操作日志，或有内容已按规定清除）\n");
}

/* False: the key is not the one that was asked for. */
static bool check_key(struct str public_key, struct str wanted)
{
    AUTOBUF digits = buf_open(SM3_HEX + 1);
    struct sm3 is = key_fingerprint(public_key), want;
    hex_put(&digits, sm3_str(&is));
    bool same = wanted.len == 0 || (sm3_read(wanted, &want) && sm3_eq(&is, &want));
    printf("密钥指纹  %.*s%s\n", STR_ARG(buf_str(&digits)),
           wanted.len == 0 ? "（请与签发机构公布的核对）" : "");
    if (!same)
        fputs("签名的密钥不是所给指纹的那一把，文件不可采信。\n", stderr);
    return same;
}

static int check(struct str text, struct str wanted)
{
    AUTOARENA arena = arena_open(MIB(ARENA_MIB));
    struct fault fault = {0};
    struct pack pack = {0};
    bool is_pack = str_starts(text, STR("duikou-evidence "));
    enum status status = is_pack ? pack_check(&arena, text, &pack, &fault)
                                 : checkpoint_read(&arena, text, &pack.checkpoint, &fault);
    if (status != OK) {
        fprintf(stderr, "%.*s\n", STR_ARG(fault.message));
        return 1;
    }
    if (is_pack)
        print_pack(&arena, &pack);
    print_checkpoint(&arena, &pack.checkpoint);
    if (!check_key(pack.checkpoint.public_key, wanted))
        return 1;
    printf("核对无误：%s\n",
           is_pack ? "各条操作完整、未经改动，连到签名的存证点" : "签名与内容相符");
    return 0;
}

int main(int argc, char **argv)
{
    struct str wanted = {0};
    int at = 1;
    if (argc > 2 && strcmp(argv[1], "--key") == 0) {
        wanted = str_from(argv[2]);
        at = 3;
    }
    bool help = argc == 2 && strcmp(argv[1], "--help") == 0;
    if (help || argc != at + 1 || argv[at][0] == '-') {
        fputs(usage, help ? stdout : stderr);
        return help ? 0 : 2;
    }
    AUTOBUF bytes = buf_open(FILE_CAP);
    if (!read_file(&bytes, argv[at])) {
        fprintf(stderr, "%s 读不出来，请检查路径和权限。\n", argv[at]);
        return 2;
    }
    return check(buf_str(&bytes), wanted);
}
