/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/netdef.h"
#include "svec.h"
#include "util.h"

/* Golden cases of network definitions, and other people's definitions.
 *
 * Each directory DIR/NAME has network.xml, and in 'expected' what is said
 * about it: the diagnostics, whose network it is, and its canonical form.
 * With --regenerate, 'expected' is written instead of compared; review what
 * changes as you would review code.
 *
 * With --corpus, DIR has files *.xml of which nothing is expected except that
 * they do no harm and obey law 1.
 *
 * Speaks TAP.  Is skipped if DIR does not exist. */

/* Appends the contents of 'path' to 's'.  Returns 0 or a positive errno. */
static int
read_file(const char *path, struct ds *s)
{
    FILE *stream = fopen(path, "rb");
    char buffer[4096];
    size_t n;

    if (!stream) {
        return errno;
    }
    while ((n = fread(buffer, 1, sizeof buffer, stream)) > 0) {
        ds_put_buffer(s, buffer, n);
    }
    return fclose(stream) ? errno : 0;
}

static void
write_file(const char *path, const char *text)
{
    FILE *stream = fopen(path, "wb");

    if (!stream || fputs(text, stream) == EOF || fclose(stream)) {
        ovs_fatal(errno, "%s", path);
    }
}

/* Checks law 1 for 'netdef'. */
static bool
is_stable(const struct netdef *netdef)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct ds xml = DS_EMPTY_INITIALIZER;

    netdef_format(&xml, netdef);

    struct netdef *again = netdef_from_xml(xml.string, xml.length, NULL,
                                           &diags);
    bool stable = again && netdef_equals(netdef, again);

    netdef_destroy(again);
    ds_destroy(&xml);
    diag_list_uninit(&diags);
    return stable;
}

/* Appends to 's' what is to be said about the definition in 'path', which is
 * shown as 'name'.  Returns false if it breaks law 1 or cannot be read. */
static bool
check_file(const char *path, const char *name, struct ds *s)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct ds text = DS_EMPTY_INITIALIZER;
    int error = read_file(path, &text);

    if (error) {
        ds_put_format(s, "%s: %s\n", path, ovs_strerror(error));
        ds_destroy(&text);
        return false;
    }

    struct netdef *netdef = netdef_from_xml(ds_cstr(&text), text.length, name,
                                            &diags);
    bool stable = true;

    diag_list_sort(&diags);
    diag_list_format(s, &diags);
    ds_put_format(s, "-> %s\n", !netdef ? "refused"
                  : netdef_is_ours(netdef) ? "carried out"
                  : "left to libvirt");
    if (netdef) {
        netdef_format(s, netdef);
        stable = is_stable(netdef);
    }
    netdef_destroy(netdef);
    diag_list_uninit(&diags);
    ds_destroy(&text);
    return stable;
}

/* Prints each line of 'text' as a TAP comment. */
static void
print_comment(const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");

        printf("# %.*s\n", (int) length, text);
        text += length + (text[length] == '\n');
    }
}

static bool
run_golden_case(const char *dir, const char *name, bool regenerate)
{
    char *xml = xasprintf("%s/%s/network.xml", dir, name);
    char *expected_file = xasprintf("%s/%s/expected", dir, name);
    struct ds expected = DS_EMPTY_INITIALIZER;
    struct ds actual = DS_EMPTY_INITIALIZER;
    bool ok = check_file(xml, "network.xml", &actual);

    if (regenerate) {
        write_file(expected_file, ds_cstr(&actual));
    } else {
        read_file(expected_file, &expected);
        if (strcmp(ds_cstr(&actual), ds_cstr(&expected))) {
            printf("# %s/%s: got\n", dir, name);
            print_comment(ds_cstr(&actual));
            printf("# instead of\n");
            print_comment(ds_cstr(&expected));
            ok = false;
        }
    }
    ds_destroy(&actual);
    ds_destroy(&expected);
    free(expected_file);
    free(xml);
    return ok;
}

static bool
run_corpus_case(const char *dir, const char *name)
{
    char *path = xasprintf("%s/%s", dir, name);
    struct ds actual = DS_EMPTY_INITIALIZER;
    bool ok = check_file(path, name, &actual);

    print_comment(ds_cstr(&actual));
    ds_destroy(&actual);
    free(path);
    return ok;
}

/* Adds to 'names', sorted, what is in 'dir'.  Returns false if there is no
 * such directory. */
static bool
list_cases(const char *dir, bool corpus, struct svec *names)
{
    DIR *stream = opendir(dir);
    struct dirent *entry;

    if (!stream) {
        return false;
    }
    while ((entry = readdir(stream)) != NULL) {
        const char *suffix = strrchr(entry->d_name, '.');

        if (corpus ? suffix && !strcmp(suffix, ".xml") : !suffix) {
            svec_add(names, entry->d_name);
        }
    }
    closedir(stream);
    svec_sort(names);
    return true;
}

static void
usage(const char *program)
{
    ovs_fatal(0, "usage: %s [--regenerate | --corpus] DIR", program);
}

int
main(int argc, char *argv[])
{
    static const struct option options[] = {
        { "regenerate", no_argument, NULL, 'r' },
        { "corpus", no_argument, NULL, 'c' },
        { NULL, 0, NULL, 0 },
    };
    struct svec names = SVEC_EMPTY_INITIALIZER;
    bool regenerate = false;
    bool corpus = false;
    size_t n_failed = 0;
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        regenerate = regenerate || option == 'r';
        corpus = corpus || option == 'c';
        if (option == '?') {
            usage(argv[0]);
        }
    }
    if (optind + 1 != argc) {
        usage(argv[0]);
    }
    if (!list_cases(argv[optind], corpus, &names)) {
        /* That is how TAP skips; an exit status of 77 would be an error. */
        printf("1..0 # SKIP there is no %s\n", argv[optind]);
        return 0;
    }

    printf("1..%"PRIuSIZE"\n", names.n);
    for (size_t i = 0; i < names.n; i++) {
        bool ok = (corpus
                   ? run_corpus_case(argv[optind], names.names[i])
                   : run_golden_case(argv[optind], names.names[i],
                                     regenerate));

        printf("%s %"PRIuSIZE" - %s\n", ok ? "ok" : "not ok", i + 1,
               names.names[i]);
        n_failed += !ok;
    }
    printf("# %"PRIuSIZE" definitions, %"PRIuSIZE" failed\n", names.n,
           n_failed);
    svec_destroy(&names);
    return n_failed > 0;
}
