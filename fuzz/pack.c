/*
 * pack - an evidence pack that somebody made up: as it is, and as what stands behind the head of a
 * pack whose checkpoint is good, so that its entries are read.
 */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "proof/canon.h"
#include "proof/pack.h"

/* The checkpoint is what duikou audit checkpoint made of a database with one record. */
static const char head[] =
    "duikou-evidence 1\n"
    "checkpoint 617 duikou-checkpoint 1\n"
    "made 1795284840423713 2026-11-22T02:14:00+08:00\n"
    "head 0 0 1 e4ce7e9918af47fba6cbf71b916ef4b7ea2e50e00d2fdde67a1b0a94a4f5c7c7\n"
    "head 912043120972181504 0 33 "
    "24ebc462e441e3126f5375e93dae837667ce3367150f7e5ac0abf2e6e97a225c\n"
    "head 912043120972181504 1 2 953b2495ace215571a5701e1b79f7af2a68dbdd4908b3a3f1af5a510f875a30a\n"
    "key 0455efe5262b2dd8e50286c27e37a78a42bca417c0ec0268411d8904cbd541bc306d36b9724d1b56e000e35a5d"
    "b389b49cec71a5b09a6c7437e6b7fd8c89f66e9a\n"
    "signature 3044022077dd55b032fb59a076734a958ca6d9b20e63033e1e0884c823b980d04dd549a4022002ba95bf"
    "7254a39f7d5dcfb3f984c7354d80cba1d3a7f83c24e4185b9569f779\n"
    "\nbody 18 912043120972181504\nkind 11 designation\nrecord 13 0SA1TDVYF9M0H\nstate 0 \n";
static const char place[] =
    "first 2 32\n"
    "previous 64 55803f25148eb5ad13376d8c9e1b4df91850e6c4472b6cea45ff07cfa4087043\n";

static void check(struct arena *arena, struct str text)
{
    struct pack pack;
    struct fault fault = {0};
    if (pack_check(arena, text, &pack, &fault) != OK)
        assert(fault.message.len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    AUTOARENA arena = arena_open(MIB(64));
    AUTOBUF behind = buf_open(MIB(8));
    struct str input = {(const char *)bytes, len};
    struct canon canon;
    check(&arena, input);
    buf_put(&behind, str_from(head));
    if (!str_starts(input, STR("first ")))
        buf_put(&behind, str_from(place));
    buf_put(&behind, input);
    check(&arena, buf_str(&behind));
    (void)canon_read(&arena, input, &canon);
    return 0;
}
