#include "domain/roster/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/scratch.h"
#include "domain/scheme/load.h"
#include "store/trial.h"
#include "view/web.h"

static const char scheme_text[] = "body:\n"
                                  "  id: linjiang\n"
                                  "  name: 政协临江市委员会\n"
                                  "  classification: cppcc\n"
                                  "  term: 7\n"
                                  "document:\n"
                                  "  id: linjiang-2026-3\n"
                                  "  number: 临协发〔2026〕3号\n"
                                  "  title: 关于做好对口联系工作的意见\n"
                                  "  issuers: [政协临江市委员会]\n"
                                  "  date: 2026-01-20\n"
                                  "organizations:\n"
                                  "  - name: 市住建局\n"
                                  "    class: department\n"
                                  "    aliases: [市住房和城乡建设局]\n"
                                  "links:\n"
                                  "  - from: 提案委员会\n"
                                  "    clause: 二\n"
                                  "    to:\n"
                                  "      - 市教育局\n"
                                  "      - name: 市住建局\n"
                                  "        parts: [人防办]\n"
                                  "      - name: 各驻市保险公司\n"
                                  "        group: true\n"
                                  "  - from: 农业农村委员会\n"
                                  "    clause: 二\n"
                                  "    to: [市水利局, 市气象局, 县水利局]\n"
                                  "duties:\n"
                                  "  - id: LJ-1\n"
                                  "    clause: 三（一）\n"
                                  "    summary: 单位确定责任领导一名\n"
                                  "    who: unit\n"
                                  "    deed: designate-leader\n"
                                  "    shape: standing\n"
                                  "    strength: must\n"
                                  "    per: standing\n"
                                  "    min: 1\n"
                                  "    max: 1\n"
                                  "  - id: LJ-2\n"
                                  "    clause: 三（一）\n"
                                  "    summary: 单位确定联系人一名\n"
                                  "    who: unit\n"
                                  "    deed: designate-contact\n"
                                  "    shape: standing\n"
                                  "    strength: must\n"
                                  "    per: standing\n"
                                  "    min: 1\n"
                                  "    max: 1\n";

void roster_sample_close(struct roster_sample *sample)
{
    if (sample->app) {
        outbox_free(sample->outbox), app_free(sample->app);
        record_engine_free(sample->engine);
        template_set_free(sample->templates);
    }
    store_close(sample->store);
    trial_drop(sample->url);
    scratch_remove(sample->directory);
    struct arena arena = sample->arena;
    arena_close(&arena);
}

void roster_sample_load(struct roster_sample *sample, struct str yaml, const char *slug)
{
    struct scheme scheme;
    struct scheme_errors errors = {0};
    struct fault fault = {0};
    if (scheme_parse_yaml(&sample->arena, yaml, &scheme, &errors) != OK)
        fail_msg("%d: %.*s", errors.items[0].line, STR_ARG(errors.items[0].message));
    struct load_plan plan;
    struct load_request request = {
        .scheme = &scheme, .on = clock_today(&sample->clock), .ids = &sample->ids};
    struct actor actor = actor_named("测试", clock_now(&sample->clock));
    must(load_scheme(sample->store, &sample->arena, &request, &actor, &plan, &fault), &fault);
    struct tx *tx;
    must(store_read(sample->store, &sample->arena, &tx), &fault);
    must(domain_find_body(tx, str_from(slug), &sample->body), &fault);
    store_read_end(tx);
}

static void open_app(struct roster_sample *sample)
{
    struct fault fault = {0};
    sample->templates = template_set_new(true);
    web_add_templates(sample->templates);
    struct app_options options = {.store = sample->store,
                                  .clock = &sample->clock,
                                  .templates = sample->templates,
                                  .find_body = domain_find_body,
                                  .list_bodies = domain_list_bodies,
                                  .guest = ROLE_STUDY_COMMITTEE,
                                  .nav = domain_nav};
    sample->app = app_new(&options);
    must(domain_start(sample->app, &sample->arena, &(struct domain_options){0}, &sample->engine,
                      &sample->outbox, &fault),
         &fault);
    must(app_start(sample->app, &sample->arena, &fault), &fault);
}

struct roster_sample *roster_sample_open(bool with_app)
{
    struct arena arena = arena_open(MIB(256));
    struct roster_sample *sample = arena_new(&arena, struct roster_sample, 1);
    struct fault fault = {0};
    sample->arena = arena;
    sample->clock = clock_at((struct date){2026, 3, 2});
    sample->clock.step_us = 1000;
    sample->ids = (struct id_maker){.clock = &sample->clock};
    scratch_make(sample->directory, sizeof sample->directory, "roster");
    sample->url = trial_url(&sample->arena, sample->directory);
    struct store_options options = {
        .url = sample->url,
        .schema = domain_schemas(),
        .create = true,
    };
    must(store_open(&sample->arena, &options, &sample->store, &fault), &fault);
    must(record_indexes(sample->store, domain_kinds(), &sample->arena, &fault), &fault);
    roster_sample_load(sample, str_from(scheme_text), "linjiang");
    if (with_app)
        open_app(sample);
    return sample;
}
