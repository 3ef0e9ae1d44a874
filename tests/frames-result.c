/* SPDX-License-Identifier: Apache-2.0 */

/* What became of a frame, and how it is written:
 *
 *     PORT       received once and untagged
 *     PORT[10]   with VLAN tag 10; [10/5] with priority 5; [s200,10] with two
 *                tags, the outer one being a service tag
 *     ...x2      received twice so
 *     ...+mangled  with other addresses, type or payload than it was sent with
 *     -          received by nobody
 */

#define _GNU_SOURCE 1

#include "frames.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Counts that 'port' received 'frame' as 'packet'. */
void
frame_add_arrival(struct frame *frame, const struct port *port,
                  const struct packet *packet)
{
    bool mangled = packet_is_mangled(packet, frame);
    struct arrival *a;

    for (size_t i = 0; i < frame->n_arrivals; i++) {
        a = &frame->arrivals[i];
        if (a->port == port && a->mangled == mangled
            && a->n_tags == packet->n_tags
            && !memcmp(a->tags, packet->tags,
                       a->n_tags * sizeof a->tags[0])) {
            a->n++;
            return;
        }
    }
    frame->arrivals = xrealloc_array(frame->arrivals, frame->n_arrivals + 1,
                                     sizeof *frame->arrivals);
    a = &frame->arrivals[frame->n_arrivals++];
    memset(a, 0, sizeof *a);
    a->port = port;
    memcpy(a->tags, packet->tags, sizeof a->tags);
    a->n_tags = packet->n_tags;
    a->mangled = mangled;
    a->n = 1;
}

/* Returns 'a' in words, which the caller must free. */
char *
format_arrival(const struct arrival *a)
{
    char *s = NULL;
    size_t size;
    FILE *stream = open_memstream(&s, &size);

    fputs(a->port->name, stream);
    for (size_t i = 0; i < a->n_tags; i++) {
        fprintf(stream, "%s%s%d", i ? "," : "[",
                a->tags[i].tpid == 0x88a8 ? "s" : "", a->tags[i].tci & 0xfff);
        if (a->tags[i].tci >> 13) {
            fprintf(stream, "/%d", a->tags[i].tci >> 13);
        }
    }
    fputs(a->n_tags ? "]" : "", stream);
    if (a->n > 1) {
        fprintf(stream, "x%u", a->n);
    }
    fputs(a->mangled ? "+mangled" : "", stream);
    fclose(stream);
    return s;
}

/* Returns the sorted receivers of 'frame'; free them with free_receivers(). */
static char **
sorted_receivers(const struct frame *frame)
{
    char **receivers = xzalloc_frame((frame->n_arrivals + 1)
                                     * sizeof *receivers);

    for (size_t i = 0; i < frame->n_arrivals; i++) {
        receivers[i] = format_arrival(&frame->arrivals[i]);
    }
    qsort(receivers, frame->n_arrivals, sizeof *receivers, compare_names);
    return receivers;
}

static void
free_receivers(char **receivers)
{
    for (size_t i = 0; receivers[i]; i++) {
        free(receivers[i]);
    }
    free(receivers);
}

/* Returns the receivers of 'frame' in one line, which the caller must
 * free. */
char *
format_arrivals(const struct frame *frame)
{
    char **receivers = sorted_receivers(frame);
    char *s = NULL;
    size_t size;
    FILE *stream = open_memstream(&s, &size);

    for (size_t i = 0; receivers[i]; i++) {
        fprintf(stream, "%s%s", i ? " " : "", receivers[i]);
    }
    fputs(receivers[0] ? "" : "-", stream);
    fclose(stream);
    free_receivers(receivers);
    return s;
}

/* Returns the number of receivers that 'frame' should have and has not. */
size_t
frame_n_missing(const struct frame *frame)
{
    char **receivers = sorted_receivers(frame);
    size_t missing = 0;
    size_t i = 0;

    for (size_t e = 0; e < frame->n_expected; e++) {
        while (receivers[i]
               && compare_names(&receivers[i], &frame->expected[e]) < 0) {
            i++;
        }
        if (receivers[i] && !strcmp(receivers[i], frame->expected[e])) {
            i++;
        } else {
            missing++;
        }
    }
    free_receivers(receivers);
    return missing;
}

/* Returns true if exactly those received 'frame' who should have. */
bool
frame_as_expected(const struct frame *frame)
{
    return (!frame->checked
            || (frame->n_arrivals == frame->n_expected
                && !frame_n_missing(frame)));
}
