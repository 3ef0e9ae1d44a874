# SPDX-License-Identifier: Apache-2.0

noinst_LTLIBRARIES += ovsdb/libvirtnet-ovsdb.la

ovsdb_libvirtnet_ovsdb_la_SOURCES = \
	ovsdb/ovs-idl.c \
	ovsdb/ovs-idl.h
