/*
 * config - duikou.conf: the options of the command line, written once in a file.
 *
 *   # a comment
 *   listen = 0.0.0.0:443
 *   tls-cert = /etc/duikou/cert.pem
 *
 * One setting a line, named like its option without the "--"; what stands on the command line goes
 * first. Every command reads the one file and takes what it has an option for; a name that no
 * command has, a value that cannot be, and a name written twice are refused with file and line.
 * packaging/duikou.conf explains every setting; a test holds it against config_settings.
 */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include "cli/options.h"

struct setting {
    const char *name;
    const char *expected; /* a noun that follows “应为”, with an example */
    bool (*is_right)(struct str value);
};
extern const struct setting config_settings[]; /* ends with name == NULL */

/* What stands between “应为” and such a noun: a space before Latin letters. */
const char *config_gap(const char *expected);

/* Whether a setting may have this value. */
bool config_value_is_right(const char *name, struct str value, const char **ret_expected);

/*
 * Read a file's text into the options of a command; `options` may lack some of the settings.
 * Values are copied into the arena. INVALID with the sentence.
 */
CHECKED enum status config_read(struct arena *arena, const char *path, struct str text,
                                const struct cli_option *options, struct fault *fault);

#endif
