/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/netdef.h"

#include <stdlib.h>
#include <string.h>

#include "bitmap.h"
#include "lib/xml/netdef-elements.h"
#include "lib/xml/netdef-parse.h"
#include "lib/xml/netport.h"
#include "lib/xml/sax-xml.h"
#include "lib/xml/vn-mistake.h"
#include "util.h"

/* From the events of a document to calls of the parser, by the grammar in
 * netdef-elements.h.  Limits are those of sax-xml.h. */

/* An element that is open. */
struct frame {
    enum netdef_node node;
    bool known;                 /* Is 'node' valid?  If not, all is ignored. */
    bool text_reported;
    unsigned int line;          /* Of its "<". */
    size_t path_start;          /* Of its path in 'path' of the reader. */
    size_t path_end;
    unsigned long seen[BITMAP_N_LONGS(NETDEF_N_NODES)]; /* Children. */
};

struct reader {
    struct netdef_parser *parser;
    const char *const *roots;   /* What the root may be; null terminated. */
    struct frame frames[SAX_MAX_DEPTH];
    size_t depth;               /* Number of open elements. */
    struct ds path;             /* All names, "networkstatus/network". */
    struct ds text;             /* Of the innermost element, if it has any. */
};

static struct frame *
reader_top(struct reader *reader)
{
    return reader->depth ? &reader->frames[reader->depth - 1] : NULL;
}

/* Returns the path of the innermost open element as the grammar has it. */
static const char *
reader_path(const struct reader *reader)
{
    return &reader->path.string[reader->frames[reader->depth - 1].path_start];
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

/* Returns true if 'node', whose path says that it can be a child of 'parent',
 * is one: names of children of <network> do not have that in their paths, and
 * the roots' names don't have anything. */
static bool
is_child(enum netdef_node parent, enum netdef_node node)
{
    switch ((int) node) {
    case NETDEF_NODE_NETWORK:
        return parent == NETDEF_NODE_STATUS;
    case NETDEF_NODE_STATUS:
    case NETDEF_NODE_NETPORT:
        return false;
    default:
        return true;
    }
}

/* Is what stands at 'path' in a namespace of ours, where nobody else's can
 * be? */
static bool
is_of_ours(const char *path)
{
    const char *name = path;

    while (name && strncmp(name, "vn:", 3)) {
        name = strpbrk(name, "/@");
        name += name != NULL;
    }
    return name != NULL;
}

/* Reports that the innermost open element, which is called 'name' and is in
 * one of 'kind', is not in the grammar, unless it is where anything is allowed
 * and not meant for us. */
static void
report_unknown(struct reader *reader, enum netdef_node_kind kind,
               const char *name, const struct sax_attribute *attributes,
               size_t n, unsigned int line)
{
    const char *path = reader_path(reader);
    char *mistake = (kind == NETDEF_KIND_ANYTHING || is_of_ours(path)
                     ? vn_mistake_element(name, attributes, n) : NULL);

    if (mistake) {
        netdef_parser_report(reader->parser, DIAG_ERROR, line, path, "%s",
                             mistake);
    } else if (is_of_ours(path)) {
        netdef_parser_report(reader->parser, DIAG_ERROR, line, path,
                             "unknown element");
    } else if (kind != NETDEF_KIND_ANYTHING) {
        netdef_parser_report(reader->parser, DIAG_WARNING, line, path,
                             "unknown element, ignored");
    }
    free(mistake);
}

/* Reports that 'name', in 'line', is an element of ours inside one that is not
 * in the grammar: another program's, for example.  One that is inside an
 * element in our namespace has been reported with that. */
static void
report_misplaced(struct reader *reader, const char *name, unsigned int line)
{
    char *mistake = (!strncmp(name, "vn:", 3)
                     && !is_of_ours(reader_path(reader))
                     ? vn_mistake_element(name, NULL, 0) : NULL);

    if (mistake) {
        char *path = xasprintf("%s/%s", reader_path(reader), name);

        netdef_parser_report(reader->parser, DIAG_ERROR, line, path, "%s",
                             mistake);
        free(path);
    }
    free(mistake);
}

/* Looks up the innermost open element, a child of 'parent'.  Stores it in
 * 'frame->node' and returns true if it is in the grammar. */
static bool
look_up_element(struct reader *reader, struct frame *parent,
                struct frame *frame)
{
    const char *path = reader_path(reader);

    if (!netdef_node_from_path(path, &frame->node)
        || (parent && !is_child(parent->node, frame->node))) {
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

/* Reports that the attribute whose path is that of 'reader', of an element in
 * 'line', is not in the grammar. */
static void
report_unknown_attribute(struct reader *reader, unsigned int line)
{
    const char *path = reader_path(reader);
    const char *meant = netdef_node_find_similar(path);
    struct ds known = DS_EMPTY_INITIALIZER;

    if (meant) {
        netdef_parser_report(reader->parser, DIAG_ERROR, line, path,
                             "unknown attribute, did you mean %s?", meant);
    } else if (is_of_ours(path)) {
        netdef_node_format_attributes(&known, path);
        netdef_parser_report(reader->parser, DIAG_ERROR, line, path,
                             "unknown attribute, expected %s",
                             ds_cstr(&known));
    } else {
        netdef_parser_report(reader->parser, DIAG_WARNING, line, path,
                             "unknown attribute, ignored");
    }
    ds_destroy(&known);
}

/* Hands the 'n' 'attributes' to the parser. */
static void
read_attributes(struct reader *reader, const struct frame *frame,
                const struct sax_attribute *attributes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct sax_attribute *attribute = &attributes[i];
        enum netdef_node node;

        ds_put_format(&reader->path, "@%s", attribute->name);
        if (netdef_node_from_path(reader_path(reader), &node)) {
            netdef_parser_value(reader->parser, node, attribute->value,
                                frame->line);
        } else if (netdef_node_get_class(frame->node)->kind
                   != NETDEF_KIND_ANYTHING) {
            report_unknown_attribute(reader, frame->line);
        }
        ds_truncate(&reader->path, frame->path_end);
    }
}

/* Returns true if paths start below 'parent' for its child 'name'. */
static bool
starts_path(const struct frame *parent, const char *name)
{
    return parent->node == NETDEF_NODE_NETWORK
           || (parent->node == NETDEF_NODE_STATUS && !strcmp(name, "network"));
}

/* Opens a frame for an element that is called 'name' in an element of the
 * grammar, or is the root. */
static struct frame *
push_named_frame(struct reader *reader, const char *name, unsigned int line)
{
    const struct frame *parent = reader_top(reader);
    size_t start = 0;

    if (parent) {
        ds_put_char(&reader->path, '/');
        start = (starts_path(parent, name)
                 ? reader->path.length : parent->path_start);
    }
    ds_put_cstr(&reader->path, name);

    struct frame *frame = &reader->frames[reader->depth++];

    memset(frame, 0, sizeof *frame);
    frame->line = line;
    frame->path_start = start;
    frame->path_end = reader->path.length;
    return frame;
}

/* Opens a frame for an element in one that is not in the grammar.  Its name
 * does not matter. */
static void
push_unknown_frame(struct reader *reader, unsigned int line)
{
    const struct frame *parent = reader_top(reader);
    struct frame *frame = &reader->frames[reader->depth++];

    ovs_assert(parent);         /* The root is in the grammar. */
    memset(frame, 0, sizeof *frame);
    frame->line = line;
    frame->path_start = parent->path_start;
    frame->path_end = parent->path_end;
}

/* Returns null if 'name' may be the root's, otherwise why not. */
static char *
check_root(const struct reader *reader, const char *name)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    ds_put_format(&s, "root element is <%s>, expected ", name);
    for (size_t i = 0; reader->roots[i]; i++) {
        if (!strcmp(name, reader->roots[i])) {
            ds_destroy(&s);
            return NULL;
        }
        ds_put_format(&s, "%s<%s>", i ? " or " : "", reader->roots[i]);
    }
    return ds_steal_cstr(&s);
}

static char *
on_start(void *reader_, const char *name,
         const struct sax_attribute *attributes, size_t n, unsigned int line)
{
    struct reader *reader = reader_;
    struct frame *parent = reader_top(reader);

    if (parent && !parent->known) {
        report_misplaced(reader, name, line);
        push_unknown_frame(reader, line);
        return NULL;
    }

    struct frame *frame = push_named_frame(reader, name, line);
    char *reason = parent ? NULL : check_root(reader, name);

    if (reason) {
        return reason;
    }
    frame->known = look_up_element(reader, parent, frame);
    if (!frame->known) {
        ovs_assert(parent);     /* The root is in the grammar. */
        report_unknown(reader, netdef_node_get_class(parent->node)->kind,
                       name, attributes, n, line);
    } else {
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

    ovs_assert(frame);
    if (frame->known) {
        netdef_parser_end(reader->parser, frame->node, ds_cstr(&reader->text),
                          frame->line);
    }
    reader->depth--;
    frame = reader_top(reader);
    ds_truncate(&reader->path, frame ? frame->path_end : 0);
}

static void
on_text(void *reader_, const char *text, size_t size)
{
    struct reader *reader = reader_;
    struct frame *frame = reader_top(reader);

    ovs_assert(frame);
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
                                     reader_path(reader),
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
                         reader->depth ? reader_path(reader) : NULL,
                         "%s", reason);
}

/* Reads the 'size' bytes at 'text', whose root must be one of 'roots'.  The
 * rest is as for netdef_or_netport_from_xml(). */
static void
read_document(const char *text, size_t size, const char *file,
              const char *const roots[], struct netdef **netdef,
              struct netport **netport, struct diag_list *diags)
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
        .roots = roots,
        .path = DS_EMPTY_INITIALIZER,
        .text = DS_EMPTY_INITIALIZER,
    };
    struct sax_error error;

    if (!sax_read(text, size, &handler, &reader, &error)) {
        const char *element = (error.element ? error.element
                               : reader.depth ? reader_path(&reader) : NULL);

        netdef_parser_refuse(reader.parser, error.line, element,
                             error.reason);
        free(error.reason);
    }
    ds_destroy(&reader.path);
    ds_destroy(&reader.text);
    netdef_parser_finish(reader.parser, netdef, netport, diags);
}

/* Reads a network definition from the 'size' bytes at 'text', which the user
 * knows as 'file' (this may be null): a <network>, or the <networkstatus> that
 * libvirt keeps of an active one.  Appends to 'diags' what there is to say
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
    static const char *const roots[] = { "network", "networkstatus", NULL };
    struct netdef *netdef;
    struct netport *netport;

    read_document(text, size, file, roots, &netdef, &netport, diags);
    return netdef;
}

/* Reads a <networkport>, as netdef_from_xml() reads a network.  Returns the
 * port, which the caller must netport_destroy(), or null if there was an
 * error. */
struct netport *
netport_from_xml(const char *text, size_t size, const char *file,
                 struct diag_list *diags)
{
    static const char *const roots[] = { "networkport", NULL };
    struct netdef *netdef;
    struct netport *netport;

    read_document(text, size, file, roots, &netdef, &netport, diags);
    return netport;
}

/* Reads what may be a network or a port.  Stores it in '*netdef' or
 * '*netport', and null in the other; null in both if there was an error. */
void
netdef_or_netport_from_xml(const char *text, size_t size, const char *file,
                           struct netdef **netdef, struct netport **netport,
                           struct diag_list *diags)
{
    static const char *const roots[] = {
        "network", "networkstatus", "networkport", NULL
    };

    read_document(text, size, file, roots, netdef, netport, diags);
}
