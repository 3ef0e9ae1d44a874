/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/netdef-parse.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "bitmap.h"
#include "lib/xml/netdef-parse-private.h"
#include "lib/xml/netdef.h"
#include "lib/xml/netport.h"
#include "util.h"

/* Texts of diagnostics are not longer than this, in bytes. */
#define MAX_TEXT 500

/* Returns a new parser for a definition that the user knows as 'file', which
 * may be null.  The caller must pass it to netdef_parser_finish() or
 * netdef_parser_destroy(). */
struct netdef_parser *
netdef_parser_create(const char *file)
{
    struct netdef_parser *parser = xzalloc(sizeof *parser);

    parser->file = nullable_xstrdup(file);
    parser->netdef = xzalloc(sizeof *parser->netdef);
    port_vlan_init(&parser->netdef->vlan);
    return parser;
}

/* Returns what 'parser' has read so far, whether that is valid or not. */
const struct netdef *
netdef_parser_get(const struct netdef_parser *parser)
{
    return parser->netdef;
}

/* Frees 'parser', which may be null. */
void
netdef_parser_destroy(struct netdef_parser *parser)
{
    if (parser) {
        netdef_destroy(parser->netdef);
        netport_destroy(parser->netport);
        diag_list_uninit(&parser->diags);
        vlan_set_uninit(&parser->vlan.tags);
        netdef_vn_portgroups_clear(parser);
        netdef_filter_clear(parser);
        free(parser->forward_dev);
        free(parser->file);
        free(parser);
    }
}

/* Cuts 'text', which may quote a very long value, at the end of a
 * character. */
static void
shorten(char *text)
{
    if (strlen(text) > MAX_TEXT) {
        char *end = &text[MAX_TEXT - 3];

        while ((*end & 0xc0) == 0x80) {
            end--;
        }
        strcpy(end, "...");
    }
}

/* Reports something about 'element', which stands in line 'line'.  Only the
 * first NETDEF_MAX_DIAGS reports are kept, and the first error. */
void
netdef_parser_report(struct netdef_parser *parser, enum diag_severity severity,
                     unsigned int line, const char *element,
                     const char *format, ...)
{
    struct diag_list *diags = &parser->diags;

    if (diags->n > NETDEF_MAX_DIAGS
        && (severity != DIAG_ERROR || diag_list_has_errors(diags))) {
        return;
    }

    struct origin origin;
    va_list args;
    char *text;

    origin_init(&origin, parser->file, line, element);
    va_start(args, format);
    text = xvasprintf(format, args);
    va_end(args);
    shorten(text);
    if (diags->n == NETDEF_MAX_DIAGS && severity != DIAG_ERROR) {
        diag_add(diags, DIAG_NOTE, &origin, "there is more from here on");
    } else {
        diag_add(diags, severity, &origin, "%s", text);
    }
    free(text);
    origin_uninit(&origin);
}

/* Refuses the whole document for 'reason'.  That is then the only diagnostic:
 * whatever was found before, and what is found later, is worth nothing.  Only
 * the first call has an effect. */
void
netdef_parser_refuse(struct netdef_parser *parser, unsigned int line,
                     const char *element, const char *reason)
{
    if (!parser->refused) {
        diag_list_clear(&parser->diags);
        netdef_parser_report(parser, DIAG_ERROR, line, element, "%s", reason);
        parser->refused = true;
    }
}

/* If 'node' is not carried out and nobody has been told yet, says whose
 * business it is. */
static void
note_fate(struct netdef_parser *parser, enum netdef_node node,
          unsigned int line)
{
    const struct netdef_node_class *class = netdef_node_get_class(node);
    const char *fate = netdef_fate_to_string(class->fate);

    if (class->fate == NETDEF_FATE_CARRIED
        || class->fate == NETDEF_FATE_CONTEXT
        || !class->what[0]
        || bitmap_is_set(parser->noted, node)) {
        return;
    }
    bitmap_set1(parser->noted, node);
    netdef_parser_report(parser, DIAG_NOTE, line, class->path,
                         "not carried out here: %s (%s)", fate, class->what);
}

/* Called when 'node', an element that starts in line 'line', starts. */
void
netdef_parser_begin(struct netdef_parser *parser, enum netdef_node node,
                    unsigned int line)
{
    if (!parser->lines[node]) {
        parser->lines[node] = line;
    }
    note_fate(parser, node, line);
    if (netdef_actions[node].begin) {
        netdef_actions[node].begin(parser, node, line);
    }
}

/* Returns what a value of 'kind' must be, null if 'value' is that. */
static const char *
check_value(enum netdef_node_kind kind, const char *value)
{
    switch (kind) {
    case NETDEF_KIND_YES_NO:
        return (!strcmp(value, "yes") || !strcmp(value, "no")
                ? NULL : "yes or no");
    case NETDEF_KIND_ON_OFF:
        return (!strcmp(value, "on") || !strcmp(value, "off")
                ? NULL : "on or off");
    case NETDEF_KIND_NUMBER:
        value += value[0] == '+';
        return (value[0] && !value[strspn(value, "0123456789")]
                ? NULL : "a number");
    case NETDEF_KIND_STRING:
    case NETDEF_KIND_ONE:
    case NETDEF_KIND_MANY:
    case NETDEF_KIND_ONE_TEXT:
    case NETDEF_KIND_MANY_TEXTS:
    case NETDEF_KIND_ANYTHING:
        return NULL;
    }
    OVS_NOT_REACHED();
}

/* Called with the 'value' of 'node', an attribute, after its element's
 * start. */
void
netdef_parser_value(struct netdef_parser *parser, enum netdef_node node,
                    const char *value, unsigned int line)
{
    const char *expected
        = check_value(netdef_node_get_class(node)->kind, value);

    if (!parser->lines[node]) {
        parser->lines[node] = line;
    }
    if (expected) {
        netdef_parser_error(parser, node, line, "invalid value '%s', expected "
                            "%s", value, expected);
        return;
    }
    note_fate(parser, node, line);
    if (netdef_actions[node].value) {
        netdef_actions[node].value(parser, node, value, line);
    }
}

/* Called when 'node', an element that started in line 'line', ends, with its
 * 'text', "" if it has none. */
void
netdef_parser_end(struct netdef_parser *parser, enum netdef_node node,
                  const char *text, unsigned int line)
{
    if (netdef_actions[node].end) {
        netdef_actions[node].end(parser, node, text, line);
    }
}

/* The netdef of 'parser' is left to libvirt.  If it asks us for something,
 * then that goes nowhere, which is an error. */
static void
report_unheard(struct netdef_parser *parser)
{
    unsigned int line = parser->lines[NETDEF_NODE_VN];

    if (line) {
        netdef_parser_error(parser, NETDEF_NODE_VN, line,
                            "is not carried out, since the network is left to "
                            "libvirt");
    }
}

/* Makes it the only diagnostic of 'parser' that its netdef is somebody else's:
 * what is inside is not ours to judge, unless it asks us for something.  What
 * is wrong inside is not kept. */
static void
disown(struct netdef_parser *parser)
{
    struct netdef *netdef = parser->netdef;
    bool by_mode = (netdef->forward != NETDEF_FORWARD_NONE
                    && netdef->forward != NETDEF_FORWARD_BRIDGE);

    if (diag_list_has_errors(&parser->diags)) {
        netdef_clear_ports(netdef);
    }
    diag_list_clear(&parser->diags);
    if (by_mode) {
        netdef_parser_report(parser, DIAG_NOTE,
                             parser->lines[NETDEF_NODE_FORWARD],
                             "forward@mode", "left to libvirt: mode '%s' has "
                             "no meaning on Open vSwitch",
                             netdef_forward_to_string(netdef->forward));
    } else {
        netdef_parser_report(parser, DIAG_NOTE,
                             parser->lines[NETDEF_NODE_VIRTUALPORT],
                             "virtualport@type", "left to libvirt: type '%s' "
                             "is not Open vSwitch",
                             netdef_virtualport_to_string(
                                 netdef->virtualport));
    }
    report_unheard(parser);
}

/* Judges the netdef that 'parser' has read. */
static void
finish_netdef(struct netdef_parser *parser)
{
    struct netdef *netdef = parser->netdef;

    if (!netdef->origin.line) {
        netdef_parser_report(parser, DIAG_ERROR, 1, "networkstatus",
                             "there is no <network> in it");
        return;
    }
    if (!netdef->name) {
        netdef->name = xstrdup("");
    }
    netdef_vn_portgroups_finish(parser);
    if (netdef_is_foreign(netdef) && !parser->bad_kind) {
        disown(parser);
    } else {
        netdef_refuse(parser);
        if (!netdef->bridge) {
            netdef_parser_report(parser, DIAG_NOTE, netdef->bridge_origin.line,
                                 "bridge@name",
                                 "left to libvirt: names no bridge");
            report_unheard(parser);
        }
    }
    netdef_validate(netdef, &parser->diags);
}

/* Ends the document that 'parser' has read, appends what was found to 'diags',
 * and destroys 'parser'.  Stores the network in '*netdef' or the port in
 * '*netport', for the caller to destroy, and null in the other; null in both
 * if there was an error. */
void
netdef_parser_finish(struct netdef_parser *parser, struct netdef **netdef,
                     struct netport **netport, struct diag_list *diags)
{
    *netdef = NULL;
    *netport = NULL;
    if (!parser->refused) {
        if (parser->netport) {
            netport_finish(parser);
        } else {
            finish_netdef(parser);
        }
        if (!diag_list_has_errors(&parser->diags)) {
            if (parser->netport) {
                *netport = parser->netport;
                parser->netport = NULL;
            } else {
                *netdef = parser->netdef;
                parser->netdef = NULL;
            }
        }
    }
    diag_list_append(diags, &parser->diags);
    netdef_parser_destroy(parser);
}
