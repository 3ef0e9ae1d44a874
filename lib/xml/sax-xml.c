/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/sax-xml.h"

#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>

#include "lib/base/diag.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

#define MAX_ATTRIBUTES 1000     /* Of one element. */
#define MAX_NAMES (256 * 1024)  /* Bytes of different names. */

/* So much does libxml2 allocate for that, in pieces that grow.  2.15 does not
 * keep to the limit by itself. */
#define MAX_NAMES_ALLOCATED (2 * MAX_NAMES)

static const char too_many_names[] = "there are too many different names";

struct sax {
    const struct sax_handler *handler;
    void *aux;
    xmlParserCtxtPtr ctxt;
    size_t depth;               /* Number of open elements. */
    bool has_root;
    struct sax_error *error;    /* Its 'reason' is null until there is one. */
};

static struct sax *
sax_from_context(void *ctxt_)
{
    xmlParserCtxtPtr ctxt = ctxt_;

    return ctxt->_private;
}

/* Refuses the document for 'reason', which is taken over, and makes libxml2
 * stop reading it.  Only the first reason counts. */
static void
refuse(struct sax *sax, unsigned int line, const char *element, char *reason)
{
    if (sax->error->reason) {
        free(reason);
    } else {
        *sax->error = (struct sax_error) { line, element, reason };
    }
    xmlStopParser(sax->ctxt);
}

/* Returns the line in which the start tag begins that libxml2 has just read.
 * libxml2 itself knows the line in which it ends; there is no "<" in
 * between. */
static unsigned int
tag_line(const struct sax *sax)
{
    const xmlParserInput *input = sax->ctxt->input;
    unsigned int line = input->line;

    for (const xmlChar *p = input->cur; p > input->base && *p != '<'; p--) {
        line -= p[-1] == '\n';
    }
    return line;
}

/* Returns the name 'local', preceded by the prefix that the handler has for
 * 'uri', otherwise by "{uri}".  'prefix' is the document's own; it stands for
 * no 'uri' if it was not declared.  The caller must free the name. */
static char *
qualified_name(const struct sax *sax, const xmlChar *local,
               const xmlChar *prefix, const xmlChar *uri)
{
    const char *known = (uri && sax->handler->prefix
                         ? sax->handler->prefix((const char *) uri) : NULL);

    if (known) {
        return xasprintf("%s:%s", known, (const char *) local);
    } else if (uri || prefix) {
        return xasprintf("{%s}%s", (const char *) (uri ? uri : prefix),
                         (const char *) local);
    }
    return xstrdup((const char *) local);
}

static void
on_start_element(void *ctxt, const xmlChar *local, const xmlChar *prefix,
                 const xmlChar *uri, int n_namespaces OVS_UNUSED,
                 const xmlChar **namespaces OVS_UNUSED, int n_attributes,
                 int n_defaulted OVS_UNUSED, const xmlChar **attributes)
{
    struct sax *sax = sax_from_context(ctxt);
    unsigned int line = tag_line(sax);

    if (sax->depth >= SAX_MAX_DEPTH) {
        refuse(sax, line, NULL, xstrdup("elements are nested too deeply"));
        return;
    } else if (xmlDictGetUsage(sax->ctxt->dict) > MAX_NAMES_ALLOCATED) {
        refuse(sax, line, NULL, xstrdup(too_many_names));
        return;
    }
    sax->depth++;
    sax->has_root = true;

    char *name = qualified_name(sax, local, prefix, uri);
    size_t n = n_attributes;
    struct sax_attribute *values = xmalloc(MAX(1, n) * sizeof *values);
    for (size_t i = 0; i < n; i++) {
        const xmlChar **a = &attributes[5 * i];

        values[i].name = qualified_name(sax, a[0], a[1], a[2]);
        values[i].value = xmemdup0((const char *) a[3], a[4] - a[3]);
    }

    char *reason = sax->handler->start(sax->aux, name, values, n, line);
    for (size_t i = 0; i < n; i++) {
        free(values[i].name);
        free(values[i].value);
    }
    free(values);
    free(name);
    if (reason) {
        refuse(sax, line, NULL, reason);
    }
}

static void
on_end_element(void *ctxt, const xmlChar *local OVS_UNUSED,
               const xmlChar *prefix OVS_UNUSED,
               const xmlChar *uri OVS_UNUSED)
{
    struct sax *sax = sax_from_context(ctxt);

    if (sax->depth && !sax->error->reason) {
        sax->depth--;
        sax->handler->end(sax->aux);
    }
}

static void
on_characters(void *ctxt, const xmlChar *text, int length)
{
    struct sax *sax = sax_from_context(ctxt);

    if (sax->depth && !sax->error->reason) {
        sax->handler->text(sax->aux, (const char *) text, length);
    }
}

/* Called as soon as "<!DOCTYPE name" has been read, before anything that is
 * declared in it. */
static void
on_doctype(void *ctxt, const xmlChar *name OVS_UNUSED,
           const xmlChar *external_id OVS_UNUSED,
           const xmlChar *system_id OVS_UNUSED)
{
    struct sax *sax = sax_from_context(ctxt);

    refuse(sax, sax->ctxt->input->line, "!DOCTYPE",
           xstrdup("document type declarations are not allowed"));
}

/* One of libxml2's complaints: constant since 2.12. */
#ifdef HAVE_LIBXML2_CONST_ERROR
typedef const xmlError libxml2_error;
#else
typedef xmlError libxml2_error;
#endif

/* Returns what libxml2 complains of, in its own words but where these are
 * about something else, or differ between releases: MAX_NAMES is the one thing
 * that it reports as a lack of memory, and what is not UTF-8 is an error with
 * a number of its own in newer ones only. */
static char *
complaint(libxml2_error *error)
{
    const char *message = error->message ? error->message : "not well-formed";

    if (error->code == XML_ERR_NO_MEMORY) {
        return xstrdup(too_many_names);
    } else if (error->code == XML_ERR_INVALID_ENCODING
               || strstr(message, "not proper UTF-8")) {
        return xstrdup("not proper UTF-8");
    }
    return xmemdup0(message, strcspn(message, "\n"));
}

/* Called for each of libxml2's complaints.  The first fatal one counts; less
 * than fatal are those about namespaces. */
static void
on_error(void *ctxt, libxml2_error *error)
{
    struct sax *sax = sax_from_context(ctxt);
    unsigned int line = MAX(error->line, 1);
    char *reason = complaint(error);

    if (error->level == XML_ERR_FATAL) {
        refuse(sax, line, NULL, reason);
    } else {
        if (sax->handler->warn && !sax->error->reason) {
            sax->handler->warn(sax->aux, line, reason);
        }
        free(reason);
    }
}

/* Returns true if a start tag in the 'size' bytes at 'text' may have more than
 * MAX_ATTRIBUTES attributes, and then stores its offset in '*offset'. */
static bool
has_crowded_tag(const char *text, size_t size, size_t *offset)
{
    bool in_tag = false;
    size_t n = 0;
    char quote = '\0';

    for (size_t i = 0; i < size; i++) {
        if (text[i] == '<') {
            *offset = i;
            in_tag = true;
            n = 0;
            quote = '\0';
        } else if (!in_tag) {
            continue;
        } else if (quote) {
            quote = text[i] == quote ? '\0' : quote;
        } else if (text[i] == '\'' || text[i] == '"') {
            quote = text[i];
        } else if (text[i] == '>') {
            in_tag = false;
        } else if (text[i] == '=' && ++n > MAX_ATTRIBUTES) {
            return true;
        }
    }
    return false;
}

/* Returns what is wrong with the 'size' bytes at 'text' even before they are
 * read as XML, null if nothing, and stores the place in '*offset'. */
static const char *
check_text(const char *text, size_t size, size_t *offset)
{
    const char *nul;

    *offset = 0;
    if (!size) {
        return "document is empty";
    } else if (size > SAX_MAX_SIZE) {
        return "document is larger than 4 MB";
    }

    nul = memchr(text, '\0', size);
    if (nul) {
        *offset = nul - text;
        return "document contains a NUL byte";
    }
    return (has_crowded_tag(text, size, offset)
            ? "element has too many attributes" : NULL);
}

static unsigned int
line_of_offset(const char *text, size_t offset)
{
    unsigned int line = 1;

    for (size_t i = 0; i < offset; i++) {
        line += text[i] == '\n';
    }
    return line;
}

/* Makes libxml2 read the 'size' bytes at 'text'.
 *
 * The text is UTF-8 whatever its XML declaration says.  XML_PARSE_NOENT is
 * needed for "&amp;" in attribute values, which libxml2 would otherwise leave
 * to the builder of a tree; there are no other entities. */
static void
run_libxml2(struct sax *sax, const char *text, size_t size)
{
    xmlParserCtxtPtr ctxt = xmlNewParserCtxt();

    if (!ctxt) {
        out_of_memory();
    }
    sax->ctxt = ctxt;
    memset(ctxt->sax, 0, sizeof *ctxt->sax);
    ctxt->sax->initialized = XML_SAX2_MAGIC;
    ctxt->sax->internalSubset = on_doctype;
    ctxt->sax->startElementNs = on_start_element;
    ctxt->sax->endElementNs = on_end_element;
    ctxt->sax->characters = on_characters;
    ctxt->sax->ignorableWhitespace = on_characters;
    ctxt->sax->serror = on_error;
    ctxt->_private = sax;
    xmlDictSetLimit(ctxt->dict, MAX_NAMES);

    xmlDocPtr doc = xmlCtxtReadMemory(ctxt, text, size, NULL, "UTF-8",
                                      XML_PARSE_NONET | XML_PARSE_NOENT
                                      | XML_PARSE_IGNORE_ENC);
    if (!ctxt->wellFormed || !sax->has_root) {
        refuse(sax, 1, NULL, xstrdup("not well-formed"));
    }
    xmlFreeDoc(doc);
    xmlFreeParserCtxt(ctxt);
    xmlResetLastError();
}

/* Reads the 'size' bytes at 'text', calling the functions of 'handler' with
 * 'aux' for what is in them.  Returns true if all of it was read.  Otherwise
 * stores in '*error' why not; then what the handler has been told is worth
 * nothing. */
bool
sax_read(const char *text, size_t size, const struct sax_handler *handler,
         void *aux, struct sax_error *error)
{
    struct sax sax = { .handler = handler, .aux = aux, .error = error };
    size_t offset;
    const char *reason = check_text(text, size, &offset);

    *error = (struct sax_error) { .line = 0 };
    if (reason) {
        *error = (struct sax_error) {
            .line = line_of_offset(text, offset),
            .reason = xstrdup(reason),
        };
    } else {
        run_libxml2(&sax, text, size);
    }
    return !error->reason;
}

/* Adds an error to 'diags' that says 'error', of 'element' in 'file', either
 * of which may be null, and frees what 'error' holds. */
void
sax_error_report(struct sax_error *error, const char *file,
                 const char *element, struct diag_list *diags)
{
    struct origin origin;

    origin_init(&origin, file, error->line, element);
    diag_add(diags, DIAG_ERROR, &origin, "%s", error->reason);
    origin_uninit(&origin);
    free(error->reason);
}

/* Returns the value of attribute 'name' among the 'n' in 'attributes', or
 * null. */
const char *
sax_find_attribute(const struct sax_attribute *attributes, size_t n,
                   const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (!strcmp(attributes[i].name, name)) {
            return attributes[i].value;
        }
    }
    return NULL;
}

/* Stores a copy of attribute 'name' in '*value' if it is there and nothing is
 * in '*value' yet. */
void
sax_copy_attribute(char **value, const struct sax_attribute *attributes,
                   size_t n, const char *name)
{
    const char *attribute = sax_find_attribute(attributes, n, name);

    if (attribute && !*value) {
        *value = xstrdup(attribute);
    }
}
