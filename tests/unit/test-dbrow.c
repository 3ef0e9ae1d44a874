/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "lib/host/port-stp.h"
#include "lib/rows/dbrow.h"
#include "openvswitch/json.h"
#include "util.h"
#include "uuid.h"

#define S(LITERAL) ((char[]) { LITERAL })

/* The requests, as they go over the wire: RFC 7047, section 4.1.3. */

/* Checks that 'json', which is taken over, is 'expected', JSON in which single
 * quotes stand for double ones. */
static void
check_json(struct json *json, const char *expected)
{
    char *actual = json_to_string(json, JSSF_SORT);
    char *quoted = xstrdup(expected);

    for (char *p = quoted; *p; p++) {
        *p = *p == '\'' ? '"' : *p;
    }
    assert_string_equal(actual, quoted);
    free(quoted);
    free(actual);
    json_destroy(json);
}

static void
test_create_bridge(void **state OVS_UNUSED)
{
    check_json(dbrow_create_bridge("br0", "netdev", "net"),
               "['Open_vSwitch',"
               "{'op':'insert','row':{'name':'br0','type':'internal'},"
               "'table':'Interface','uuid-name':'interface'},"
               "{'op':'insert','row':{'interfaces':"
               "['named-uuid','interface'],'name':'br0'},"
               "'table':'Port','uuid-name':'port'},"
               "{'op':'insert','row':{'datapath_type':'netdev',"
               "'external_ids':['map',[['virtnet-owner','net']]],"
               "'name':'br0','ports':['named-uuid','port']},"
               "'table':'Bridge','uuid-name':'bridge'},"
               "{'mutations':[['bridges','insert',"
               "['named-uuid','bridge']]],"
               "'op':'mutate','table':'Open_vSwitch','where':[]}]");
}

static void
test_delete_bridge(void **state OVS_UNUSED)
{
    struct uuid bridge, port;

#define BRIDGE "00112233-4455-6677-8899-aabbccddeeff"
#define PORT "ffeeddcc-bbaa-9988-7766-554433221100"
    assert_true(uuid_from_string(&bridge, BRIDGE));
    assert_true(uuid_from_string(&port, PORT));
    /* It waits for nothing: what does not hold now fails. */
    check_json(dbrow_delete_bridge(&bridge, &port),
               "['Open_vSwitch',"
               "{'columns':['ports'],'op':'wait',"
               "'rows':[{'ports':['uuid','"PORT"']}],"
               "'table':'Bridge','timeout':0,'until':'==',"
               "'where':[['_uuid','==',['uuid','"BRIDGE"']]]},"
               "{'mutations':[['bridges','delete',['uuid','"BRIDGE"']]],"
               "'op':'mutate','table':'Open_vSwitch','where':[]}]");
#undef BRIDGE
#undef PORT
}

/* The conditions that the port's VLANs are still as they were observed. */
#define WHERE(TAG, TRUNKS, MODE)                                        \
    "'where':[['name','==','vnet0'],['tag','=='," TAG "],"              \
    "['trunks','=='," TRUNKS "],['vlan_mode','=='," MODE "]]"
#define EMPTY "['set',[]]"
#define DELETE_MARK \
    "['external_ids','delete',['set',['virtnet-vlan']]]"
#define INSERT_MARK \
    "['external_ids','insert',['map',[['virtnet-vlan','true']]]]"

static void
test_set_port_vlan(void **state OVS_UNUSED)
{
    struct port_vlan none, access, trunk;

    port_vlan_init(&none);
    port_vlan_init(&access);
    access.tag = 10;
    port_vlan_init(&trunk);
    trunk.mode = PORT_VLAN_MODE_NATIVE_UNTAGGED;
    trunk.tag = 0;
    vlan_set_add_range(&trunk.trunks, 20, 22);
    vlan_set_add(&trunk.trunks, 4095);

    check_json(dbrow_set_port_vlan("vnet0", &none, &access, "true"),
               "['Open_vSwitch',"
               "{'mutations':["DELETE_MARK","INSERT_MARK"],"
               "'op':'mutate','table':'Port',"WHERE(EMPTY, EMPTY, EMPTY)"},"
               "{'op':'update','row':{'tag':10,'trunks':"EMPTY","
               "'vlan_mode':"EMPTY"},'table':'Port',"
               WHERE(EMPTY, EMPTY, EMPTY)"}]");

    /* Back to nothing: the mark goes as well. */
#define TRUNKS "['set',[20,21,22,4095]]"
    check_json(dbrow_set_port_vlan("vnet0", &trunk, &none, "true"),
               "['Open_vSwitch',"
               "{'mutations':["DELETE_MARK"],"
               "'op':'mutate','table':'Port',"
               WHERE("0", TRUNKS, "'native-untagged'")"},"
               "{'op':'update','row':{'tag':"EMPTY",'trunks':"EMPTY","
               "'vlan_mode':"EMPTY"},'table':'Port',"
               WHERE("0", TRUNKS, "'native-untagged'")"}]");

    check_json(dbrow_set_port_vlan("vnet0", &access, &trunk, "true"),
               "['Open_vSwitch',"
               "{'mutations':["DELETE_MARK","INSERT_MARK"],"
               "'op':'mutate','table':'Port',"WHERE("10", EMPTY, EMPTY)"},"
               "{'op':'update','row':{'tag':0,'trunks':"TRUNKS","
               "'vlan_mode':'native-untagged'},'table':'Port',"
               WHERE("10", EMPTY, EMPTY)"}]");
    port_vlan_uninit(&trunk);
}

static void
test_set_port_stp(void **state OVS_UNUSED)
{
    const struct port_stp none = { .stp = NULL };
    const struct port_stp half = { .rstp = S("true") };
    const struct port_stp ours = {
        .stp = S("true"), .mark = S("stp-enable"),
    };

#define CLAUSE(COLUMN, FUNCTION, KEY, VALUE) \
    "['"COLUMN"','"FUNCTION"',['map',[['"KEY"','"VALUE"']]]]"
    check_json(dbrow_set_port_stp("vnet0", &none, true),
               "['Open_vSwitch',{'mutations':["
               "['other_config','insert',['map',[['rstp-enable','false'],"
               "['stp-enable','false']]]],"
               CLAUSE("external_ids", "insert", "virtnet-stp",
                      "rstp-enable stp-enable")"],"
               "'op':'mutate','table':'Port','where':[['name','==','vnet0'],"
               CLAUSE("other_config", "excludes", "rstp-enable", "false")","
               CLAUSE("other_config", "excludes", "stp-enable", "false")
               "]}]");
    check_json(dbrow_set_port_stp("vnet0", &half, true),
               "['Open_vSwitch',{'mutations':["
               CLAUSE("other_config", "insert", "stp-enable", "false")","
               CLAUSE("external_ids", "insert", "virtnet-stp", "stp-enable")
               "],'op':'mutate','table':'Port','where':[['name','==','vnet0'],"
               CLAUSE("other_config", "excludes", "stp-enable", "false")
               "]}]");
    check_json(dbrow_set_port_stp("vnet0", &ours, false),
               "['Open_vSwitch',{'mutations':["
               CLAUSE("other_config", "delete", "stp-enable", "false")","
               "['external_ids','delete',['set',['virtnet-stp']]]],"
               "'op':'mutate','table':'Port','where':[['name','==','vnet0']]"
               "}]");
#undef CLAUSE
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create_bridge),
        cmocka_unit_test(test_delete_bridge),
        cmocka_unit_test(test_set_port_vlan),
        cmocka_unit_test(test_set_port_stp),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
