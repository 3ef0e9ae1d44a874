# SPDX-License-Identifier: Apache-2.0

# Every test speaks TAP, so that "make check" counts, and names, each single
# test and golden case instead of each program.
TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) \
	$(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
LOG_COMPILER = $(top_srcdir)/tests/tap-status
SH_LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_COMPILER = $(top_srcdir)/tests/tap-status bash
TEST_EXTENSIONS += .sh

AM_TESTS_ENVIRONMENT = \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	srcdir='$(abs_top_srcdir)'; export srcdir; \
	builddir='$(abs_top_builddir)'; export builddir;

# Unit tests: tests/unit/test-*.c, one program per module of lib/.
unit_tests = \
	tests/unit/test-virtnet-version
UNIT_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
UNIT_LIBS = lib/libvirtnet.la $(OVS_LIBS) $(CMOCKA_LIBS)

tests_unit_test_virtnet_version_SOURCES = tests/unit/test-virtnet-version.c
tests_unit_test_virtnet_version_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_virtnet_version_LDADD = $(UNIT_LIBS)

check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)

# Scripts.  A runner of golden cases belongs here too.
test_scripts = \
	tests/layering.sh
TESTS += $(test_scripts)
EXTRA_DIST += \
	$(test_scripts) \
	tests/check \
	tests/tap-status

check-layering:
	$(AM_V_at)bash $(top_srcdir)/tests/layering.sh $(top_srcdir)
.PHONY: check-layering
