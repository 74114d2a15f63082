/*
 * replay - run a fuzz driver over the files of a folder: replay-NAME FOLDER. One TAP line a file;
 * a crash ends the program, and the last line names no file that passed.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static int is_input(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static bool replay(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) < 0)
        return false;
    long size = ftell(file);
    rewind(file);
    /* Exactly as long as the input, so that one byte too far is seen. */
    uint8_t *bytes = malloc(size > 0 ? (size_t)size : 1);
    bool is_whole = bytes && fread(bytes, 1, (size_t)size, file) == (size_t)size;
    fclose(file);
    if (is_whole)
        LLVMFuzzerTestOneInput(bytes, (size_t)size);
    free(bytes);
    return is_whole;
}

int main(int argc, char **argv)
{
    struct dirent **entries = NULL;
    int n = argc == 2 ? scandir(argv[1], &entries, is_input, alphasort) : -1;
    bool is_good = n > 0;
    printf("1..%d\n", n > 0 ? n : 1);
    if (n <= 0)
        puts("not ok 1 - the corpus is there");
    for (int i = 0; i < n; i++) {
        bool done = replay(argv[1], entries[i]->d_name);
        printf("%s %d - %s\n", done ? "ok" : "not ok", i + 1, entries[i]->d_name);
        fflush(stdout);
        is_good &= done;
        free(entries[i]);
    }
    free(entries);
    return is_good ? 0 : 1;
}
