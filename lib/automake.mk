# SPDX-License-Identifier: Apache-2.0

noinst_LTLIBRARIES += lib/libvirtnet.la

lib_libvirtnet_la_SOURCES = \
	lib/virtnet-version.c \
	lib/virtnet-version.h
lib_libvirtnet_la_CPPFLAGS = $(AM_CPPFLAGS) $(LIBXML2_CFLAGS)
lib_libvirtnet_la_LIBADD = $(OVS_LIBS) $(LIBXML2_LIBS)
