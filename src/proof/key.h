/*
 * key - the instance's signing key: SM2 (GB/T 32918) over SM3, with the usual identity
 * 1234567812345678 (GM/T 0009), by OpenSSL.
 *
 * It lies in the key directory as instance-sm2.pem, for its owner alone, never in the database.
 * Beside it instance-sm2.pub has the public key as 130 hexadecimal digits, to be given away.
 */
#ifndef PROOF_KEY_H
#define PROOF_KEY_H

#include "base/status.h"
#include "proof/sm3.h"

struct key;
enum { KEY_PUBLIC_BYTES = 65, SIGNATURE_BYTES_MAX = 80 };

/*
 * Open the key of a directory, made when there is none (the directory too, 0700).
 *
 * OK; FAULT the directory or file cannot be made or read, or others may read the key; INVALID it is
 * no SM2 key. One sentence each. Close with key_close.
 */
CHECKED enum status key_open(struct arena *arena, struct str directory, struct key **ret_key,
                             struct fault *fault);
void key_close(struct key *key); /* NULL is allowed */

/* The uncompressed point, 65 bytes; lives as long as the key. */
struct str key_public(const struct key *key);
/* Appends the signature, DER. FAULT when OpenSSL refuses. */
CHECKED enum status key_sign(const struct key *key, struct str bytes, struct buf *to);
/* Whether the owner of the public key signed these bytes. */
bool key_verify(struct str public_key, struct str bytes, struct str signature);
/* SM3 of the public key: what people compare. */
struct sm3 key_fingerprint(struct str public_key);

#endif
