/* SPDX-License-Identifier: Apache-2.0 */

/* The script language; frames --help describes it. */

#define _GNU_SOURCE 1

#include "frames.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_WORDS 4096
#define DEFAULT_TYPE 0x88b5     /* IEEE 802: local experimental. */

/* Addresses that every script knows.  The unknown ones belong to nobody. */
static const struct {
    const char *name, *mac;
} known_macs[] = {
    { "bcast",    "ff:ff:ff:ff:ff:ff" },
    { "mcast",    "01:00:5e:01:02:03" },
    { "mcast6",   "33:33:00:00:00:01" },
    { "unknown",  "52:54:00:fe:00:01" },
    { "unknown2", "52:54:00:fe:00:02" },
    { "unknown3", "52:54:00:fe:00:03" },
    { "stp",      "01:80:c2:00:00:00" },
    { "pause",    "01:80:c2:00:00:01" },
    { "lacp",     "01:80:c2:00:00:02" },
    { "eapol",    "01:80:c2:00:00:03" },
    { "lldp",     "01:80:c2:00:00:0e" },
};

/* Where reading is, for error messages. */
struct source {
    const char *file_name;
    int line;
};

static void __attribute__((noreturn, format(printf, 2, 3)))
script_error(const struct source *source, const char *format, ...)
{
    char message[512];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    die("%s:%d: %s", source->file_name, source->line, message);
}

static bool
mac_from_string(const char *s, uint8_t mac[ETH_LEN])
{
    int n = 0;

    return (sscanf(s, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &mac[0],
                   &mac[1], &mac[2], &mac[3], &mac[4], &mac[5], &n) == 6
            && !s[n]);
}

static struct port *
find_port(const struct script *script, const char *name)
{
    for (size_t i = 0; i < script->n_ports; i++) {
        if (!strcmp(script->ports[i]->name, name)) {
            return script->ports[i];
        }
    }
    return NULL;
}

/* Stores the address that 's' means (an address, a port's name, a name given
 * by "mac" or a known one) into 'mac'. */
static void
resolve_mac(const struct script *script, const struct source *source,
            const char *s, uint8_t mac[ETH_LEN])
{
    const struct port *port = find_port(script, s);

    if (mac_from_string(s, mac)) {
        return;
    }
    if (port && port->has_mac) {
        memcpy(mac, port->mac, ETH_LEN);
        return;
    }
    for (size_t i = 0; i < script->n_macs; i++) {
        if (!strcmp(script->macs[i].name, s)) {
            memcpy(mac, script->macs[i].mac, ETH_LEN);
            return;
        }
    }
    for (size_t i = 0; i < sizeof known_macs / sizeof known_macs[0]; i++) {
        if (!strcmp(known_macs[i].name, s)) {
            mac_from_string(known_macs[i].mac, mac);
            return;
        }
    }
    script_error(source, "\"%s\" is no address and no name of one", s);
}

static unsigned long
parse_number(const struct source *source, const char *s, unsigned long max)
{
    char *end;
    unsigned long value = strtoul(s, &end, 0);

    if (!*s || *end || value > max) {
        script_error(source, "\"%s\" is no number from 0 to %lu", s, max);
    }
    return value;
}

/* port NAME NETNS IFACE [MAC] */
static void
parse_port(struct script *script, const struct source *source,
           char *words[], size_t n)
{
    struct port *port = xzalloc_frame(sizeof *port);

    if (n < 4 || n > 5) {
        script_error(source, "expected: port NAME NETNS IFACE [MAC]");
    } else if (find_port(script, words[1])) {
        script_error(source, "port %s is there already", words[1]);
    }
    port->name = xstrdup_frame(words[1]);
    port->netns = xstrdup_frame(words[2]);
    port->iface = xstrdup_frame(words[3]);
    port->fd = -1;
    if (n == 5) {
        resolve_mac(script, source, words[4], port->mac);
        port->has_mac = true;
    }
    script->ports = xrealloc_array(script->ports, script->n_ports + 1,
                                   sizeof *script->ports);
    script->ports[script->n_ports++] = port;
}

/* mac NAME MAC */
static void
parse_mac(struct script *script, const struct source *source,
          char *words[], size_t n)
{
    struct mac_name m;

    if (n != 3) {
        script_error(source, "expected: mac NAME MAC");
    }
    resolve_mac(script, source, words[2], m.mac);
    m.name = xstrdup_frame(words[1]);
    script->macs = xrealloc_array(script->macs, script->n_macs + 1,
                                  sizeof *script->macs);
    script->macs[script->n_macs++] = m;
}

/* set NAME PORT... */
static void
parse_set(struct script *script, const struct source *source,
          char *words[], size_t n)
{
    struct port_set set = { .n_members = 0 };

    if (n < 2) {
        script_error(source, "expected: set NAME PORT...");
    }
    set.name = xstrdup_frame(words[1]);
    set.members = xzalloc_frame(n * sizeof *set.members);
    for (size_t i = 2; i < n; i++) {
        if (!find_port(script, words[i])) {
            script_error(source, "no port %s", words[i]);
        }
        set.members[set.n_members++] = xstrdup_frame(words[i]);
    }
    script->sets = xrealloc_array(script->sets, script->n_sets + 1,
                                  sizeof *script->sets);
    script->sets[script->n_sets++] = set;
}

static void
add_step(struct script *script, enum step_type type, unsigned int arg)
{
    script->steps = xrealloc_array(script->steps, script->n_steps + 1,
                                   sizeof *script->steps);
    script->steps[script->n_steps].type = type;
    script->steps[script->n_steps++].arg = arg;
}

/* VID or VID/PCP. */
static void
parse_tag(struct frame *frame, const struct source *source, char *value,
          uint16_t tpid)
{
    char *slash = strchr(value, '/');
    uint16_t pcp = 0;

    if (frame->n_tags >= MAX_TAGS) {
        script_error(source, "more than %d tags", MAX_TAGS);
    }
    if (slash) {
        *slash = '\0';
        pcp = parse_number(source, slash + 1, 7);
    }
    frame->tags[frame->n_tags].tpid = tpid;
    frame->tags[frame->n_tags].tci = (pcp << 13
                                      | parse_number(source, value, 4095));
    frame->n_tags++;
}

static void
parse_head(struct frame *frame, const struct source *source, const char *hex)
{
    size_t len = strlen(hex);

    frame->head = xzalloc_frame(len / 2 + 1);
    for (size_t i = 0; i + 1 < len; i += 2) {
        if (sscanf(hex + i, "%2hhx", &frame->head[frame->head_len++]) != 1) {
            script_error(source, "\"%s\" is not hexadecimal", hex);
        }
    }
}

/* One of the words of a frame behind its destination. */
static void
parse_frame_word(struct script *script, const struct source *source,
                 struct frame *frame, char *word)
{
    char *value = strchr(word, '=');

    if (!strcmp(word, "once")) {
        frame->once = true;
        return;
    } else if (!strcmp(word, "bare")) {
        frame->bare = true;
        return;
    }
    if (!value) {
        if (!packet_body(word, frame)) {
            script_error(source, "unknown word \"%s\"", word);
        }
        return;
    }
    *value++ = '\0';
    if (!strcmp(word, "src")) {
        resolve_mac(script, source, value, frame->src);
    } else if (!strcmp(word, "vlan")) {
        parse_tag(frame, source, value, 0x8100);
    } else if (!strcmp(word, "svlan")) {
        parse_tag(frame, source, value, 0x88a8);
    } else if (!strcmp(word, "type")) {
        frame->type = parse_number(source, value, 0xffff);
    } else if (!strcmp(word, "head")) {
        parse_head(frame, source, value);
    } else if (!strcmp(word, "len")) {
        unsigned long len = parse_number(source, value, MAX_PACKET - 64);

        frame->len = len > 14 ? len - 14 : 1;
    } else {
        script_error(source, "unknown word \"%s\"", word);
    }
}

static void
add_expected(struct frame *frame, const char *name, const char *rest)
{
    char receiver[512];

    snprintf(receiver, sizeof receiver, "%s%s", name, rest);
    frame->expected = xrealloc_array(frame->expected, frame->n_expected + 1,
                                     sizeof *frame->expected);
    frame->expected[frame->n_expected++] = xstrdup_frame(receiver);
}

/* A receiver: PORT[TAGS] or @SET[TAGS], which is all of the set but the
 * sender. */
static void
parse_expected(struct script *script, const struct source *source,
               struct frame *frame, char *word)
{
    char name[256];
    size_t len = strcspn(word, "[+");

    snprintf(name, sizeof name, "%.*s", (int) len, word);
    if (name[0] != '@' && !find_port(script, name)) {
        /* Perhaps it ends in a number of times. */
        char *x = strrchr(name, 'x');

        if (!x || strspn(x + 1, "0123456789") != strlen(x + 1)) {
            script_error(source, "no port %s", name);
        }
        len = x - name;
        *x = '\0';
    }
    if (name[0] != '@') {
        if (!find_port(script, name)) {
            script_error(source, "no port %s", name);
        }
        add_expected(frame, name, word + len);
        return;
    }
    for (size_t i = 0; i < script->n_sets; i++) {
        const struct port_set *set = &script->sets[i];

        if (!strcmp(set->name, name + 1)) {
            for (size_t j = 0; j < set->n_members; j++) {
                if (strcmp(set->members[j], frame->from->name)) {
                    add_expected(frame, set->members[j], word + len);
                }
            }
            return;
        }
    }
    script_error(source, "no set %s", name);
}

/* Joins the words of a frame up to "=". */
static char *
join_words(char *words[], size_t n)
{
    size_t size = 1;
    char *s;

    for (size_t i = 0; i < n; i++) {
        size += strlen(words[i]) + 1;
    }
    s = xzalloc_frame(size);
    for (size_t i = 0; i < n; i++) {
        strcat(s, i ? " " : "");
        strcat(s, words[i]);
    }
    return s;
}

/* PORT -> DST [WORD]... [= RECEIVER...] */
static void
parse_frame(struct script *script, const struct source *source,
            char *words[], size_t n)
{
    struct frame *frame = xzalloc_frame(sizeof *frame);
    size_t end = 3;

    if (n < 3 || strcmp(words[1], "->")) {
        script_error(source,
                     "expected: PORT -> DST [WORD]... [= RECEIVER...]");
    }
    while (end < n && strcmp(words[end], "=")) {
        end++;
    }
    frame->text = join_words(words, end);
    frame->line = source->line;
    frame->type = DEFAULT_TYPE;
    frame->from = find_port(script, words[0]);
    if (!frame->from) {
        script_error(source, "no port %s", words[0]);
    }
    resolve_mac(script, source, words[2], frame->dst);
    memcpy(frame->src, frame->from->mac, ETH_LEN);

    bool has_src = frame->from->has_mac;
    for (size_t i = 3; i < end; i++) {
        has_src |= !strncmp(words[i], "src=", 4);
        parse_frame_word(script, source, frame, words[i]);
    }
    if (!has_src) {
        script_error(source, "port %s has no address and the frame no src=",
                     frame->from->name);
    }
    if (frame->len < packet_min_payload(frame)) {
        frame->len = packet_min_payload(frame);
    }
    if (frame->bare && !packet_add_bare(frame, script->n_frames)) {
        script_error(source, "a bare frame must have a head, and be another "
                     "than those before");
    }

    frame->checked = end < n;
    for (size_t i = end + 1; i < n; i++) {
        if (strcmp(words[i], "-")) {
            parse_expected(script, source, frame, words[i]);
        }
    }
    qsort(frame->expected, frame->n_expected, sizeof *frame->expected,
          compare_names);

    add_step(script, STEP_FRAME, script->n_frames);
    script->frames = xrealloc_array(script->frames, script->n_frames + 1,
                                    sizeof *script->frames);
    script->frames[script->n_frames++] = frame;
}

static void
parse_line(struct script *script, const struct source *source, char *line)
{
    static char *words[MAX_WORDS];
    size_t n = 0;
    char *save = NULL;

    line[strcspn(line, "#")] = '\0';
    for (char *w = strtok_r(line, " \t\r\n", &save); w;
         w = strtok_r(NULL, " \t\r\n", &save)) {
        if (n == MAX_WORDS) {
            script_error(source, "more than %d words", MAX_WORDS);
        }
        words[n++] = w;
    }
    if (!n) {
        return;
    } else if (!strcmp(words[0], "port")) {
        parse_port(script, source, words, n);
    } else if (!strcmp(words[0], "mac")) {
        parse_mac(script, source, words, n);
    } else if (!strcmp(words[0], "set")) {
        parse_set(script, source, words, n);
    } else if (!strcmp(words[0], "wait") && n == 1) {
        add_step(script, STEP_WAIT, 0);
    } else if (!strcmp(words[0], "sleep") && n == 2) {
        add_step(script, STEP_SLEEP, parse_number(source, words[1], 600000));
    } else {
        parse_frame(script, source, words, n);
    }
}

/* Adds the contents of 'file_name', "-" being standard input, to 'script'. */
void
script_read(struct script *script, const char *file_name)
{
    bool is_stdin = !strcmp(file_name, "-");
    struct source source = { .file_name = is_stdin ? "stdin" : file_name };
    FILE *stream = is_stdin ? stdin : fopen(file_name, "r");
    char *line = NULL;
    size_t size = 0;

    if (!stream) {
        die("%s: %s", file_name, strerror(errno));
    }
    while (getline(&line, &size, stream) >= 0) {
        source.line++;
        parse_line(script, &source, line);
    }
    free(line);
    if (!is_stdin) {
        fclose(stream);
    }
}
