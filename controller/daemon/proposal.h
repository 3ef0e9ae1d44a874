/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROPOSAL_H
#define PROPOSAL_H 1

/* Definitions that somebody thinks of putting into force: what would change on
 * this host. */

#include <stdbool.h>
#include <stddef.h>

struct ports;
struct reconcile;

char *proposal_compare(const struct reconcile *, struct ports *,
                       char *const files_and_texts[], size_t n, bool json,
                       bool *differ, char **error);

#endif /* controller/daemon/proposal.h */
