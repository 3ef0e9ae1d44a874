/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

/* The driver of a fuzz target where libFuzzer is not: runs it over the files
 * on the command line. */

#ifndef VIRTNET_LIBFUZZER
int __attribute__((weak))
LLVMFuzzerInitialize(int *argc OVS_UNUSED, char ***argv OVS_UNUSED)
{
    return 0;
}

static void
run_file(const char *name)
{
    FILE *stream = fopen(name, "rb");
    size_t size = 0, allocated = 4096, n;
    uint8_t *data;

    if (!stream) {
        ovs_fatal(errno, "%s", name);
    }
    data = xmalloc(allocated);
    while ((n = fread(data + size, 1, allocated - size, stream)) > 0) {
        size += n;
        if (size == allocated) {
            data = x2nrealloc(data, &allocated, 1);
        }
    }
    fclose(stream);

    /* A copy of its exact size, so that a sanitizer sees what is read behind
     * it. */
    uint8_t *copy = xmemdup(data, MAX(size, 1));
    free(data);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

int
main(int argc, char *argv[])
{
    LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 1; i < argc; i++) {
        printf("%s\n", argv[i]);
        fflush(stdout);
        run_file(argv[i]);
    }
    return 0;
}
#endif
