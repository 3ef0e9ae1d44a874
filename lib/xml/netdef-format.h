/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETDEF_FORMAT_H
#define NETDEF_FORMAT_H 1

/* Parts of canonical XML that networks and ports have in common.
 *
 * Elements end in a newline and are indented by as many blanks as asked for,
 * by two if nothing is asked; attributes begin with a blank.  Of what is left
 * open nothing is appended. */

struct bandwidth;
struct ds;
struct netdef_setting;
struct port_vlan;

void netdef_put_element(struct ds *, const char *name, const char *text);
void netdef_put_attribute(struct ds *, const char *name, const char *value);
void netdef_put_yes_no(struct ds *, const char *name,
                       const struct netdef_setting *);
void netdef_put_manager(struct ds *, const struct netdef_setting *);
void netdef_put_vlan(struct ds *, const struct port_vlan *, int indent);
void netdef_put_bandwidth(struct ds *, const struct bandwidth *, int indent);
void netdef_put_isolated(struct ds *, const struct netdef_setting *);

#endif /* lib/xml/netdef-format.h */
