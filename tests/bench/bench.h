/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_H
#define BENCH_H 1

/* What the commands of the bench program share.
 *
 * The program measures what a shell cannot: it holds connections to the
 * database, to the controller and to the switch open, so that no process is
 * started between the event and the answer.  tests/bench/run calls it.  Any
 * failure ends it with a message, since half a measurement is none. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "openvswitch/types.h"
#include "util.h"

struct json;
struct jsonrpc;
struct plan;
struct vconn;
struct vport;

/* Returns the time since some point in the past, in microseconds. */
long long int now_usec(void);

/* Prints a sample: one line "SAMPLE <name> <microseconds>". */
void print_usec(const char *name, long long int usec);

unsigned int parse_number(const char *);

/* Connections that speak JSON-RPC. */

struct jsonrpc *rpc_open(const char *path);
struct json *rpc_send(struct jsonrpc *, const char *method,
                      struct json *params);
struct json *rpc_recv(struct jsonrpc *, const struct json *id,
                      bool *error);

/* Control sockets. */
struct json *ctl_send(struct jsonrpc *, const char *command, int argc,
                      char *const argv[]);
char *ctl_recv(struct jsonrpc *, struct json *id);
char *ctl_transact(struct jsonrpc *, const char *command, int argc,
                   char *const argv[]);

/* The database, and the only bridge in it. */

#define BRIDGE "br0"

struct db;

struct db *db_open(const char *rundir);
void db_plug(struct db *, const char *bridge, unsigned int first,
             unsigned int n, const char *portgroup);
void db_unplug(struct db *, const char *bridge, unsigned int first,
               unsigned int n);

/* The switch. */
struct vconn *switch_open(const char *rundir);

/* The ports that db_plug() makes, as the compiler sees them: guest number 'n'
 * is called g<n>, has port number 'n' and is in VLAN 10. */
#define GUEST_VLAN 10
#define UPLINK_OFPORT 30000

struct eth_addr guest_mac(unsigned int n);
void guest_vport(struct vport *, unsigned int n);
struct plan *guest_plan(unsigned int first, unsigned int n);

/* Commands. */
void cmd_plug(int argc, char *argv[]);
void cmd_unplug(int argc, char *argv[]);
void cmd_latency(int argc, char *argv[]);
void cmd_cold(int argc, char *argv[]);
void cmd_start(int argc, char *argv[]);
void cmd_apply(int argc, char *argv[]);
void cmd_return(int argc, char *argv[]);
void cmd_offline(int argc, char *argv[]);
void cmd_ports(int argc, char *argv[]);
void cmd_idl(int argc, char *argv[]);
void cmd_inject(int argc, char *argv[]);
void cmd_blast(int argc, char *argv[]);
void cmd_replay(int argc, char *argv[]);
void cmd_across(int argc, char *argv[]);

#endif /* tests/bench/bench.h */
