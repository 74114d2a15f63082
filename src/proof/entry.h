/*
 * entry - the bytes of the journal that are hashed. Version 1; whoever checks a journal needs no
 * more than this page.
 *
 * An integer is 8 bytes, most significant first, two's complement: I(n). A text is its length in
 * bytes, 4 bytes most significant first, then its UTF-8: T(s). A hash stands as its 32 bytes.
 *
 *   values   V = SM3( "DKV1" T(salt) O(old) O(new) )      O(s) = 0x00 when there is none,
 *                                                          else 0x01 T(s)
 *            V = 32 zero bytes for an entry without values
 *   subject  S = SM3( "DKS1" T(kind) I(record) )
 *   content  C = SM3( "DKC1" I(body) I(chain) I(number) I(instant) I(account) I(organization)
 *                     T(name) T(role) T(address) T(request) T(deed) S V )
 *   entry    H(n) = SM3( "DKH1" H(n-1) S C )               H(0) = 32 zero bytes
 *
 * `instant` is microseconds since 1970 UTC. Numbers of a chain are 1, 2, 3 … without a gap. `old`
 * and `new` are canonical JSON objects: members in byte order of their keys, no blanks, texts as
 * RFC 8259 demands them, ids as 13 characters of base32.
 *
 * S and C are apart so that a proof about one record tells of the entries between only that they
 * are about another one. The salt (16 random bytes) keeps values from being guessed by trying:
 * once it is gone with them, V says nothing about them.
 */
#ifndef PROOF_ENTRY_H
#define PROOF_ENTRY_H

#include "proof/sm3.h"

enum { SALT_BYTES = 16 };
/* No instant of a journal is before 1970 or after the year 9999, no number beyond this one: whoever
 * reads what others wrote can count on. */
#define INSTANT_US_MAX INT64_C(253402300800000000)
#define NUMBER_MAX     INT64_C(1000000000000000)

struct proof_entry {
    int64_t body_id, chain, number;
    int64_t instant_us;
    int64_t account_id, organization_id;
    struct str name, role, address, request;
    struct str kind;
    int64_t record;
    struct str deed;
    struct sm3 values; /* V */
};

/* V. An empty slice is none: canonical JSON is never empty. */
struct sm3 proof_values(struct str salt, struct str old, struct str new);
struct sm3 proof_subject(struct str kind, int64_t record);
struct sm3 proof_content(const struct proof_entry *entry, const struct sm3 *subject);
/* H(n) of H(n-1), S and C. */
struct sm3 proof_link(const struct sm3 *previous, const struct sm3 *subject,
                      const struct sm3 *content);
/* The same from the whole entry. */
struct sm3 proof_hash(const struct sm3 *previous, const struct proof_entry *entry);

#endif
