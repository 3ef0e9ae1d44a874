/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "netdef.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>

#include "bitmap.h"
#include "netdef-elements.h"
#include "netdef-parse.h"
#include "util.h"

/* Reading XML.
 *
 * Definitions come from whoever may write them, so what a document can cost is
 * limited: its size and depth; the attributes of one element, since libxml2
 * compares each with each, and the number of different names, since libxml2
 * is slow in finding one of many; and there must be no document type
 * declaration, hence no entities other than XML's own five.  libxml2's events
 * are followed as they come; no tree is built. */

#define MAX_ATTRIBUTES 1000     /* Of one element. */
#define MAX_NAMES (256 * 1024)  /* Bytes of different names. */

/* An element that is open. */
struct frame {
    enum netdef_node node;
    bool known;                 /* Is 'node' valid?  If not, all is ignored. */
    bool text_reported;
    unsigned int line;          /* Of its "<". */
    size_t path_length;         /* Of its path in 'path' of the reader. */
    unsigned long seen[BITMAP_N_LONGS(NETDEF_N_NODES)]; /* Children. */
};

struct reader {
    struct netdef_parser *parser;
    xmlParserCtxtPtr ctxt;
    struct frame frames[NETDEF_MAX_DEPTH];
    size_t depth;               /* Number of open elements. */
    bool has_root;
    struct ds path;             /* Of the innermost open element. */
    struct ds text;             /* Of the innermost element, if it has any. */
};

static struct reader *
reader_from_context(void *ctxt_)
{
    xmlParserCtxtPtr ctxt = ctxt_;

    return ctxt->_private;
}

static struct frame *
reader_top(struct reader *reader)
{
    return reader->depth ? &reader->frames[reader->depth - 1] : NULL;
}

/* Refuses the document and makes libxml2 stop reading it. */
static void
reader_refuse(struct reader *reader, unsigned int line, const char *element,
              const char *reason)
{
    netdef_parser_refuse(reader->parser, line, element, reason);
    xmlStopParser(reader->ctxt);
}

/* Returns the line in which the start tag begins that libxml2 has just read.
 * libxml2 itself knows the line in which it ends; there is no "<" in
 * between. */
static unsigned int
reader_tag_line(const struct reader *reader)
{
    const xmlParserInput *input = reader->ctxt->input;
    unsigned int line = input->line;

    for (const xmlChar *p = input->cur; p > input->base && *p != '<'; p--) {
        line -= p[-1] == '\n';
    }
    return line;
}

/* Appends to 's' the name 'local', preceded by the prefix that stands for the
 * namespace 'uri' if the grammar has that, otherwise by "{uri}", which makes
 * it a name that the grammar does not have.  'prefix' is the document's own;
 * it stands for no 'uri' if it was not declared. */
static void
put_qualified_name(struct ds *s, const xmlChar *local, const xmlChar *prefix,
                   const xmlChar *uri)
{
    const char *known = (uri ? netdef_namespace_to_prefix((const char *) uri)
                         : NULL);

    if (known) {
        ds_put_format(s, "%s:", known);
    } else if (uri || prefix) {
        ds_put_format(s, "{%s}", (const char *) (uri ? uri : prefix));
    }
    ds_put_cstr(s, (const char *) local);
}

/* Reports that 'node', which starts in 'line', is there for a second time in
 * 'parent'. */
static void
report_repeated(struct reader *reader, enum netdef_node node,
                unsigned int line)
{
    const struct netdef_node_class *class = netdef_node_get_class(node);

    if (class->fate == NETDEF_FATE_CARRIED) {
        netdef_parser_report(reader->parser, DIAG_ERROR, line, class->path,
                             "there is more than one");
    } else {
        netdef_parser_report(reader->parser, DIAG_WARNING, line, class->path,
                             "there is more than one; libvirt takes the "
                             "first");
    }
}

/* Looks up the element that 'reader->path' names, a child of 'parent'.  Stores
 * it in 'frame->node' and returns true if it is in the grammar.  Otherwise
 * warns of it, unless it is where anything is allowed. */
static bool
look_up_element(struct reader *reader, struct frame *parent,
                struct frame *frame)
{
    const char *path = ds_cstr(&reader->path);

    /* A <network> in a <network> has the root's path, but is not the root. */
    if (!netdef_node_from_path(path, &frame->node)
        || (parent && frame->node == NETDEF_NODE_NETWORK)) {
        if (netdef_node_get_class(parent->node)->kind
            != NETDEF_KIND_ANYTHING) {
            netdef_parser_report(reader->parser, DIAG_WARNING, frame->line,
                                 path, "unknown element, ignored");
        }
        return false;
    }

    if (parent) {
        enum netdef_node_kind kind = netdef_node_get_class(frame->node)->kind;

        if (bitmap_is_set(parent->seen, frame->node)
            && kind != NETDEF_KIND_MANY && kind != NETDEF_KIND_MANY_TEXTS) {
            report_repeated(reader, frame->node, frame->line);
        }
        bitmap_set1(parent->seen, frame->node);
    }
    return true;
}

/* Hands the 'n' attributes that SAX passed as 'attributes' to the parser. */
static void
read_attributes(struct reader *reader, const struct frame *frame, int n,
                const xmlChar **attributes)
{
    size_t path_length = reader->path.length;

    for (int i = 0; i < n; i++, attributes += 5) {
        enum netdef_node node;

        ds_put_char(&reader->path, '@');
        put_qualified_name(&reader->path, attributes[0], attributes[1],
                           attributes[2]);
        if (netdef_node_from_path(ds_cstr(&reader->path), &node)) {
            char *value = xmemdup0((const char *) attributes[3],
                                   attributes[4] - attributes[3]);

            netdef_parser_value(reader->parser, node, value, frame->line);
            free(value);
        } else if (netdef_node_get_class(frame->node)->kind
                   != NETDEF_KIND_ANYTHING) {
            netdef_parser_report(reader->parser, DIAG_WARNING, frame->line,
                                 ds_cstr(&reader->path),
                                 "unknown attribute, ignored");
        }
        ds_truncate(&reader->path, path_length);
    }
}

/* Opens a frame for an element whose name was appended to 'reader->path'. */
static struct frame *
push_frame(struct reader *reader, unsigned int line)
{
    struct frame *frame = &reader->frames[reader->depth++];

    memset(frame, 0, sizeof *frame);
    frame->line = line;
    frame->path_length = reader->path.length;
    return frame;
}

static void
sax_start_element(void *ctxt, const xmlChar *local, const xmlChar *prefix,
                  const xmlChar *uri, int n_namespaces OVS_UNUSED,
                  const xmlChar **namespaces OVS_UNUSED, int n_attributes,
                  int n_defaulted OVS_UNUSED, const xmlChar **attributes)
{
    struct reader *reader = reader_from_context(ctxt);
    struct frame *parent = reader_top(reader);
    unsigned int line = reader_tag_line(reader);

    if (reader->depth >= NETDEF_MAX_DEPTH) {
        reader_refuse(reader, line, ds_cstr(&reader->path),
                      "elements are nested too deeply");
        return;
    }
    if (parent && !parent->known) {
        push_frame(reader, line);
        return;
    }

    if (reader->depth > 1) {
        ds_put_char(&reader->path, '/');
    } else {
        ds_clear(&reader->path);
    }
    put_qualified_name(&reader->path, local, prefix, uri);

    if (!parent && strcmp(ds_cstr(&reader->path), "network")) {
        char *reason = xasprintf("root element is <%s>, expected <network>",
                                 ds_cstr(&reader->path));
        reader_refuse(reader, line, ds_cstr(&reader->path), reason);
        free(reason);
        return;
    }

    struct frame *frame = push_frame(reader, line);
    frame->known = look_up_element(reader, parent, frame);
    reader->has_root = true;
    if (frame->known) {
        ds_clear(&reader->text);
        netdef_parser_begin(reader->parser, frame->node, line);
        read_attributes(reader, frame, n_attributes, attributes);
    }
}

static void
sax_end_element(void *ctxt, const xmlChar *local OVS_UNUSED,
                const xmlChar *prefix OVS_UNUSED,
                const xmlChar *uri OVS_UNUSED)
{
    struct reader *reader = reader_from_context(ctxt);
    struct frame *frame = reader_top(reader);

    if (!frame) {
        return;
    }
    if (frame->known) {
        netdef_parser_end(reader->parser, frame->node, ds_cstr(&reader->text),
                          frame->line);
    }
    reader->depth--;

    /* The root's children have paths without the root's name. */
    frame = reader_top(reader);
    if (reader->depth == 1) {
        ds_clear(&reader->path);
        ds_put_cstr(&reader->path, "network");
    } else {
        ds_truncate(&reader->path, frame ? frame->path_length : 0);
    }
}

static void
sax_characters(void *ctxt, const xmlChar *text_, int length)
{
    struct reader *reader = reader_from_context(ctxt);
    struct frame *frame = reader_top(reader);
    const char *text = (const char *) text_;

    if (!frame || !frame->known) {
        return;
    }

    switch (netdef_node_get_class(frame->node)->kind) {
    case NETDEF_KIND_ONE_TEXT:
    case NETDEF_KIND_MANY_TEXTS:
        ds_put_buffer(&reader->text, text, length);
        break;

    case NETDEF_KIND_ONE:
    case NETDEF_KIND_MANY:
        for (int i = 0; i < length && !frame->text_reported; i++) {
            if (!strchr(" \t\r\n", text[i])) {
                netdef_parser_report(reader->parser, DIAG_WARNING, frame->line,
                                     ds_cstr(&reader->path),
                                     "text in this element is ignored");
                frame->text_reported = true;
            }
        }
        break;

    case NETDEF_KIND_ANYTHING:
    case NETDEF_KIND_STRING:
    case NETDEF_KIND_YES_NO:
    case NETDEF_KIND_ON_OFF:
    case NETDEF_KIND_NUMBER:
        break;
    }
}

/* Called as soon as "<!DOCTYPE name" has been read, before anything that is
 * declared in it. */
static void
sax_doctype(void *ctxt, const xmlChar *name OVS_UNUSED,
            const xmlChar *external_id OVS_UNUSED,
            const xmlChar *system_id OVS_UNUSED)
{
    struct reader *reader = reader_from_context(ctxt);

    reader_refuse(reader, reader->ctxt->input->line, "!DOCTYPE",
                  "document type declarations are not allowed");
}

/* Called for each of libxml2's complaints.  The first fatal one counts; less
 * than fatal are those about namespaces.  MAX_NAMES is the one thing that
 * libxml2 reports as a lack of memory. */
static void
sax_error(void *ctxt, xmlErrorPtr error)
{
    struct reader *reader = reader_from_context(ctxt);

    const char *element = reader->depth ? ds_cstr(&reader->path) : NULL;
    unsigned int line = MAX(error->line, 1);
    char *reason = xstrdup(error->message ? error->message
                           : "not well-formed");

    reason[strcspn(reason, "\n")] = '\0';
    if (error->code == XML_ERR_NO_MEMORY) {
        free(reason);
        reason = xstrdup("there are too many different names");
    }
    if (error->level == XML_ERR_FATAL) {
        reader_refuse(reader, line, element, reason);
    } else {
        netdef_parser_report(reader->parser, DIAG_WARNING, line, element,
                             "%s", reason);
    }
    free(reason);
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
    } else if (size > NETDEF_MAX_SIZE) {
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
reader_run(struct reader *reader, const char *text, size_t size)
{
    xmlParserCtxtPtr ctxt = xmlNewParserCtxt();

    if (!ctxt) {
        out_of_memory();
    }
    reader->ctxt = ctxt;
    memset(ctxt->sax, 0, sizeof *ctxt->sax);
    ctxt->sax->initialized = XML_SAX2_MAGIC;
    ctxt->sax->internalSubset = sax_doctype;
    ctxt->sax->startElementNs = sax_start_element;
    ctxt->sax->endElementNs = sax_end_element;
    ctxt->sax->characters = sax_characters;
    ctxt->sax->ignorableWhitespace = sax_characters;
    ctxt->sax->serror = sax_error;
    ctxt->_private = reader;
    xmlDictSetLimit(ctxt->dict, MAX_NAMES);

    xmlDocPtr doc = xmlCtxtReadMemory(ctxt, text, size, NULL, "UTF-8",
                                      XML_PARSE_NONET | XML_PARSE_NOENT
                                      | XML_PARSE_IGNORE_ENC);
    if (!ctxt->wellFormed || !reader->has_root) {
        netdef_parser_refuse(reader->parser, 1, NULL, "not well-formed");
    }
    xmlFreeDoc(doc);
    xmlFreeParserCtxt(ctxt);
    xmlResetLastError();
}

/* Reads a network definition from the 'size' bytes at 'text', which the user
 * knows as 'file' (this may be null).  Appends to 'diags' what there is to say
 * about it: if the text is not XML that can be read at all, a single error;
 * otherwise all errors, and everything that is valid but not carried out.
 *
 * Returns the definition, valid in the sense of netdef_validate(), which the
 * caller must netdef_destroy(), or null if there was an error.  It may be one
 * that is not ours, see netdef_is_ours(). */
struct netdef *
netdef_from_xml(const char *text, size_t size, const char *file,
                struct diag_list *diags)
{
    struct reader reader = {
        .parser = netdef_parser_create(file),
        .path = DS_EMPTY_INITIALIZER,
        .text = DS_EMPTY_INITIALIZER,
    };
    size_t offset;
    const char *reason = check_text(text, size, &offset);

    if (reason) {
        netdef_parser_refuse(reader.parser, line_of_offset(text, offset),
                             NULL, reason);
    } else {
        reader_run(&reader, text, size);
    }
    ds_destroy(&reader.path);
    ds_destroy(&reader.text);
    return netdef_parser_finish(reader.parser, diags);
}
