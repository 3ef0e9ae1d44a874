/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIRTNETCTL_H
#define VIRTNETCTL_H 1

/* What the commands of virtnetctl(8) share.
 *
 * A command first finds out all that it has to say and then prints it at once:
 * whoever reads the output of a command that could not do what it was asked
 * gets nothing.  Exit codes: 0 fine, 1 what was asked does not hold, 2 could
 * not be asked. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "command-line.h"
#include "lib/base/diag.h"
#include "lib/host/ports-json.h"
#include "lib/model/filter-check.h"
#include "lib/model/filter-rules.h"
#include "openvswitch/compiler.h"

struct json_t;
struct netdef;

/* What the options say. */
struct virtnetctl_options {
    bool json;                  /* --format=json. */
    bool color;
    bool strict;
    bool repair;
    bool all;                   /* --all: not only a sample. */
    const char *bridge;         /* --bridge, or null. */
    const char *output;         /* --output, or null. */
    const char *ports[2];       /* --ports, or null. */
    size_t n_ports;
    const char *target;
    int timeout;                /* In seconds. */
    const char *src, *dst;      /* --src and --dst, or null. */
    int vlan;                   /* --vlan, or -1. */
    const char *via;            /* --via, or null. */
    const char *state;          /* --state, or null. */
    const char *fleet;          /* --fleet, or null. */
    const char *db;             /* --db, or null. */
    const char *listen;         /* --listen, or null. */
    const char *private_key, *certificate, *ca_cert;    /* Or null. */
    unsigned int given;         /* Those of special_options[] that were. */
};

extern struct virtnetctl_options options;
extern int virtnetctl_status;   /* What main() returns. */

OVS_NO_RETURN void virtnetctl_fatal(const char *format, ...)
    OVS_PRINTF_FORMAT(1, 2);
void virtnetctl_print(struct ds *);
void virtnetctl_flush(void);
void virtnetctl_print_json(struct json_t *);
char *virtnetctl_nearest(const char *wanted, const char *const names[],
                         size_t n);

/* The commands. */
void virtnetctl_run(int argc, char *argv[]);
void virtnetctl_put_usage(struct ds *);
void virtnetctl_note_option(const char *name);

/* The daemon. */
struct svec;
void virtnetctl_before_giving_up(void (*cb)(void));
char *virtnetctl_ask(const char *target, const char *command,
                     const struct svec *args);
bool virtnetctl_target_runs(void);
char *virtnetctl_ask_for(const char *target, const char *command,
                         const struct svec *args, unsigned int own);
struct json_t *virtnetctl_get_state(bool stats);
struct json_t *virtnetctl_get_state_with_rules(void);
void virtnetctl_forward(const char *command, const struct svec *args,
                        unsigned int own);
struct json_t *virtnetctl_await_state(uint32_t *digest);
void virtnetctl_verify_frames(const char *bridge, struct ds *,
                              struct json_t *);
void virtnetctl_check_name(const struct json_t *object, const char *what,
                           const char *name);
char *virtnetctl_find_port(const struct json_t *bridges, const char *bridge,
                           const char *name);

struct trace;
struct json_t *virtnetctl_trace_hosts(const struct trace *,
                                      const struct json_t *state,
                                      const char *bridge,
                                      const struct json_t *port,
                                      const char *fields, struct ds *);

/* Definitions from files. */
struct source_file {
    char *name;
    struct ds text;
    struct netdef *netdef;      /* Null if there are errors, or... */
    struct netport *netport;    /* ...this is a port... */
    struct nwfilter *filter;    /* ...or this is a filter; null otherwise. */
    bool is_filter;             /* Or would be one? */
    struct filter_summary filter_summary;
    struct diag_list diags;
    bool is_libvirts;           /* Is it where libvirt keeps its networks? */
};

struct source_files {
    struct source_file *files;
    size_t n, allocated;
    const struct netdef **defs; /* Of those that could be read. */
    size_t n_defs;
};

void source_files_read(struct source_files *, char *names[], size_t n);
void source_files_uninit(struct source_files *);
struct filter_library source_files_library(const struct source_files *);
void source_files_check(const struct source_files *, bool filters);
void virtnetctl_read_file(const char *name, struct ds *);
void virtnetctl_read_ports(const char *name, struct ports *);

struct translation;
struct translation_bridge;
const struct translation_bridge *virtnetctl_choose_bridge(
    const struct translation *);

/* Commands. */
void virtnetctl_check(struct ovs_cmdl_context *);
void virtnetctl_compile(struct ovs_cmdl_context *);
void virtnetctl_diff(struct ovs_cmdl_context *);
void virtnetctl_dump_flows(struct ovs_cmdl_context *);
void virtnetctl_explain(struct ovs_cmdl_context *);
void virtnetctl_fdb(struct ovs_cmdl_context *);
void virtnetctl_fleet_define(struct ovs_cmdl_context *);
void virtnetctl_fleet_forget(struct ovs_cmdl_context *);
void virtnetctl_fleet_hosts(struct ovs_cmdl_context *);
void virtnetctl_fleet_init(struct ovs_cmdl_context *);
void virtnetctl_fleet_join(struct ovs_cmdl_context *);
void virtnetctl_fleet_leave(struct ovs_cmdl_context *);
void virtnetctl_fleet_ports(struct ovs_cmdl_context *);
void virtnetctl_fleet_show(struct ovs_cmdl_context *);
void virtnetctl_fleet_undefine(struct ovs_cmdl_context *);
void virtnetctl_fleet_graph(struct ovs_cmdl_context *);
void virtnetctl_fleet_report(struct ovs_cmdl_context *);
void virtnetctl_fleet_verify(struct ovs_cmdl_context *);
void virtnetctl_graph(struct ovs_cmdl_context *);
void virtnetctl_health(struct ovs_cmdl_context *);
void virtnetctl_metrics(struct ovs_cmdl_context *);
void virtnetctl_monitor(struct ovs_cmdl_context *);
void virtnetctl_networks(struct ovs_cmdl_context *);
void virtnetctl_release(struct ovs_cmdl_context *);
void virtnetctl_show(struct ovs_cmdl_context *);
void virtnetctl_status_command(struct ovs_cmdl_context *);
void virtnetctl_top(struct ovs_cmdl_context *);
void virtnetctl_trace(struct ovs_cmdl_context *);
void virtnetctl_verify(struct ovs_cmdl_context *);
void virtnetctl_wait(struct ovs_cmdl_context *);

#endif /* controller/ctl/virtnetctl.h */
