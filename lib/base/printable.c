/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/base/printable.h"

#include <stdbool.h>
#include <string.h>

#include "openvswitch/dynamic-string.h"
#include "openvswitch/json.h"
#include "packets.h"

/* Returns the number of bytes of the UTF-8 sequence at 'p', or 0 if there is
 * none that is valid (RFC 3629, section 4). */
static size_t
utf8_length(const unsigned char *p)
{
    size_t n = (p[0] < 0x80 ? 1
                : p[0] < 0xc2 ? 0
                : p[0] < 0xe0 ? 2
                : p[0] < 0xf0 ? 3
                : p[0] < 0xf5 ? 4 : 0);

    /* Forms that are longer than they need to be, the surrogates of UTF-16,
     * and what is above U+10FFFF. */
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f)
        || (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f)) {
        return 0;
    }
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    return n;
}

/* Is the sequence of 'n' bytes at 'p' something that a terminal acts upon? */
static bool
is_control(const unsigned char *p, size_t n)
{
    switch (n) {
    case 1:
        return *p < 0x20 || *p == 0x7f;
    case 2:
        /* C1: U+0080 to U+009F. */
        return p[0] == 0xc2 && p[1] < 0xa0;
    case 3:
        /* Line separators and those that turn the direction of writing:
         * U+2028 to U+202E, U+2066 to U+2069. */
        return (p[0] == 0xe2
                && ((p[1] == 0x80 && p[2] >= 0xa8 && p[2] <= 0xae)
                    || (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9)));
    default:
        return false;
    }
}

/* Appends 'text' to 's' on one line and without terminal escapes: each byte of
 * a control character, and each that is not valid UTF-8, becomes a question
 * mark. */
void
printable_put(struct ds *s, const char *text)
{
    const unsigned char *p = (const unsigned char *) text;

    while (*p) {
        size_t n_ascii = 0;

        /* Most text is nothing else. */
        while (p[n_ascii] >= 0x20 && p[n_ascii] < 0x7f) {
            n_ascii++;
        }
        if (n_ascii) {
            ds_put_buffer(s, (const char *) p, n_ascii);
            p += n_ascii;
            continue;
        }

        size_t n = utf8_length(p);
        if (!n || is_control(p, n)) {
            ds_put_char_multiple(s, '?', n ? n : 1);
        } else {
            ds_put_buffer(s, (const char *) p, n);
        }
        p += n ? n : 1;
    }
}

/* Appends 'mac' to 's' as ETH_ADDR_FMT does, at a twentieth of the cost. */
void
printable_put_mac(struct ds *s, struct eth_addr mac)
{
    static const char digits[] = "0123456789abcdef";
    char text[ETH_ADDR_LEN * 3];

    for (size_t i = 0; i < ETH_ADDR_LEN; i++) {
        text[i * 3] = digits[mac.ea[i] >> 4];
        text[i * 3 + 1] = digits[mac.ea[i] & 0xf];
        text[i * 3 + 2] = ':';
    }
    ds_put_buffer(s, text, sizeof text - 1);
}

/* Appends 'text' to 's' as one word of sh(1).  Control characters become
 * question marks, as there is no way of writing them that every shell
 * knows. */
void
printable_put_shell(struct ds *s, const char *text)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789_-.,:/=@%+";
    struct ds word = DS_EMPTY_INITIALIZER;

    printable_put(&word, text);
    const char *p = ds_cstr(&word);
    if (*p && !p[strspn(p, safe)]) {
        ds_put_cstr(s, p);
    } else {
        ds_put_char(s, '\'');
        for (; *p; p++) {
            if (*p == '\'') {
                ds_put_cstr(s, "'\\''");
            } else {
                ds_put_char(s, *p);
            }
        }
        ds_put_char(s, '\'');
    }
    ds_destroy(&word);
}

/* Appends 'text' to 's' with U+FFFD in place of each byte that is not part of
 * valid UTF-8. */
void
printable_put_utf8(struct ds *s, const char *text)
{
    const unsigned char *p = (const unsigned char *) text;

    while (*p) {
        size_t n = utf8_length(p);

        if (n) {
            ds_put_buffer(s, (const char *) p, n);
        } else {
            ds_put_cstr(s, "\xef\xbf\xbd");
        }
        p += n ? n : 1;
    }
}

/* Appends 'text', which is JSON, to 's'.  What JSON would let through of
 * control characters, all of which are in strings, is escaped. */
void
printable_put_json_text(struct ds *s, const char *text)
{
    const unsigned char *p = (const unsigned char *) text;

    while (*p) {
        size_t n = utf8_length(p);

        if (!n) {
            ds_put_cstr(s, "\\ufffd");
        } else if (*p != '\n' && is_control(p, n)) {
            ds_put_format(s, "\\u%04x",
                          n == 1 ? p[0]
                          : n == 2 ? p[1]
                          : 0x2000 | (p[1] & 0x3f) << 6 | (p[2] & 0x3f));
        } else {
            ds_put_buffer(s, (const char *) p, n);
        }
        p += n ? n : 1;
    }
}

/* Appends 'json', which is OVSDB's, to 's', indented, with sorted members and
 * a newline behind. */
void
printable_put_json(struct ds *s, const struct json *json)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    json_to_ds(json, JSSF_PRETTY | JSSF_SORT, &text);
    printable_put_json_text(s, ds_cstr(&text));
    ds_put_char(s, '\n');
    ds_destroy(&text);
}
