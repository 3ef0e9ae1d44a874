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
	builddir='$(abs_top_builddir)'; export builddir; \
	ovs_srcdir='$(ovs_srcdir)'; export ovs_srcdir;

# Unit tests: tests/unit/test-*.c, one program per module of lib/, and what
# several of them need.  Each is a line here: a program that is not said
# otherwise is made of the C file of its name and linked with LDADD.
unit_tests = \
	tests/unit/test-compile \
	tests/unit/test-compile-bridge \
	tests/unit/test-compile-network \
	tests/unit/test-dbrow \
	tests/unit/test-delivery \
	tests/unit/test-diag \
	tests/unit/test-domstatus \
	tests/unit/test-flood-table \
	tests/unit/test-explain \
	tests/unit/test-fake-bridges \
	tests/unit/test-fleet \
	tests/unit/test-fleet-publish \
	tests/unit/test-fleet-since \
	tests/unit/test-fleet-remote \
	tests/unit/test-flow-dump \
	tests/unit/test-follow \
	tests/unit/test-foreign \
	tests/unit/test-hidden-flows \
	tests/unit/test-jansson \
	tests/unit/test-jvalue \
	tests/unit/test-announce \
	tests/unit/test-bond-buckets \
	tests/unit/test-grace \
	tests/unit/test-fdb-statics \
	tests/unit/test-filter \
	tests/unit/test-filter-law \
	tests/unit/test-filter-oracle \
	tests/unit/test-community \
	tests/unit/test-guards \
	tests/unit/test-guards-text \
	tests/unit/test-link \
	tests/unit/test-link-table \
	tests/unit/test-pve-guest \
	tests/unit/test-mac-share \
	tests/unit/test-mac-table \
	tests/unit/test-model \
	tests/unit/test-model-bond \
	tests/unit/test-model-guest \
	tests/unit/test-model-mode \
	tests/unit/test-model-portgroup \
	tests/unit/test-multicast \
	tests/unit/test-netdef \
	tests/unit/test-netdef-choice \
	tests/unit/test-netdef-elements \
	tests/unit/test-netdef-law \
	tests/unit/test-network-side \
	tests/unit/test-noflood-ports \
	tests/unit/test-normal-order \
	tests/unit/test-offences \
	tests/unit/test-oflow \
	tests/unit/test-offer \
	tests/unit/test-owner \
	tests/unit/test-oflow-bundle \
	tests/unit/test-oflow-table \
	tests/unit/test-ometer \
	tests/unit/test-pipeline \
	tests/unit/test-plan \
	tests/unit/test-plan-format \
	tests/unit/test-plan-law \
	tests/unit/test-port-life \
	tests/unit/test-port-life-frames \
	tests/unit/test-port-life-moves \
	tests/unit/test-port-life-unknown \
	tests/unit/test-port-limits \
	tests/unit/test-port-policy \
	tests/unit/test-port-requests \
	tests/unit/test-port-vlan \
	tests/unit/test-probe \
	tests/unit/test-row-change \
	tests/unit/test-ports-json \
	tests/unit/test-state \
	tests/unit/test-state-counts \
	tests/unit/test-state-events \
	tests/unit/test-storm \
	tests/unit/test-switch-sync \
	tests/unit/test-trace \
	tests/unit/test-translation-diff \
	tests/unit/test-vif \
	tests/unit/test-vif-columns \
	tests/unit/test-vif-guest \
	tests/unit/test-virtnet-version \
	tests/unit/test-vlan-set \
	tests/unit/test-vport \
	tests/unit/test-new-bridges \
	tests/unit/test-overlay \
	tests/unit/test-want \
	tests/unit/test-write-queue
AM_CPPFLAGS += $(CMOCKA_CFLAGS)
LDADD = tests/unit/libunit.la lib/libvirtnet.la $(OVS_LIBS) $(CMOCKA_LIBS)
tests_unit_test_jansson_LDADD = $(LDADD) $(JANSSON_LIBS)

check_LTLIBRARIES = tests/unit/libunit.la
tests_unit_libunit_la_SOURCES = \
	tests/unit/compile-text.c \
	tests/unit/compile-text.h \
	tests/unit/delivery-oracle.c \
	tests/unit/delivery-oracle.h \
	tests/unit/filter-set.c \
	tests/unit/filter-set.h \
	tests/unit/fleet-rows.c \
	tests/unit/fleet-rows.h \
	tests/unit/fleet-world.c \
	tests/unit/fleet-world.h \
	tests/unit/frame-spec.c \
	tests/unit/frame-spec.h \
	tests/unit/host-text.c \
	tests/unit/host-text.h \
	tests/unit/link-message.c \
	tests/unit/link-message.h \
	tests/unit/mac-claims.c \
	tests/unit/mac-claims.h \
	tests/unit/model-switch.c \
	tests/unit/model-switch.h \
	tests/unit/model-text.c \
	tests/unit/model-text.h \
	tests/unit/oflow-text.c \
	tests/unit/oflow-text.h \
	tests/unit/pipeline-eval.c \
	tests/unit/pipeline-eval.h \
	tests/unit/port-spec.c \
	tests/unit/port-spec.h \
	tests/unit/port-world.c \
	tests/unit/port-world.h \
	tests/unit/state-text.h \
	tests/unit/switch-talk.c \
	tests/unit/switch-talk.h

check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)

# Golden cases: a directory each, input beside expected output.
check_PROGRAMS += tests/golden-check
tests_golden_check_SOURCES = tests/golden-check.c
tests_golden_check_LDADD = lib/libvirtnet.la $(OVS_LIBS)

# System tests, run by tests/system/run.  "frames" stands alone: it needs
# neither our library nor Open vSwitch's.
noinst_PROGRAMS += tests/frames
tests_frames_SOURCES = \
	tests/frames-packet.c \
	tests/frames-port.c \
	tests/frames-rate.c \
	tests/frames-result.c \
	tests/frames-script.c \
	tests/frames-send.c \
	tests/frames-switch.c \
	tests/frames.c \
	tests/frames.h
tests_frames_CPPFLAGS = -I$(top_srcdir)/tests
tests_frames_LDADD =
EXTRA_DIST += \
	tests/bench/cases.sh \
	tests/bench/fleet.sh \
	tests/bench/ovn-rows.py \
	tests/bench/ovn.sh \
	tests/bench/frames.sh \
	tests/bench/guard-frames.py \
	tests/bench/guards.sh \
	tests/bench/lib.sh \
	tests/bench/machine.py \
	tests/bench/report.py \
	tests/bench/tables.py \
	tests/bench/run \
	tests/corpus \
	tests/golden \
	tests/nwfilter \
	tests/oracle \
	tests/recorded \
	tests/regenerate-golden \
	tests/system \
	tutorial

# The benchmark: tests/bench/run.
check_PROGRAMS += tests/bench/bench
tests_bench_bench_SOURCES = \
	tests/bench/bench-daemon.c \
	tests/bench/bench-db.c \
	tests/bench/bench-fleet.c \
	tests/bench/bench-frames.c \
	tests/bench/bench-idl.c \
	tests/bench/bench-latency.c \
	tests/bench/bench-offline.c \
	tests/bench/bench-rpc.c \
	tests/bench/bench.c \
	tests/bench/bench.h
tests_bench_bench_LDADD = \
	ovsdb/libvirtnet-ovsdb.la \
	lib/libvirtnet.la \
	$(OVS_LIBS)

# Scripts.
test_scripts = \
	tests/columns.sh \
	tests/json-members.sh \
	tests/completion.sh \
	tests/corpus.sh \
	tests/fuzz/replay.sh \
	tests/golden-check.sh \
	tests/grammar.sh \
	tests/hardening.sh \
	tests/hostile.sh \
	tests/install.sh \
	tests/jansson.sh \
	tests/layering.sh \
	tests/metadata.sh \
	tests/monitoring.sh \
	tests/net-define.sh \
	tests/rst.sh \
	tests/virtnetctl-examples.sh \
	tests/virtnetctl-golden.sh
TESTS += $(test_scripts)
EXTRA_DIST += \
	$(test_scripts) \
	tests/columns.py \
	tests/json-members.py \
	tests/check \
	tests/kernel-datapath \
	tests/kernel-vm \
	tests/on-a-real-host \
	tests/walk-through \
	tests/fuzz/corpus \
	tests/fuzz/crashes \
	tests/package \
	tests/readme \
	tests/releases \
	tests/sanitized \
	tests/sandbox.py \
	tests/filter-oracle \
	tests/soak \
	tests/static \
	tests/static.cfg \
	tests/static.suppressions \
	build-aux/fuzz \
	tests/hostile.py \
	tests/net-define-answers \
	tests/net-define.txt \
	tests/nm-ovsdb.py \
	tests/repeat \
	tests/rng-paths.py \
	tests/tap.sh \
	tests/tap-status \
	tests/upgrade

check-layering:
	$(AM_V_at)bash $(top_srcdir)/tests/layering.sh $(top_srcdir)
.PHONY: check-layering

# Daemon tests: an Autotest script, made of tests/*.at.  They are not among TESTS:
# "make check-daemon" runs them, with TESTSUITEFLAGS, such as "-j1 -k restart".
TESTSUITE_AT = \
	tests/testsuite.at \
	tests/virtnet-macros.at \
	tests/virtnet-state.at \
	tests/checks.at \
	tests/anew.at \
	tests/cli.at \
	tests/database.at \
	tests/new-bridges.at \
	tests/guests.at \
	tests/guest-vlans.at \
	tests/vhost-user.at \
	tests/libvirt.at \
	tests/drift.at \
	tests/definitions.at \
	tests/directories.at \
	tests/foreign.at \
	tests/told.at \
	tests/foreign-places.at \
	tests/moving.at \
	tests/neighbours.at \
	tests/networks.at \
	tests/ports.at \
	tests/network-side.at \
	tests/refusals.at \
	tests/qos.at \
	tests/restart.at \
	tests/tenant.at \
	tests/tls.at \
	tests/trials.at \
	tests/upgrade.at \
	tests/virtnetctl.at \
	tests/verify.at \
	tests/monitor.at \
	tests/release.at \
	tests/fleet.at \
	tests/fleet-hosts.at \
	tests/fleet-guests.at
EXTRA_DIST += \
	$(TESTSUITE_AT) \
	tests/check-daemon
CLEANFILES += \
	tests/package.m4 \
	tests/testsuite

tests/package.m4: $(top_srcdir)/configure.ac
	$(AM_V_GEN){ \
	  echo '# Signature of this package, for Autotest.'; \
	  echo 'm4_define([AT_PACKAGE_NAME], [$(PACKAGE_NAME)])'; \
	  echo 'm4_define([AT_PACKAGE_TARNAME], [$(PACKAGE_TARNAME)])'; \
	  echo 'm4_define([AT_PACKAGE_VERSION], [$(PACKAGE_VERSION)])'; \
	  echo 'm4_define([AT_PACKAGE_STRING], [$(PACKAGE_STRING)])'; \
	  echo 'm4_define([AT_PACKAGE_BUGREPORT], [$(PACKAGE_BUGREPORT)])'; \
	  echo 'm4_define([AT_PACKAGE_URL], [$(PACKAGE_URL)])'; \
	} >$@

tests/testsuite: $(TESTSUITE_AT) tests/package.m4
	$(AM_V_GEN)$(AUTOM4TE) --language=autotest -I tests \
	  -I $(top_srcdir)/tests -o $@.tmp testsuite.at
	$(AM_V_at)mv $@.tmp $@

check-daemon: $(sbin_PROGRAMS) tests/testsuite
	$(AM_V_at)bash $(top_srcdir)/tests/check-daemon . $(TESTSUITEFLAGS)
.PHONY: check-daemon

DISTCLEANFILES = tests/atconfig
clean-local:
	rm -rf tests/testsuite.dir tests/testsuite.log

# Fuzz targets: see tests/fuzz/fuzz.h.  build-aux/fuzz sets FUZZ_LDFLAGS.
fuzz_targets = \
	tests/fuzz/fuzz-command \
	tests/fuzz/fuzz-domstatus \
	tests/fuzz/fuzz-external-ids \
	tests/fuzz/fuzz-flow-dump \
	tests/fuzz/fuzz-network \
	tests/fuzz/fuzz-networkport \
	tests/fuzz/fuzz-nwfilter \
	tests/fuzz/fuzz-openflow \
	tests/fuzz/fuzz-ports \
	tests/fuzz/fuzz-pve-guest
check_PROGRAMS += $(fuzz_targets)
FUZZ_LIBS = lib/libvirtnet.la $(OVS_LIBS)

check_LTLIBRARIES += tests/fuzz/libfuzz.la
tests_fuzz_libfuzz_la_SOURCES = \
	tests/fuzz/fuzz-laws.c \
	tests/fuzz/fuzz.h \
	tests/fuzz/replay.c

tests_fuzz_fuzz_command_SOURCES = tests/fuzz/fuzz-command.c
tests_fuzz_fuzz_command_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_command_LDADD = tests/fuzz/libfuzz.la \
	controller/libvirtnet-controller.la

tests_fuzz_fuzz_external_ids_SOURCES = tests/fuzz/fuzz-external-ids.c
tests_fuzz_fuzz_external_ids_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_external_ids_LDADD = tests/fuzz/libfuzz.la $(FUZZ_LIBS)

tests_fuzz_fuzz_flow_dump_SOURCES = tests/fuzz/fuzz-flow-dump.c
tests_fuzz_fuzz_flow_dump_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_flow_dump_LDADD = tests/fuzz/libfuzz.la $(FUZZ_LIBS)

tests_fuzz_fuzz_network_SOURCES = tests/fuzz/fuzz-network.c
tests_fuzz_fuzz_network_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_network_LDADD = tests/fuzz/libfuzz.la $(FUZZ_LIBS)

tests_fuzz_fuzz_domstatus_SOURCES = tests/fuzz/fuzz-domstatus.c
tests_fuzz_fuzz_domstatus_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_domstatus_LDADD = tests/fuzz/libfuzz.la $(FUZZ_LIBS)

tests_fuzz_fuzz_pve_guest_SOURCES = tests/fuzz/fuzz-pve-guest.c
tests_fuzz_fuzz_pve_guest_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_pve_guest_LDADD = tests/fuzz/libfuzz.la $(FUZZ_LIBS)

tests_fuzz_fuzz_nwfilter_SOURCES = tests/fuzz/fuzz-nwfilter.c
tests_fuzz_fuzz_nwfilter_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_nwfilter_LDADD = tests/fuzz/libfuzz.la $(FUZZ_LIBS)
tests_fuzz_fuzz_networkport_SOURCES = tests/fuzz/fuzz-networkport.c
tests_fuzz_fuzz_networkport_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_networkport_LDADD = tests/fuzz/libfuzz.la $(FUZZ_LIBS)

tests_fuzz_fuzz_openflow_SOURCES = tests/fuzz/fuzz-openflow.c
tests_fuzz_fuzz_openflow_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_openflow_LDADD = tests/fuzz/libfuzz.la \
	controller/libvirtnet-controller.la

tests_fuzz_fuzz_ports_SOURCES = tests/fuzz/fuzz-ports.c
tests_fuzz_fuzz_ports_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_ports_LDADD = tests/fuzz/libfuzz.la $(FUZZ_LIBS)
