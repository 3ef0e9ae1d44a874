# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Requests for IP addresses, as words for expect_frames.

# arp SENDER-INDEX SENDER-IP IP: the words for such a request.
arp() {
    printf 'bcast type=0x0806 head=00010800060400015254000000%s%02x%02x%02x%02x' \
        $1 ${2//./ }
    printf '000000000000%02x%02x%02x%02x' ${3//./ }
}

# ns SENDER-INDEX SOURCE TARGET: the words for a neighbor solicitation.
ns() {
    python3 - "$@" <<'.'
import ipaddress, sys
v6 = lambda s: ipaddress.ip_address(s).packed
index, src, target = sys.argv[1:]
group = v6("ff02::1:ff00:0")[:13] + v6(target)[13:]
message = bytes.fromhex("8700000000000000") + v6(target)
if src != "::":
    message += bytes.fromhex("01015254000000" + index)
print("mcast6 type=0x86dd head=" + (
    bytes.fromhex("60000000") + bytes([0, len(message)]) + b"\x3a\xff"
    + v6(src) + group + message).hex(), end="")
.
}

# ask SENDER SENDER-INDEX SENDER-IP IP WORDS RECEIVERS: an ARP request, who is to
# get it, and with which other words it is sent ("", or with a blank behind them).
ask() {
    echo "$1 -> $(arp $2 $3 $4) $5= $6"
}

# Likewise by neighbor solicitation, with nothing behind it, where the kernel's
# datapath looks.
look() {
    echo "$1 -> $(ns $2 $3 $4) bare $5= $6"
}
