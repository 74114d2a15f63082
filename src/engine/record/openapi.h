/*
 * openapi - the parts of /openapi.json: schemas of shapes (what is told) and of field tables (what
 * is asked). Only the engine's own files include this.
 *
 * Source: OpenAPI 3.1.0, JSON Schema 2020-12.
 */
#ifndef ENGINE_RECORD_OPENAPI_H
#define ENGINE_RECORD_OPENAPI_H

#include "base/json_put.h"
#include "engine/record/priv.h"

struct writer {
    struct json json;
    struct arena *arena;
    const struct record_engine *engine;
};
enum { NAME_ROOM = 160 };

/* openapi.c, openapi_parts.c: openapi, info, servers, security, tags; components. */
void openapi_info(struct writer *to);
void openapi_components(struct writer *to);
/* {"name", "in", "description", "schema": { which is open; then both are ended. */
void openapi_parameter(struct json *json, struct str name, const char *in, const char *help);
void openapi_parameter_end(struct json *json);
/* A type of a content map, up to the key "schema"; the caller ends the object. */
void openapi_content(struct json *json, const char *type);

/* Refusals, each a component of its own. */
struct openapi_refusal {
    const char *code, *name, *words;
    bool writes; /* of writes alone */
};
enum { OPENAPI_REFUSALS = 11 };
extern const struct openapi_refusal openapi_refusals[OPENAPI_REFUSALS];

void openapi_pair(struct json *json, const char *key, const char *value);
/* A key with an object behind it, to be ended by the caller. */
void openapi_object(struct json *json, const char *key);
/* {"$ref": "#/components/WHERE/NAME"} */
void openapi_ref(struct json *json, const char *where, const char *name);
/* oneOf: each word as a constant with its label. */
void openapi_choices(struct json *json, const struct choice *choices, bool or_null);
/* Members of the object that is open: type, properties and required (the first so many). */
void openapi_members(struct json *json, const struct record_engine *engine,
                     const struct shape *shape, int required);
/* Whether a program may send it. */
bool openapi_is_asked(const struct field *field);
void openapi_fields(struct json *json, const struct field *fields);

/* The body of a write: the kind's fields, `beside` what the engine above asks, `makers` the steps
 * by which it is made (NULL = none). */
enum asking { ASKING_NEW, ASKING_CHANGE, ASKING_STEP };
void openapi_asked(struct json *json, const struct kind *kind, const struct kind *beside,
                   const struct choice *makers, enum asking asking);

#endif
