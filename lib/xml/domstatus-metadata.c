/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/domstatus-metadata.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xml/domstatus.h"
#include "lib/xml/nwfilter.h"
#include "lib/xml/sax-xml.h"
#include "lib/xml/vn-mistake.h"
#include "packets.h"
#include "util.h"

#define VN_DOMAIN "metadata/vn:domain"
#define VN_INTERFACE VN_DOMAIN "/vn:interface"
#define VN_FILTER VN_INTERFACE "/vn:filterref"
#define VN_PARAMETER VN_FILTER "/vn:parameter"

/* How many mistakes are told of a guest. */
#define MAX_REPORTS 16

/* A <vn:interface>: it is added to the interface of its address when the whole
 * document has been read. */
struct vn_interface {
    unsigned int line;
    struct eth_addr mac;        /* Zero if there is none. */
    struct domif_settings settings;
};

/* Initializes 'm', for what the user knows as 'file'. */
void
domstatus_metadata_init(struct domstatus_metadata *m, const char *file)
{
    *m = (struct domstatus_metadata) {
        .file = file,
        .diags = DIAG_LIST_INITIALIZER,
    };
}

/* Frees what 'm' holds, but not 'm' itself. */
void
domstatus_metadata_uninit(struct domstatus_metadata *m)
{
    for (size_t i = 0; i < m->n; i++) {
#define DOMIF_SETTING(NAME) free(m->interfaces[i].settings.NAME);
        DOMIF_SETTINGS
#undef DOMIF_SETTING
    }
    free(m->interfaces);
    diag_list_uninit(&m->diags);
}

/* Reports that what stands in 'line' for 'element' of ours comes to
 * nothing. */
static void OVS_PRINTF_FORMAT(4, 5)
report(struct domstatus_metadata *m, unsigned int line, const char *element,
       const char *format, ...)
{
    struct origin origin;
    va_list args;
    char *text;

    if (m->diags.n >= MAX_REPORTS) {
        return;
    }
    va_start(args, format);
    text = xvasprintf(format, args);
    va_end(args);
    origin_init(&origin, m->file, line, element);
    diag_add(&m->diags, DIAG_ERROR, &origin, "%s", text);
    origin_uninit(&origin);
    free(text);
}

/* Reports whichever of the 'n' 'attributes' of <vn:interface> is not known. */
static void
check_interface(struct domstatus_metadata *m,
                const struct sax_attribute *attributes, size_t n,
                unsigned int line)
{
    for (size_t i = 0; i < n; i++) {
        bool known = !strcmp(attributes[i].name, "mac");

#define DOMIF_SETTING(NAME) known |= !strcmp(attributes[i].name, #NAME);
        DOMIF_SETTINGS
#undef DOMIF_SETTING
        if (!known) {
#define DOMIF_SETTING(NAME) ", " #NAME
            report(m, line, VN_INTERFACE, "unknown attribute '%.64s', "
                   "expected mac" DOMIF_SETTINGS, attributes[i].name);
#undef DOMIF_SETTING
        }
    }
}

static void
add_interface(struct domstatus_metadata *m,
              const struct sax_attribute *attributes, size_t n,
              unsigned int line)
{
    if (m->n >= m->allocated) {
        m->interfaces = x2nrealloc(m->interfaces, &m->allocated,
                                   sizeof *m->interfaces);
    }

    struct vn_interface *vn = &m->interfaces[m->n++];
    const char *mac = sax_find_attribute(attributes, n, "mac");

    check_interface(m, attributes, n, line);
    *vn = (struct vn_interface) { .line = line, .mac = eth_addr_zero };
    if (mac) {
        eth_addr_from_string(mac, &vn->mac);
    }
#define DOMIF_SETTING(NAME) \
    sax_copy_attribute(&vn->settings.NAME, attributes, n, #NAME);
    DOMIF_SETTINGS
#undef DOMIF_SETTING
}

/* Takes in <vn:filterref>, or <vn:parameter> in it if 'parameter'.  A filter
 * that cannot be understood is one that there is not. */
static void
take_filter(struct domstatus_metadata *m, bool parameter,
            const struct sax_attribute *attributes, size_t n,
            unsigned int line)
{
    char **filter = &m->interfaces[m->n - 1].settings.filter;
    char *error = NULL;

    if (parameter) {
        error = nwfilter_ref_add_text(
            filter, sax_find_attribute(attributes, n, "name"),
            sax_find_attribute(attributes, n, "value"));
    } else {
        free(*filter);
        *filter = nwfilter_ref_begin_text(
            sax_find_attribute(attributes, n, "filter"), &error);
    }
    if (error) {
        report(m, line, parameter ? VN_PARAMETER : VN_FILTER, "%s", error);
        free(error);
        free(*filter);
        *filter = xstrdup("");
    }
}

/* Reports element 'path', which is called 'name' and in <metadata>, in our own
 * element there or in somebody else's, if it is meant for us and not known. */
static void
check_element(struct domstatus_metadata *m, const char *path,
              const char *name, const struct sax_attribute *attributes,
              size_t n, unsigned int line)
{
    char *mistake = vn_mistake_element(name, attributes, n);

    if (mistake) {
        report(m, line, path, "%s", mistake);
    } else if (!strncmp(path, "metadata/vn:", strlen("metadata/vn:"))) {
        report(m, line, path, "unknown element, expected <vn:interface>");
    }
    free(mistake);
}

/* Element 'path', as "metadata/vn:domain", starts in 'line', with 'n'
 * 'attributes'.  Its last part is 'name'. */
void
domstatus_metadata_start(struct domstatus_metadata *m, const char *path,
                         const char *name,
                         const struct sax_attribute *attributes, size_t n,
                         unsigned int line)
{
    size_t parent = strlen(path) - strlen(name) - 1;

    if (!strcmp(path, VN_DOMAIN)) {
        for (size_t i = 0; i < n; i++) {
            report(m, line, VN_DOMAIN, "unknown attribute '%.64s', expected "
                   "none", attributes[i].name);
        }
    } else if (!strcmp(path, VN_INTERFACE)) {
        add_interface(m, attributes, n, line);
    } else if (!strcmp(path, VN_FILTER) || !strcmp(path, VN_PARAMETER)) {
        take_filter(m, !strcmp(path, VN_PARAMETER), attributes, n, line);
    } else if (parent == strlen("metadata")
               || (parent == strlen(VN_DOMAIN)
                   && !strncmp(path, VN_DOMAIN, parent))
               || (!strncmp(name, "vn:", 3)     /* In somebody else's. */
                   && strncmp(path, "metadata/vn:",
                              strlen("metadata/vn:")))) {
        check_element(m, path, name, attributes, n, line);
    }
}

/* Reports that the guest has no interface with the address of 'vn'. */
static void
report_no_interface(struct domstatus_metadata *m,
                    const struct vn_interface *vn)
{
    if (eth_addr_is_zero(vn->mac)) {
        report(m, vn->line, VN_INTERFACE, "attribute mac is missing or "
               "not an address, so that nothing comes of the others");
    } else {
        report(m, vn->line, VN_INTERFACE, "no interface of the guest "
               "has <mac address='"ETH_ADDR_FMT"'/>, so that nothing comes "
               "of it", ETH_ADDR_ARGS(vn->mac));
    }
}

/* Makes 'domif' have what 'vn' says of it. */
static void
apply(const struct vn_interface *vn, struct domif *domif)
{
#define DOMIF_SETTING(NAME)                                     \
    if (vn->settings.NAME) {                                    \
        free(domif->settings.NAME);                             \
        domif->settings.NAME = xstrdup(vn->settings.NAME);      \
    }
    DOMIF_SETTINGS
#undef DOMIF_SETTING
}

/* Adds to the interfaces in 'status', by address, what has been read, and to
 * 'diags' what of it comes to nothing. */
void
domstatus_metadata_finish(struct domstatus_metadata *m,
                          struct domstatus *status, struct diag_list *diags)
{
    for (size_t i = 0; i < m->n; i++) {
        const struct vn_interface *vn = &m->interfaces[i];
        bool found = false;

        for (size_t j = 0; j < status->n_interfaces; j++) {
            if (eth_addr_equals(status->interfaces[j].mac, vn->mac)) {
                found = true;
                apply(vn, &status->interfaces[j]);
            }
        }
        if (!found) {
            report_no_interface(m, vn);
        }
    }
    diag_list_append(diags, &m->diags);
}
