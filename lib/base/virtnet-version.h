/* SPDX-License-Identifier: Apache-2.0 */

#ifndef VIRTNET_VERSION_H
#define VIRTNET_VERSION_H 1

/* The version of ovs-virtnet, as opposed to that of the Open vSwitch library
 * it is linked with. */

const char *virtnet_version(void);

#endif /* virtnet-version.h */
