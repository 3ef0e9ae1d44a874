/* SPDX-License-Identifier: Apache-2.0 */

/* Sends the frames of a script and waits for what comes of them. */

#define _GNU_SOURCE 1

#include "frames.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* So many frames are sent before we wait until the switch has read them: a
 * frame that a full receive buffer swallows would look like one that the
 * switch has dropped. */
#define BURST 32

/* Nobody can be waited for longer than so: a switch that does not read at
 * all. */
#define MAX_UNREAD_US (2 * 1000 * 1000)

static void
receive(const struct port *port, const struct packet *packet, void *script_)
{
    struct script *script = script_;

    if (packet->index < script->n_frames) {
        frame_add_arrival(script->frames[packet->index], port, packet);
    }
}

/* Receives until the switch has read everything that was sent so far. */
static void
wait_read(struct script *script)
{
    long long int start = now_us();

    switch_mark_unread(script);
    while (switch_has_unread(script) && now_us() - start < MAX_UNREAD_US) {
        ports_receive(0, receive, script);
    }
}

/* Receives until the switch has read everything that was sent so far, and 'ms'
 * have passed without a frame since. */
static void
wait_quiet(struct script *script, unsigned int ms)
{
    wait_read(script);
    for (long long int last = now_us(); now_us() - last < ms * 1000LL; ) {
        if (ports_receive(ms < 5 ? 1 : 5, receive, script)) {
            last = now_us();
        }
    }
}

/* Waits until the switch has read what 'last' has sent, so that frames of
 * different ports reach it in the order of the script: learning depends on
 * it.  Frames of one port keep their order anyway.  How much of what is sent
 * from a LOCAL device has been read, nobody can tell, so leave it some
 * time. */
static void
keep_order(struct script *script, const struct port *last)
{
    if (!strcmp(last->netns, "-")) {
        wait_quiet(script, 2);
    }
    wait_read(script);
}

/* Waits until nothing more comes.  A busy machine can be slower than any
 * silence is long, so as long as something expected is missing in the frames
 * from 'first' on, wait again, but not for ever. */
static void
settle(struct script *script, const struct options *options, size_t first)
{
    long long int start = now_us();
    size_t missing;

    do {
        wait_quiet(script, options->quiet_ms);
        missing = 0;
        for (size_t i = first; i < script->n_frames; i++) {
            missing += frame_n_missing(script->frames[i]);
        }
    } while (missing && now_us() - start < options->patience_ms * 1000LL);
}

static void
send_frame(struct script *script, size_t index)
{
    const struct frame *frame = script->frames[index];
    uint8_t buf[MAX_PACKET];
    size_t len = packet_compose(frame, index, 0, buf);

    if (index && script->frames[index - 1]->from != frame->from) {
        keep_order(script, script->frames[index - 1]->from);
    }
    port_send(frame->from, buf, len);
    ports_receive(0, receive, script);
}

/* Runs all steps of 'script', whose ports are open, and fills in what its
 * frames' arrivals were. */
void
script_run(struct script *script, const struct options *options)
{
    size_t sent = 0;            /* Frames, all in all. */
    size_t settled = 0;         /* Of them, those we have waited for. */

    for (size_t i = 0; i < script->n_steps; i++) {
        const struct step *step = &script->steps[i];

        switch (step->type) {
        case STEP_FRAME:
            send_frame(script, step->arg);
            if (++sent % BURST == 0) {
                wait_quiet(script, 2);
            }
            break;

        case STEP_WAIT:
            /* The frames behind this step have not been sent, so nothing can
             * be missing of them. */
            {
                struct script so_far = *script;

                so_far.n_frames = sent;
                settle(&so_far, options, settled);
                settled = sent;
            }
            if (options->at_wait && system(options->at_wait) < 0) {
                die("cannot run \"%s\"", options->at_wait);
            }
            break;

        case STEP_SLEEP:
            usleep(step->arg * 1000);
            break;
        }
    }
    settle(script, options, settled);
}
