# SPDX-License-Identifier: Apache-2.0

dnl VIRTNET_ADD_CFLAG([FLAG])
dnl
dnl Appends FLAG to VIRTNET_CFLAGS if the C compiler takes it.  A compiler may
dnl merely warn about a flag that it does not know, hence -Werror.
AC_DEFUN([VIRTNET_ADD_CFLAG],
  [AS_VAR_PUSHDEF([cache], [virtnet_cv_cflag_$1])
   AC_CACHE_CHECK([whether $CC accepts $1], [cache],
     [virtnet_save_CFLAGS=$CFLAGS
      CFLAGS="$CFLAGS -Werror $1"
      AC_COMPILE_IFELSE([AC_LANG_SOURCE([int virtnet_dummy;])],
                        [AS_VAR_SET([cache], [yes])],
                        [AS_VAR_SET([cache], [no])])
      CFLAGS=$virtnet_save_CFLAGS])
   AS_VAR_IF([cache], [yes], [AS_VAR_APPEND([VIRTNET_CFLAGS], [" $1"])])
   AS_VAR_POPDEF([cache])])

dnl VIRTNET_ADD_LDFLAG([FLAG])
dnl
dnl Appends FLAG to VIRTNET_LDFLAGS if programs can be linked with it.
AC_DEFUN([VIRTNET_ADD_LDFLAG],
  [AS_VAR_PUSHDEF([cache], [virtnet_cv_ldflag_$1])
   AC_CACHE_CHECK([whether $CC links with $1], [cache],
     [virtnet_save_CFLAGS=$CFLAGS
      virtnet_save_LDFLAGS=$LDFLAGS
      CFLAGS="$CFLAGS $VIRTNET_CFLAGS"
      LDFLAGS="$LDFLAGS $1"
      AC_LINK_IFELSE([AC_LANG_SOURCE([int main(void) { return 0; }])],
                     [AS_VAR_SET([cache], [yes])],
                     [AS_VAR_SET([cache], [no])])
      CFLAGS=$virtnet_save_CFLAGS
      LDFLAGS=$virtnet_save_LDFLAGS])
   AS_VAR_IF([cache], [yes], [AS_VAR_APPEND([VIRTNET_LDFLAGS], [" $1"])])
   AS_VAR_POPDEF([cache])])

dnl VIRTNET_ENABLE_WERROR
dnl
dnl Offers --enable-Werror.  -Werror goes into our own flags, after configure's
dnl checks: in CFLAGS it would change their results.
AC_DEFUN([VIRTNET_ENABLE_WERROR],
  [AC_ARG_ENABLE([Werror],
     [AS_HELP_STRING([--enable-Werror], [treat compiler warnings as errors])],
     [], [enable_Werror=no])
   AS_VAR_IF([enable_Werror], [no], [],
             [AS_VAR_APPEND([VIRTNET_CFLAGS], [" -Werror"])])])

dnl VIRTNET_CHECK_OVS
dnl
dnl Finds Open vSwitch's source and build trees.  Installed packages are not
dnl enough, we use headers that no package installs.  Sets ovs_srcdir and
dnl ovs_builddir, as absolute paths.
AC_DEFUN([VIRTNET_CHECK_OVS],
  [AC_ARG_WITH([ovs-source],
     [AS_HELP_STRING([--with-ovs-source=DIR],
                     [Open vSwitch source tree (build-aux/libopenvswitch makes
                      one)])])
   AC_ARG_WITH([ovs-build],
     [AS_HELP_STRING([--with-ovs-build=DIR],
                     [Open vSwitch build tree @<:@the source tree@:>@])])
   AC_MSG_CHECKING([for Open vSwitch source tree])
   AS_CASE([$with_ovs_source],
     [yes | no | ''],
     [AC_MSG_RESULT([no])
      AC_MSG_ERROR([--with-ovs-source=DIR is required (build-aux/bootstrap does it all)])])
   AS_IF([test -r "$with_ovs_source/lib/ovsdb-idl.h"], [],
     [AC_MSG_RESULT([no])
      AC_MSG_ERROR([$with_ovs_source: not an Open vSwitch source tree])])
   ovs_srcdir=`cd "$with_ovs_source" && pwd`
   AC_MSG_RESULT([$ovs_srcdir])

   AC_MSG_CHECKING([for Open vSwitch build tree])
   AS_CASE([$with_ovs_build],
     [yes | no | ''], [with_ovs_build=$with_ovs_source])
   AS_IF([test -r "$with_ovs_build/config.h" &&
          test -r "$with_ovs_build/lib/vswitch-idl.h" &&
          test -r "$with_ovs_build/lib/libopenvswitch.la"], [],
     [AC_MSG_RESULT([no])
      AC_MSG_ERROR([$with_ovs_build: Open vSwitch has not been built there])])
   ovs_builddir=`cd "$with_ovs_build" && pwd`
   AC_MSG_RESULT([$ovs_builddir])
   AC_SUBST([ovs_srcdir])
   AC_SUBST([ovs_builddir])])

dnl VIRTNET_TRY(VARIABLE, QUESTION, PROLOGUE, BODY, DESCRIPTION)
dnl
dnl Defines VARIABLE if a program compiles.  That a pointer is to something else
dnl is not an error in C, but with -Werror=incompatible-pointer-types it is.
AC_DEFUN([VIRTNET_TRY],
  [AC_CACHE_CHECK([$2], [virtnet_cv_$1],
     [virtnet_save_CFLAGS=$CFLAGS
      CFLAGS="$CFLAGS -Werror=incompatible-pointer-types"
      AC_COMPILE_IFELSE([AC_LANG_PROGRAM([$3], [$4])],
                        [virtnet_cv_$1=yes], [virtnet_cv_$1=no])
      CFLAGS=$virtnet_save_CFLAGS])
   AS_VAR_IF([virtnet_cv_$1], [yes], [AC_DEFINE([$1], [1], [$5])])])

dnl VIRTNET_CHECK_OVS_FEATURES
dnl
dnl Finds out where this libopenvswitch differs from another release's, for
dnl lib/base/ovs-compat.h.
AC_DEFUN([VIRTNET_CHECK_OVS_FEATURES],
  [virtnet_save_CPPFLAGS=$CPPFLAGS
   for virtnet_dir in "$ovs_builddir" "$ovs_builddir/include" \
     "$ovs_srcdir/include" "$ovs_builddir/lib" "$ovs_srcdir/lib"
   do
     AS_VAR_APPEND([CPPFLAGS], [" -isystem $virtnet_dir"])
   done
   VIRTNET_TRY([HAVE_JSON_ARRAY_AT],
     [whether Open vSwitch has json_array_at],
     [#include <config.h>
      #include "openvswitch/json.h"],
     [const struct json *(*at)(const struct json *, size_t) = json_array_at;
      return !at(0, 0);],
     [Define if Open vSwitch has json_array_size and json_array_at.])
   VIRTNET_TRY([HAVE_DAEMONIZE_START_PORTS],
     [whether daemonize_start asks about hardware ports],
     [#include <config.h>
      #include "daemon.h"],
     [daemonize_start(false, false);],
     [Define if daemonize_start has a second argument.])
   VIRTNET_TRY([HAVE_UNIXCTL_JSON_REPLY],
     [whether unixctl_client_transact gives JSON],
     [#include <config.h>
      #include "unixctl.h"],
     [struct json *result, *error;
      return unixctl_client_transact(0, "", 0, 0, &result, &error);],
     [Define if unixctl_client_transact gives JSON.])
   VIRTNET_TRY([HAVE_OVS_IGNORE],
     [whether Open vSwitch has ovs_ignore],
     [#include <config.h>
      #include "util.h"],
     [void (*f)(bool) = ovs_ignore;
      f(true);],
     [Define if Open vSwitch has ovs_ignore.])
   CPPFLAGS=$virtnet_save_CPPFLAGS])

dnl VIRTNET_CHECK_LIBXML2_ERROR
dnl
dnl Finds out what libxml2 passes to a callback for errors: constant since 2.12.
AC_DEFUN([VIRTNET_CHECK_LIBXML2_ERROR],
  [virtnet_save_CPPFLAGS=$CPPFLAGS
   CPPFLAGS="$CPPFLAGS $LIBXML2_CFLAGS"
   VIRTNET_TRY([HAVE_LIBXML2_CONST_ERROR],
     [whether libxml2 passes errors as constant],
     [#include <libxml/xmlerror.h>
      static void on_error(void *aux, const xmlError *e) { (void) (aux && e); }],
     [xmlStructuredErrorFunc f = on_error;
      f(0, 0);],
     [Define if the error that libxml2 passes to a callback is constant.])
   CPPFLAGS=$virtnet_save_CPPFLAGS])
