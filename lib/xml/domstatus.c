/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/domstatus.h"

#include <stdlib.h>

#include "util.h"

static void
domif_uninit(struct domif *domif)
{
    free(domif->target);
    free(domif->network);
    free(domif->portgroup);
    free(domif->socket);
    free(domif->trust);
    free(domif->ips);
    free(domif->filter);
    port_vlan_uninit(&domif->vlan);
#define DOMIF_SETTING(NAME) free(domif->settings.NAME);
    DOMIF_SETTINGS
#undef DOMIF_SETTING
}

/* Frees 'status', which may be null. */
void
domstatus_destroy(struct domstatus *status)
{
    if (status) {
        for (size_t i = 0; i < status->n_interfaces; i++) {
            domif_uninit(&status->interfaces[i]);
        }
        free(status->interfaces);
        free(status->name);
        free(status->uuid);
        free(status);
    }
}

const char *
domain_state_to_string(enum domain_state state)
{
    switch (state) {
    case DOMAIN_RUNNING: return "running";
    case DOMAIN_PAUSED: return "paused";
    case DOMAIN_MIGRATING: return "migrating";
    }
    OVS_NOT_REACHED();
}
