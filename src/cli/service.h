/*
 * service - what a service manager is told (systemd's sd_notify protocol: one datagram to the
 * socket in NOTIFY_SOCKET), and the signals a server waits for.
 *
 * Source: sd_notify(3), sd_watchdog_enabled(3).
 */
#ifndef CLI_SERVICE_H
#define CLI_SERVICE_H

#include <signal.h>
#include <stdbool.h>

/* "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=…"; nothing when nobody listens. */
void service_tell(const char *state);

/* After how many milliseconds the manager wants a sign of life; 0 = never. */
int service_watchdog_ms(void);

enum service_wish { SERVICE_STOP, SERVICE_RELOAD, SERVICE_TICK };

/* SIGINT, SIGTERM and SIGHUP are blocked in this thread and those it makes later. */
void service_block_signals(sigset_t *ret_signals);
/* Wait for one of them; TICK after `ms` without (0: for ever). */
enum service_wish service_wait(const sigset_t *signals, int ms);

#endif
