/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/report.h"

#include <inttypes.h>

#include "lib/base/printable.h"
#include "openvswitch/json.h"
#include "util.h"

/* Initializes 'report' to say nothing, for programs if 'json'. */
void
report_init(struct report *report, bool json)
{
    *report = (struct report) {
        .text = DS_EMPTY_INITIALIZER,
        .bridges = json ? json_array_create_empty() : NULL,
        .rows = json ? json_array_create_empty() : NULL,
    };
}

/* Frees what 'report' holds, but not 'report' itself. */
void
report_uninit(struct report *report)
{
    ds_destroy(&report->text);
    json_destroy(report->bridges);
    json_destroy(report->rows);
}

/* Is nothing there that is not as it should be? */
bool
report_holds(const struct report *report)
{
    const struct findings *f = &report->findings;

    return !f->missing && !f->changed && !f->strangers && !f->rows;
}

static char *
compare_rows(struct report *report, const struct reading *reading,
             const char *bridge)
{
    const char *error = reading_compare_rows(reading, bridge, &report->text,
                                             report->rows, &report->findings);

    if (error) {
        return xasprintf("database: %s", error);
    } else if (report->findings.rows_unknown) {
        ds_put_cstr(&report->text, "database: not compared, because not all "
                    "definitions can be read\n");
    } else if (report->findings.rows) {
        ds_put_format(&report->text, "\ndatabase: %"PRIuSIZE" to change\n",
                      report->findings.rows);
    } else {
        ds_put_cstr(&report->text, "database: as planned\n");
    }
    return NULL;
}

/* Makes 'report' tell of what 'reading' has read.  If the database was read,
 * 'bridge' is what it is to be about, or null for everything, and of switches
 * only differences are told.  If 'port' is nonnull, it is to be about that
 * alone.  Returns null, or a message that the caller must free if nothing can
 * be said. */
char *
report_compare(struct report *report, const struct reading *reading,
               const char *bridge, const char *port)
{
    report->has_rows = reading->db != NULL;
    for (size_t i = 0; i < reading->n; i++) {
        const struct subject *subject = &reading->subjects[i];
        const struct mbridge *mb = subject_find_bridge(subject,
                                                       reading->reconcile);
        const char *error = subject_error(subject, mb);

        if (error) {
            return xasprintf("bridge %s: %s", subject->bridge, error);
        }
        subject_explain(subject, mb, port, report->has_rows, &report->text,
                        report->bridges, &report->findings);
    }
    return report->has_rows ? compare_rows(report, reading, bridge) : NULL;
}

static void
format_text(struct ds *s, const struct report *report,
            const struct report *found)
{
    ds_put_cstr(s, ds_cstr_ro(found ? &found->text : &report->text));
    if (found && report_holds(report)) {
        const struct findings *f = &found->findings;

        ds_put_format(s, "repaired: in the switch %"PRIuSIZE" added, "
                      "%"PRIuSIZE" changed, %"PRIuSIZE" removed; "
                      "in the database %"PRIuSIZE" changed\n",
                      f->missing, f->changed, f->strangers, f->rows);
    } else if (found) {
        ds_put_format(s, "not repaired; this is left:\n%s",
                      ds_cstr_ro(&report->text));
    }
}

/* Appends 'report' to 's'.  If 'found' is nonnull, that is what was to be
 * repaired, and 'report' what is left of it. */
void
report_format(struct ds *s, const struct report *report,
              const struct report *found)
{
    const struct report *first = found ? found : report;

    if (!report->bridges) {
        format_text(s, report, found);
    } else if (!report->has_rows) {
        printable_put_json(s, report->bridges);
    } else {
        struct json *json = json_object_create();

        json_object_put(json, "bridges", json_clone(first->bridges));
        json_object_put(json, "rows", (first->findings.rows_unknown
                                       ? json_null_create()
                                       : json_clone(first->rows)));
        if (found) {
            json_object_put(json, "repaired",
                            json_boolean_create(report_holds(report)));
        }
        printable_put_json(s, json);
        json_destroy(json);
    }
}
