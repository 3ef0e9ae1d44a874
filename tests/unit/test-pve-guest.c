/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "lib/base/diag.h"
#include "lib/xml/domstatus.h"
#include "lib/xml/pve-guest.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "util.h"

/* Appends to 's' what 'text' says as 'file': the guest and its interfaces, or
 * why it says nothing. */
static void
read_conf(struct ds *s, const char *text, size_t size, const char *file)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct domstatus *guest = pve_guest_from_conf(text, size, file, &diags);

    if (guest) {
        assert_string_equal(guest->from, "Proxmox");
        assert_null(guest->uuid);
        ds_put_format(s, "%s\n", guest->name);
        for (size_t i = 0; i < guest->n_interfaces; i++) {
            const struct domif *domif = &guest->interfaces[i];

            ds_put_format(s, "%s "ETH_ADDR_FMT"%s\n", domif->target,
                          ETH_ADDR_ARGS(domif->mac),
                          domif->link_down ? " down" : "");
            assert_true(port_vlan_is_default(&domif->vlan));
        }
    }
    assert_int_equal(!guest, diag_list_has_errors(&diags));
    diag_list_format(s, &diags);
    diag_list_uninit(&diags);
    domstatus_destroy(guest);
}

static void
test_conf(void **state OVS_UNUSED)
{
    static const struct {
        const char *file, *text, *expected;
    } cases[] = {
        { "/etc/pve/qemu-server/100.conf",
          "#net7: virtio=BC:24:11:00:00:77\n"
          "boot: order=scsi0;net0\n"
          "name: web1\n"
          "net0: virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1,tag=10\n"
          "net12: e1000=BC:24:11:00:00:02,bridge=vmbr0,link_down=1\n"
          "netmask: BC:24:11:00:00:09\n"
          "\n"
          "[snapshot]\n"
          "name: old\n"
          "net0: virtio=BC:24:11:00:00:99,bridge=vmbr0\n",
          "web1\n"
          "tap100i0 bc:24:11:00:00:01\n"
          "fwln100o0 bc:24:11:00:00:01\n"
          "tap100i12 bc:24:11:00:00:02 down\n"
          "fwln100o12 bc:24:11:00:00:02 down\n" },
        { "lxc/101.conf",
          "hostname: ct1\r\n"
          "net0: name=eth0,bridge=vmbr0,gw6=fe80::1,"
          "hwaddr=BC:24:11:00:00:03,ip=10.0.0.2/24,link_down=0,type=veth\r\n",
          "ct1\n"
          "veth101i0 bc:24:11:00:00:03\n"
          "fwln101o0 bc:24:11:00:00:03\n" },
        { "7.conf", "net0: model=virtio,macaddr=BC:24:11:00:00:04",
          "7\n"
          "tap7i0 bc:24:11:00:00:04\n"
          "fwln7o0 bc:24:11:00:00:04\n" },
        { "7.conf", "", "7\n" },
        { "7.conf", "name: a\nnet0: bridge=vmbr0\n",
          "7.conf:2: error: network interface without a MAC address\n" },
        { "7.conf", "net0: virtio=01:00:5E:00:00:04\n",
          "7.conf:1: error: network interface without a MAC address\n" },
        { "7.conf", "net0: virtio=BC:24:11:00:00\n",
          "7.conf:1: error: network interface without a MAC address\n" },
        { "a/user.conf", "name: a\n",
          "a/user.conf: error: file is not named after a guest's number\n" },
        { "7x.conf", "name: a\n",
          "7x.conf: error: file is not named after a guest's number\n" },
        { "99999999999.conf", "name: a\n",
          "99999999999.conf: error: file is not named after a guest's "
          "number\n" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct ds s = DS_EMPTY_INITIALIZER;

        read_conf(&s, cases[i].text, strlen(cases[i].text), cases[i].file);
        assert_string_equal(ds_cstr(&s), cases[i].expected);
        ds_destroy(&s);
    }

    struct ds s = DS_EMPTY_INITIALIZER;
    read_conf(&s, "a: b\0", 5, "7.conf");
    assert_string_equal(ds_cstr(&s), "7.conf: error: file is not text\n");
    ds_destroy(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conf),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
