/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "bridge-meters.h"

#include <stdlib.h>

#include "diag.h"
#include "model.h"
#include "ometer.h"
#include "openvswitch/types.h"
#include "pipeline.h"
#include "util.h"
#include "vif.h"
#include "compile.h"

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
bridge_meters_number(const struct netdef *const *networks, size_t n)
{
    struct network_meters *numbers = xcalloc(MAX(1, n), sizeof *numbers);
    uint32_t *slots = xmalloc(MAX(1, n) * sizeof *slots);

    for (size_t i = 0; i < n; i++) {
        const struct bandwidth *bandwidth = &networks[i]->bandwidth;
        uint32_t slot = pipeline_origin_hash(networks[i]->name) & SLOT_MASK;

        while (is_taken(slots, i, slot)) {
            slot = (slot + 1) & SLOT_MASK;
        }
        slots[i] = slot;
        if (bandwidth->in.average) {
            numbers[i].in = OMETER_MAGIC | slot << SLOT_SHIFT;
        }
        if (bandwidth->out.average) {
            numbers[i].out = OMETER_MAGIC | slot << SLOT_SHIFT | DIRECTION_OUT;
        }
    }
    free(slots);
    return numbers;
}

/* Is there a limit on the whole of any network of 'model'? */
static bool
any_limit(const struct bridge_model *model)
{
    for (size_t i = 0; i < model->n_networks; i++) {
        if (model->meters[i].in || model->meters[i].out) {
            return true;
        }
    }
    return false;
}

/* Has 'vport', the port of 'vif', go through the meters of its network if it
 * is a guest.  Adds to 'diags' what there is to say of it. */
void
bridge_meters_apply(const struct bridge_model *model, const struct vif *vif,
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
    if (!network && any_limit(model)) {
        struct origin origin = { .element = vif->name };

        diag_add(diags, DIAG_WARNING, &origin,
                 "does not say which of the bridge's networks it belongs to, "
                 "so no network's <bandwidth> limits it; "
                 "external_ids:virtnet-portgroup would");
    }
}

/* Initializes 'meters' to those of all networks of 'model'.  The caller must
 * uninitialize it.  There are none if 'max_bands' is 0. */
void
bridge_meters_get(const struct bridge_model *model, size_t max_bands,
                  struct ometers *meters)
{
    *meters = (struct ometers) OMETERS_INITIALIZER;
    for (size_t i = 0; i < model->n_networks && max_bands; i++) {
        const struct bandwidth *bandwidth = &model->networks[i]->bandwidth;
        struct ometer meter;

        if (model->meters[i].in) {
            ometer_from_rate(&meter, model->meters[i].in, &bandwidth->in,
                             max_bands);
            ometers_put(meters, &meter);
        }
        if (model->meters[i].out) {
            ometer_from_rate(&meter, model->meters[i].out, &bandwidth->out,
                             max_bands);
            ometers_put(meters, &meter);
        }
    }
}

/* Returns the network of 'model' that meter 'meter_id' is for, and stores in
 * '*out' whether it limits what guests send, not what they get.  Returns null
 * if it is none of theirs. */
const struct netdef *
bridge_meters_find(const struct bridge_model *model, uint32_t meter_id,
                   bool *out)
{
    for (size_t i = 0; i < model->n_networks; i++) {
        *out = model->meters[i].out == meter_id;
        if (*out || model->meters[i].in == meter_id) {
            return model->networks[i];
        }
    }
    return NULL;
}

static bool
has_peak(const struct bandwidth_rate *rate)
{
    return rate->average && rate->peak > rate->average;
}

/* Adds to 'diags' which networks' limits are not carried out, and why: because
 * the bridge is not in libvirt mode ('exact'), or its meters can have only
 * 'max_bands' bands, or the switch has refused one ('error'). */
void
bridge_meters_report(const struct bridge_model *model, bool exact,
                     size_t max_bands, const char *error,
                     struct diag_list *diags)
{
    for (size_t i = 0; i < model->n_networks; i++) {
        const struct netdef *network = model->networks[i];
        struct origin origin = {
            .file = network->origin.file,
            .line = network->bandwidth.line,
            .element = CONST_CAST(char *, "bandwidth"),
        };

        if (!model->meters[i].in && !model->meters[i].out) {
            continue;
        } else if (!exact) {
            diag_add(diags, DIAG_WARNING, &origin,
                     "is carried out in libvirt mode only");
        } else if (error) {
            diag_add(diags, DIAG_ERROR, &origin,
                     "is not carried out: the switch has refused a meter (%s)",
                     error);
        } else if (!max_bands) {
            diag_add(diags, DIAG_WARNING, &origin,
                     "is not carried out: the datapath has no meters");
        } else if (max_bands < 2 && (has_peak(&network->bandwidth.in)
                                     || has_peak(&network->bandwidth.out))) {
            diag_add(diags, DIAG_WARNING, &origin,
                     "its peak is not carried out: a meter of the datapath "
                     "has one rate");
        }
    }
}
