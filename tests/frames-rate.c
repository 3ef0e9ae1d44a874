/* SPDX-License-Identifier: Apache-2.0 */

/* Sends frames at a steady rate and counts what is lost.
 *
 * Every frame of the script is a stream of its own.  Each receiver that its
 * line names ought to get every copy once; whoever else gets one is a
 * stray.
 *
 * A frame with the word "once" is sent a single time, at SIGUSR1.  Its result
 * tells after how many copies of the others that was, "after=", and how many
 * copies of the others had been sent when it was received, "heard=". */

#define _GNU_SOURCE 1

#include "frames.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What one expected receiver got of one stream. */
struct sink {
    const char *receiver;       /* As format_arrival() writes it. */
    uint8_t *seen;              /* By sequence number, up to 'n_seen'. */
    size_t n_seen;
    unsigned int received;      /* Different copies. */
    unsigned int duplicates;
    unsigned int reordered;
    uint32_t first;             /* Least sequence number. */
    unsigned int heard;         /* Others' copies sent before 'first' came. */
    uint32_t next;              /* Highest sequence number so far, plus 1. */
    long long int last_us;
    long long int gap_us;       /* Longest time without a copy. */
};

struct stream {
    struct frame *frame;
    struct sink *sinks;
    size_t n_sinks;
    unsigned int sent;
    unsigned int after;         /* Copies of others sent before, if "once". */
    unsigned int strays;
    struct frame others;        /* Collects who got them. */
};

/* When so many copies are on their way, the sender looks whether the switch
 * has room for more. */
#define MANY_ROUNDS 16

/* What became of the sender's plan to send at a steady rate. */
struct pace {
    long long int held_us;      /* How long it waited for the switch. */
    long long int late_us;      /* How late it was at most, beside that. */
};

static volatile sig_atomic_t stop, told;

/* How many copies of each frame have been sent, and how many of them, counted
 * to the last one, of that stream of which most has been received. */
static unsigned int n_rounds, n_returned;

static void
handle_signal(int sig)
{
    *(sig == SIGUSR1 ? &told : &stop) = 1;
}

static void
sink_receive(struct sink *sink, uint32_t seq)
{
    long long int now = now_us();

    if (seq >= sink->n_seen) {
        size_t n = 2 * seq + 1024;

        sink->seen = xrealloc_array(sink->seen, n, 1);
        memset(sink->seen + sink->n_seen, 0, n - sink->n_seen);
        sink->n_seen = n;
    }
    if (sink->seen[seq]++) {
        sink->duplicates++;
        return;
    }
    if (!sink->received++) {
        sink->first = seq;
        sink->heard = n_rounds;
    } else if (seq < sink->first) {
        sink->first = seq;      /* It has been overtaken. */
    }
    sink->reordered += seq < sink->next;
    if (seq >= sink->next) {
        sink->next = seq + 1;
    }
    if (sink->next > n_returned) {
        n_returned = sink->next;
    }
    if (sink->last_us && now - sink->last_us > sink->gap_us) {
        sink->gap_us = now - sink->last_us;
    }
    sink->last_us = now;
}

static void
receive(const struct port *port, const struct packet *packet, void *streams_)
{
    struct stream *stream = &((struct stream *) streams_)[packet->index];
    struct frame one = *stream->frame;

    one.arrivals = NULL;
    one.n_arrivals = 0;
    frame_add_arrival(&one, port, packet);
    char *receiver = format_arrival(one.arrivals);
    free(one.arrivals);

    for (size_t i = 0; i < stream->n_sinks; i++) {
        if (!strcmp(stream->sinks[i].receiver, receiver)) {
            sink_receive(&stream->sinks[i], packet->seq);
            free(receiver);
            return;
        }
    }
    free(receiver);
    stream->strays++;
    frame_add_arrival(&stream->others, port, packet);
}

/* Sends one more copy of each stream, those of frames to be sent "once" only
 * if it is time for them. */
static void
send_copies(struct stream *streams, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct stream *stream = &streams[i];
        uint8_t buf[MAX_PACKET];

        if (stream->frame->once && (!told || stream->sent)) {
            continue;
        }
        stream->after = n_rounds;
        port_send(stream->frame->from, buf,
                  packet_compose(stream->frame, i, stream->sent++, buf));
    }
    n_rounds++;
}

/* Nobody can be waited for longer than so: a switch that does not read at
 * all. */
#define MAX_UNREAD_US (10 * 1000 * 1000)

/* Receives until the switch has read all that was sent and 'ms' have passed
 * without a frame since. */
static void
wait_quiet(struct script *script, unsigned int ms, struct stream *streams)
{
    long long int start = now_us();

    switch_mark_unread(script);
    while (switch_has_unread(script) && now_us() - start < MAX_UNREAD_US) {
        ports_receive(1, receive, streams);
    }
    for (long long int last = now_us(); now_us() - last < ms * 1000LL; ) {
        if (ports_receive(5, receive, streams)) {
            last = now_us();
        }
    }
}

/* Receives until it is 'until', in now_us() terms, or a signal says to
 * stop.  It sleeps for the rest of a millisecond, too: it runs before others,
 * and on an emulated machine it would be all that runs on its processor. */
static void
receive_until(long long int until, struct stream *streams)
{
    long long int left;

    do {
        left = until - now_us();
        ports_wait(left);
        ports_receive(0, receive, streams);
    } while (left > 0 && !stop);
}

/* Receives until the switch has room for more frames.  Returns how long that
 * took. */
static long long int
wait_for_room(struct script *script, struct stream *streams)
{
    long long int start = now_us();

    if (n_rounds - n_returned < MANY_ROUNDS || switch_has_room(script)) {
        return 0;
    }
    while (!stop && !switch_has_room(script)) {
        ports_receive(1, receive, streams);
    }
    return now_us() - start;
}

/* The time for which the switch was waited for is left out of the plan: to
 * catch up with it would be more than the rate. */
static struct pace
send_at_rate(struct script *script, struct stream *streams,
             const struct options *options)
{
    long long int start = now_us();
    struct pace pace = { 0, 0 };

    while (!stop && (!options->count || n_rounds < options->count)) {
        long long int next = (start + pace.held_us
                              + n_rounds * 1000000LL / options->rate);

        receive_until(next, streams);
        if (now_us() - next > pace.late_us) {
            pace.late_us = now_us() - next;
        }
        if (!options->blind) {
            pace.held_us += wait_for_room(script, streams);
        }
        send_copies(streams, script->n_frames);
    }
    return pace;
}

/* Says what the test itself has lost or changed: whoever wants to know why
 * frames are missing has to know that.  Frames that did not fit into sockets
 * of the switch were 'before' when the sender began. */
static void
report_pace(const struct script *script, const struct pace *pace,
            unsigned int before)
{
    unsigned int after;

    fprintf(stderr, "sender: at most %.1f ms late, waited %.1f ms for the "
            "switch; frames that did not fit into sockets: %u of receivers, ",
            pace->late_us / 1000.0, pace->held_us / 1000.0,
            ports_n_dropped(script));
    if (switch_n_dropped(script, &after)) {
        fprintf(stderr, "%u of the switch\n", after - before);
    } else {
        fputs("unknown of the switch\n", stderr);
    }
}

/* Prints one line for each receiver of 'stream', or one line if it ought to
 * have none.  Returns true if nothing was lost, doubled or astray. */
static bool
report(struct stream *stream)
{
    char *strays = format_arrivals(&stream->others);
    bool ok = !stream->strays;

    for (size_t i = 0; i < stream->n_sinks; i++) {
        const struct sink *sink = &stream->sinks[i];

        printf("stream=\"%s\" to=%s sent=%u received=%u lost=%u "
               "duplicates=%u reordered=%u longest_gap_ms=%.1f first=%u "
               "next=%u after=%u heard=%u strays=%u stray_ports=\"%s\"\n",
               stream->frame->text, sink->receiver, stream->sent,
               sink->received, stream->sent - sink->received,
               sink->duplicates, sink->reordered, sink->gap_us / 1000.0,
               sink->first, sink->next, stream->after, sink->heard,
               stream->strays, strays);
        ok = ok && sink->received == stream->sent && !sink->duplicates;
    }
    if (!stream->n_sinks) {
        printf("stream=\"%s\" to=- sent=%u strays=%u stray_ports=\"%s\"\n",
               stream->frame->text, stream->sent, stream->strays, strays);
    }
    free(strays);
    return ok;
}

/* Sends the frames of 'script', whose ports are open, at the rate that
 * 'options' give, until their number is reached or SIGINT or SIGTERM comes.
 * Prints "sending" once it begins, so that a script can wait for that, and
 * the results at the end.  Returns true if they are perfect. */
bool
rate_run(struct script *script, const struct options *options)
{
    struct stream *streams = xzalloc_frame((script->n_frames + 1)
                                           * sizeof *streams);
    struct sigaction action = { .sa_handler = handle_signal };
    bool ok = true;

    for (size_t i = 0; i < script->n_frames; i++) {
        struct stream *stream = &streams[i];

        stream->frame = script->frames[i];
        stream->others = *stream->frame;
        stream->n_sinks = stream->frame->n_expected;
        stream->sinks = xzalloc_frame((stream->n_sinks + 1)
                                      * sizeof *stream->sinks);
        for (size_t j = 0; j < stream->n_sinks; j++) {
            stream->sinks[j].receiver = stream->frame->expected[j];
        }
    }
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);

    unsigned int dropped;
    switch_n_dropped(script, &dropped);
    ports_n_dropped(script);
    puts("sending");
    fflush(stdout);
    struct pace pace = send_at_rate(script, streams, options);
    wait_quiet(script, options->quiet_ms + 200, streams);
    report_pace(script, &pace, dropped);
    for (size_t i = 0; i < script->n_frames; i++) {
        ok = report(&streams[i]) && ok;
    }
    return ok;
}
