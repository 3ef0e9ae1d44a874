# SPDX-License-Identifier: Apache-2.0

# Everything of the daemon but main(), so that tests and fuzzers link the same
# code.
noinst_LTLIBRARIES += controller/libvirtnet-controller.la

controller_libvirtnet_controller_la_SOURCES = \
	controller/appctl.c \
	controller/appctl.h \
	controller/dbsync.c \
	controller/dbsync.h \
	controller/dir-watch.c \
	controller/dir-watch.h \
	controller/mbridge-format.c \
	controller/mbridge.c \
	controller/mbridge.h \
	controller/fdb-flush.c \
	controller/fdb-flush.h \
	controller/mgmt-conn.c \
	controller/mgmt-conn.h \
	controller/netdef-source.c \
	controller/netdef-source.h \
	controller/noflood.c \
	controller/noflood.h \
	controller/normal-guard.c \
	controller/normal-guard.h \
	controller/ofctrl-switch.c \
	controller/ofctrl-switch.h \
	controller/ofctrl.c \
	controller/ofctrl.h \
	controller/quarantine.c \
	controller/quarantine.h \
	controller/reconcile.c \
	controller/reconcile.h \
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
