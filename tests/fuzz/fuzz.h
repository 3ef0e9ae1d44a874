/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_H
#define FUZZ_H 1

/* Fuzz targets.
 *
 * Each tests/fuzz/fuzz-NAME.c has a function that takes any bytes, as
 * libFuzzer calls it, does with them what the program would, and holds the
 * result against the laws of design.rst.  What is wrong aborts.
 *
 * "build-aux/fuzz NAME SECONDS" runs one with libFuzzer and adds what it finds
 * to tests/fuzz/corpus/NAME.  Built in the ordinary way, a target is a program
 * (replay.c) that runs over the files it is given: tests/fuzz/replay.sh, which
 * is a part of "make check", gives it the corpus and everything that was ever
 * found wrong, tests/fuzz/crashes/NAME. */

#include <stddef.h>
#include <stdint.h>
#include "util.h"

struct oflow_table;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* Must hold, also where assert() does nothing. */
#define FUZZ_CHECK(CONDITION) ovs_assert(CONDITION)

/* fuzz-laws.c */
void fuzz_check_diff(const struct oflow_table *, const struct oflow_table *);
void fuzz_check_text(const struct oflow_table *);

#endif /* tests/fuzz/fuzz.h */
