# SPDX-License-Identifier: Apache-2.0

noinst_LTLIBRARIES += ovsdb/libvirtnet-ovsdb.la

ovsdb_libvirtnet_ovsdb_la_SOURCES = \
	ovsdb/bridge-reader.c \
	ovsdb/bridge-reader.h \
	ovsdb/fleet-db.c \
	ovsdb/fleet-db.h \
	ovsdb/fleet-schema.c \
	ovsdb/fleet-schema.h \
	ovsdb/ovs-idl.c \
	ovsdb/ovs-idl.h \
	ovsdb/qos-reader.c \
	ovsdb/qos-reader.h \
	ovsdb/row-columns.h \
	ovsdb/vif-reader.c \
	ovsdb/vif-reader.h \
	ovsdb/vif-rows.c \
	ovsdb/vif-rows.h

# The schema of a fleet's database is in virtnetctl, too, which makes it.
dist_schema_DATA += ovsdb/virtnet-fleet.ovsschema
