/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "lib/host/ports-json.h"
#include "util.h"

/* An Open_vSwitch database with a bond, a mirror and a guest, in the form in
 * which a database file has it. */
#define SCHEMA "{\"name\":\"Open_vSwitch\",\"tables\":{}}"
#define UUID(N) "00000000-0000-0000-0000-00000000000" #N
#define REF(N) "[\"uuid\",\"" UUID(N) "\"]"
#define BRIDGE                                                          \
    "\"Bridge\":{\"" UUID(1) "\":{\"name\":\"br0\",\"ports\":[\"set\",["  \
    REF(2) "," REF(3) "," REF(8) "]]}}"
#define PORTS                                                           \
    "\"Port\":{\"" UUID(2) "\":{\"name\":\"bond0\",\"lacp\":\"active\","  \
    "\"bond_mode\":\"balance-slb\",\"interfaces\":[\"set\",["            \
    REF(4) "," REF(5) "]]},"                                            \
    "\"" UUID(3) "\":{\"name\":\"tap0\",\"tag\":10,\"interfaces\":"       \
    REF(6) "},"                                                         \
    "\"" UUID(8) "\":{\"name\":\"span\",\"interfaces\":" REF(7) "}}"
#define INTERFACES                                                      \
    "\"Interface\":{\"" UUID(4) "\":{\"name\":\"eth0\",\"ofport\":1,"     \
    "\"lacp_current\":true},"                                           \
    "\"" UUID(5) "\":{\"name\":\"eth1\",\"ofport\":2},"                   \
    "\"" UUID(6) "\":{\"name\":\"tap0\",\"ofport\":3,\"external_ids\":"   \
    "[\"map\",[[\"attached-mac\",\"52:54:00:00:00:01\"]]]},"              \
    "\"" UUID(7) "\":{\"name\":\"span\",\"ofport\":4}}"
#define MIRROR "\"Mirror\":{\"" UUID(9) "\":{\"output_port\":" REF(8) "}}"
#define RECORDS "{" BRIDGE "," PORTS "," INTERFACES "," MIRROR "}"
#define LOG(JSON) "OVSDB JSON 1 0\n" JSON "\n"

static const struct vif *
find(const struct ports *ports, const char *name)
{
    const struct vif *vif = ports_bridge_find_vif(&ports->bridges[0], name);

    assert_non_null(vif);
    return vif;
}

static void
check_database(const struct ports *ports)
{
    assert_int_equal(ports->n, 1);
    assert_string_equal(ports->bridges[0].row.name, "br0");
    /* The LOCAL port is there although nobody has told of it. */
    assert_int_equal(ports->bridges[0].n_vifs, 5);
    assert_true(find(ports, "br0")->ofport == OFPP_LOCAL);

    assert_true(find(ports, "eth0")->bond.is_member);
    assert_true(find(ports, "eth0")->lacp_current);
    assert_true(find(ports, "eth1")->bond.is_member);
    assert_false(find(ports, "eth1")->lacp_current);
    /* What is so of one member makes it so of the bond. */
    assert_true(find(ports, "eth1")->bond.lacp_negotiated);
    assert_int_equal(find(ports, "eth1")->bond.mode, VIF_BALANCE_SLB);

    assert_false(find(ports, "tap0")->bond.is_member);
    assert_false(find(ports, "tap0")->bond.lacp_negotiated);
    assert_false(find(ports, "tap0")->is_mirror_output);
    assert_int_equal(find(ports, "tap0")->vlan.tag, 10);
    assert_string_equal(find(ports, "tap0")->attached_mac,
                        "52:54:00:00:00:01");
    assert_true(find(ports, "span")->is_mirror_output);
}

/* A database file: a schema, then transactions, of which each changes what
 * came before. */
static void
test_log(void **state OVS_UNUSED)
{
    static const char text[] = LOG(SCHEMA) LOG(RECORDS)
        LOG("{\"Port\":{\"" UUID(3) "\":{\"tag\":11}}}")
        LOG("{\"Port\":{\"" UUID(3) "\":{\"tag\":10}}}");
    struct ports ports;

    assert_null(ports_from_text(text, strlen(text), &ports));
    check_database(&ports);
    ports_uninit(&ports);

    static const char gone[] = LOG(SCHEMA) LOG(RECORDS)
        LOG("{\"Bridge\":{\"" UUID(1) "\":null}}");
    assert_null(ports_from_text(gone, strlen(gone), &ports));
    assert_int_equal(ports.n, 0);
    ports_uninit(&ports);
}

/* Prefixes of a database file are errors or smaller databases, and nothing
 * worse. */
static void
test_cut_off(void **state OVS_UNUSED)
{
    static const char text[] = LOG(SCHEMA) LOG(RECORDS);

    for (size_t size = 0; size < strlen(text); size++) {
        char *copy = xmemdup(text, MAX(1, size));
        struct ports ports;

        free(ports_from_text(copy, size, &ports));
        ports_uninit(&ports);
        free(copy);
    }
}

static void
test_small(void **state OVS_UNUSED)
{
    static const char text[] =
        "{\"bridges\": {\"br0\": {\"ports\": {"
        "  \"eth0\": {\"ofport\": 1, \"port\": \"bond0\", \"lacp\": true,"
        "            \"lacp_current\": true, \"bond_mode\": \"balance-slb\"},"
        "  \"eth1\": {\"ofport\": 2, \"port\": \"bond0\", \"lacp\": true,"
        "            \"bond_mode\": \"balance-slb\", \"bond_updelay\": 100},"
        "  \"tap0\": {\"ofport\": 3, \"tag\": 10,"
        "            \"attached-mac\": \"52:54:00:00:00:01\"},"
        "  \"span\": {\"ofport\": 4, \"mirror-output\": true}}}}}";
    struct ports ports;

    assert_null(ports_from_text(text, strlen(text), &ports));
    check_database(&ports);
    assert_true(find(&ports, "eth1")->bond.delays);
    assert_false(find(&ports, "eth0")->bond.delays);
    ports_uninit(&ports);
}

/* What is read of a database is what the daemon reads of it: the socket of a
 * guest by vhost-user, a carrier, a partner for LACP, words in capitals. */
static void
test_columns(void **state OVS_UNUSED)
{
    static const char text[] = LOG(SCHEMA) LOG("{" BRIDGE "," PORTS ","
        "\"Open_vSwitch\":{\"" UUID(0) "\":{\"other_config\":"
        "[\"map\",[[\"vhost-sock-dir\",\"v\"]]]}},"
        "\"Interface\":{\"" UUID(4) "\":{\"name\":\"eth0\",\"ofport\":1,"
        "\"type\":\"dpdk\",\"status\":[\"map\",[[\"driver_name\","
        "\"net_ixgbe\"],[\"if_type\",\"6\"]]],\"options\":"
        "[\"map\",[[\"dpdk-devargs\",\"0000:01:00.0\"]]],"
        "\"link_state\":\"down\"},"
        "\"" UUID(5) "\":{\"name\":\"eth1\",\"ofport\":-1,\"mtu\":-5},"
        "\"" UUID(6) "\":{\"name\":\"tap0\",\"ofport\":3,"
        "\"type\":\"dpdkvhostuserclient\",\"lacp_current\":true,\"options\":"
        "[\"map\",[[\"vhost-server-path\",\"/run/a\"]]]},"
        "\"" UUID(7) "\":{\"name\":\"span\",\"ofport\":4,"
        "\"type\":\"dpdkvhostuser\"}}}")
        LOG("{\"Port\":{\"" UUID(3) "\":{\"external_ids\":"
            "[\"map\",[[\"virtnet-protected\",\"True\"],"
            "[\"virtnet-stp\",\"stp-enable\"]]],\"other_config\":"
            "[\"map\",[[\"stp-enable\",\"false\"]]]}}}");
    struct ports ports;

    assert_null(ports_from_text(text, strlen(text), &ports));
    assert_true(find(&ports, "eth0")->no_carrier);
    assert_false(find(&ports, "tap0")->no_carrier);
    assert_string_equal(find(&ports, "tap0")->socket, "/run/a");
    assert_non_null(strstr(find(&ports, "span")->socket, "/v/span"));
    assert_null(find(&ports, "eth0")->socket);
    /* A card of DPDK's is a card; what is at a socket, a guest. */
    assert_int_equal(vif_get_kind(find(&ports, "eth0")), VIF_KIND_ANY);
    assert_int_equal(vif_get_role(find(&ports, "eth0")), VIF_NETWORK);
    assert_int_equal(vif_get_kind(find(&ports, "tap0")), VIF_KIND_VHOST_USER);
    assert_int_equal(vif_get_kind(find(&ports, "span")), VIF_KIND_VHOST_USER);
    assert_false(find(&ports, "tap0")->bond.lacp_negotiated);
    assert_true(find(&ports, "tap0")->protected_is_ours);
    assert_string_equal(find(&ports, "tap0")->stp.stp, "false");
    assert_null(find(&ports, "tap0")->stp.rstp);
    assert_string_equal(find(&ports, "tap0")->stp.mark, "stp-enable");
    assert_int_equal(find(&ports, "eth1")->mtu, 0);
    assert_non_null(find(&ports, "eth1")->error);
    ports_uninit(&ports);
}

/* What is wrong is said with its place. */
#define TABLE "{\"caption\":\"Port table\",\"data\":[],\"headings\":[]}"

static void
test_errors(void **state OVS_UNUSED)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        { "", "is empty" },
        { " \n\n", "is empty" },
        { "[]", "expected an object" },
        { "\n\n{", "line 3, column 1: string or '}' expected near end of file" },
        { "{\"bridges\": {}}\n{}",
          "line 2, column 1: end of file expected near '{'" },
        { "{\"bridges\": {},\n \"bridges\": {}}",
          "line 2, column 10: duplicate object key near '\"bridges\"'" },
        { "{\"bridges\": {\"b\": {\"ports\": {\"t\": {\"tag\": 1.0}}}}}",
          "bridges.b.ports.t.tag: expected an integer from 0 to 4095" },
        { TABLE "{}", "line 1: not a table of "
          "\"ovsdb-client dump --format=json\"" },
        { "{\"ports\": {}}", "has no member \"bridges\", nor is it of "
          "\"ovsdb-client dump --format=json\" or \"ovsdb-client backup\"" },
        { "{\"bridges\": {\"b\": {\"ports\": {\"t\": {\"ofport\": 0}}}}}",
          "bridges.b.ports.t.ofport: expected an integer from 1 to 65279, or "
          "65534" },
        { "{\"bridges\": {\"b\": {\"ports\": {\"t\": {}}}}}",
          "bridges.b.ports.t: ofport is missing" },
        { "{\"bridges\": {\"b\": {\"ports\": {\"t\": {\"bond_mode\": 1}}}}}",
          "bridges.b.ports.t.bond_mode: expected \"active-backup\", "
          "\"balance-slb\" or \"balance-tcp\"" },
        { LOG("{}"), "line 2: expected the schema of a database" },
        { LOG(SCHEMA) "x\n", "line 3: not a record of a database file" },
        { LOG(SCHEMA), "has no records" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct ports ports;
        char *error = ports_from_text(cases[i].text, strlen(cases[i].text),
                                      &ports);

        assert_non_null(error);
        assert_string_equal(error, cases[i].error);
        assert_int_equal(ports.n, 0);
        free(error);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_small),
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_errors),
    };

    return cmocka_run_group_tests_name("ports-json", tests, NULL, NULL);
}
