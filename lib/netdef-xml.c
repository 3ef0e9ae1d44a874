/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "netdef.h"

#include <stdlib.h>
#include <string.h>

#include "bitmap.h"
#include "netdef-elements.h"
#include "netdef-parse.h"
#include "sax-xml.h"
#include "util.h"

/* From the events of a document to calls of the parser, by the grammar in
 * netdef-elements.h.  Limits are those of sax-xml.h. */

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
    struct frame frames[SAX_MAX_DEPTH];
    size_t depth;               /* Number of open elements. */
    struct ds path;             /* Of the innermost open element. */
    struct ds text;             /* Of the innermost element, if it has any. */
};

static struct frame *
reader_top(struct reader *reader)
{
    return reader->depth ? &reader->frames[reader->depth - 1] : NULL;
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

/* Hands the 'n' 'attributes' to the parser. */
static void
read_attributes(struct reader *reader, const struct frame *frame,
                const struct sax_attribute *attributes, size_t n)
{
    size_t path_length = reader->path.length;

    for (size_t i = 0; i < n; i++) {
        const struct sax_attribute *attribute = &attributes[i];
        enum netdef_node node;

        ds_put_format(&reader->path, "@%s", attribute->name);
        if (netdef_node_from_path(ds_cstr(&reader->path), &node)) {
            netdef_parser_value(reader->parser, node, attribute->value,
                                frame->line);
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

static char *
on_start(void *reader_, const char *name,
         const struct sax_attribute *attributes, size_t n, unsigned int line)
{
    struct reader *reader = reader_;
    struct frame *parent = reader_top(reader);

    if (parent && !parent->known) {
        push_frame(reader, line);
        return NULL;
    }

    if (reader->depth > 1) {
        ds_put_char(&reader->path, '/');
    } else {
        ds_clear(&reader->path);
    }
    ds_put_cstr(&reader->path, name);

    if (!parent && strcmp(name, "network")) {
        push_frame(reader, line);
        return xasprintf("root element is <%s>, expected <network>", name);
    }

    struct frame *frame = push_frame(reader, line);
    frame->known = look_up_element(reader, parent, frame);
    if (frame->known) {
        ds_clear(&reader->text);
        netdef_parser_begin(reader->parser, frame->node, line);
        read_attributes(reader, frame, attributes, n);
    }
    return NULL;
}

static void
on_end(void *reader_)
{
    struct reader *reader = reader_;
    struct frame *frame = reader_top(reader);

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
on_text(void *reader_, const char *text, size_t size)
{
    struct reader *reader = reader_;
    struct frame *frame = reader_top(reader);

    if (!frame->known) {
        return;
    }

    switch (netdef_node_get_class(frame->node)->kind) {
    case NETDEF_KIND_ONE_TEXT:
    case NETDEF_KIND_MANY_TEXTS:
        ds_put_buffer(&reader->text, text, size);
        break;

    case NETDEF_KIND_ONE:
    case NETDEF_KIND_MANY:
        for (size_t i = 0; i < size && !frame->text_reported; i++) {
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

static void
on_warning(void *reader_, unsigned int line, const char *reason)
{
    struct reader *reader = reader_;

    netdef_parser_report(reader->parser, DIAG_WARNING, line,
                         reader->depth ? ds_cstr(&reader->path) : NULL,
                         "%s", reason);
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
    static const struct sax_handler handler = {
        .prefix = netdef_namespace_to_prefix,
        .start = on_start,
        .end = on_end,
        .text = on_text,
        .warn = on_warning,
    };
    struct reader reader = {
        .parser = netdef_parser_create(file),
        .path = DS_EMPTY_INITIALIZER,
        .text = DS_EMPTY_INITIALIZER,
    };
    struct sax_error error;

    if (!sax_read(text, size, &handler, &reader, &error)) {
        const char *element = (error.element ? error.element
                               : reader.depth ? ds_cstr(&reader.path) : NULL);

        netdef_parser_refuse(reader.parser, error.line, element,
                             error.reason);
        free(error.reason);
    }
    ds_destroy(&reader.path);
    ds_destroy(&reader.text);
    return netdef_parser_finish(reader.parser, diags);
}
