/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/report.h"

#include <inttypes.h>

#include "controller/daemon/mbridge.h"
#include "controller/switch/switch-read.h"
#include "lib/base/diag.h"
#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "lib/model/shortfall.h"
#include "lib/openflow/plan.h"
#include "util.h"

/* Initializes 'report' to say nothing, for programs if 'json'. */
void
report_init(struct report *report, bool json)
{
    *report = (struct report) {
        .text = DS_EMPTY_INITIALIZER,
        .bridges = json ? jvalue_array() : NULL,
        .rows = json ? jvalue_array() : NULL,
        .errors = SVEC_EMPTY_INITIALIZER,
    };
}

/* Frees what 'report' holds, but not 'report' itself. */
void
report_uninit(struct report *report)
{
    ds_destroy(&report->text);
    jvalue_unref(report->bridges);
    jvalue_unref(report->rows);
    svec_destroy(&report->errors);
}

/* Is nothing there that is not as it should be? */
bool
report_holds(const struct report *report)
{
    const struct findings *f = &report->findings;

    return (!f->missing && !f->changed && !f->strangers && !f->rows
            && !f->in_the_way);
}

/* Adds what keeps 'mb' from being in force and is in nothing that is read. */
static void
put_hidden(struct report *report, const struct mbridge *mb)
{
    struct shortfalls shortfalls = SHORTFALLS_INITIALIZER;

    mbridge_get_shortfalls(mb, &shortfalls);
    for (size_t i = 0; i < shortfalls.n; i++) {
        const struct shortfall *s = &shortfalls.shortfalls[i];

        if (s->kind == SHORTFALL_HIDDEN_FLOW || s->kind == SHORTFALL_MODE) {
            report->findings.in_the_way++;
            ds_put_cstr(&report->text, "bridge ");
            printable_put(&report->text, mbridge_name(mb));
            ds_put_format(&report->text, ": not in force: %s%s%s\n", s->text,
                          s->remedy ? "; " : "", s->remedy ? s->remedy : "");
        }
    }
    shortfalls_uninit(&shortfalls);
}

/* Adds what of the switch's configuration and of its ports', which no flow
 * shows, keeps 'mb' from working as planned, and what ports ask for in vain
 * since it is in kernel mode. */
static void
put_config(struct report *report, const struct subject *subject,
           const struct mbridge *mb)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;

    if (plan_is_guarded(mbridge_plan(mb))
        && !switch_read_first_ports(subject->read)) {
        report->findings.in_the_way++;
        ds_put_cstr(&report->text, "bridge ");
        printable_put(&report->text, mbridge_name(mb));
        ds_put_cstr(&report->text, ": IP fragments are not handled as guards "
                    "need it (ovs-ofctl get-frags): the controller sets that "
                    "right in a few seconds\n");
    }
    mbridge_get_port_errors(mb, &diags);
    for (size_t i = 0; i < diags.n; i++) {
        report->findings.in_the_way++;
        ds_put_cstr(&report->text, "bridge ");
        printable_put(&report->text, mbridge_name(mb));
        ds_put_cstr(&report->text, ": ");
        diag_format(&report->text, &diags.diags[i]);
        ds_put_char(&report->text, '\n');
    }
    diag_list_uninit(&diags);
}

static void
compare_rows(struct report *report, const struct reading *reading,
             const char *bridge)
{
    const char *error = reading_compare_rows(reading, bridge, &report->text,
                                             report->rows, &report->findings);

    if (error) {
        report->findings.rows_unknown = true;
        svec_add_nocopy(&report->errors, xasprintf("database: %s", error));
    } else if (report->findings.rows_unknown) {
        ds_put_cstr(&report->text, "database: not compared, because not all "
                    "definitions can be read\n");
    } else if (report->findings.rows) {
        ds_put_format(&report->text, "\ndatabase: %"PRIuSIZE" to change\n",
                      report->findings.rows);
    } else {
        ds_put_cstr(&report->text, "database: as planned\n");
    }
}

/* Adds to 'report' what was read of 'subject', which is 'mb'. */
static void
compare_bridge(struct report *report, const struct subject *subject,
               const struct mbridge *mb, const char *port)
{
    subject_explain(subject, mb, port, report->has_rows, &report->text,
                    report->bridges, &report->findings);
    if (report->has_rows) {
        put_hidden(report, mb);
        put_config(report, subject, mb);
    }
    report->n_told++;
}

/* Makes 'report' tell of what 'reading' has read.  If the database was read,
 * 'bridge' is what it is to be about, or null for everything, and of switches
 * only differences are told.  If 'port' is nonnull, it is to be about that
 * alone.  Of what nothing can be said, it tells why. */
void
report_compare(struct report *report, const struct reading *reading,
               const char *bridge, const char *port)
{
    report->has_rows = reading->db != NULL;
    for (size_t i = 0; i < reading->n; i++) {
        const struct subject *subject = &reading->subjects[i];
        const struct mbridge *mb = subject_find_bridge(subject,
                                                       reading->reconcile);
        const char *error = subject_error(subject, mb);

        if (!error) {
            compare_bridge(report, subject, mb, port);
        } else if (bridge || (mb && !mbridge_is_left_alone(mb))) {
            svec_add_nocopy(&report->errors,
                            xasprintf("bridge %s: %s", subject->bridge,
                                      error));
        }
    }
    if (report->has_rows) {
        compare_rows(report, reading, bridge);
    }
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
    for (size_t i = 0; i < report->errors.n; i++) {
        printable_put(s, report->errors.names[i]);
        ds_put_char(s, '\n');
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
        jvalue_format(s, report->bridges);
    } else {
        struct json_t *json = jvalue_object();

        jvalue_put(json, "bridges", jvalue_ref(first->bridges));
        jvalue_put(json, "rows",
                   first->findings.rows_unknown
                   ? jvalue_null() : jvalue_ref(first->rows));
        if (found) {
            jvalue_put_bool(json, "repaired", report_holds(report));
        }
        if (report->errors.n) {
            jvalue_put(json, "errors", jvalue_strings(&report->errors));
        }
        jvalue_format(s, json);
        jvalue_unref(json);
    }
}
