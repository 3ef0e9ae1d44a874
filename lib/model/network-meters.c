/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "lib/model/network-meters.h"

#include <stdlib.h>

#include "lib/base/diag.h"
#include "lib/base/origin-hash.h"
#include "lib/host/vif.h"
#include "lib/model/model.h"
#include "lib/model/vport.h"
#include "util.h"

#define SLOT_MASK 0x7ffff
#define SLOT_SHIFT 1
#define DIRECTION_OUT 1

/* Does one of the first 'n' of 'slots' hold 'slot'? */
static bool
is_taken(const uint32_t *slots, size_t n, uint32_t slot)
{
    for (size_t i = 0; i < n; i++) {
        if (slots[i] == slot) {
            return true;
        }
    }
    return false;
}

/* Returns the numbers of the meters of the 'n' networks in 'networks', which
 * are in the order of their names.  The caller must free the array. */
struct network_meters *
network_meters_number(const struct netdef *const *networks, size_t n)
{
    struct network_meters *numbers = xcalloc(MAX(1, n), sizeof *numbers);
    uint32_t *slots = xmalloc(MAX(1, n) * sizeof *slots);

    for (size_t i = 0; i < n; i++) {
        const struct bandwidth *bandwidth = &networks[i]->bandwidth;
        uint32_t slot = origin_hash(networks[i]->name) & SLOT_MASK;

        while (is_taken(slots, i, slot)) {
            slot = (slot + 1) & SLOT_MASK;
        }
        slots[i] = slot;
        if (bandwidth->in.average) {
            numbers[i].in = NETWORK_METER_MAGIC | slot << SLOT_SHIFT;
        }
        if (bandwidth->out.average) {
            numbers[i].out = (NETWORK_METER_MAGIC | slot << SLOT_SHIFT
                              | DIRECTION_OUT);
        }
    }
    free(slots);
    return numbers;
}

/* Is there a limit on the whole of any network of 'model' that 'vif' can be
 * in? */
static bool
any_limit(const struct bridge_model *model, const struct vif *vif)
{
    for (size_t i = 0; i < model->n_networks; i++) {
        if (model_can_be_in(model, i, vif)
            && (model->meters[i].in || model->meters[i].out)) {
            return true;
        }
    }
    return false;
}

/* Has 'vport', the port of 'vif', go through the meters of its network if it
 * is a guest.  Adds to 'diags' what there is to say of it. */
void
network_meters_apply(const struct bridge_model *model, const struct vif *vif,
                    struct vport *vport, struct diag_list *diags)
{
    const struct netdef *network = model_find_network(model, vif);

    if (vport->role != VIF_GUEST) {
        return;
    }
    for (size_t i = 0; i < model->n_networks; i++) {
        if (model->networks[i] == network) {
            vport->meter_in = model->meters[i].in;
            vport->meter_out = model->meters[i].out;
        }
    }
    if (!network && any_limit(model, vif)) {
        struct origin origin = { .element = vif->name };

        diag_add(diags, DIAG_WARNING, &origin,
                 "does not say which of the bridge's networks it belongs to, "
                 "so no network's <bandwidth> limits it; "
                 "external_ids:virtnet-portgroup would");
    }
}
