#! /bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Alert rules and dashboard parse, and ask for nothing but what "virtnetctl
# metrics" has: its source is where the names are.  Speaks TAP.

set -u
export LC_ALL=C

top=${srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
. "$top/tests/tap.sh"
dir=$top/packaging/monitoring

# Prints the names of all families that the program makes.
families() {
    sed -nE 's/.*(put_family\(s, |put_gauge\(s, |METRIC\(|put_port_(counter|drops)\(s, bridges, )"([a-z_]+)".*/virtnet_\3/p' \
        "$top/lib/tell/state-metrics.c" | sort -u
}

# Prints what in the names on standard input is none of these, with what
# OpenMetrics puts behind them.
unknown() {
    grep -oE 'virtnet_[a-z_]+' | sed -E 's/_(total|bucket|count|sum)$//' \
        | sort -u | comm -23 - <(families)
}

# Prints the expressions of the rules, and what in them is not as it has to be.
rules='
import sys, yaml
for group in yaml.safe_load(sys.stdin)["groups"]:
    names = set()
    for rule in group["rules"]:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert rule["alert"] not in names, rule["alert"]
        names.add(rule["alert"])
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["description"]
        assert rule["expr"].count("(") == rule["expr"].count(")")
        print(rule["expr"])
'
dashboard='
import json, sys
panels = json.load(sys.stdin)["panels"]
assert len({p["id"] for p in panels}) == len(panels)
for p in panels:
    assert p["gridPos"]["x"] + p["gridPos"]["w"] <= 24
    assert p["title"] and p["description"]
    for t in p["targets"]:
        assert t["expr"].count("(") == t["expr"].count(")")
        print(t["expr"])
'

# check PROGRAM FILE: prints what is wrong with FILE.
check() {
    local expressions

    expressions=$(/usr/bin/python3 -c "$1" <"$2" 2>&1) \
        || { echo "$expressions"; return; }
    [ -n "$expressions" ] || echo "asks for nothing"
    unknown <<<"$expressions"
}

report 'self-test: what is not a metric is found' \
    "$([ "$(echo 'rate(virtnet_flow_mods_total[5m]) + virtnet_no_such' \
                | unknown)" = virtnet_no_such ] || echo 'not found')"
report 'alert rules' "$(check "$rules" "$dir/virtnet-alerts.yaml")"
if command -v promtool >/dev/null; then
    # Prometheus' own judgement, where it is installed.
    report 'alert rules, by promtool' \
        "$(promtool check rules "$dir/virtnet-alerts.yaml" 2>&1 >/dev/null)"
fi
report 'dashboard' "$(check "$dashboard" "$dir/virtnet-dashboard.json")"
tap_finish
