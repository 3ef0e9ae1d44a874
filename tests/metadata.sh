#! /bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Checks that the schema of our metadata, lib/xml/virtnet-metadata.rng, and the
# parser accept and refuse the same.  Speaks TAP.

set -u
export LC_ALL=C

top=${srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
. "$top/tests/tap.sh"
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT

# Checks that "good" or "bad", $1, is what both say of a <vn:network> with the
# attributes $2 and the contents $3.
check() {
    local expected=$1 schema=bad parser=bad element wrong=
    element="<vn:network xmlns:vn='urn:ovs-virtnet:1' $2>$3</vn:network>"

    printf '%s\n' "$element" >"$tmp/element.xml"
    cat >"$tmp/network.xml" <<NETWORK
<network>
  <name>n</name>
  <metadata>$element</metadata>
  <bridge name='br0' macTableManager='libvirt'/>
  <portgroup name='a'/>
  <portgroup name='b &amp; c'/>
</network>
NETWORK
    xmllint --noout --relaxng "$srcdir/lib/xml/virtnet-metadata.rng" \
        "$tmp/element.xml" 2>"$tmp/xmllint" && schema=good
    "$builddir/controller/virtnetctl" check --strict "$tmp/network.xml" \
        >"$tmp/virtnetctl" 2>&1 && parser=good

    if [ $schema != "$expected" ] || [ $parser != "$expected" ]; then
        wrong="schema: $schema, parser: $parser"
    fi
    report "$expected: $2 $3" \
        "$wrong${wrong:+$(echo; cat "$tmp/xmllint" "$tmp/virtnetctl")}"
}

check good "" ""
check good "macTableManager='libvirt'" ""
check good "isolated='yes'" ""
check good "isolated='no' rxFilterLimit='0'" ""
check good "community='web-1'" "<vn:portgroup name='a' community='none'/>"
check good "shared='yes'" "<vn:portgroup name='a' shared='no'/>"
check good "storm='500'" "<vn:portgroup name='a' storm='2000 kbps'/>"
check good "guards='storm owner ip'" "<vn:portgroup name='a' storm='none'/>"
check good "guards='secure 0x8863,0x88CC'" ""
check bad "guards='other 0x886'" ""
check good "rxFilterLimit='64'" ""
check good "rxFilterLimit='007'" ""
check good "unknownPorts='sticky'" ""
check good "unknownPorts='network' isolated='yes'" ""
check good "unknownPorts='drop'" "<vn:portgroup name='a'/>"
check good "createBridge='yes'" ""
check good "awaitVlan='yes'" "<vn:portgroup name='a' awaitVlan='no'/>"
check good "createBridge='no' isolated='yes'" "<vn:portgroup name='a'/>"
check good "macTableManager='libvirt' overlay='geneve'" ""
check good "macTableManager='libvirt' overlay='vxlan' overlayKey='16777215'" ""
check bad "macTableManager='libvirt' overlay='gre'" ""
check bad "macTableManager='libvirt' overlay='vxlan' overlayKey='0'" ""
check bad "macTableManager='libvirt' overlay='vxlan' overlayKey='16777216'" ""
check good "" "<vn:portgroup name='a'/>"
check good "" "<vn:portgroup name='b &amp; c' macTableManager='kernel'/>"
check good "" "<vn:portgroup name='a' isolated='yes' rxFilterLimit='3'/>
               <!-- comment --> <vn:portgroup name='b &amp; c'/>"
check good "" "<vn:filterref filter='clean-traffic'/>"
check good "" "<vn:filterref filter='clean-traffic'>
                 <vn:parameter name='IP' value='10.0.0.5'/>
                 <vn:parameter name='IP' value=''/>
               </vn:filterref>
               <vn:portgroup name='a'>
                 <vn:filterref filter='none'/>
               </vn:portgroup>"
check good "" "<vn:host mac='52:54:00:00:00:01' ip='10.0.0.5'/>
               <vn:host mac='52:54:00:00:00:01' ip='2001:db8::/64'/>"
check bad "" "<vn:host mac='52:54:00:00:00:01'/>"
check bad "" "<vn:host ip='10.0.0.5'/>"
check bad "" "<vn:host mac='52:54:00' ip='10.0.0.5'/>"
check bad "" "<vn:host mac='52:54:00:00:00:01' ip='web1'/>"
check bad "" "<vn:filterref/>"
check bad "" "<vn:filterref filter=''/>"
check bad "" "<vn:filterref filter='a b'/>"
check bad "" "<vn:filterref filter='a'><vn:parameter value='b'/></vn:filterref>"
check bad "" "<vn:filterref filter='a'/><vn:filterref filter='b'/>"
check bad "macTableManager='ovs'" ""
check bad "macTableManager=''" ""
check bad "macTableManager=' libvirt'" ""
check bad "isolated='true'" ""
check bad "isolated='yes '" ""
check bad "community=''" ""
check bad "community='a b'" ""
check bad "community='01234567890123456'" ""
check bad "shared='true'" ""
check bad "storm='many'" ""
check bad "storm=''" ""
check bad "storm='500 Mbps'" ""
check bad "rxFilterLimit='65'" ""
check bad "rxFilterLimit='-1'" ""
check bad "rxFilterLimit='1.0'" ""
check bad "rxFilterLimit=''" ""
check bad "rxFilterLimit='many'" ""
check bad "unknownPorts='yes'" ""
check bad "unknownPorts=''" ""
check bad "" "<vn:portgroup name='a' unknownPorts='drop'/>"
check bad "createBridge='never'" ""
check bad "awaitVlan='10'" ""
check bad "" "<vn:portgroup name='a' createBridge='yes'/>"
check bad "mystery='1'" ""
check bad "vn:isolated='yes'" ""
check bad "" "text"
check bad "" "<vn:mystery/>"
check bad "" "<portgroup name='a'/>"
check bad "" "<vn:portgroup/>"
check bad "" "<vn:portgroup name=''/>"
check bad "" "<vn:portgroup name='a' default='yes'/>"
check bad "" "<vn:portgroup name='a' isolated='maybe'/>"
check bad "" "<vn:portgroup name='a' rxFilterLimit='100'/>"
check bad "" "<vn:portgroup name='a'><vn:portgroup name='a'/></vn:portgroup>"

# The schema has every attribute that the parser knows.
missing=
for attribute in $(sed -nE 's/.*"metadata\/vn:[^"]*@([A-Za-z]*)".*/\1/p' \
                       "$top/lib/xml/netdef-elements.h" | sort -u); do
    grep -q "name=\"$attribute\"" "$top/lib/xml/virtnet-metadata.rng" \
        || missing+=" $attribute"
done
report "the schema knows all attributes" "${missing:+not in the schema:$missing}"
tap_finish
