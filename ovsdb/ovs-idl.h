/* SPDX-License-Identifier: Apache-2.0 */

#ifndef OVS_IDL_H
#define OVS_IDL_H 1

/* What is monitored in the Open_vSwitch database. */

const char *ovs_idl_database(void);

#endif /* ovs-idl.h */
