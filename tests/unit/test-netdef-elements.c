/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "lib/xml/netdef-elements.h"
#include "util.h"

static bool
is_element(const struct netdef_node_class *class)
{
    return !strchr(class->path, '@');
}

/* Stores the path of the element that 'path' belongs to in 'parent', whose
 * size is 'size', and returns true.  Returns false for a child of the root. */
static bool
parent_path(const char *path, char *parent, size_t size)
{
    const char *end = strrchr(path, '@');

    if (!end) {
        end = strrchr(path, '/');
    }
    if (!end) {
        return false;
    }
    ovs_strlcpy(parent, path, MIN(size, (size_t) (end - path) + 1));
    return true;
}

static void
test_paths(void **state OVS_UNUSED)
{
    for (size_t i = 0; i < NETDEF_N_NODES; i++) {
        const struct netdef_node_class *class = netdef_node_get_class(i);
        enum netdef_node node;
        char parent[128];

        /* No path is there twice, and every node has a parent. */
        assert_true(netdef_node_from_path(class->path, &node));
        assert_int_equal(node, i);
        if (parent_path(class->path, parent, sizeof parent)) {
            assert_true(netdef_node_from_path(parent, &node));
            assert_true(is_element(netdef_node_get_class(node)));
        }

        /* Attributes are of the attributes' kinds and elements are not. */
        assert_int_equal(is_element(class), class->kind < NETDEF_KIND_STRING);
    }

    enum netdef_node node = NETDEF_NODE_BRIDGE;

    assert_false(netdef_node_from_path("bridge@mactablemanager", &node));
    assert_false(netdef_node_from_path("", &node));
    assert_int_equal(node, NETDEF_NODE_BRIDGE);
}

/* Of what is not carried out there is a diagnostic, its own or that of an
 * element around it. */
static void
test_nothing_is_silent(void **state OVS_UNUSED)
{
    for (size_t i = 0; i < NETDEF_N_NODES; i++) {
        const struct netdef_node_class *class = netdef_node_get_class(i);
        enum netdef_node node = i;
        char path[128];

        if (class->fate == NETDEF_FATE_CONTEXT) {
            continue;
        }
        ovs_strlcpy(path, class->path, sizeof path);
        while (!class->what[0]) {
            assert_true(parent_path(path, path, sizeof path));
            assert_true(netdef_node_from_path(path, &node));
            class = netdef_node_get_class(node);
            assert_int_not_equal(class->fate, NETDEF_FATE_CARRIED);
            assert_int_not_equal(class->fate, NETDEF_FATE_CONTEXT);
        }
    }
}

static void
test_namespaces(void **state OVS_UNUSED)
{
    assert_string_equal(netdef_namespace_to_prefix("urn:ovs-virtnet:1"), "vn");
    assert_null(netdef_namespace_to_prefix("urn:ovs-virtnet:2"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_nothing_is_silent),
        cmocka_unit_test(test_namespaces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
