/*
 * docx_testing - a .docx written by hand: the tests put XML in, bytes of a package come out.
 */
#ifndef ENGINE_READER_DOCX_TESTING_H
#define ENGINE_READER_DOCX_TESTING_H

#include <stdlib.h>
#include <zip.h>

#include "base/arena.h"
#include "base/str.h"

struct docx_part {
    const char *name;
    struct str text;
};

#define DOCX_W "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""
#define DOCX_RELS                                                                                  \
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
#define DOCX_TYPE "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

/* The zip of these parts, copied into the arena. */
static inline struct str zip_made(struct arena *arena, const struct docx_part *parts, int n)
{
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
    zip_source_keep(source);
    zip_t *zip = zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    for (int i = 0; i < n; i++) {
        zip_source_t *part = zip_source_buffer(zip, parts[i].text.ptr, parts[i].text.len, 0);
        zip_file_add(zip, parts[i].name, part, ZIP_FL_OVERWRITE);
    }
    zip_close(zip);
    zip_stat_t stat;
    zip_source_open(source);
    zip_source_stat(source, &stat);
    char *bytes = arena_alloc(arena, stat.size + 1);
    zip_int64_t len = zip_source_read(source, bytes, stat.size);
    zip_source_close(source);
    zip_source_free(source);
    return (struct str){bytes, (size_t)len};
}

/* A document with this body and, where not NULL, these lists and styles. */
static inline struct str docx_made(struct arena *arena, const char *body, const char *numbering,
                                   const char *styles)
{
    struct docx_part parts[] = {
        {"_rels/.rels",
         STR(DOCX_RELS "<Relationship Id=\"r1\" Type=\"" DOCX_TYPE
                       "officeDocument\" Target=\"word/document.xml\"/></Relationships>")},
        {"word/_rels/document.xml.rels",
         STR(DOCX_RELS
             "<Relationship Id=\"r1\" Type=\"" DOCX_TYPE
             "numbering\" Target=\"numbering.xml\"/><Relationship Id=\"r2\" Type=\"" DOCX_TYPE
             "styles\" Target=\"/word/styles.xml\"/></Relationships>")},
        {"word/document.xml",
         str_fmt(arena, "<w:document " DOCX_W "><w:body>%s</w:body></w:document>", body)},
        {"word/numbering.xml",
         str_fmt(arena, "<w:numbering " DOCX_W ">%s</w:numbering>", numbering ? numbering : "")},
        {"word/styles.xml",
         str_fmt(arena, "<w:styles " DOCX_W ">%s</w:styles>", styles ? styles : "")},
    };
    return zip_made(arena, parts, sizeof parts / sizeof *parts);
}

#endif
