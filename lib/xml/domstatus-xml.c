/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/domstatus.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/diag.h"
#include "lib/xml/domstatus-metadata.h"
#include "lib/xml/netdef-parse.h"
#include "lib/xml/netdef.h"
#include "lib/xml/nwfilter.h"
#include "lib/xml/sax-xml.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "util.h"

#define DOMAIN "domstatus/domain"
#define INTERFACE DOMAIN "/devices/interface"
#define METADATA DOMAIN "/metadata"

struct reader {
    struct domstatus *status;
    size_t allocated_interfaces;
    struct domstatus_metadata metadata;
    bool is_guest_file;         /* Is there no <domstatus> around it? */
    bool paused;                /* domstatus@state='paused'. */
    bool migration;             /* domstatus@reason='migration'. */
    char *async;                /* job@async, or null. */

    size_t lengths[SAX_MAX_DEPTH];  /* Of 'path', without each element. */
    size_t depth;
    struct ds path;             /* Of the innermost open element. */
    struct ds text;             /* Of the innermost element, if it has any. */

    /* <vlan>, <bandwidth> and <port> are in <interface>, or in its <actual>,
     * what they are in <network>, so the parser of that is given them. */
    struct netdef_parser *own;
    struct netdef_parser *actual;
};

/* Returns why the attributes of <mac> say no address, null if they say one.
 * What libvirt has written is for libvirt to check. */
static char *
check_mac(const struct sax_attribute *attributes, size_t n)
{
    const char *address = sax_find_attribute(attributes, n, "address");
    struct eth_addr mac;

    if (address && strlen(address) == ETH_ADDR_STRLEN
        && eth_addr_from_string(address, &mac)
        && !eth_addr_is_multicast(mac) && !eth_addr_is_zero(mac)) {
        return NULL;
    }
    return (address
            ? xasprintf("'%s' is not the MAC address of an interface", address)
            : xstrdup("<mac> has no address"));
}

static void
take_mac(struct eth_addr *mac, const struct sax_attribute *attributes,
         size_t n, const char *name)
{
    const char *attribute = sax_find_attribute(attributes, n, name);

    if (attribute) {
        eth_addr_from_string(attribute, mac);
    }
}

static void
take_state(struct reader *reader, const struct sax_attribute *attributes,
           size_t n)
{
    const char *state = sax_find_attribute(attributes, n, "state");
    const char *reason = sax_find_attribute(attributes, n, "reason");

    reader->paused = state && !strcmp(state, "paused");
    reader->migration = reason && !strcmp(reason, "migration");
}

static void
add_interface(struct reader *reader, const struct sax_attribute *attributes,
              size_t n)
{
    struct domstatus *status = reader->status;

    if (status->n_interfaces >= reader->allocated_interfaces) {
        status->interfaces = x2nrealloc(status->interfaces,
                                        &reader->allocated_interfaces,
                                        sizeof *status->interfaces);
    }

    struct domif *domif = &status->interfaces[status->n_interfaces++];
    *domif = (struct domif) { .link_down = false };
    sax_copy_attribute(&domif->trust, attributes, n, "trustGuestRxFilters");
    port_vlan_init(&domif->vlan);
    reader->own = netdef_parser_create(NULL);
}

/* Adds 'address', which may be null, to those of 'domif'. */
static void
add_ip(struct domif *domif, const char *address)
{
    if (address && strlen(address) < INET6_ADDRSTRLEN) {
        char *ips = xasprintf("%s%s%s", domif->ips ? domif->ips : "",
                              domif->ips ? " " : "", address);

        free(domif->ips);
        domif->ips = ips;
    }
}

/* Takes in <filterref>, which libvirt accepts of an <interface
 * type='ethernet'> that somebody else plugs into a bridge here, or <parameter>
 * in it if 'parameter'.  One that cannot be understood is one that there is
 * not. */
static void
take_filter(struct domif *domif, bool parameter,
            const struct sax_attribute *attributes, size_t n)
{
    char *error = NULL;

    if (!parameter) {
        free(domif->filter);
        domif->filter = nwfilter_ref_begin_text(
            sax_find_attribute(attributes, n, "filter"), &error);
    } else if (domif->filter) {
        error = nwfilter_ref_add_text(
            &domif->filter, sax_find_attribute(attributes, n, "name"),
            sax_find_attribute(attributes, n, "value"));
    }
    if (error) {
        free(error);
        free(domif->filter);
        domif->filter = xstrdup("");
    }
}

/* Takes in the attributes of element 'name', a child of <interface>. */
static void
take_interface_child(struct reader *reader, const char *name,
                     const struct sax_attribute *attributes, size_t n)
{
    struct domstatus *status = reader->status;
    struct domif *domif = &status->interfaces[status->n_interfaces - 1];

    if (!strcmp(name, "mac")) {
        take_mac(&domif->mac, attributes, n, "address");
        take_mac(&domif->current_mac, attributes, n, "currentAddress");
    } else if (!strcmp(name, "source")) {
        sax_copy_attribute(&domif->network, attributes, n, "network");
        sax_copy_attribute(&domif->portgroup, attributes, n, "portgroup");
        sax_copy_attribute(&domif->socket, attributes, n, "path");
    } else if (!strcmp(name, "ip")) {
        add_ip(domif, sax_find_attribute(attributes, n, "address"));
    } else if (!strcmp(name, "filterref")) {
        take_filter(domif, false, attributes, n);
    } else if (!strcmp(name, "target")) {
        sax_copy_attribute(&domif->target, attributes, n, "dev");
    } else if (!strcmp(name, "link")) {
        const char *state = sax_find_attribute(attributes, n, "state");

        domif->link_down = state && !strcmp(state, "down");
    } else if (!strcmp(name, "actual") && !reader->actual) {
        reader->actual = netdef_parser_create(NULL);
    }
}

/* Returns the part of the path of the innermost element below <interface> or
 * its <actual>, and stores in '*parser' which of them; null if it is in
 * neither or is nothing that <network> has in the same form. */
static const char *
shared_path(const struct reader *reader, struct netdef_parser **parser)
{
    const char *path = ds_cstr_ro(&reader->path);

    if (strncmp(path, INTERFACE "/", strlen(INTERFACE "/"))) {
        return NULL;
    }
    path += strlen(INTERFACE "/");
    *parser = reader->own;
    if (!strncmp(path, "actual/", strlen("actual/"))) {
        path += strlen("actual/");
        *parser = reader->actual;
    }
    return (!strncmp(path, "vlan", 4) || !strncmp(path, "bandwidth", 9)
            || !strcmp(path, "port") ? path : NULL);
}

static void
start_shared(struct reader *reader, const struct sax_attribute *attributes,
             size_t n, unsigned int line)
{
    struct netdef_parser *parser;
    const char *path = shared_path(reader, &parser);
    enum netdef_node node;

    if (!path || !netdef_node_from_path(path, &node)) {
        return;
    }
    netdef_parser_begin(parser, node, line);
    for (size_t i = 0; i < n; i++) {
        char *name = xasprintf("%s@%s", path, attributes[i].name);

        if (netdef_node_from_path(name, &node)) {
            netdef_parser_value(parser, node, attributes[i].value, line);
        }
        free(name);
    }
}

static void
end_shared(struct reader *reader)
{
    struct netdef_parser *parser;
    const char *path = shared_path(reader, &parser);
    enum netdef_node node;

    if (path && netdef_node_from_path(path, &node)) {
        netdef_parser_end(parser, node, "", 0);
    }
}

static char *
on_start(void *reader_, const char *name,
         const struct sax_attribute *attributes, size_t n, unsigned int line)
{
    struct reader *reader = reader_;
    bool in_interface = !strcmp(ds_cstr(&reader->path), INTERFACE);

    if (!reader->depth && !strcmp(name, "domain")) {
        reader->is_guest_file = true;
        ds_put_cstr(&reader->path, "domstatus");
    } else if (!reader->depth && strcmp(name, "domstatus")) {
        return xasprintf("root element is <%s>, expected <domain> or "
                         "<domstatus>", name);
    } else if (in_interface && reader->is_guest_file && !strcmp(name, "mac")) {
        char *reason = check_mac(attributes, n);

        if (reason) {
            return reason;
        }
    }
    reader->lengths[reader->depth++] = reader->path.length;
    ds_put_format(&reader->path, "%s%s", reader->path.length ? "/" : "", name);
    ds_clear(&reader->text);

    const char *path = ds_cstr(&reader->path);
    if (in_interface) {
        take_interface_child(reader, name, attributes, n);
    } else if (!strcmp(path, "domstatus")) {
        take_state(reader, attributes, n);
    } else if (!strcmp(path, "domstatus/job")) {
        sax_copy_attribute(&reader->async, attributes, n, "async");
    } else if (!strcmp(path, INTERFACE "/filterref/parameter")) {
        take_filter(&reader->status->interfaces[
                        reader->status->n_interfaces - 1], true, attributes,
                    n);
    } else if (!strcmp(path, INTERFACE)) {
        add_interface(reader, attributes, n);
    } else if (!strncmp(path, METADATA "/", strlen(METADATA "/"))) {
        domstatus_metadata_start(&reader->metadata, path + sizeof DOMAIN, name,
                                 attributes, n, line);
    }
    start_shared(reader, attributes, n, line);
    return NULL;
}

/* Ends the last interface with what it has in common with a network. */
static void
end_interface(struct reader *reader)
{
    struct domstatus *status = reader->status;
    struct domif *domif = &status->interfaces[status->n_interfaces - 1];
    const struct netdef *own = netdef_parser_get(reader->own);
    const struct netdef *netdef = (reader->actual
                                   ? netdef_parser_get(reader->actual) : own);

    domif->isolated = netdef->policy.isolated.value;
    domif->bandwidth = own->bandwidth;
    domif->has_vlan = netdef->has_vlan;
    port_vlan_uninit(&domif->vlan);
    port_vlan_clone(&domif->vlan, &netdef->vlan);
    netdef_parser_destroy(reader->own);
    netdef_parser_destroy(reader->actual);
    reader->own = reader->actual = NULL;
}

static void
on_end(void *reader_)
{
    struct reader *reader = reader_;
    const char *path = ds_cstr(&reader->path);
    struct domstatus *status = reader->status;

    end_shared(reader);
    if (!strcmp(path, INTERFACE)) {
        end_interface(reader);
    } else if (!strcmp(path, DOMAIN "/name") && !status->name) {
        status->name = xstrdup(ds_cstr(&reader->text));
    } else if (!strcmp(path, DOMAIN "/uuid") && !status->uuid) {
        status->uuid = xstrdup(ds_cstr(&reader->text));
    }
    ds_truncate(&reader->path, reader->lengths[--reader->depth]);
}

static void
on_text(void *reader_, const char *text, size_t size)
{
    struct reader *reader = reader_;

    ds_put_buffer(&reader->text, text, size);
}

/* Returns the state of the guest that has been read.
 *
 * A guest that comes is in a <job> from the beginning, and paused until it
 * runs.  One that goes is paused for migration once its CPUs have stopped
 * (qemuProcessHandleStop() in libvirt's src/qemu/qemu_process.c), and runs
 * again if nothing comes of it. */
static enum domain_state
get_state(const struct reader *reader)
{
    bool in = reader->async && !strcmp(reader->async, "migration in");

    if (!reader->paused) {
        return DOMAIN_RUNNING;
    }
    return in || reader->migration ? DOMAIN_MIGRATING : DOMAIN_PAUSED;
}

/* Reads a guest's state from the 'size' bytes at 'text', which the user knows
 * as 'file'.  Returns it, for the caller to domstatus_destroy(), or null,
 * having added an error to 'diags'. */
struct domstatus *
domstatus_from_xml(const char *text, size_t size, const char *file,
                   struct diag_list *diags)
{
    static const struct sax_handler handler = {
        .prefix = netdef_namespace_to_prefix,
        .start = on_start,
        .end = on_end,
        .text = on_text,
    };
    struct reader reader = {
        .status = xzalloc(sizeof *reader.status),
        .path = DS_EMPTY_INITIALIZER,
        .text = DS_EMPTY_INITIALIZER,
    };
    struct sax_error error;

    domstatus_metadata_init(&reader.metadata, file);
    if (sax_read(text, size, &handler, &reader, &error)
        && !reader.status->name) {
        error.line = 1;
        error.reason = xstrdup("there is no <domain> with a <name>");
    }
    reader.status->state = get_state(&reader);
    reader.status->is_libvirts = !reader.is_guest_file;
    reader.status->from = reader.is_guest_file ? "a guest file" : "libvirt";
    free(reader.async);
    ds_destroy(&reader.path);
    ds_destroy(&reader.text);
    netdef_parser_destroy(reader.own);
    netdef_parser_destroy(reader.actual);
    if (error.reason) {
        sax_error_report(&error, file, NULL, diags);
        domstatus_destroy(reader.status);
        reader.status = NULL;
    } else {
        domstatus_metadata_finish(&reader.metadata, reader.status, diags);
    }
    domstatus_metadata_uninit(&reader.metadata);
    return reader.status;
}
