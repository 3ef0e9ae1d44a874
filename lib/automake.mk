# SPDX-License-Identifier: Apache-2.0

noinst_LTLIBRARIES += lib/libvirtnet.la

lib_libvirtnet_la_SOURCES = \
	lib/base/bandwidth.c \
	lib/base/bandwidth.h \
	lib/base/diag.c \
	lib/base/diag.h \
	lib/base/grace.c \
	lib/base/grace.h \
	lib/base/jvalue.c \
	lib/base/jvalue.h \
	lib/base/origin-hash.c \
	lib/base/origin-hash.h \
	lib/base/ovs-compat.h \
	lib/base/port-vlan.c \
	lib/base/port-vlan.h \
	lib/base/printable.c \
	lib/base/printable.h \
	lib/base/rfc7047.c \
	lib/base/rfc7047.h \
	lib/base/source.c \
	lib/base/source.h \
	lib/base/virtnet-version.c \
	lib/base/virtnet-version.h \
	lib/base/vlan-set.c \
	lib/base/vlan-set.h \
	lib/host/bridge-row.c \
	lib/host/bridge-row.h \
	lib/host/columns.h \
	lib/host/json-columns.c \
	lib/host/json-columns.h \
	lib/host/port-qos.c \
	lib/host/port-qos.h \
	lib/host/ports-json.c \
	lib/host/ports-json.h \
	lib/host/ports-ovsdb.c \
	lib/host/ports-small.c \
	lib/host/vif-columns.c \
	lib/host/vif-columns.h \
	lib/host/vif-guest.c \
	lib/host/vif.c \
	lib/host/vif.h \
	lib/model/bridge-settings.c \
	lib/model/bridge-settings.h \
	lib/model/follow.c \
	lib/model/follow.h \
	lib/model/mac-table.c \
	lib/model/mac-table.h \
	lib/model/model-portgroup.c \
	lib/model/model.c \
	lib/model/model.h \
	lib/model/network-meters.c \
	lib/model/network-meters.h \
	lib/model/network-side.c \
	lib/model/network-side.h \
	lib/model/port-life.c \
	lib/model/port-life.h \
	lib/model/port-limits.c \
	lib/model/port-limits.h \
	lib/model/port-policy.c \
	lib/model/port-policy.h \
	lib/model/tunnels.c \
	lib/model/tunnels.h \
	lib/model/vport.c \
	lib/model/vport.h \
	lib/openflow/announce.c \
	lib/openflow/announce.h \
	lib/openflow/bridge-meters.c \
	lib/openflow/bridge-meters.h \
	lib/openflow/compile-bridge.c \
	lib/openflow/compile-flood.c \
	lib/openflow/compile-port.c \
	lib/openflow/compile.h \
	lib/openflow/flood-table.c \
	lib/openflow/flood-table.h \
	lib/openflow/flow-dump.c \
	lib/openflow/flow-dump.h \
	lib/openflow/meter-sync.c \
	lib/openflow/meter-sync.h \
	lib/openflow/noflood-ports.c \
	lib/openflow/noflood-ports.h \
	lib/openflow/normal-order.c \
	lib/openflow/normal-order.h \
	lib/openflow/offer.c \
	lib/openflow/offer.h \
	lib/openflow/oflow-bundle.c \
	lib/openflow/oflow-bundle.h \
	lib/openflow/oflow-table.c \
	lib/openflow/oflow-table.h \
	lib/openflow/oflow.c \
	lib/openflow/oflow.h \
	lib/openflow/ometer.c \
	lib/openflow/ometer.h \
	lib/openflow/pipeline.c \
	lib/openflow/pipeline.h \
	lib/openflow/plan.c \
	lib/openflow/plan.h \
	lib/openflow/quarantine.c \
	lib/openflow/quarantine.h \
	lib/openflow/slice.c \
	lib/openflow/slice.h \
	lib/openflow/switch-commit.c \
	lib/openflow/switch-commit.h \
	lib/openflow/switch-sync.c \
	lib/openflow/switch-sync.h \
	lib/rows/dbrow-bridge.c \
	lib/rows/dbrow-qos.c \
	lib/rows/dbrow.c \
	lib/rows/dbrow.h \
	lib/rows/row-change-vsctl.c \
	lib/rows/row-change.c \
	lib/rows/row-change.h \
	lib/rows/want.c \
	lib/rows/want.h \
	lib/rows/write-queue.c \
	lib/rows/write-queue.h \
	lib/tell/explain-format.c \
	lib/tell/explain.c \
	lib/tell/explain.h \
	lib/tell/plan-format.c \
	lib/tell/plan-format.h \
	lib/tell/state-events.c \
	lib/tell/state-graph.c \
	lib/tell/state-metrics.c \
	lib/tell/state-status.c \
	lib/tell/state-top.c \
	lib/tell/state.c \
	lib/tell/state.h \
	lib/tell/trace.c \
	lib/tell/trace.h \
	lib/tell/translation-diff.c \
	lib/tell/translation-diff.h \
	lib/tell/translation-format.c \
	lib/tell/translation-format.h \
	lib/tell/translation.c \
	lib/tell/translation.h \
	lib/xml/domstatus-xml.c \
	lib/xml/domstatus.c \
	lib/xml/domstatus.h \
	lib/xml/netdef-actions.c \
	lib/xml/netdef-choice.c \
	lib/xml/netdef-choice.h \
	lib/xml/netdef-elements.c \
	lib/xml/netdef-elements.h \
	lib/xml/netdef-format.c \
	lib/xml/netdef-format.h \
	lib/xml/netdef-kind.c \
	lib/xml/netdef-libvirt.c \
	lib/xml/netdef-parse-private.h \
	lib/xml/netdef-parse.c \
	lib/xml/netdef-parse.h \
	lib/xml/netdef-policy.c \
	lib/xml/netdef-policy.h \
	lib/xml/netdef-refuse.c \
	lib/xml/netdef-settings.c \
	lib/xml/netdef-validate.c \
	lib/xml/netdef-vlan.c \
	lib/xml/netdef-xml.c \
	lib/xml/netdef.c \
	lib/xml/netdef.h \
	lib/xml/netport-parse.c \
	lib/xml/netport.c \
	lib/xml/netport.h \
	lib/xml/sax-xml.c \
	lib/xml/sax-xml.h
lib_libvirtnet_la_CPPFLAGS = $(AM_CPPFLAGS) $(LIBXML2_CFLAGS)
lib_libvirtnet_la_LIBADD = $(OVS_LIBS) $(LIBXML2_LIBS) $(JANSSON_LIBS)

# Schema of what is ours in libvirt's definitions.
schemadir = $(pkgdatadir)/schemas
dist_schema_DATA = lib/xml/virtnet-metadata.rng

# Prints the table of elements for Documentation/network-xml.rst.
noinst_PROGRAMS += Documentation/elements
Documentation_elements_SOURCES = Documentation/elements.c
Documentation_elements_LDADD = lib/libvirtnet.la $(OVS_LIBS)
