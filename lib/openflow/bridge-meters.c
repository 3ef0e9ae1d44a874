/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/bridge-meters.h"

#include <stdlib.h>

#include "lib/base/diag.h"
#include "lib/model/model.h"
#include "lib/model/network-meters.h"
#include "lib/openflow/ometer.h"
#include "openvswitch/types.h"
#include "util.h"

BUILD_ASSERT_DECL(NETWORK_METER_MAGIC == OMETER_MAGIC);

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
        } else if (!exact && netdef_mode(network) != MAC_TABLE_LIBVIRT) {
            continue;           /* Its definition has been warned of. */
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
