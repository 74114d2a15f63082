#include <stdio.h>

#include "cli/cli.h"
#include "engine/scheme/scheme.h"

int cli_schema(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) {
        fputs("schema 不带选项，用法：duikou schema > schemes/scheme.schema.json\n", stderr);
        return CLI_USAGE;
    }
    AUTOBUF buf = buf_open(MIB(1));
    scheme_put_schema(&buf);
    (void)fwrite(buf.ptr, 1, buf.len, stdout); /* cli_finish tells */
    return CLI_DONE;
}
