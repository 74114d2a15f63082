/*
 * child - what the reading child gives up before it touches its input. Private to engine/reader.
 */
#ifndef ENGINE_READER_CHILD_H
#define ENGINE_READER_CHILD_H

#include <stdbool.h>

enum {
    CHILD_MEMORY_BYTES = 512 << 20,
    CHILD_CPU_SEC = 20,
    CHILD_WALL_SEC = 30,
    CHILD_FILES = 64, /* descriptors; fonts and their tables are opened while a PDF is drawn */
};

/*
 * For the rest of the process: bounded memory, time and files; no file can be written, created,
 * renamed or removed, only what the libraries need can be opened; no socket, no new process or
 * program, no look into another process. False when any of it could not be had, except Landlock,
 * which older kernels lack.
 */
bool child_confine(void);

#endif
