/*
 * flow - duikou flow: the flows of all kinds, and the diagram of one.
 */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "domain/domain.h"
#include "engine/flow/flow.h"

static const char usage[] = "用法：duikou flow [--mermaid | --svg 种类]\n"
                            "  不带选项时列出有办理步骤的各类记录及其步骤。\n";

static void list_all(void)
{
    for (const struct kind *const *kind = domain_kinds(); *kind; kind++) {
        const struct flow *flow = (*kind)->flow;
        if (!flow)
            continue;
        printf("%s\t%s\n", (*kind)->name, (*kind)->label);
        for (const struct flow_step *step = flow->steps; step->action; step++)
            if (!step->by_program)
                printf("\t%s\t%s\t%s\n", step->action, step->label,
                       step->from ? flow_label(flow, str_from(step->from)) : "登记");
    }
}

static int draw(const char *name, bool svg)
{
    for (const struct kind *const *kind = domain_kinds(); *kind; kind++) {
        if (!(*kind)->flow || strcmp((*kind)->name, name) != 0)
            continue;
        AUTOBUF buf = buf_open(MIB(1));
        if (svg)
            flow_put_svg(&buf, *kind);
        else
            flow_put_mermaid(&buf, *kind);
        fwrite(buf.ptr, 1, buf.len, stdout);
        return CLI_DONE;
    }
    fprintf(stderr, "没有办理步骤的种类“%s”，请用 duikou flow 查看全部。\n", name);
    return CLI_AT_FAULT;
}

int cli_flow(int argc, char **argv)
{
    bool mermaid = false, svg = false, help = false;
    const struct cli_option options[] = {{"--mermaid", NULL, &mermaid},
                                         {"--svg", NULL, &svg},
                                         {"--help", NULL, &help},
                                         {NULL, NULL, NULL}};
    char *rest[1];
    int n = cli_options(argc, argv, options, rest, 1);
    if (n < 0)
        return CLI_USAGE;
    if (help || (mermaid && svg) || (mermaid || svg) != (n == 1)) {
        fputs(usage, help ? stdout : stderr);
        return help ? CLI_DONE : CLI_USAGE;
    }
    if (n == 1)
        return draw(rest[0], svg);
    list_all();
    return CLI_DONE;
}
