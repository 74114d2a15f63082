#include <cjose/cjose.h>
#include <jansson.h>

#include "domain/account/priv.h"

/* ID tokens: OpenID Connect Core 1.0 section 3.1.3.7, over libcjose. */

enum { CLOCKS_APART_SEC = 120, RSA_BITS_MIN = 2048, SUBJECT_MAX = 255 };

/* Signatures by a key that only the provider has: never "none", never one with a shared secret. */
static bool is_allowed(const char *algorithm)
{
    static const char *const allowed[] = {"RS256", "RS384", "RS512", "PS256", "PS384",
                                          "PS512", "ES256", "ES384", "ES512"};
    for (size_t i = 0; algorithm && i < sizeof allowed / sizeof *allowed; i++)
        if (strcmp(algorithm, allowed[i]) == 0)
            return true;
    return false;
}

static bool fits(cjose_jws_t *jws, const char *algorithm, json_t *key)
{
    cjose_err error;
    cjose_jwk_t *jwk = cjose_jwk_import_json((cjose_header_t *)key, &error);
    if (!jwk)
        return false;
    cjose_jwk_kty_t wanted = algorithm[0] == 'E' ? CJOSE_JWK_KTY_EC : CJOSE_JWK_KTY_RSA;
    bool good = cjose_jwk_get_kty(jwk, &error) == wanted &&
                (wanted == CJOSE_JWK_KTY_EC ||
                 cjose_jwk_get_keysize(jwk, &error) >= (size_t)RSA_BITS_MIN) &&
                cjose_jws_verify(jws, jwk, &error);
    cjose_jwk_release(jwk);
    return good;
}

static bool is_text(const json_t *value, struct str text)
{
    return json_is_string(value) && str_eq(str_from(json_string_value(value)), text);
}

/* By a key of that name, or by any when the token names none. NOT_FOUND: there is none such. */
static enum status check_signature(cjose_jws_t *jws, struct str keys, const char **ret_why)
{
    cjose_err error;
    cjose_header_t *head = cjose_jws_get_protected(jws);
    const char *algorithm = cjose_header_get(head, CJOSE_HDR_ALG, &error);
    const char *name = cjose_header_get(head, CJOSE_HDR_KID, &error);
    *ret_why = "签名的算法不在允许之列";
    if (!is_allowed(algorithm))
        return INVALID;
    *ret_why = "签名不符";
    json_t *root = json_loadb(keys.ptr ? keys.ptr : "", keys.len, JSON_REJECT_DUPLICATES, NULL);
    enum status status = NOT_FOUND;
    size_t i;
    json_t *key;
    json_array_foreach(json_object_get(root, "keys"), i, key)
    {
        const json_t *use = json_object_get(key, "use");
        if ((name && !is_text(json_object_get(key, "kid"), str_from(name))) ||
            (use && !is_text(use, STR("sig"))))
            continue;
        status = INVALID;
        if (fits(jws, algorithm, key)) {
            status = OK;
            break;
        }
    }
    json_decref(root);
    return status;
}

static bool is_for(const json_t *claims, struct str client)
{
    const json_t *audience = json_object_get(claims, "aud");
    const json_t *party = json_object_get(claims, "azp");
    if (party && !is_text(party, client))
        return false;
    if (!json_is_array(audience))
        return is_text(audience, client);
    for (size_t i = 0; i < json_array_size(audience); i++)
        if (is_text(json_array_get(audience, i), client))
            return json_array_size(audience) == 1 || party != NULL;
    return false;
}

static const char *wrong_claim(const json_t *claims, const struct id_token *token)
{
    int64_t now = token->now.us / 1000000;
    const json_t *ends = json_object_get(claims, "exp"), *made = json_object_get(claims, "iat");
    const json_t *subject = json_object_get(claims, "sub");
    if (!is_text(json_object_get(claims, "iss"), token->issuer))
        return "签发者不符";
    if (!is_for(claims, token->client))
        return "不是发给本系统的";
    if (!is_text(json_object_get(claims, "nonce"), token->nonce))
        return "不是这一次登录的";
    if (!json_is_integer(ends) || json_integer_value(ends) + CLOCKS_APART_SEC < now)
        return "已过期";
    if (!json_is_integer(made) || json_integer_value(made) - CLOCKS_APART_SEC > now)
        return "签发时间在将来，请核对两边的时钟";
    if (json_string_length(subject) == 0 || json_string_length(subject) > SUBJECT_MAX)
        return "没有写明是谁";
    return NULL;
}

static enum status read_claims(struct arena *arena, cjose_jws_t *jws, const struct id_token *token,
                               struct str *ret_subject, const char **ret_why)
{
    cjose_err error;
    uint8_t *bytes;
    size_t len;
    *ret_why = "内容不是 JSON";
    if (!cjose_jws_get_plaintext(jws, &bytes, &len, &error))
        return INVALID;
    json_t *claims = json_loadb((const char *)bytes, len, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(claims)) {
        json_decref(claims);
        return INVALID;
    }
    *ret_why = wrong_claim(claims, token);
    if (!*ret_why)
        *ret_subject = str_copy(arena, str_from(json_string_value(json_object_get(claims, "sub"))));
    json_decref(claims);
    return *ret_why ? INVALID : OK;
}

enum status id_token_subject(struct arena *arena, const struct id_token *token,
                             struct str *ret_subject, const char **ret_why)
{
    cjose_err error;
    *ret_why = "不是签名的 JWT";
    cjose_jws_t *jws =
        token->token.len ? cjose_jws_import(token->token.ptr, token->token.len, &error) : NULL;
    if (!jws)
        return INVALID;
    enum status status = check_signature(jws, token->keys, ret_why);
    if (status == OK)
        status = read_claims(arena, jws, token, ret_subject, ret_why);
    cjose_jws_release(jws);
    return status;
}
