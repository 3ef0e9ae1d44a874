# SPDX-License-Identifier: Apache-2.0

# Everything of the daemon but main(), so that tests and fuzzers link the same
# code.
noinst_LTLIBRARIES += controller/libvirtnet-controller.la

controller_libvirtnet_controller_la_SOURCES = \
	controller/daemon/appctl.c \
	controller/daemon/appctl.h \
	controller/daemon/early-bridges.c \
	controller/daemon/early-bridges.h \
	controller/daemon/export-counts.c \
	controller/daemon/export-guards.c \
	controller/daemon/export-guards.h \
	controller/daemon/export-counts.h \
	controller/daemon/export.c \
	controller/daemon/export.h \
	controller/daemon/mbridge-announce.c \
	controller/daemon/mbridge-balance.c \
	controller/daemon/mbridge-fdb.c \
	controller/daemon/mbridge-fleet.c \
	controller/daemon/mbridge-life.c \
	controller/daemon/mbridge-ports.c \
	controller/daemon/mbridge-mode.c \
	controller/daemon/mbridge-offences.c \
	controller/daemon/mbridge-port-config.c \
	controller/daemon/mbridge-private.h \
	controller/daemon/mbridge-shortfalls.c \
	controller/daemon/mbridge-state.c \
	controller/daemon/mbridge.c \
	controller/daemon/mbridge.h \
	controller/daemon/proposal.c \
	controller/daemon/proposal.h \
	controller/daemon/queries.c \
	controller/daemon/queries.h \
	controller/daemon/reading.c \
	controller/daemon/reading.h \
	controller/daemon/reconcile-bridges.c \
	controller/daemon/reconcile-fleet.c \
	controller/daemon/reconcile-force.c \
	controller/daemon/reconcile-overlay.c \
	controller/daemon/reconcile-ports.c \
	controller/daemon/reconcile-private.h \
	controller/daemon/reconcile-release.c \
	controller/daemon/reconcile-state.c \
	controller/daemon/reconcile-translate.c \
	controller/daemon/reconcile.c \
	controller/daemon/reconcile.h \
	controller/daemon/report.c \
	controller/daemon/report.h \
	controller/daemon/waiters.c \
	controller/daemon/waiters.h \
	controller/db/db-echo.c \
	controller/db/db-echo.h \
	controller/db/db-read.c \
	controller/db/db-read.h \
	controller/db/dbsync.c \
	controller/db/dbsync.h \
	controller/fleet/fleet-member-private.h \
	controller/fleet/fleet-member-state.c \
	controller/fleet/fleet-member.c \
	controller/fleet/fleet-member.h \
	controller/fleet/fleet-kept.c \
	controller/fleet/fleet-kept.h \
	controller/fleet/fleet-rowfile.c \
	controller/fleet/fleet-rowfile.h \
	controller/fleet/fleet-snapshot.c \
	controller/fleet/fleet-snapshot.h \
	controller/fleet/underlay.c \
	controller/fleet/underlay.h \
	controller/sources/binding-source.c \
	controller/sources/binding-source.h \
	controller/sources/dir-source-file.c \
	controller/sources/dir-source-names.c \
	controller/sources/dir-source-private.h \
	controller/sources/dir-source.c \
	controller/sources/dir-source.h \
	controller/sources/dir-watch.c \
	controller/sources/dir-watch.h \
	controller/sources/file-read.c \
	controller/sources/file-read.h \
	controller/sources/filter-source.c \
	controller/sources/filter-source.h \
	controller/sources/guest-source.c \
	controller/sources/guest-source.h \
	controller/sources/link-macs.c \
	controller/sources/link-macs.h \
	controller/sources/link-source.c \
	controller/sources/link-source.h \
	controller/sources/mount-watch.c \
	controller/sources/mount-watch.h \
	controller/sources/netdef-source.c \
	controller/sources/netdef-source.h \
	controller/sources/netport-source.c \
	controller/sources/netport-source.h \
	controller/switch/fdb-flush.c \
	controller/switch/fdb-flush.h \
	controller/switch/fdb-watch.c \
	controller/switch/fdb-watch.h \
	controller/switch/mgmt-conn.c \
	controller/switch/mgmt-conn.h \
	controller/switch/noflood.c \
	controller/switch/noflood.h \
	controller/switch/normal-guard.c \
	controller/switch/normal-guard.h \
	controller/switch/ofctrl-announce.c \
	controller/switch/ofctrl-buckets.c \
	controller/switch/ofctrl-meters.c \
	controller/switch/ofctrl-config.c \
	controller/switch/ofctrl-echo.c \
	controller/switch/ofctrl-private.h \
	controller/switch/ofctrl-receive.c \
	controller/switch/ofctrl-state.c \
	controller/switch/ofctrl-switch.c \
	controller/switch/ofctrl-switch.h \
	controller/switch/ofctrl-watch.c \
	controller/switch/ofctrl-watch.h \
	controller/switch/ofctrl.c \
	controller/switch/ofctrl.h \
	controller/switch/switch-read.c \
	controller/switch/switch-read.h \
	controller/switch/vswitchd-ctl.c \
	controller/switch/vswitchd-ctl.h
controller_libvirtnet_controller_la_LIBADD = \
	ovsdb/libvirtnet-ovsdb.la \
	lib/libvirtnet.la

sbin_PROGRAMS += controller/virtnet-controller

controller_virtnet_controller_SOURCES = controller/daemon/virtnet-controller.c
controller_virtnet_controller_LDADD = controller/libvirtnet-controller.la
controller_virtnet_controller_CPPFLAGS = $(AM_CPPFLAGS) \
	-DSYSCONFDIR='"$(sysconfdir)"' \
	-DLOCALSTATEDIR='"$(localstatedir)"'

# virtnetctl.  Commands that need no daemon are made of lib/ alone.
sbin_PROGRAMS += controller/virtnetctl

controller_virtnetctl_SOURCES = \
	controller/ctl/virtnetctl-ask.c \
	controller/ctl/virtnetctl-check.c \
	controller/ctl/virtnetctl-commands.c \
	controller/ctl/virtnetctl-compile.c \
	controller/ctl/virtnetctl-diff.c \
	controller/ctl/virtnetctl-explain.c \
	controller/ctl/virtnetctl-files.c \
	controller/ctl/virtnetctl-fleet-db.c \
	controller/ctl/virtnetctl-fleet-graph.c \
	controller/ctl/virtnetctl-fleet-print.c \
	controller/ctl/virtnetctl-fleet-report.c \
	controller/ctl/virtnetctl-fleet-server.c \
	controller/ctl/virtnetctl-fleet-verify.c \
	controller/ctl/virtnetctl-fleet.h \
	controller/ctl/virtnetctl-online.c \
	controller/ctl/virtnetctl-print.c \
	controller/ctl/virtnetctl-release.c \
	controller/ctl/virtnetctl-trace-hosts.c \
	controller/ctl/virtnetctl-trace.c \
	controller/ctl/virtnetctl-verify.c \
	controller/ctl/virtnetctl-watch.c \
	controller/ctl/virtnetctl.c \
	controller/ctl/virtnetctl.h
nodist_controller_virtnetctl_SOURCES = controller/ctl/fleet-schema.c
controller_virtnetctl_LDADD = \
	ovsdb/libvirtnet-ovsdb.la \
	lib/libvirtnet.la \
	$(OVS_LIBS)
CLEANFILES += controller/ctl/fleet-schema.c

# The lines of the schema, as strings of C.
controller/ctl/fleet-schema.c: $(top_srcdir)/ovsdb/virtnet-fleet.ovsschema
	$(AM_V_at)$(MKDIR_P) controller/ctl
	$(AM_V_GEN){ \
	  echo '/* Made of ovsdb/virtnet-fleet.ovsschema. */'; \
	  echo '#include <config.h>'; \
	  echo '#include "controller/ctl/virtnetctl-fleet.h"'; \
	  echo '#include <stddef.h>'; \
	  echo 'const char *const fleet_schema[] = {'; \
	  sed 's/["\\]/\\&/g; s/.*/    "&\\n",/' $(top_srcdir)/ovsdb/virtnet-fleet.ovsschema; \
	  echo '    NULL'; \
	  echo '};'; \
	} >$@.tmp && mv $@.tmp $@

dist_man_MANS = \
	controller/virtnet-controller.8 \
	controller/virtnetctl.8
