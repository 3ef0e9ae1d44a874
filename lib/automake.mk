# SPDX-License-Identifier: Apache-2.0

noinst_LTLIBRARIES += lib/libvirtnet.la

lib_libvirtnet_la_SOURCES = \
	lib/announce.c \
	lib/announce.h \
	lib/bandwidth.c \
	lib/bandwidth.h \
	lib/bridge-meters.c \
	lib/bridge-meters.h \
	lib/bridge-settings.c \
	lib/bridge-settings.h \
	lib/compile-bridge.c \
	lib/compile-flood.c \
	lib/compile-port.c \
	lib/compile.h \
	lib/dbrow-bridge.c \
	lib/dbrow-qos.c \
	lib/dbrow.c \
	lib/dbrow.h \
	lib/diag.c \
	lib/diag.h \
	lib/domstatus-xml.c \
	lib/domstatus.c \
	lib/domstatus.h \
	lib/explain-format.c \
	lib/explain.c \
	lib/explain.h \
	lib/flood-table.c \
	lib/flood-table.h \
	lib/flow-dump.c \
	lib/flow-dump.h \
	lib/mac-table.c \
	lib/mac-table.h \
	lib/model-portgroup.c \
	lib/model.c \
	lib/model.h \
	lib/follow.c \
	lib/follow.h \
	lib/netdef-actions.c \
	lib/netdef-elements.c \
	lib/netdef-elements.h \
	lib/netdef-format.c \
	lib/netdef-format.h \
	lib/netdef-kind.c \
	lib/netdef-libvirt.c \
	lib/netdef-parse-private.h \
	lib/netdef-parse.c \
	lib/netdef-parse.h \
	lib/netdef-policy.c \
	lib/netdef-policy.h \
	lib/netdef-refuse.c \
	lib/netdef-settings.c \
	lib/netdef-validate.c \
	lib/netdef-vlan.c \
	lib/netdef-xml.c \
	lib/netdef.c \
	lib/netdef.h \
	lib/netport-parse.c \
	lib/netport.c \
	lib/netport.h \
	lib/network-side.c \
	lib/network-side.h \
	lib/offer.c \
	lib/offer.h \
	lib/oflow-bundle.c \
	lib/oflow-bundle.h \
	lib/oflow-table.c \
	lib/oflow-table.h \
	lib/oflow.c \
	lib/oflow.h \
	lib/ometer.c \
	lib/ometer.h \
	lib/pipeline.c \
	lib/pipeline.h \
	lib/plan-format.c \
	lib/plan-format.h \
	lib/plan.c \
	lib/plan.h \
	lib/port-policy.c \
	lib/port-policy.h \
	lib/port-limits.c \
	lib/port-limits.h \
	lib/port-qos.c \
	lib/port-qos.h \
	lib/port-vlan.c \
	lib/port-vlan.h \
	lib/ports-json.c \
	lib/ports-json.h \
	lib/ports-ovsdb.c \
	lib/ports-small.c \
	lib/printable.c \
	lib/printable.h \
	lib/rfc7047.c \
	lib/rfc7047.h \
	lib/row-change-vsctl.c \
	lib/row-change.c \
	lib/row-change.h \
	lib/sax-xml.c \
	lib/sax-xml.h \
	lib/slice.c \
	lib/slice.h \
	lib/source.c \
	lib/source.h \
	lib/state-events.c \
	lib/state-metrics.c \
	lib/state.c \
	lib/state.h \
	lib/trace.c \
	lib/trace.h \
	lib/translation-diff.c \
	lib/translation-diff.h \
	lib/translation-format.c \
	lib/translation-format.h \
	lib/translation.c \
	lib/translation.h \
	lib/tunnels.c \
	lib/tunnels.h \
	lib/vif-guest.c \
	lib/vif.c \
	lib/vif.h \
	lib/virtnet-version.c \
	lib/virtnet-version.h \
	lib/vport.c \
	lib/vlan-set.c \
	lib/vlan-set.h
lib_libvirtnet_la_CPPFLAGS = $(AM_CPPFLAGS) $(LIBXML2_CFLAGS)
lib_libvirtnet_la_LIBADD = $(OVS_LIBS) $(LIBXML2_LIBS)

# Schema of what is ours in libvirt's definitions.
schemadir = $(pkgdatadir)/schemas
dist_schema_DATA = lib/virtnet-metadata.rng

# Prints the table of elements for Documentation/network-xml.rst.
noinst_PROGRAMS += Documentation/elements
Documentation_elements_SOURCES = Documentation/elements.c
Documentation_elements_LDADD = lib/libvirtnet.la $(OVS_LIBS)
