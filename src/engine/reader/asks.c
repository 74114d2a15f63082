/*
 * asks - acts that 应 or 要 demands without a number or a date, and that can be seen to be done:
 * to invite, to send, to answer, to tell beforehand. Attitudes (重视, 支持, 配合) are none.
 */
#include "engine/reader/duties.h"

enum { MODAL_SEGMENTS = 4, POST_GAP = 12 };

/* The modal that rules a token: the nearest one before it. */
static bool is_asked(const struct tokens *tokens, struct str key, int i)
{
    int modal = token_before(tokens, i, LEX_MODAL, MODAL_SEGMENTS);
    if (str_starts(str_from_byte(key, tokens->items[i].from), STR("应")))
        return true; /* 应邀请 */
    return modal >= 0 && tokens->items[modal].value != STRENGTH_MAY;
}

static bool is_complete(const struct clause *clause, const struct token *token)
{
    struct str rest = str_from_byte(clause->at.key, token->to);
    if (str_starts(rest, STR("联系")) || str_starts(rest, STR("的")))
        return false;
    if (str_ends(str_slice(clause->at.key, token->from, token->to), STR("邀请")))
        return str_has(rest, STR("参加")) || str_has(rest, STR("列席")) ||
               str_has(rest, STR("参与"));
    return true;
}

static bool names_post(const struct tokens *tokens, int i)
{
    const struct token *verb = &tokens->items[i];
    if (verb->kind != LEX_DESIGNATE || i + 1 >= tokens->n || tokens->items[i + 1].kind != LEX_POST)
        return false;
    return tokens->items[i + 1].from - verb->to <= POST_GAP;
}

/* 可以根据需要召开座谈会: what may be held is told as well, and never late. */
static bool is_allowed(const struct clause *clause, int i)
{
    static const word_list verbs = {
        STR_INIT("召开"), STR_INIT("举行"), STR_INIT("举办"), STR_INIT("组织"), {NULL, 0}};
    static const word_list meetings = {STR_INIT("会"), STR_INIT("会议"), {NULL, 0}};
    const struct tokens *tokens = &clause->tokens;
    const struct token *token = &tokens->items[i];
    int modal = token_before(tokens, i, LEX_MODAL, 0);
    if (token->kind != LEX_DEED || modal < 0 || tokens->items[modal].value != STRENGTH_MAY ||
        !word_ends(meetings, str_slice(clause->at.key, token->from, token->to)) ||
        str_starts(str_from_byte(clause->at.key, token->to), STR("的")))
        return false;
    return word_in(verbs, str_slice(clause->at.key, tokens->items[modal].to, token->from));
}

bool ask_read(struct clause *clause, struct demand *ret_demand)
{
    const struct tokens *tokens = &clause->tokens;
    for (int i = 0; i < tokens->n; i++) {
        const struct token *token = &tokens->items[i];
        bool post = names_post(tokens, i);
        bool ask = token->kind == LEX_ASK && is_complete(clause, token);
        bool allowed = is_allowed(clause, i);
        if (!allowed && (!(post || ask) || !is_asked(tokens, clause->at.key, i)))
            continue;
        const char *deed = post ? tokens->items[i + 1].deed : token->deed;
        bool observer = ask && str_has(str_from_byte(clause->at.key, token->to), STR("列席"));
        *ret_demand = (struct demand){.shape = post ? SHAPE_STANDING : SHAPE_RESPONSE,
                                      .min = post ? 1 : -1,
                                      .max = -1,
                                      .min_implicit = post,
                                      .per = post ? PER_STANDING : PER_EVENT,
                                      .main = i,
                                      .deed = observer ? "invite-observer" : deed};
        return true;
    }
    return false;
}
