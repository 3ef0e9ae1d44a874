/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xml/netdef.h"
#include "lib/xml/netport.h"
#include "svec.h"
#include "util.h"

/* Golden cases of networks and ports, and other people's.
 *
 * Each directory DIR/NAME has network.xml, and in 'expected' what is said
 * about it: the diagnostics, whose network it is, and its canonical form.
 * With --regenerate, 'expected' is written instead of compared; review what
 * changes as you would review code.
 *
 * With --corpus, each DIR has files *.xml of which nothing is expected except
 * that they do no harm and obey law 1.
 *
 * Speaks TAP. */

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

/* What a document is: one of these, or neither if it was refused. */
struct document {
    struct netdef *netdef;
    struct netport *netport;
};

static void
document_read(struct document *d, const struct ds *text, const char *name,
              struct diag_list *diags)
{
    netdef_or_netport_from_xml(ds_cstr_ro(text), text->length, name,
                               &d->netdef, &d->netport, diags);
}

static void
document_uninit(struct document *d)
{
    netdef_destroy(d->netdef);
    netport_destroy(d->netport);
}

static const char *
document_verdict(const struct document *d)
{
    return (d->netport ? "a port"
            : !d->netdef ? "refused"
            : netdef_is_ours(d->netdef) ? "carried out"
            : "left to libvirt");
}

static void
document_format(struct ds *s, const struct document *d)
{
    if (d->netdef) {
        netdef_format(s, d->netdef);
    } else if (d->netport) {
        netport_format(s, d->netport);
    }
}

/* Checks law 1 for 'd', whose canonical form is 'xml'. */
static bool
is_stable(const struct document *d, const struct ds *xml)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct document again;

    document_read(&again, xml, NULL, &diags);

    bool stable = (d->netdef
                   ? again.netdef && netdef_equals(d->netdef, again.netdef)
                   : again.netport && netport_equals(d->netport,
                                                     again.netport));

    document_uninit(&again);
    diag_list_uninit(&diags);
    return stable;
}

/* Appends to 's' what is to be said about the document in 'path', which is
 * shown as 'name'.  Returns false if it breaks law 1 or cannot be read. */
static bool
check_file(const char *path, const char *name, struct ds *s)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct ds text = DS_EMPTY_INITIALIZER;
    struct ds xml = DS_EMPTY_INITIALIZER;
    struct document d;
    int error = read_file(path, &text);

    if (error) {
        ds_put_format(s, "%s: %s\n", path, ovs_strerror(error));
        ds_destroy(&text);
        return false;
    }

    document_read(&d, &text, name, &diags);
    diag_list_sort(&diags);
    diag_list_format(s, &diags);
    ds_put_format(s, "-> %s\n", document_verdict(&d));
    document_format(&xml, &d);
    ds_put_cstr(s, ds_cstr(&xml));

    bool stable = !xml.length || is_stable(&d, &xml);

    document_uninit(&d);
    diag_list_uninit(&diags);
    ds_destroy(&xml);
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
run_golden_case(const char *dir, bool regenerate)
{
    char *xml = xasprintf("%s/network.xml", dir);
    char *expected_file = xasprintf("%s/expected", dir);
    struct ds expected = DS_EMPTY_INITIALIZER;
    struct ds actual = DS_EMPTY_INITIALIZER;
    bool ok = check_file(xml, "network.xml", &actual);

    if (regenerate) {
        write_file(expected_file, ds_cstr(&actual));
    } else {
        read_file(expected_file, &expected);
        if (strcmp(ds_cstr(&actual), ds_cstr(&expected))) {
            printf("# %s: got\n", dir);
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
run_corpus_case(const char *path)
{
    struct ds actual = DS_EMPTY_INITIALIZER;
    bool ok = check_file(path, path, &actual);

    print_comment(ds_cstr(&actual));
    ds_destroy(&actual);
    return ok;
}

/* Adds the paths of what is in 'dir' to 'names'. */
static void
list_cases(const char *dir, bool corpus, struct svec *names)
{
    DIR *stream = opendir(dir);
    struct dirent *entry;

    if (!stream) {
        return;
    }
    while ((entry = readdir(stream)) != NULL) {
        const char *suffix = strrchr(entry->d_name, '.');

        if (corpus ? suffix && !strcmp(suffix, ".xml") : !suffix) {
            svec_add_nocopy(names, xasprintf("%s/%s", dir, entry->d_name));
        }
    }
    closedir(stream);
}

static void
usage(const char *program)
{
    ovs_fatal(0, "usage: %s [--regenerate | --corpus] DIR...", program);
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
    if (optind >= argc) {
        usage(argv[0]);
    }
    for (int i = optind; i < argc; i++) {
        list_cases(argv[i], corpus, &names);
    }
    if (!names.n) {
        ovs_fatal(0, "there is nothing in %s", argv[optind]);
    }

    svec_sort(&names);
    printf("1..%"PRIuSIZE"\n", names.n);
    for (size_t i = 0; i < names.n; i++) {
        const char *path = names.names[i];
        const char *name = strrchr(path, '/') + 1;
        bool ok = (corpus ? run_corpus_case(path)
                   : run_golden_case(path, regenerate));

        printf("%s %"PRIuSIZE" - %s\n", ok ? "ok" : "not ok", i + 1, name);
        n_failed += !ok;
    }
    printf("# %"PRIuSIZE" documents, %"PRIuSIZE" failed\n", names.n,
           n_failed);
    svec_destroy(&names);
    return n_failed > 0;
}
