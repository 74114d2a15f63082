#include "base/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"

void scratch_make(char *ret_path, size_t size, const char *word)
{
    snprintf(ret_path, size, "/tmp/duikou-%s-XXXXXX", word);
    if (!mkdtemp(ret_path))
        fail_msg("no directory %s can be made", ret_path);
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)type;
    (void)walk;
    return remove(path);
}

void scratch_remove(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void must(enum status status, const struct fault *fault)
{
    if (status != OK)
        fail_msg("%.*s", STR_ARG(fault->message));
}
