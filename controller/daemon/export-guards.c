/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/export-guards.h"

#include <stdlib.h>

#include "lib/base/guards.h"
#include "lib/base/jvalue.h"
#include "lib/base/storm.h"
#include "lib/model/asked-by.h"
#include "lib/model/port-filter.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile-filter.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

static void
put_guards(struct json_t *json, const struct vport *vport)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    if (vport->guards) {
        guards_format(&s, vport->guards, &vport->types);
        jvalue_put_string(json, "guards", ds_cstr(&s));
    }
    ds_destroy(&s);
}

static void
put_storm(struct json_t *json, int storm)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    if (storm) {
        storm_format(&s, storm);
        jvalue_put_string(json, "storm", ds_cstr(&s));
    }
    ds_destroy(&s);
}

/* Adds to 'json' what 'vport', a port of 'model', is kept from and, unless
 * 'vif' is null, who asks for that.  There are no guards or filters in kernel
 * mode, that is, if not 'exact'. */
void
export_guards(struct json_t *json, const struct bridge_model *model,
              bool exact, const struct vport *vport, const struct vif *vif)
{
    if (community_is_set(&vport->community)) {
        jvalue_put_string(json, "community", vport->community.name);
    } else if (vport->isolated) {
        jvalue_put_bool(json, "isolated", true);
    }
    if (!exact) {
        return;
    }
    put_guards(json, vport);
    put_storm(json, vport->storm);
    if (vport->guards && vif) {
        jvalue_put_nocopy(json, "guards-from", asked_by_guards(model, vif));
    }
    if (vport->filter) {
        jvalue_put_string(json, "filter", vport->filter->text);
    }
    if (vport->filter && vif) {
        jvalue_put_nocopy(json, "filter-from", asked_by_filter(model, vif));
    }
}

static void
put_rules(struct json_t *json, const char *direction,
          const struct filter_list *list)
{
    struct json_t *rules = jvalue_object();

    for (size_t i = 0; i < list->n; i++) {
        if (list->verdicts[i].rule) {
            char *priority = xasprintf("%u", filter_priority(list, i));

            jvalue_put_string(rules, priority, list->verdicts[i].rule);
            free(priority);
        }
    }
    jvalue_put(json, direction, rules);
}

/* Adds to 'json' which rules of the filter of 'vport', if it has one, drop
 * frames, by direction and the priority of the flow that does. */
void
export_filter_rules(struct json_t *json, const struct vport *vport)
{
    if (vport->filter) {
        struct json_t *rules = jvalue_object();

        put_rules(rules, "in", &vport->filter->in);
        put_rules(rules, "out", &vport->filter->out);
        jvalue_put(json, "filter-rules", rules);
    }
}
