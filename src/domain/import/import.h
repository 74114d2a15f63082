/*
 * import - the wizard that turns an uploaded document into a living directory: 上传 (read in a
 * confined child), 核对 (the document beside what was read, corrected in place), 导入 (what would
 * be added, changed and ended, then the same in one transaction). LOCAL until accounts come.
 * Source: design.md section 8; ui.md; OR20-A, OR20-X, ALL-secret.
 */
#ifndef DOMAIN_IMPORT_IMPORT_H
#define DOMAIN_IMPORT_IMPORT_H

#include "app/app.h"

/* The rows live in the arena, which lives as long as the app. */
/* Drop every draft of a body: something was purged, which they may hold too. */
CHECKED enum status import_forget(struct tx *tx, int64_t body_id);

void import_routes(struct app *app, struct arena *arena);

#endif
