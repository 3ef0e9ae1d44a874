# SPDX-License-Identifier: Apache-2.0

noinst_LTLIBRARIES += lib/libvirtnet.la

lib_libvirtnet_la_SOURCES = \
	lib/compile-bridge.c \
	lib/compile-flood.c \
	lib/compile-port.c \
	lib/compile.h \
	lib/dbrow.c \
	lib/dbrow.h \
	lib/diag.c \
	lib/diag.h \
	lib/explain-format.c \
	lib/explain.c \
	lib/explain.h \
	lib/flood-table.c \
	lib/flood-table.h \
	lib/flow-dump.c \
	lib/flow-dump.h \
	lib/mac-table.c \
	lib/mac-table.h \
	lib/model.c \
	lib/model.h \
	lib/netdef-actions.c \
	lib/netdef-elements.c \
	lib/netdef-elements.h \
	lib/netdef-parse-private.h \
	lib/netdef-parse.c \
	lib/netdef-parse.h \
	lib/netdef-validate.c \
	lib/netdef-vlan.c \
	lib/netdef-xml.c \
	lib/netdef.c \
	lib/netdef.h \
	lib/network-side.c \
	lib/network-side.h \
	lib/oflow-bundle.c \
	lib/oflow-bundle.h \
	lib/oflow-table.c \
	lib/oflow-table.h \
	lib/oflow.c \
	lib/oflow.h \
	lib/pipeline.c \
	lib/pipeline.h \
	lib/plan-format.c \
	lib/plan-format.h \
	lib/plan.c \
	lib/plan.h \
	lib/port-policy.c \
	lib/port-policy.h \
	lib/port-vlan.c \
	lib/port-vlan.h \
	lib/ports-json.c \
	lib/ports-json.h \
	lib/ports-ovsdb.c \
	lib/ports-small.c \
	lib/printable.c \
	lib/printable.h \
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
	lib/vif.c \
	lib/vif.h \
	lib/virtnet-version.c \
	lib/virtnet-version.h \
	lib/vlan-set.c \
	lib/vlan-set.h
lib_libvirtnet_la_CPPFLAGS = $(AM_CPPFLAGS) $(LIBXML2_CFLAGS)
lib_libvirtnet_la_LIBADD = $(OVS_LIBS) $(LIBXML2_LIBS)
