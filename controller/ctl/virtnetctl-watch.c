/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/ctl/virtnetctl.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "fatal-signal.h"
#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "lib/tell/state.h"
#include "openvswitch/dynamic-string.h"
#include "timeval.h"
#include "util.h"

/* Commands that go on until they are stopped: "monitor" and "top". */

static void
print_event(struct json_t *event)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    char *now = xastrftime_msec("%Y-%m-%dT%H:%M:%S.###Z", time_wall_msec(),
                                true);

    if (options.json) {
        /* One line for each. */
        jvalue_put_string(event, "time", now);
        jvalue_format_line(&s, event);
        options.color = false;
    } else {
        ds_put_format(&s, "%s ", now);
        printable_put(&s, jvalue_get_string(event, "event"));
        if (jvalue_get(event, "bridge")) {
            ds_put_cstr(&s, " bridge ");
            printable_put(&s, jvalue_get_string(event, "bridge"));
        }
        if (jvalue_get(event, "port")) {
            ds_put_cstr(&s, " port ");
            printable_put(&s, jvalue_get_string(event, "port"));
        }
        if (jvalue_get_string(event, "text")[0]) {
            ds_put_cstr(&s, ": ");
            printable_put(&s, jvalue_get_string(event, "text"));
        }
    }
    free(now);
    ds_put_char(&s, '\n');
    virtnetctl_print(&s);
}

void
virtnetctl_monitor(struct ovs_cmdl_context *ctx OVS_UNUSED)
{
    uint32_t digest = 0;
    struct json_t *old = virtnetctl_await_state(&digest);

    for (;;) {
        struct json_t *new = virtnetctl_await_state(&digest);
        struct json_t *events = state_find_events(old, new);

        for (size_t i = 0; i < jvalue_count(events); i++) {
            print_event(jvalue_at(events, i));
        }
        jvalue_unref(events);
        jvalue_unref(old);
        old = new;
    }
}

static struct termios saved_termios;

static void
restore_terminal(void *aux OVS_UNUSED)
{
    tcsetattr(STDIN_FILENO, TCSANOW, &saved_termios);
}

static void
restore_terminal_now(void)
{
    restore_terminal(NULL);
}

/* Makes single keys readable.  Returns false if there is no terminal. */
static bool
prepare_terminal(void)
{
    struct termios raw;

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)
        || tcgetattr(STDIN_FILENO, &saved_termios)) {
        return false;
    }
    fatal_signal_add_hook(restore_terminal, NULL, NULL, true);
    virtnetctl_before_giving_up(restore_terminal_now);
    raw = saved_termios;
    raw.c_lflag &= ~(ICANON | ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    return true;
}

/* Waits for 'msec' milliseconds or for a key.  Returns the key or 0. */
static char
wait_for_key(bool terminal, int msec)
{
    struct pollfd pfd = { .fd = STDIN_FILENO, .events = POLLIN };
    char key;

    if (!terminal) {
        xnanosleep(msec * 1000LL * 1000);
        return 0;
    }
    fatal_signal_run();
    return (poll(&pfd, 1, msec) > 0 && read(STDIN_FILENO, &key, 1) == 1
            ? key : 0);
}

/* Stores how large the terminal is in 'top', or that there is no limit. */
static void
find_size(struct state_top *top, bool terminal)
{
    struct winsize size;

    top->rows = top->columns = 0;
    if (terminal && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size)) {
        top->rows = size.ws_row;
        top->columns = size.ws_col;
    }
}

/* Keys: "r" sorts by what guests receive, "t" by what they transmit, "n" by
 * name, "q" ends.  Without a terminal it prints once. */
void
virtnetctl_top(struct ovs_cmdl_context *ctx OVS_UNUSED)
{
    bool terminal = !options.json && prepare_terminal();
    struct json_t *old = virtnetctl_get_state(true);
    long long int then = time_msec();
    struct state_top top = { .sort = "rx" };

    for (;;) {
        char key = wait_for_key(terminal, 1000);
        struct ds s = DS_EMPTY_INITIALIZER;

        if (key == 'q') {
            break;
        }
        top.sort = (key == 'r' ? "rx" : key == 't' ? "tx"
                    : key == 'n' ? "name" : top.sort);

        struct json_t *new = virtnetctl_get_state(true);
        long long int now = time_msec();

        if (terminal) {
            ds_put_cstr(&s, "\033[H\033[2J");
        }
        options.color = false;
        if (options.json) {
            virtnetctl_print_json(state_top_to_json(old, new, now - then));
        } else {
            top.msec = now - then;
            find_size(&top, terminal);
            state_format_top(&s, old, new, &top);
            virtnetctl_print(&s);
        }
        jvalue_unref(old);
        old = new;
        then = now;
        if (!terminal) {
            break;
        }
    }
    jvalue_unref(old);
    if (terminal) {
        restore_terminal(NULL);
    }
}
