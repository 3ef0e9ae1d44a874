/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FRAME_SPEC_H
#define FRAME_SPEC_H 1

/* Frames, for tests: which of them say something of their sender, in plain
 * words and without the help of anything in lib/, and random ones. */

#include <stdbool.h>

struct frame;
struct port_specs;

bool frame_is_announcement(const struct frame *);
bool frame_comes_first(const struct frame *);
bool frame_is_routers(const struct frame *);

void frame_random(struct frame *, const struct port_specs *);

#endif /* tests/unit/frame-spec.h */
