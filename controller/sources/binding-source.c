/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/sources/binding-source.h"

#include <stdlib.h>

#include "controller/sources/dir-source.h"
#include "lib/base/diag.h"
#include "lib/host/vif.h"
#include "lib/xml/nwfilter-binding.h"
#include "lib/xml/sax-xml.h"
#include "openvswitch/shash.h"
#include "ovsdb/vif-reader.h"
#include "util.h"

struct binding_source {
    struct vif_reader *vifs;
    struct dir_source *files;
    struct shash by_port;       /* Borrowed "struct nwfilter_binding"s. */
};

static void *
parse_binding(const char *text, size_t size, const char *path,
              struct diag_list *diags)
{
    return nwfilter_binding_from_xml(text, size, path, diags);
}

static void
destroy_binding(void *binding)
{
    nwfilter_binding_destroy(binding);
}

static const char *
binding_name(const void *binding_)
{
    const struct nwfilter_binding *binding = binding_;

    return binding->port;
}

static void
replace_binding(void *old_, void *new_, const char *path OVS_UNUSED,
                void *source_)
{
    struct binding_source *source = source_;
    struct nwfilter_binding *old = old_, *new = new_;

    if (old) {
        struct shash_node *node = shash_find(&source->by_port, old->port);

        if (node && node->data == old) {
            shash_delete(&source->by_port, node);
        }
        vif_reader_touch(source->vifs, old->port);
    }
    if (new) {
        shash_replace(&source->by_port, new->port, new);
        vif_reader_touch(source->vifs, new->port);
    }
}

static const struct dir_source_class binding_class = {
    .noun = "binding of a filter",
    .suffix = ".xml",
    .max_size = SAX_MAX_SIZE,
    .parse = parse_binding,
    .replace = replace_binding,
    .destroy = destroy_binding,
    .name = binding_name,
};

/* Creates and returns a source of the bindings in 'libvirt_run', which is
 * /run/libvirt by default.  Of each interface of which there is something new,
 * 'vifs', which must outlive it, is told. */
struct binding_source *
binding_source_create(const char *libvirt_run, struct vif_reader *vifs)
{
    struct binding_source *source = xzalloc(sizeof *source);
    char *path = xasprintf("%s/nwfilter-binding", libvirt_run);

    source->vifs = vifs;
    shash_init(&source->by_port);
    source->files = dir_source_create(path, &binding_class, false, source);
    free(path);
    return source;
}

/* Frees 'source', which may be null. */
void
binding_source_destroy(struct binding_source *source)
{
    if (source) {
        dir_source_destroy(source->files);
        shash_destroy(&source->by_port);
        free(source);
    }
}

/* Takes in what has changed. */
void
binding_source_run(struct binding_source *source)
{
    dir_source_run(source->files);
}

/* Arranges for poll_block() to wake up when binding_source_run() has something
 * to do. */
void
binding_source_wait(struct binding_source *source)
{
    dir_source_wait(source->files);
}

/* Has all files read afresh by the next binding_source_run(). */
void
binding_source_reload(struct binding_source *source)
{
    dir_source_reload(source->files);
}

/* Adds to 'vif' which filter libvirt has bound to it. */
void
binding_source_overlay(const struct binding_source *source, struct vif *vif)
{
    const struct nwfilter_binding *binding
        = shash_find_data(&source->by_port, vif->name);

    if (binding) {
        vif_set_binding(vif, binding);
    }
}

/* Appends all that there is to say of the files to 'diags'. */
void
binding_source_get_diags(const struct binding_source *source,
                         struct diag_list *diags)
{
    dir_source_get_diags(source->files, diags);
}
