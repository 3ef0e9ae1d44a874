/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/pve-guest.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/diag.h"
#include "lib/xml/domstatus.h"
#include "packets.h"
#include "util.h"

/* More lines are no configuration of a guest, which has up to 32 network
 * interfaces. */
#define MAX_LINES 10000

struct reader {
    struct domstatus *status;
    size_t allocated;           /* Of 'status->interfaces'. */
    const char *file;
    unsigned int line;
    int id;                     /* Of the guest. */
    struct diag_list *diags;
};

static void
report(const struct reader *reader, const char *reason)
{
    struct origin origin;

    origin_init(&origin, reader->file, reader->line, NULL);
    diag_add(reader->diags, DIAG_ERROR, &origin, "%s", reason);
    origin_uninit(&origin);
}

/* Stores the number that 's' starts with in '*number' and returns what comes
 * behind it, or null if it starts with none. */
static const char *
read_number(const char *s, int *number)
{
    char *end;
    long int value = strtol(s, &end, 10);

    if (s[0] < '0' || s[0] > '9' || value > INT_MAX) {
        return NULL;
    }
    *number = value;
    return end;
}

/* Returns the number of the guest whose file is 'file', or -1. */
static int
read_id(const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *end;
    int id;

    end = read_number(slash ? slash + 1 : file, &id);
    return end && !strcmp(end, ".conf") ? id : -1;
}

/* Takes over 'target' as the name of a device by which 'mac' is plugged. */
static void
add_interface(struct reader *reader, char *target, struct eth_addr mac,
              bool link_down)
{
    struct domstatus *status = reader->status;

    if (status->n_interfaces >= reader->allocated) {
        status->interfaces = x2nrealloc(status->interfaces,
                                        &reader->allocated,
                                        sizeof *status->interfaces);
    }

    struct domif *domif = &status->interfaces[status->n_interfaces++];
    *domif = (struct domif) {
        .target = target, .mac = mac, .link_down = link_down,
    };
    port_vlan_init(&domif->vlan);
}

/* Reads interface 'number', of which line "netN: " says 'value', which is
 * changed. */
static void
read_interface(struct reader *reader, int number, char *value)
{
    struct eth_addr mac = eth_addr_zero;
    bool is_container = false;
    bool link_down = false;
    char *save_ptr = NULL;

    for (char *word = strtok_r(value, ",", &save_ptr); word;
         word = strtok_r(NULL, ",", &save_ptr)) {
        char *setting = strchr(word, '=');

        if (!setting) {
            continue;
        }
        *setting++ = '\0';
        if (eth_addr_is_zero(mac) && strlen(setting) == ETH_ADDR_STRLEN) {
            /* The model of a network card is the key of its address. */
            eth_addr_from_string(setting, &mac);
        }
        is_container = is_container || !strcmp(word, "hwaddr");
        link_down = link_down || (!strcmp(word, "link_down")
                                  && !strcmp(setting, "1"));
    }
    if (eth_addr_is_zero(mac) || eth_addr_is_multicast(mac)) {
        report(reader, "network interface without a MAC address");
        return;
    }
    add_interface(reader, xasprintf("%s%di%d", is_container ? "veth" : "tap",
                                    reader->id, number), mac, link_down);
    add_interface(reader, xasprintf("fwln%do%d", reader->id, number), mac,
                  link_down);
}

static void
read_line(struct reader *reader, char *line)
{
    char *value = strstr(line, ": ");
    const char *end;
    int number;

    if (!value) {
        return;
    }
    *value = '\0';
    value += strlen(": ");
    value += strspn(value, " \t");
    value[strcspn(value, " \t\r")] = '\0';
    if (!strcmp(line, "name") || !strcmp(line, "hostname")) {
        free(reader->status->name);
        reader->status->name = xstrdup(value);
    } else if (!strncmp(line, "net", strlen("net"))) {
        end = read_number(line + strlen("net"), &number);
        if (end && !*end) {
            read_interface(reader, number, value);
        }
    }
}

/* Reads a guest's configuration from the 'size' bytes at 'text', which the
 * user knows as 'file'; the guest's number is in that name.  Returns it, for
 * the caller to domstatus_destroy(), or null, having added an error to
 * 'diags'. */
struct domstatus *
pve_guest_from_conf(const char *text, size_t size, const char *file,
                    struct diag_list *diags)
{
    struct reader reader = {
        .status = xzalloc(sizeof *reader.status),
        .file = file,
        .id = read_id(file),
        .diags = diags,
    };
    size_t n_errors = diag_list_count(diags, DIAG_ERROR);
    char *copy = xmemdup0(text, size);
    char *next = copy;

    if (reader.id < 0) {
        report(&reader, "file is not named after a guest's number");
    } else if (memchr(text, '\0', size)) {
        report(&reader, "file is not text");
    }
    while (next && reader.line < MAX_LINES) {
        char *line = strsep(&next, "\n");

        reader.line++;
        if (line[0] == '[') {
            break;
        } else if (line[0] != '#') {
            read_line(&reader, line);
        }
    }
    free(copy);
    if (!reader.status->name) {
        reader.status->name = xasprintf("%d", reader.id);
    }
    reader.status->from = "Proxmox";
    if (diag_list_count(diags, DIAG_ERROR) > n_errors) {
        domstatus_destroy(reader.status);
        return NULL;
    }
    return reader.status;
}
