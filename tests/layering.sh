#! /bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Checks the rules that keep the layers apart: what may be included and called
# in which directory.  Speaks TAP.  Each rule first has to find a violation in a
# fabricated tree, because a check that cannot fail checks nothing.
#
# usage: layering.sh [SOURCE-TREE]

set -u
export LC_ALL=C

top=${1:-${srcdir:-.}}
. "${0%/*}/tap.sh"

# Prints the C files in directories $@, each as a path from the current one.
c_files() {
    local dir
    for dir; do
        [ ! -d "$dir" ] || find "$dir" -name '*.[ch]' -print
    done | sort
}

# Reads names of C files, prints their lines that match $1 as FILE:LINE:TEXT.
# Comments and, unless they name an included file, strings do not count.
lines_matching() {
    xargs -r awk '
        FNR == 1 { in_comment = 0 }
        {
            s = $0
            if (in_comment) {
                if (!sub(/^.*\*\//, "", s)) {
                    next
                }
                in_comment = 0
            }
            gsub(/\\["\\]/, "", s)
            if (s !~ /^[ \t]*#[ \t]*include/) {
                gsub(/"[^"]*"/, "\"\"", s)
            }
            gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, " ", s)
            if (sub(/\/\*.*$/, "", s)) {
                in_comment = 1
            }
            sub(/\/\/.*$/, "", s)
            print FILENAME ":" FNR ":" s
        }' | grep -E "^[^:]*:[0-9]+:.*($1)"
}

# A regular expression for the inclusion of a header that matches $1, whatever
# directory it is written with.
include() {
    printf '#[ \t]*include[ \t]*["<]([^">]*/)?(%s)[">]' "$1"
}

# A regular expression for a call of a function that matches $1.
call() {
    printf '(^|[^A-Za-z0-9_.>])(%s)[ \t]*\\(' "$1"
}

# The rules.  Each is a function that prints violations in the current
# directory's tree.

rule_libxml2() {
    c_files lib ovsdb controller | grep -vx 'lib/xml/sax-xml\.c' \
        | lines_matching '#[ \t]*include[ \t]*["<](libxml2/)?libxml/'
}

# The only files that know jansson, one a line: it and openvswitch/json.h,
# which have enumerators of the same names, cannot be included together.
jansson_files() {
    cat <<'END'
lib/base/jvalue.c
lib/host/ports-text.c
END
}

rule_jansson() {
    c_files lib ovsdb controller | grep -vxFf <(jansson_files) \
        | lines_matching "$(include 'jansson\.h')"
}

rule_idl() {
    c_files lib controller | lines_matching \
        "$(include '[a-z-]*-idl\.h|ovsdb-idl-provider\.h')" \
        | grep -vE '"ovsdb/ovs-idl\.h"'
}

rule_io() {
    c_files lib ovsdb | lines_matching \
        "$(include '(rconn|unixctl|poll-loop|daemon|daemon-private)\.h')"
}

# Dependencies point one way.  Prints, for each room, the rooms that its files
# may include headers of beside its own.
rooms() {
    cat <<'END'
lib/base|
lib/xml|lib/base
lib/host|lib/base lib/xml
lib/fleet|lib/base lib/xml lib/host
lib/model|lib/base lib/xml lib/host
lib/openflow|lib/base lib/xml lib/host lib/model
lib/rows|lib/base lib/xml lib/host lib/model
lib/tell|lib/base lib/xml lib/host lib/model lib/openflow lib/rows
ovsdb|lib/base lib/xml lib/host lib/fleet lib/model lib/rows
controller/sources|ovsdb lib/base lib/xml lib/host lib/model
controller/switch|lib/base lib/model lib/openflow
controller/db|ovsdb lib/base lib/host lib/model lib/rows
controller/fleet|ovsdb lib/base lib/xml lib/host lib/fleet
controller/daemon|controller/sources controller/switch controller/db controller/fleet ovsdb lib/base lib/xml lib/host lib/fleet lib/model lib/openflow lib/rows lib/tell
controller/ctl|ovsdb lib/base lib/xml lib/host lib/fleet lib/model lib/openflow lib/rows lib/tell
END
}

# What a room includes of ours, and may not.
rule_direction() {
    local room allowed

    while IFS='|' read -r room allowed; do
        allowed="$room $allowed"
        c_files "$room" | lines_matching \
            '#[ \t]*include[ \t]*"(lib|ovsdb|controller)/' \
            | grep -vE "\"(${allowed// /|})/[^/\"]*\""
    done < <(rooms)
}

# Each of our files is in a room, and names our headers with their rooms.
rule_rooms() {
    local known

    known=$(rooms | cut -d'|' -f1 | paste -sd'|')
    c_files lib ovsdb controller | grep -vE "^($known)/[^/]*\$"
    c_files lib ovsdb controller | lines_matching '#[ \t]*include[ \t]*"' \
        | awk -F'"' '
            NR == FNR { n = split($0, part, "/"); ours[part[n]] = $0; next }
            $2 !~ /\// && $2 in ours { print $0 }' \
            <(c_files lib ovsdb controller) -
}

# No circles: a room is below another or it is not, and so is a header.
rule_circle() {
    c_files lib ovsdb controller | xargs -r grep -H '^#include "' /dev/null \
        | sed -n 's/^\([^:]*\):#include "\([^"]*\)".*/\1 \2/p' \
        | grep -E '\.h (lib|ovsdb|controller)/' \
        | tee >(awk '$1 == $2 { print $1 ": includes itself" }' >&2) \
        | tsort 2>&1 >/dev/null
}

rule_lib_log() {
    c_files lib | lines_matching \
        "(^|[^A-Za-z0-9_])VLOG_|$(include 'vlog\.h')"
}

rule_lib_file() {
    c_files lib | lines_matching \
        "$(call 'open|openat|creat|fopen|fdopen|freopen|opendir|socket|popen')"
}

rule_lib_environment() {
    c_files lib | lines_matching "$(call '(secure_)?getenv|setenv|putenv')"
}

rule_lib_clock() {
    c_files lib | lines_matching "$(call \
'time|gettimeofday|clock_gettime|clock|time_(now|wall|msec|usec|wall_msec|wall_usec)')|$(include 'timeval\.h')"
}

rule_lib_stdout() {
    c_files lib | lines_matching \
        "$(call 'v?printf|puts|putchar')|(^|[^A-Za-z0-9_])(stdout|stderr)([^A-Za-z0-9_]|\$)"
}

rule_spdx() {
    local file
    for file in $(c_files lib ovsdb controller tests) \
        $(find lib ovsdb controller tests tutorial \
               -name '*.sh' -o -name '*.py' -o -name '*.at' \
               -o -name 'automake.mk' 2>/dev/null); do
        head -n 5 "$file" | grep -q 'SPDX-License-Identifier: Apache-2\.0' \
            || echo "$file: no SPDX line among the first five"
    done
}

rule_guard() {
    local file guard
    for file in $(c_files lib ovsdb controller tests | grep '\.h$'); do
        guard=$(basename "$file" .h | tr 'a-z-' 'A-Z_')_H
        grep -q "^#ifndef $guard\$" "$file" \
            && grep -q "^#define $guard 1\$" "$file" \
            || echo "$file: no guard named $guard"
    done
}

rule_columns() {
    c_files lib ovsdb controller | xargs -r grep -nE '^.{80}' /dev/null
}

# Fabricated trees: one line per violation, "RULE|FILE|LINE".  Each line has to
# be found by RULE.
violations() {
    cat <<'END'
libxml2|lib/xml/netdef-xml.c|#include <libxml/parser.h>
libxml2|controller/sources/netdef-source.c|# include <libxml2/libxml/tree.h>
jansson|lib/model/model.c|#include <jansson.h>
jansson|lib/base/diag.h|#include <jansson.h>
idl|controller/daemon/reconcile.c|#include "vswitch-idl.h"
idl|lib/host/vif.h|#include "lib/vswitch-idl.h"
idl|lib/host/vif.c|#include <ovsdb-idl.h>
io|lib/openflow/plan.c|#include "openvswitch/rconn.h"
io|ovsdb/dbsync.c|#include "unixctl.h"
io|ovsdb/dbsync.h|#include "openvswitch/poll-loop.h"
io|lib/model/model.c|#include "daemon.h"
direction|lib/model/model.c|#include "ovsdb/vif-reader.h"
direction|ovsdb/vif-rows.c|#include "controller/daemon/reconcile.h"
direction|lib/xml/netdef.c|#include "lib/model/model.h"
direction|lib/host/vif.h|#include "lib/openflow/plan.h"
direction|lib/rows/dbrow.c|#include "lib/openflow/plan.h"
direction|lib/openflow/plan.c|#include "lib/tell/state.h"
direction|controller/ctl/virtnetctl.c|#include "controller/daemon/mbridge.h"
direction|controller/switch/ofctrl.c|#include "controller/daemon/mbridge.h"
rooms|lib/plan.c|int x;
rooms|lib/other/plan.c|int x;
rooms|ovsdb/vif-rows.h|#include "vif-rows.h"
circle|lib/base/diag.h|#include "lib/base/diag.h"
lib_log|lib/openflow/plan.c|    VLOG_WARN("%s", s);
lib_log|lib/openflow/plan.h|#include "openvswitch/vlog.h"
lib_file|lib/xml/sax-xml.c|    fd = open(name, O_RDONLY);
lib_file|lib/xml/sax-xml.c|    stream=fopen (name, "r");
lib_environment|lib/xml/netdef.c|    s = getenv("HOME");
lib_clock|lib/model/mac-table.c|    now = time(NULL);
lib_clock|lib/model/mac-table.c|    now = time_msec();
lib_clock|lib/model/mac-table.c|    clock_gettime(CLOCK_MONOTONIC, &ts);
lib_stdout|lib/base/diag.c|    printf("%s\n", s);
lib_stdout|lib/base/diag.c|    fputs(s, stderr);
spdx|lib/base/diag.c|int x;
spdx|tests/golden.sh|exit 0
guard|lib/base/diag.h|#ifndef WRONG_H
columns|lib/base/diag.c|    sum = aaaaaaaaaaaaaaaaaaaaaaaaaaa + bbbbbbbbbbbbbbbbbbbbbbbbbbbbb + ccccccccccc;
END
}

# What looks like a violation and is none: in this tree every rule is content.
innocent() {
    mkdir -p lib/xml ovsdb controller/daemon tests
    cat >lib/xml/sax-xml.c <<'END'
/* SPDX-License-Identifier: Apache-2.0 */
#include <libxml/parser.h>
/* VLOG_WARN(), printf(), time(NULL) and
 * #include "vswitch-idl.h" in a comment. */
    s = xasprintf("open(%s) \" printf(", name); /* fopen(name); */
    ds_put_format(&s, "%d", x->open(y)); // getenv("HOME")
    snprintf(s, sizeof s, "x"); expiry_time(x); module_printf(x);
END
    cat >lib/xml/sax-xml.h <<'END'
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SAX_XML_H
#define SAX_XML_H 1
#endif
END
    cat >ovsdb/ovs-idl.c <<'END'
/* SPDX-License-Identifier: Apache-2.0 */
#include "vswitch-idl.h"
    VLOG_WARN("x");
END
    cat >controller/daemon/reconcile.c <<'END'
/* SPDX-License-Identifier: Apache-2.0 */
#include "openvswitch/poll-loop.h"
#include "ovsdb/ovs-idl.h"
END
}

self_test() {
    local rule file line where missed

    for rule in $rules; do
        missed=$(cd "$tmp/innocent" && "rule_$rule")
        while IFS='|' read -r want file line; do
            [ "$want" = "$rule" ] || continue
            where=$(mktemp -d "$tmp/XXXXXX")
            mkdir -p "$where/$(dirname "$file")"
            printf '%s\n' "$line" >"$where/$file"
            if [ -z "$(cd "$where" && "rule_$rule" 2>&1)" ]; then
                missed+="${missed:+$'\n'}not found: $file: $line"
            fi
        done < <(violations)
        violations | grep -q "^$rule|" || missed+="no violation to find"
        report "self-test: $rule" "$missed"
    done
}

rules=$(declare -F | sed -n 's/^declare -f rule_//p')
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/innocent"
(cd "$tmp/innocent" && innocent)

cd "$top" || exit 99
set -- $rules
self_test
for rule in $rules; do
    report "$rule" "$("rule_$rule" 2>&1)"
done
tap_finish
