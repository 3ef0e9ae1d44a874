/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/nwfilter-binding.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/diag.h"
#include "lib/xml/nwfilter.h"
#include "lib/xml/sax-xml.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "util.h"

struct reader {
    struct nwfilter_binding *binding;
    size_t depth;
    bool in_uuid;               /* The owner's, the only one that there is. */
    struct ds text;
};

/* Takes in <filterref>, or <parameter> in it if 'parameter'.  A filter that
 * cannot be understood is one that there is not. */
static void
take_filter(struct nwfilter_binding *b, bool parameter,
            const struct sax_attribute *attributes, size_t n)
{
    char *error = NULL;

    if (parameter && b->filter) {
        error = nwfilter_ref_add_text(&b->filter,
                                      sax_find_attribute(attributes, n,
                                                         "name"),
                                      sax_find_attribute(attributes, n,
                                                         "value"));
    } else if (!parameter) {
        free(b->filter);
        b->filter = nwfilter_ref_begin_text(sax_find_attribute(attributes, n,
                                                               "filter"),
                                            &error);
    }
    if (error) {
        free(error);
        free(b->filter);
        b->filter = xstrdup("");
    }
}

static char *
on_start(void *reader_, const char *name,
         const struct sax_attribute *attributes, size_t n,
         unsigned int line OVS_UNUSED)
{
    struct reader *reader = reader_;
    struct nwfilter_binding *b = reader->binding;

    if (!reader->depth++ && strcmp(name, "filterbinding")
        && strcmp(name, "filterbindingstatus")) {
        return xasprintf("root element is <%s>, expected "
                         "<filterbindingstatus>", name);
    }
    ds_clear(&reader->text);
    reader->in_uuid = !strcmp(name, "uuid");
    if (!strcmp(name, "portdev")) {
        sax_copy_attribute(&b->port, attributes, n, "name");
    } else if (!strcmp(name, "mac")) {
        const char *address = sax_find_attribute(attributes, n, "address");

        if (address) {
            eth_addr_from_string(address, &b->mac);
        }
    } else if (!strcmp(name, "filterref") || !strcmp(name, "parameter")) {
        take_filter(b, !strcmp(name, "parameter"), attributes, n);
    }
    return NULL;
}

static void
on_end(void *reader_)
{
    struct reader *reader = reader_;

    reader->depth--;
    if (reader->in_uuid) {
        free(reader->binding->owner_uuid);
        reader->binding->owner_uuid = xstrdup(ds_cstr(&reader->text));
        reader->in_uuid = false;
    }
}

static void
on_text(void *reader_, const char *text, size_t size)
{
    struct reader *reader = reader_;

    ds_put_buffer(&reader->text, text, size);
}

/* Reads a binding from the 'size' bytes at 'text', which the user knows as
 * 'file'.  Returns it, for the caller to nwfilter_binding_destroy(), or null,
 * having added an error to 'diags'. */
struct nwfilter_binding *
nwfilter_binding_from_xml(const char *text, size_t size, const char *file,
                          struct diag_list *diags)
{
    static const struct sax_handler handler = {
        .start = on_start,
        .end = on_end,
        .text = on_text,
    };
    struct reader reader = {
        .binding = xzalloc(sizeof *reader.binding),
        .text = DS_EMPTY_INITIALIZER,
    };
    struct sax_error error;

    if (sax_read(text, size, &handler, &reader, &error)
        && (!reader.binding->port || !reader.binding->filter)) {
        error.line = 1;
        error.reason = xstrdup("there is no <portdev> or no <filterref>");
    }
    ds_destroy(&reader.text);
    if (error.reason) {
        sax_error_report(&error, file, NULL, diags);
        nwfilter_binding_destroy(reader.binding);
        return NULL;
    }
    return reader.binding;
}

/* Frees 'binding', which may be null. */
void
nwfilter_binding_destroy(struct nwfilter_binding *binding)
{
    if (binding) {
        free(binding->port);
        free(binding->owner_uuid);
        free(binding->filter);
        free(binding);
    }
}
