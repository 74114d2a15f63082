#include "cli/service.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"

void service_tell(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = path ? strlen(path) : 0;
    if (len < 2 || len >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@'))
        return;
    memcpy(address.sun_path, path, len);
    if (path[0] == '@')
        address.sun_path[0] = '\0'; /* a name outside the file system */
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
    (void)!sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, size);
    close(fd);
}

int service_watchdog_ms(void)
{
    int64_t us = 0, pid = getpid();
    const char *wanted_by = getenv("WATCHDOG_PID");
    if (wanted_by && (!str_to_int(str_from(wanted_by), &pid) || pid != getpid()))
        return 0;
    if (!str_to_int(str_from(getenv("WATCHDOG_USEC")), &us) || us < 2000)
        return 0;
    return us > INT64_C(7200000000) ? 7200000 : (int)(us / 1000);
}

void service_block_signals(sigset_t *ret_signals)
{
    sigemptyset(ret_signals);
    sigaddset(ret_signals, SIGINT);
    sigaddset(ret_signals, SIGTERM);
    sigaddset(ret_signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, ret_signals, NULL);
    signal(SIGPIPE, SIG_IGN);
}

enum service_wish service_wait(const sigset_t *signals, int ms)
{
    const struct timespec patience = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    int got;
    do
        got = sigtimedwait(signals, NULL, ms ? &patience : NULL);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return SERVICE_TICK;
    return got == SIGHUP ? SERVICE_RELOAD : SERVICE_STOP;
}
