/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xml/netdef-elements.h"
#include "util.h"

/* Prints the table of elements: for Documentation/network-xml.rst or, with
 * "--paths", the path of each element and attribute in a line, followed by the
 * first release of libvirt that has it if there are some that have not; or, with
 * "--carried", the path of each that is carried out. */

static bool
is_element(const struct netdef_node_class *class)
{
    return !strchr(class->path, '@');
}

/* Prints what becomes of 'node', which is called 'name'. */
static void
print_node(enum netdef_node node, const char *name)
{
    const struct netdef_node_class *class = netdef_node_get_class(node);
    const char *fate = netdef_fate_to_string(class->fate);
    const char *since = netdef_node_get_since(node);

    printf("``%s``: *%s*%s%s%s", name, fate, class->what[0] ? " (" : "",
           class->what, class->what[0] ? ")" : "");
    if (since) {
        printf("; new in libvirt %s", since);
    }
    printf("\n\n");
}

static void
print_rst(void)
{
    for (size_t i = 0; i < NETDEF_N_NODES; i++) {
        const struct netdef_node_class *class = netdef_node_get_class(i);

        if (is_element(class)) {
            char *name = xasprintf("<%s>", class->path);

            print_node(i, name);
            free(name);
        } else {
            printf("* ");
            print_node(i, strchr(class->path, '@') + 1);
        }
    }
}

static void
print_paths(void)
{
    for (size_t i = 0; i < NETDEF_N_NODES; i++) {
        const char *since = netdef_node_get_since(i);

        printf("%s%s%s\n", netdef_node_get_class(i)->path, since ? " " : "",
               since ? since : "");
    }
}

static void
print_carried(void)
{
    for (size_t i = 0; i < NETDEF_N_NODES; i++) {
        if (netdef_node_get_class(i)->fate == NETDEF_FATE_CARRIED) {
            puts(netdef_node_get_class(i)->path);
        }
    }
}

int
main(int argc, char *argv[])
{
    if (argc == 2 && !strcmp(argv[1], "--paths")) {
        print_paths();
    } else if (argc == 2 && !strcmp(argv[1], "--carried")) {
        print_carried();
    } else if (argc == 1) {
        print_rst();
    } else {
        ovs_fatal(0, "usage: %s [--paths | --carried]", argv[0]);
    }
    return 0;
}
