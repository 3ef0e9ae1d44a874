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
# several of them need.
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
	tests/unit/test-fleet \
	tests/unit/test-fleet-publish \
	tests/unit/test-fleet-remote \
	tests/unit/test-flow-dump \
	tests/unit/test-follow \
	tests/unit/test-foreign \
	tests/unit/test-hidden-flows \
	tests/unit/test-jansson \
	tests/unit/test-jvalue \
	tests/unit/test-announce \
	tests/unit/test-grace \
	tests/unit/test-fdb-statics \
	tests/unit/test-filter \
	tests/unit/test-filter-law \
	tests/unit/test-filter-oracle \
	tests/unit/test-community \
	tests/unit/test-guards \
	tests/unit/test-link \
	tests/unit/test-pve-guest \
	tests/unit/test-mac-share \
	tests/unit/test-mac-table \
	tests/unit/test-model \
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
	tests/unit/test-port-limits \
	tests/unit/test-port-policy \
	tests/unit/test-port-vlan \
	tests/unit/test-probe \
	tests/unit/test-row-change \
	tests/unit/test-ports-json \
	tests/unit/test-state \
	tests/unit/test-state-counts \
	tests/unit/test-storm \
	tests/unit/test-switch-sync \
	tests/unit/test-trace \
	tests/unit/test-translation-diff \
	tests/unit/test-vif \
	tests/unit/test-vif-columns \
	tests/unit/test-vif-guest \
	tests/unit/test-virtnet-version \
	tests/unit/test-vlan-set \
	tests/unit/test-new-bridges \
	tests/unit/test-overlay \
	tests/unit/test-want \
	tests/unit/test-write-queue
UNIT_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
UNIT_LIBS = tests/unit/libunit.la lib/libvirtnet.la $(OVS_LIBS) $(CMOCKA_LIBS)

check_LTLIBRARIES = tests/unit/libunit.la
tests_unit_libunit_la_SOURCES = \
	tests/unit/compile-text.c \
	tests/unit/compile-text.h \
	tests/unit/filter-set.c \
	tests/unit/filter-set.h \
	tests/unit/fleet-rows.c \
	tests/unit/fleet-rows.h \
	tests/unit/host-text.c \
	tests/unit/host-text.h \
	tests/unit/mac-claims.c \
	tests/unit/mac-claims.h \
	tests/unit/model-switch.c \
	tests/unit/model-switch.h \
	tests/unit/oflow-text.c \
	tests/unit/oflow-text.h \
	tests/unit/pipeline-eval.c \
	tests/unit/pipeline-eval.h \
	tests/unit/port-spec.c \
	tests/unit/port-spec.h \
	tests/unit/port-world.c \
	tests/unit/port-world.h
tests_unit_libunit_la_CPPFLAGS = $(UNIT_CPPFLAGS)

tests_unit_test_compile_SOURCES = tests/unit/test-compile.c
tests_unit_test_compile_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_compile_LDADD = $(UNIT_LIBS)

tests_unit_test_compile_network_SOURCES = tests/unit/test-compile-network.c
tests_unit_test_compile_network_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_compile_network_LDADD = $(UNIT_LIBS)

tests_unit_test_compile_bridge_SOURCES = tests/unit/test-compile-bridge.c
tests_unit_test_compile_bridge_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_compile_bridge_LDADD = $(UNIT_LIBS)

tests_unit_test_dbrow_SOURCES = tests/unit/test-dbrow.c
tests_unit_test_dbrow_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_dbrow_LDADD = $(UNIT_LIBS)

tests_unit_test_delivery_SOURCES = tests/unit/test-delivery.c
tests_unit_test_delivery_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_delivery_LDADD = $(UNIT_LIBS)

tests_unit_test_diag_SOURCES = tests/unit/test-diag.c
tests_unit_test_diag_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_diag_LDADD = $(UNIT_LIBS)

tests_unit_test_domstatus_SOURCES = tests/unit/test-domstatus.c
tests_unit_test_domstatus_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_domstatus_LDADD = $(UNIT_LIBS)

tests_unit_test_flood_table_SOURCES = tests/unit/test-flood-table.c
tests_unit_test_flood_table_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_flood_table_LDADD = $(UNIT_LIBS)

tests_unit_test_announce_SOURCES = tests/unit/test-announce.c
tests_unit_test_announce_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_announce_LDADD = $(UNIT_LIBS)

tests_unit_test_grace_SOURCES = tests/unit/test-grace.c
tests_unit_test_grace_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_grace_LDADD = $(UNIT_LIBS)

tests_unit_test_pve_guest_SOURCES = tests/unit/test-pve-guest.c
tests_unit_test_pve_guest_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_pve_guest_LDADD = $(UNIT_LIBS)

tests_unit_test_filter_oracle_SOURCES = tests/unit/test-filter-oracle.c
tests_unit_test_filter_oracle_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_filter_oracle_LDADD = $(UNIT_LIBS)

tests_unit_test_fdb_statics_SOURCES = tests/unit/test-fdb-statics.c
tests_unit_test_fdb_statics_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_fdb_statics_LDADD = $(UNIT_LIBS)

tests_unit_test_filter_SOURCES = tests/unit/test-filter.c
tests_unit_test_filter_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_filter_LDADD = $(UNIT_LIBS)

tests_unit_test_filter_law_SOURCES = tests/unit/test-filter-law.c
tests_unit_test_filter_law_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_filter_law_LDADD = $(UNIT_LIBS)

tests_unit_test_storm_SOURCES = tests/unit/test-storm.c
tests_unit_test_storm_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_storm_LDADD = $(UNIT_LIBS)

tests_unit_test_community_SOURCES = tests/unit/test-community.c
tests_unit_test_community_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_community_LDADD = $(UNIT_LIBS)

tests_unit_test_owner_SOURCES = tests/unit/test-owner.c
tests_unit_test_owner_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_owner_LDADD = $(UNIT_LIBS)

tests_unit_test_guards_SOURCES = tests/unit/test-guards.c
tests_unit_test_guards_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_guards_LDADD = $(UNIT_LIBS)

tests_unit_test_link_SOURCES = tests/unit/test-link.c
tests_unit_test_link_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_link_LDADD = $(UNIT_LIBS)

tests_unit_test_mac_share_SOURCES = tests/unit/test-mac-share.c
tests_unit_test_mac_share_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_mac_share_LDADD = $(UNIT_LIBS)

tests_unit_test_mac_table_SOURCES = tests/unit/test-mac-table.c
tests_unit_test_mac_table_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_mac_table_LDADD = $(UNIT_LIBS)

tests_unit_test_model_SOURCES = tests/unit/test-model.c
tests_unit_test_model_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_model_LDADD = $(UNIT_LIBS)

tests_unit_test_follow_SOURCES = tests/unit/test-follow.c
tests_unit_test_follow_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_follow_LDADD = $(UNIT_LIBS)

tests_unit_test_foreign_SOURCES = tests/unit/test-foreign.c
tests_unit_test_foreign_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_foreign_LDADD = $(UNIT_LIBS)

tests_unit_test_hidden_flows_SOURCES = tests/unit/test-hidden-flows.c
tests_unit_test_hidden_flows_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_hidden_flows_LDADD = $(UNIT_LIBS)

tests_unit_test_jansson_SOURCES = tests/unit/test-jansson.c
tests_unit_test_jansson_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_jansson_LDADD = $(UNIT_LIBS) $(JANSSON_LIBS)

tests_unit_test_fleet_publish_SOURCES = tests/unit/test-fleet-publish.c
tests_unit_test_fleet_publish_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_fleet_publish_LDADD = $(UNIT_LIBS)

tests_unit_test_fleet_remote_SOURCES = tests/unit/test-fleet-remote.c
tests_unit_test_fleet_remote_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_fleet_remote_LDADD = $(UNIT_LIBS)

tests_unit_test_fleet_SOURCES = tests/unit/test-fleet.c
tests_unit_test_fleet_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_fleet_LDADD = $(UNIT_LIBS)

tests_unit_test_jvalue_SOURCES = tests/unit/test-jvalue.c
tests_unit_test_jvalue_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_jvalue_LDADD = $(UNIT_LIBS)

tests_unit_test_model_portgroup_SOURCES = tests/unit/test-model-portgroup.c
tests_unit_test_model_portgroup_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_model_portgroup_LDADD = $(UNIT_LIBS)

tests_unit_test_netdef_SOURCES = tests/unit/test-netdef.c
tests_unit_test_netdef_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_netdef_LDADD = $(UNIT_LIBS)

tests_unit_test_netdef_choice_SOURCES = tests/unit/test-netdef-choice.c
tests_unit_test_netdef_choice_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_netdef_choice_LDADD = $(UNIT_LIBS)

tests_unit_test_netdef_elements_SOURCES = tests/unit/test-netdef-elements.c
tests_unit_test_netdef_elements_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_netdef_elements_LDADD = $(UNIT_LIBS)

tests_unit_test_netdef_law_SOURCES = tests/unit/test-netdef-law.c
tests_unit_test_netdef_law_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_netdef_law_LDADD = $(UNIT_LIBS)

tests_unit_test_multicast_SOURCES = tests/unit/test-multicast.c
tests_unit_test_multicast_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_multicast_LDADD = $(UNIT_LIBS)

tests_unit_test_network_side_SOURCES = tests/unit/test-network-side.c
tests_unit_test_network_side_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_network_side_LDADD = $(UNIT_LIBS)

tests_unit_test_oflow_SOURCES = tests/unit/test-oflow.c
tests_unit_test_oflow_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_oflow_LDADD = $(UNIT_LIBS)

tests_unit_test_offences_SOURCES = tests/unit/test-offences.c
tests_unit_test_offences_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_offences_LDADD = $(UNIT_LIBS)

tests_unit_test_offer_SOURCES = tests/unit/test-offer.c
tests_unit_test_offer_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_offer_LDADD = $(UNIT_LIBS)

tests_unit_test_oflow_bundle_SOURCES = tests/unit/test-oflow-bundle.c
tests_unit_test_oflow_bundle_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_oflow_bundle_LDADD = $(UNIT_LIBS)

tests_unit_test_oflow_table_SOURCES = tests/unit/test-oflow-table.c
tests_unit_test_oflow_table_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_oflow_table_LDADD = $(UNIT_LIBS)

tests_unit_test_pipeline_SOURCES = tests/unit/test-pipeline.c
tests_unit_test_pipeline_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_pipeline_LDADD = $(UNIT_LIBS)

tests_unit_test_plan_SOURCES = tests/unit/test-plan.c
tests_unit_test_plan_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_plan_LDADD = $(UNIT_LIBS)

tests_unit_test_plan_format_SOURCES = tests/unit/test-plan-format.c
tests_unit_test_plan_format_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_plan_format_LDADD = $(UNIT_LIBS)

tests_unit_test_plan_law_SOURCES = tests/unit/test-plan-law.c
tests_unit_test_plan_law_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_plan_law_LDADD = $(UNIT_LIBS)

tests_unit_test_port_policy_SOURCES = tests/unit/test-port-policy.c
tests_unit_test_port_policy_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_port_policy_LDADD = $(UNIT_LIBS)

tests_unit_test_probe_SOURCES = tests/unit/test-probe.c
tests_unit_test_probe_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_probe_LDADD = $(UNIT_LIBS)

tests_unit_test_port_vlan_SOURCES = tests/unit/test-port-vlan.c
tests_unit_test_port_vlan_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_port_vlan_LDADD = $(UNIT_LIBS)

tests_unit_test_ometer_SOURCES = tests/unit/test-ometer.c
tests_unit_test_ometer_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_ometer_LDADD = $(UNIT_LIBS)
tests_unit_test_port_life_SOURCES = tests/unit/test-port-life.c
tests_unit_test_port_life_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_port_life_LDADD = $(UNIT_LIBS)

tests_unit_test_port_life_frames_SOURCES = tests/unit/test-port-life-frames.c
tests_unit_test_port_life_frames_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_port_life_frames_LDADD = $(UNIT_LIBS)

tests_unit_test_port_limits_SOURCES = tests/unit/test-port-limits.c
tests_unit_test_port_limits_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_port_limits_LDADD = $(UNIT_LIBS)
tests_unit_test_vif_SOURCES = tests/unit/test-vif.c
tests_unit_test_vif_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_vif_LDADD = $(UNIT_LIBS)

tests_unit_test_vif_columns_SOURCES = tests/unit/test-vif-columns.c
tests_unit_test_vif_columns_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_vif_columns_LDADD = $(UNIT_LIBS)

tests_unit_test_vif_guest_SOURCES = tests/unit/test-vif-guest.c
tests_unit_test_vif_guest_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_vif_guest_LDADD = $(UNIT_LIBS)

tests_unit_test_virtnet_version_SOURCES = tests/unit/test-virtnet-version.c
tests_unit_test_virtnet_version_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_virtnet_version_LDADD = $(UNIT_LIBS)

tests_unit_test_vlan_set_SOURCES = tests/unit/test-vlan-set.c
tests_unit_test_vlan_set_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_vlan_set_LDADD = $(UNIT_LIBS)

tests_unit_test_explain_SOURCES = tests/unit/test-explain.c
tests_unit_test_explain_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_explain_LDADD = $(UNIT_LIBS)
tests_unit_test_write_queue_SOURCES = tests/unit/test-write-queue.c
tests_unit_test_write_queue_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_write_queue_LDADD = $(UNIT_LIBS)

tests_unit_test_overlay_SOURCES = tests/unit/test-overlay.c
tests_unit_test_overlay_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_overlay_LDADD = $(UNIT_LIBS)

tests_unit_test_new_bridges_SOURCES = tests/unit/test-new-bridges.c
tests_unit_test_new_bridges_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_new_bridges_LDADD = $(UNIT_LIBS)

tests_unit_test_want_SOURCES = tests/unit/test-want.c
tests_unit_test_want_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_want_LDADD = $(UNIT_LIBS)

tests_unit_test_row_change_SOURCES = tests/unit/test-row-change.c
tests_unit_test_row_change_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_row_change_LDADD = $(UNIT_LIBS)
tests_unit_test_translation_diff_SOURCES = \
	tests/unit/test-translation-diff.c
tests_unit_test_translation_diff_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_translation_diff_LDADD = $(UNIT_LIBS)
tests_unit_test_flow_dump_SOURCES = tests/unit/test-flow-dump.c
tests_unit_test_flow_dump_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_flow_dump_LDADD = $(UNIT_LIBS)

tests_unit_test_ports_json_SOURCES = tests/unit/test-ports-json.c
tests_unit_test_ports_json_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_ports_json_LDADD = $(UNIT_LIBS)

tests_unit_test_state_SOURCES = tests/unit/test-state.c
tests_unit_test_state_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_state_LDADD = $(UNIT_LIBS)

tests_unit_test_state_counts_SOURCES = tests/unit/test-state-counts.c
tests_unit_test_state_counts_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_state_counts_LDADD = $(UNIT_LIBS)

tests_unit_test_noflood_ports_SOURCES = tests/unit/test-noflood-ports.c
tests_unit_test_noflood_ports_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_noflood_ports_LDADD = $(UNIT_LIBS)

tests_unit_test_normal_order_SOURCES = tests/unit/test-normal-order.c
tests_unit_test_normal_order_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_normal_order_LDADD = $(UNIT_LIBS)

tests_unit_test_switch_sync_SOURCES = tests/unit/test-switch-sync.c
tests_unit_test_switch_sync_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_switch_sync_LDADD = $(UNIT_LIBS)

tests_unit_test_trace_SOURCES = tests/unit/test-trace.c
tests_unit_test_trace_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_trace_LDADD = $(UNIT_LIBS)

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
EXTRA_DIST += \
	tests/bench/cases.sh \
	tests/bench/guard-frames.py \
	tests/bench/lib.sh \
	tests/bench/report.py \
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
	tests/releases \
	tests/sanitized \
	tests/sandbox.py \
	tests/filter-oracle \
	tests/soak \
	tests/static \
	tests/static.suppressions \
	build-aux/fuzz \
	tests/hostile.py \
	tests/net-define-answers \
	tests/net-define.txt \
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
	tests/checks.at \
	tests/anew.at \
	tests/cli.at \
	tests/database.at \
	tests/guests.at \
	tests/libvirt.at \
	tests/drift.at \
	tests/definitions.at \
	tests/foreign.at \
	tests/moving.at \
	tests/neighbours.at \
	tests/networks.at \
	tests/ports.at \
	tests/qos.at \
	tests/restart.at \
	tests/tenant.at \
	tests/tls.at \
	tests/trials.at \
	tests/upgrade.at \
	tests/virtnetctl.at \
	tests/fleet.at
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
