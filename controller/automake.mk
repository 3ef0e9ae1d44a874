# SPDX-License-Identifier: Apache-2.0

# Everything of the daemon but main(), so that tests and fuzzers link the same
# code.
noinst_LTLIBRARIES += controller/libvirtnet-controller.la

controller_libvirtnet_controller_la_SOURCES = \
	controller/appctl.c \
	controller/appctl.h \
	controller/commit.c \
	controller/commit.h \
	controller/db-read.c \
	controller/db-read.h \
	controller/dbsync.c \
	controller/dbsync.h \
	controller/dir-source.c \
	controller/dir-source.h \
	controller/dir-watch.c \
	controller/dir-watch.h \
	controller/early-bridges.c \
	controller/early-bridges.h \
	controller/export.c \
	controller/export.h \
	controller/mbridge-await.c \
	controller/mbridge-follow.c \
	controller/mbridge-format.c \
	controller/mbridge-found.c \
	controller/mbridge-ports.c \
	controller/mbridge-private.h \
	controller/mbridge-state.c \
	controller/mbridge.c \
	controller/mbridge.h \
	controller/fdb-flush.c \
	controller/fdb-flush.h \
	controller/file-read.c \
	controller/file-read.h \
	controller/guest-source.c \
	controller/guest-source.h \
	controller/meter-sync.c \
	controller/meter-sync.h \
	controller/mgmt-conn.c \
	controller/mgmt-conn.h \
	controller/netdef-source.c \
	controller/netdef-source.h \
	controller/netport-source.c \
	controller/netport-source.h \
	controller/noflood.c \
	controller/noflood.h \
	controller/normal-guard.c \
	controller/normal-guard.h \
	controller/ofctrl-switch.c \
	controller/ofctrl-switch.h \
	controller/ofctrl-watch.c \
	controller/ofctrl-watch.h \
	controller/ofctrl.c \
	controller/ofctrl.h \
	controller/quarantine.c \
	controller/quarantine.h \
	controller/queries.c \
	controller/queries.h \
	controller/reading.c \
	controller/reading.h \
	controller/reconcile-private.h \
	controller/report.c \
	controller/report.h \
	controller/reconcile-state.c \
	controller/reconcile.c \
	controller/reconcile.h \
	controller/switch-read.c \
	controller/switch-read.h \
	controller/waiters.c \
	controller/waiters.h
controller_libvirtnet_controller_la_LIBADD = \
	ovsdb/libvirtnet-ovsdb.la \
	lib/libvirtnet.la

sbin_PROGRAMS += controller/virtnet-controller

controller_virtnet_controller_SOURCES = controller/virtnet-controller.c
controller_virtnet_controller_LDADD = controller/libvirtnet-controller.la
controller_virtnet_controller_CPPFLAGS = $(AM_CPPFLAGS) \
	-DSYSCONFDIR='"$(sysconfdir)"'

# virtnetctl.  Commands that need no daemon are made of lib/ alone.
sbin_PROGRAMS += controller/virtnetctl

controller_virtnetctl_SOURCES = \
	controller/virtnetctl-check.c \
	controller/virtnetctl-compile.c \
	controller/virtnetctl-diff.c \
	controller/virtnetctl-explain.c \
	controller/virtnetctl-files.c \
	controller/virtnetctl-online.c \
	controller/virtnetctl-print.c \
	controller/virtnetctl-trace.c \
	controller/virtnetctl-watch.c \
	controller/virtnetctl.c \
	controller/virtnetctl.h
controller_virtnetctl_LDADD = lib/libvirtnet.la $(OVS_LIBS)

dist_man_MANS = \
	controller/virtnet-controller.8 \
	controller/virtnetctl.8
