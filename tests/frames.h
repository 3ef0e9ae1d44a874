/* SPDX-License-Identifier: Apache-2.0 */

#ifndef FRAMES_H
#define FRAMES_H 1

/* frames: who received what
 * =========================
 *
 * A test program that sends raw Ethernet frames from many ports, in many
 * network namespaces, and tells for each frame which ports received it, how
 * often, and with which VLAN tags.
 *
 *    - A "port" is one end of a link, in a network namespace, opened as a
 *      packet socket, or a tap device, held as QEMU holds it.
 *
 *    - A "frame" is one line of a script: where it enters, its addresses, its
 *      tags, and perhaps who ought to receive it.  Its payload carries a mark,
 *      so that frames that others send (neighbour discovery, for example) are
 *      never counted, and so that it is recognised wherever it comes out,
 *      however late and in whatever order.  The mark is behind what a head says
 *      that is in the frame: a "bare" one has none, for whoever looks there.
 *
 *    - An "arrival" is what a port saw of a frame.
 *
 * frames-packet.c knows bytes, frames-port.c sockets, frames-switch.c those
 * of the switch, frames-script.c the language, frames-send.c sends and waits,
 * frames-result.c says what became of a frame, frames-rate.c measures loss,
 * and frames.c is the command line.
 * Errors in a script or in the system end the program with status 2: a test
 * cannot go on without its frames. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ETH_LEN 6
#define MAX_TAGS 4
#define MAX_PACKET 10240

/* A VLAN tag as it is on the wire, in host byte order. */
struct tag {
    uint16_t tpid;
    uint16_t tci;
};

struct port {
    char *name;                 /* In scripts and in results. */
    char *netns;                /* Name, path, "-" or "tap" for our own. */
    char *iface;                /* Name of the network device. */
    uint8_t mac[ETH_LEN];       /* Default source, and meaning of its name. */
    bool has_mac;
    int fd;
    bool is_tap;                /* Is 'fd' a guest's end, not a socket? */
    unsigned long inode;        /* Of a socket, as in /proc/net/packet. */
};

/* One way in which a frame came out of a port, and how often. */
struct arrival {
    const struct port *port;
    struct tag tags[MAX_TAGS];
    size_t n_tags;
    bool mangled;               /* Addresses, type or payload differ. */
    unsigned int n;
};

struct frame {
    char *text;                 /* The line, without what is expected. */
    int line;
    struct port *from;
    uint8_t dst[ETH_LEN], src[ETH_LEN];
    struct tag tags[MAX_TAGS];
    size_t n_tags;
    uint16_t type;
    uint8_t *head;              /* Payload before our mark, or NULL. */
    size_t head_len;
    size_t len;                 /* Payload with head, mark and filling. */
    bool bare;                  /* Has it no mark, but is told by its head? */
    bool once;                  /* At a rate: a single time, when told. */

    bool checked;               /* Did the line say who should receive it? */
    char **expected;            /* Sorted receivers, as format_arrival(). */
    size_t n_expected;

    struct arrival *arrivals;
    size_t n_arrivals;
};

/* What a frame in a socket's buffer turned out to be. */
struct packet {
    uint32_t index;             /* Of the frame in its script. */
    uint32_t seq;               /* Copy of the frame, from 0. */
    struct tag tags[MAX_TAGS];
    size_t n_tags;
    const uint8_t *dst, *src;
    uint16_t type;
    const uint8_t *payload;
    size_t payload_len;
};

enum step_type { STEP_FRAME, STEP_WAIT, STEP_SLEEP };

struct step {
    enum step_type type;
    unsigned int arg;           /* Index of the frame, or milliseconds. */
};

/* A name in a script that stands for an address. */
struct mac_name {
    char *name;
    uint8_t mac[ETH_LEN];
};

/* A name in a script that stands for several receivers. */
struct port_set {
    char *name;
    char **members;
    size_t n_members;
};

struct script {
    struct port **ports;
    size_t n_ports;
    struct mac_name *macs;
    size_t n_macs;
    struct port_set *sets;
    size_t n_sets;
    struct frame **frames;
    size_t n_frames;
    struct step *steps;
    size_t n_steps;
};

/* Settings from the command line. */
struct options {
    bool check;                 /* Show only what is not as expected. */
    bool summary;               /* Show counts per port. */
    unsigned int quiet_ms;      /* Silence after which nothing comes. */
    unsigned int patience_ms;   /* Longest wait for what is expected. */
    unsigned int rate;          /* Frames a second, or 0: run the script. */
    unsigned int count;         /* Frames at that rate, or 0: until told. */
    bool blind;                 /* At a rate: do not wait for the switch. */
    const char *at_wait;        /* Shell command for each "wait", or NULL. */
};

/* frames.c */
void die(const char *, ...) __attribute__((noreturn, format(printf, 1, 2)));
void *xrealloc_array(void *, size_t n, size_t size);
void *xzalloc_frame(size_t);
char *xstrdup_frame(const char *);
long long int now_us(void);
int compare_names(const void *, const void *);

/* frames-packet.c */
void packet_init(void);
size_t packet_compose(const struct frame *, uint32_t index, uint32_t seq,
                      uint8_t buf[MAX_PACKET]);
bool packet_parse(const uint8_t *, size_t, const struct tag *stripped,
                  struct packet *);
bool packet_is_mangled(const struct packet *, const struct frame *);
bool packet_add_bare(const struct frame *, uint32_t index);
bool packet_body(const char *name, struct frame *);
size_t packet_min_payload(const struct frame *);

/* frames-port.c */
typedef void port_receive_func(const struct port *, const struct packet *,
                               void *aux);
void ports_open(struct script *);
void port_send(const struct port *, const uint8_t *, size_t);
void ports_wait(long long int us);
size_t ports_receive(int timeout_ms, port_receive_func *, void *aux);
unsigned int ports_n_dropped(const struct script *);

/* frames-switch.c */
void switch_mark_unread(const struct script *);
bool switch_has_unread(const struct script *);
bool switch_has_room(const struct script *);
bool switch_n_dropped(const struct script *, unsigned int *n);

/* frames-script.c */
void script_read(struct script *, const char *file_name);

/* frames-result.c */
void frame_add_arrival(struct frame *, const struct port *,
                       const struct packet *);
char *format_arrival(const struct arrival *);
char *format_arrivals(const struct frame *);
size_t frame_n_missing(const struct frame *);
bool frame_as_expected(const struct frame *);

/* frames-send.c */
void script_run(struct script *, const struct options *);

/* frames-rate.c */
bool rate_run(struct script *, const struct options *);

#endif /* frames.h */
