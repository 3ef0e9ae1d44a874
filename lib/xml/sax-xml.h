/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SAX_XML_H
#define SAX_XML_H 1

/* Reading XML that anybody may have written.
 *
 * The events of a document are followed as they come; no tree is built.  What
 * a document can cost is limited: its size and depth; the attributes of one
 * element, since libxml2 compares each with each, and the number of different
 * names, since libxml2 is slow in finding one of many; and there must be no
 * document type declaration, hence no entities other than XML's own five.
 *
 * What elements mean is for the handler to say: netdef-xml.c for networks,
 * domstatus-xml.c for libvirt's guests. */

#include <stdbool.h>
#include <stddef.h>

#define SAX_MAX_SIZE (4 * 1024 * 1024)  /* Bytes of a document. */
#define SAX_MAX_DEPTH 64                /* Nested elements. */

/* A name is preceded by the prefix that the handler has for its namespace, as
 * "vn:network", or by "{uri}" if it has none. */
struct diag_list;

struct sax_attribute {
    char *name;
    char *value;
};

/* 'aux' is that of sax_read().  'line' is that of an element's "<". */
struct sax_handler {
    /* Returns the prefix for namespace 'uri', null if it is a foreign one.
     * Null where they all are. */
    const char *(*prefix)(const char *uri);

    /* An element starts.  Returns null, or a reason, for sax_read() to free,
     * not to go on reading. */
    char *(*start)(void *aux, const char *name,
                   const struct sax_attribute *, size_t n, unsigned int line);

    /* The innermost element ends; it has text, perhaps in several parts. */
    void (*end)(void *aux);
    void (*text)(void *aux, const char *text, size_t size);

    /* Something is wrong that does not keep the document from being read.  May
     * be null. */
    void (*warn)(void *aux, unsigned int line, const char *reason);
};

/* Why a document could not be read. */
struct sax_error {
    unsigned int line;
    const char *element;        /* A constant, or null. */
    char *reason;               /* To be freed by the caller. */
};

bool sax_read(const char *text, size_t size, const struct sax_handler *,
              void *aux, struct sax_error *);

void sax_error_report(struct sax_error *, const char *file,
                      const char *element, struct diag_list *);

const char *sax_find_attribute(const struct sax_attribute *, size_t n,
                               const char *name);
void sax_copy_attribute(char **value, const struct sax_attribute *, size_t n,
                        const char *name);

#endif /* lib/xml/sax-xml.h */
