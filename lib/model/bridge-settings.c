/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/bridge-settings.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/diag.h"
#include "lib/host/bridge-row.h"
#include "lib/host/vif.h"
#include "lib/model/model.h"
#include "packets.h"
#include "util.h"

/* The range of other_config:stp-forward-delay of table Bridge, and its
 * default, in seconds.  A Linux bridge takes less than it can for the least
 * that it can, too, which is 2, and libvirt says 0 unless it is told
 * otherwise. */
#define MIN_DELAY 4
#define MAX_DELAY 30
#define DEFAULT_DELAY "15"

/* The default of other_config:stp-max-age.  The switch has a forward delay of
 * no less than half of it and one second, whatever it is told
 * (stp_update_bridge_timers() in its lib/stp.c; IEEE 802.1D-1998, 8.10.2). */
#define DEFAULT_MAX_AGE 20

/* The least that column mtu_request of table Interface takes. */
#define MIN_MTU 68

/* Returns whether 'netdef' asks for other spanning-tree delays than none. */
static bool
has_delay(const struct netdef *netdef)
{
    return (netdef_setting_is_set(&netdef->stp_delay)
            && !(netdef_setting_is_set(&netdef->stp) && !netdef->stp.value));
}

/* Initializes 'settings' to what 'netdef' asks for, as far as Open vSwitch can
 * do it. */
static void
get_settings(const struct netdef *netdef, struct smap *settings)
{
    smap_init(settings);
    if (!eth_addr_is_zero(netdef->mac)) {
        smap_add_format(settings, "hwaddr", ETH_ADDR_FMT,
                        ETH_ADDR_ARGS(netdef->mac));
    }
    if (netdef_setting_is_set(&netdef->mtu) && netdef->mtu.value >= MIN_MTU) {
        smap_add_format(settings, "mtu", "%d", netdef->mtu.value);
    }
    if (netdef_setting_is_set(&netdef->stp)) {
        smap_add(settings, "stp", netdef->stp.value ? "true" : "false");
    }
    if (has_delay(netdef) && netdef->stp_delay.value <= MAX_DELAY) {
        int delay = MAX(netdef->stp_delay.value, MIN_DELAY);
        int max_age = 2 * (delay - 1);

        smap_add_format(settings, "stp-forward-delay", "%d", delay);
        if (max_age < DEFAULT_MAX_AGE) {
            smap_add_format(settings, "stp-max-age", "%d", max_age);
        }
    }
}

/* Initializes 'desired' to what the networks of 'model' ask for together: of
 * several that differ, the first by name has its way. */
static void
get_desired(const struct bridge_model *model, struct smap *desired)
{
    smap_init(desired);
    for (size_t i = 0; i < model->n_networks; i++) {
        const struct smap_node *node;
        struct smap settings;

        if (model->vlans[i] != PORT_VLAN_NO_TAG) {
            continue;           /* What a fake bridge is, is the parent's. */
        }
        get_settings(model->networks[i], &settings);
        SMAP_FOR_EACH (node, &settings) {
            smap_add_once(desired, node->key, node->value);
        }
        smap_destroy(&settings);
    }
}

/* Initializes 'observed' to what the database says of the bridge of 'row',
 * whose own port is 'local', or null. */
static void
get_observed(const struct bridge_row *row, const struct vif *local,
             struct smap *observed)
{
    smap_init(observed);
    smap_add(observed, "stp", row->stp_enable ? "true" : "false");
    if (row->hwaddr) {
        smap_add(observed, "hwaddr", row->hwaddr);
    }
    if (row->stp_delay) {
        smap_add(observed, "stp-forward-delay", row->stp_delay);
    }
    if (row->stp_max_age) {
        smap_add(observed, "stp-max-age", row->stp_max_age);
    }
    if (local && local->mtu_request) {
        smap_add_format(observed, "mtu", "%d", local->mtu_request);
    }
}

/* Returns 'settings' as text, the mark, that the caller must free. */
char *
bridge_settings_format(const struct smap *settings)
{
    const struct smap_node **nodes = smap_sort(settings);
    struct ds s = DS_EMPTY_INITIALIZER;

    for (size_t i = 0; i < smap_count(settings); i++) {
        ds_put_format(&s, "%s%s=%s", i ? " " : "", nodes[i]->key,
                      nodes[i]->value);
    }
    free(nodes);
    return ds_steal_cstr(&s);
}

/* Initializes 'settings' to what 'mark' repeats. */
static void
parse_mark(const char *mark, struct smap *settings)
{
    char *copy = xstrdup(mark ? mark : "");
    char *save_ptr = NULL;

    smap_init(settings);
    for (char *word = strtok_r(copy, " ", &save_ptr); word;
         word = strtok_r(NULL, " ", &save_ptr)) {
        char *value = strchr(word, '=');

        if (value) {
            *value++ = '\0';
            smap_replace(settings, word, value);
        }
    }
    free(copy);
}

/* Finds out what is to be written for the bridge of 'row', whose own port is
 * 'local', or null if that is not known.  Returns true and initializes 's',
 * which the caller must uninitialize, if there is anything and the bridge is
 * ours. */
bool
bridge_settings_init(struct bridge_settings *s,
                     const struct bridge_model *model,
                     const struct bridge_row *row, const struct vif *local)
{
    const struct smap_node *node;
    struct smap observed, marked;

    if (!row->owner || !local) {
        return false;
    }
    smap_init(&s->changes);
    get_desired(model, &s->desired);
    get_observed(row, local, &observed);
    parse_mark(row->settings_mark, &marked);

    SMAP_FOR_EACH (node, &s->desired) {
        if (!nullable_string_is_equal(smap_get(&observed, node->key),
                                      node->value)) {
            smap_add(&s->changes, node->key, node->value);
        }
    }
    /* What is no longer asked for, unless somebody has changed it since. */
    SMAP_FOR_EACH (node, &marked) {
        if (!smap_get(&s->desired, node->key)
            && nullable_string_is_equal(smap_get(&observed, node->key),
                                        node->value)) {
            smap_add(&s->changes, node->key, "");
        }
    }
    bool differs = (!smap_is_empty(&s->changes)
                    || !smap_equal(&s->desired, &marked));
    smap_destroy(&marked);
    smap_destroy(&observed);
    if (!differs) {
        bridge_settings_uninit(s);
    }
    return differs;
}

/* Frees what 's' holds, but not 's' itself. */
void
bridge_settings_uninit(struct bridge_settings *s)
{
    smap_destroy(&s->changes);
    smap_destroy(&s->desired);
}

/* Returns the line of 'netdef' that asks for setting 'key', and stores the
 * element in '*element'. */
static unsigned int
find_line(const struct netdef *netdef, const char *key, const char **element)
{
    const struct netdef_setting *setting
        = (!strcmp(key, "mtu") ? &netdef->mtu
           : !strcmp(key, "stp") ? &netdef->stp : &netdef->stp_delay);

    if (!strcmp(key, "hwaddr")) {
        *element = "mac";
        return netdef->mac_line;
    }
    *element = setting->element;
    return setting->line;
}

/* Initializes 'actual' to what the bridge of 'row' is like, whatever made it
 * so, but for its MTU. */
static void
get_actual(const struct bridge_row *row, const struct vif *local,
           struct smap *actual)
{
    smap_init(actual);
    smap_add(actual, "stp", row->stp_enable ? "true" : "false");
    smap_add(actual, "stp-forward-delay",
             row->stp_delay ? row->stp_delay : DEFAULT_DELAY);
    if (local && !eth_addr_is_zero(local->mac_in_use)) {
        smap_add_format(actual, "hwaddr", ETH_ADDR_FMT,
                        ETH_ADDR_ARGS(local->mac_in_use));
    }
}

/* Reports what 'netdef' asks for and Open vSwitch cannot do. */
static void
report_range(const struct netdef *netdef, struct diag_list *diags)
{
    struct origin origin = { .file = netdef->origin.file };

    if (has_delay(netdef) && netdef->stp_delay.value > MAX_DELAY) {
        origin.line = netdef->stp_delay.line;
        origin.element = CONST_CAST(char *, netdef->stp_delay.element);
        diag_add(diags, DIAG_WARNING, &origin,
                 "%d is left out: the forward delay of Open vSwitch is at "
                 "most %d seconds", netdef->stp_delay.value, MAX_DELAY);
    }
    if (netdef_setting_is_set(&netdef->mtu) && netdef->mtu.value < MIN_MTU) {
        origin.line = netdef->mtu.line;
        origin.element = CONST_CAST(char *, netdef->mtu.element);
        diag_add(diags, DIAG_WARNING, &origin,
                 "%d is left out: the least for Open vSwitch is %d",
                 netdef->mtu.value, MIN_MTU);
    }
}

/* Adds to 'diags' what there is to say of the settings of the bridge of 'row',
 * whose own port is 'local', or null: where networks differ from each other,
 * and the bridge from what they ask for and what is not ours to write. */
void
bridge_settings_report(const struct bridge_model *model,
                       const struct bridge_row *row, const struct vif *local,
                       struct diag_list *diags)
{
    struct smap desired, actual;

    get_desired(model, &desired);
    get_actual(row, local, &actual);
    for (size_t i = 0; i < model->n_networks; i++) {
        const struct netdef *netdef = model->networks[i];
        struct smap settings;
        const struct smap_node *node;

        report_range(netdef, diags);
        get_settings(netdef, &settings);
        SMAP_FOR_EACH (node, &settings) {
            const char *first = smap_get(&desired, node->key);
            const char *is = smap_get(&actual, node->key);
            const char *element;
            struct origin origin = { .file = netdef->origin.file };

            if (!strcmp(node->key, "stp-max-age")) {
                continue;       /* Goes with the delay. */
            }
            origin.line = find_line(netdef, node->key, &element);
            origin.element = CONST_CAST(char *, element);
            if (model->vlans[i] != PORT_VLAN_NO_TAG) {
                diag_add(diags, DIAG_WARNING, &origin,
                         "says nothing, since '%s' is a fake bridge: it is "
                         "what bridge '%s' is", netdef->bridge, row->name);
            } else if (strcmp(first, node->value)) {
                diag_add(diags, DIAG_WARNING, &origin,
                         "is %s, but for another network of bridge '%s' it is "
                         "%s, and that counts", node->value, row->name, first);
            } else if (!row->owner && is && strcmp(is, node->value)) {
                diag_add(diags, DIAG_NOTE, &origin,
                         "is %s, but bridge '%s' has %s; that is left alone, "
                         "since the bridge has no external_ids:virtnet-owner",
                         node->value, row->name, is);
            }
        }
        smap_destroy(&settings);
    }
    smap_destroy(&actual);
    smap_destroy(&desired);
}

/* Returns the network of 'model' with the largest MTU, null if none has
 * any. */
static const struct netdef *
find_largest_mtu(const struct bridge_model *model)
{
    const struct netdef *largest = NULL;

    for (size_t i = 0; i < model->n_networks; i++) {
        const struct netdef *netdef = model->networks[i];

        if (netdef_setting_is_set(&netdef->mtu)
            && (!largest || netdef->mtu.value > largest->mtu.value)) {
            largest = netdef;
        }
    }
    return largest;
}

/* Adds to 'diags' that the MTU of 'vif' is not what its network asks for, if
 * that is so.  A guest's must be that of its network.  Other ports are for all
 * networks on the bridge, so theirs must not be less than any.  The bridge's
 * own port is seen to by bridge_settings_init() if the bridge is ours. */
void
bridge_settings_check_mtu(const struct bridge_model *model,
                          const struct vif *vif, struct diag_list *diags)
{
    enum vif_role role = vif_get_role(vif);
    const struct netdef *network = (role == VIF_GUEST
                                    ? model_find_network(model, vif)
                                    : find_largest_mtu(model));
    int want = (network && netdef_setting_is_set(&network->mtu)
                ? network->mtu.value : 0);

    if (want < MIN_MTU || !vif->mtu || vif->mtu == want
        || (role != VIF_GUEST && vif->mtu > want)
        || (vif->ofport == OFPP_LOCAL && model->is_ours)) {
        return;
    }

    struct origin origin = { .element = vif->name };
    diag_add(diags, DIAG_WARNING, &origin,
             "has MTU %d, but network '%s' (%s:%u) asks for %d",
             vif->mtu, network->name, network->origin.file, network->mtu.line,
             want);
}
