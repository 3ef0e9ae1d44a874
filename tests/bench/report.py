#! /usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Turns the samples that tests/bench/run has taken into a table: as text on
# standard output, as JSON, and in Documentation/performance.rst.
#
# A ratio is that of the medians of the two sides.  Its spread is the interval
# that holds 90 % of the ratios that the same samples could as well have given,
# found by drawing from them again and again (bootstrap).  Two samples that were
# taken one after the other are drawn together, since whatever else the machine
# does at that moment concerns both.
#
# With --compare it tells whether two runs, of which each has been written as
# JSON, agree: their spreads must overlap.

import argparse
import json
import random
import re
import statistics
import sys

sys.dont_write_bytecode = True
import machine
import tables

N_DRAWS = 400

# Instead of "met" or "missed", where the goal is to be no worse than the
# reference: no difference between the two can be told from the samples.
EVEN = 'even'


class Row:
    """A line of the table."""

    def __init__(self, case, ours, reference=None, ratio=None, spread=None,
                 runs=1, unit='', goal='', met=None, against=''):
        self.case = case
        self.ours = ours
        self.reference = reference
        self.ratio = ratio
        self.spread = spread
        self.runs = runs
        self.unit = unit
        self.goal = goal
        self.met = met
        self.against = against

    def cells(self):
        return [self.case, number(self.ours, self.unit),
                number(self.reference, self.unit), number(self.ratio),
                '' if self.spread is None
                else '%s-%s' % tuple(number(x) for x in self.spread),
                str(self.runs), self.goal,
                {None: '', True: 'met', False: 'missed',
                 EVEN: EVEN}[self.met]]



def number(value, unit=''):
    if value is None:
        return ''
    if value == int(value) and abs(value) >= 100 or value == 0:
        text = '{:,}'.format(int(value))
    else:
        text = '{:,.3g}'.format(value) if abs(value) < 1000 \
            else '{:,.0f}'.format(value)
    return text + (' ' + unit if unit else '')


def percentile(values, p):
    values = sorted(values)
    return values[min(len(values) - 1, int(p * len(values)))]


def spread_of(ours, reference, statistic):
    """Returns the interval that holds 90 % of resampled ratios."""
    if len(ours) < 2 or len(reference) < 2:
        return None
    rng = random.Random(1)
    ratios = []
    for _ in range(N_DRAWS):
        i = rng.choices(range(len(ours)), k=len(ours))
        j = (i if len(ours) == len(reference) else
             rng.choices(range(len(reference)), k=len(reference)))
        ratios.append(statistic([ours[n] for n in i])
                      / max(1e-9, statistic([reference[n] for n in j])))
    ratios.sort()
    return ratios[N_DRAWS // 20], ratios[-N_DRAWS // 20]


def compare(case, ours, reference, unit, scale, goal, met, against,
            statistic=statistics.median):
    a = statistic(ours)
    b = statistic(reference)
    ratio = a / b if b else None
    return Row(case, a / scale, b / scale, ratio,
               spread_of(ours, reference, statistic), len(ours), unit, goal,
               met(ratio, a) if ratio is not None else None, against)


class Samples:
    def __init__(self, path):
        self.by_case = {}
        with open(path) as file:
            for line in file:
                case, side, value = line.rstrip('\n').split('\t')
                self.by_case.setdefault(case, {}).setdefault(
                    side, []).append(float(value))

    def of(self, prefix):
        """Yields what stands behind 'prefix', and samples, by number."""
        found = [(case[len(prefix) + 1:], sides)
                 for case, sides in self.by_case.items()
                 if case.startswith(prefix + '/')]
        return sorted(found,
                      key=lambda c: [int(n) for n in re.findall(r'\d+', c[0])])


def at_most(limit):
    return lambda ratio, _: ratio <= limit


def at_least(limit):
    return lambda ratio, _: ratio >= limit


def paired(samples, prefix, case, unit, scale, goal, met, against):
    for n, sides in samples.of(prefix):
        if 'ours' in sides and 'reference' in sides:
            yield compare(case.format(n), sides['ours'], sides['reference'],
                          unit, scale, goal, met, against)


def counts(samples, prefix, case, unit, limit, goal, side='ours'):
    """Rows for numbers that no reference is needed for."""
    for n, sides in samples.of(prefix):
        values = sides.get(side)
        if not values:
            continue
        worst = max(values)
        yield Row(case.format(n), worst, runs=len(values), unit=unit,
                  goal=goal, met=None if limit is None else worst <= limit)


def plug_rows(samples):
    by_n = dict(samples.of('plug'))
    for n, sides in by_n.items():
        yield compare('plug, %s guests, p50' % n, sides['ours'],
                      sides['reference'], 'ms', 1000, '<= 1.2, < 2 ms',
                      lambda ratio, usec: ratio <= 1.2 and usec < 2000,
                      'one bundle over an open connection')
    for n, sides in by_n.items():
        yield compare('plug, %s guests, p99' % n, sides['ours'],
                      sides['reference'], 'ms', 1000, '',
                      lambda ratio, usec: None,
                      'one bundle over an open connection',
                      lambda values: percentile(values, .99))
    yield from between_sizes(by_n, 'plug, p99 at {1} guests to p99 at {0}',
                             'ms', 1000, 1.5,
                             lambda values: percentile(values, .99),
                             preferred='100')
    yield from between_sizes(by_n, 'the same, of the reference', 'ms', 1000,
                             None, lambda values: percentile(values, .99),
                             preferred='100', side='reference')
    for n, sides in by_n.items():
        yield compare('plug, %s guests: a barrier alone' % n,
                      sides['barrier'], sides['reference'], 'ms', 1000, '',
                      lambda ratio, usec: None,
                      'one bundle over an open connection')
    for n, sides in samples.of('plug-cpu'):
        yield Row('plug and unplug, %s guests: CPU' % n, sides['ours'][0],
                  unit='us')
    for n, sides in samples.of('plug-turn-cpu'):
        yield Row('plug and unplug, %s guests: CPU of one turn' % n,
                  sides['ours'][0], unit='us')
    for n, sides in samples.of('plug-cold-cpu'):
        yield Row('plug and unplug, %s guests: CPU, cold caches' % n,
                  sides['ours'][0], unit='us')


def between_sizes(by_n, case, unit, scale, limit,
                  statistic=statistics.median, preferred=None, side='ours'):
    """A row that compares the largest size with the smallest one."""
    sizes = list(by_n)
    if len(sizes) < 2:
        return
    small = preferred if preferred in by_n else sizes[0]
    large = sizes[-1]
    yield compare(case.format(small, large), by_n[large][side],
                  by_n[small][side], unit, scale,
                  '<= %g' % limit if limit else '',
                  at_most(limit) if limit else lambda ratio, usec: None,
                  'itself', statistic)


def share_rows(samples):
    for n, sides in samples.of('share'):
        ours = sides['ours'][0]
        rest = sides['reference'][0]
        yield Row('CPU share, wiring %s guests one by one' % n, ours / 1e6,
                  rest / 1e6, ours / (ours + rest), None, 1, 's', '<= 0.01',
                  ours / (ours + rest) <= .01,
                  'ovs-vsctl, ovsdb-server and vswitchd')


def memory_rows(samples):
    sizes = samples.of('memory')
    if len(sizes) != 2:
        return
    (small, a), (large, b) = sizes
    n = int(large) - int(small)
    ours = (b['ours'][0] - a['ours'][0]) / n
    rows = (b['reference'][0] - a['reference'][0]) / n
    yield Row('memory per guest, %s to %s guests' % (small, large), ours,
              rows, None, None, 1, 'kB', '<= 2 kB more',
              ours - rows <= 2, "a replica of the same rows")


def idle_rows(samples):
    for n, sides in samples.of('idle-cpu'):
        yield Row('CPU while idle, %s guests' % n, sides['ours'][0] / 1000,
                  unit='ms', goal='0 %', met=sides['ours'][0] < 10000)
    for n, sides in samples.of('idle-wakeups'):
        yield Row('wake-ups while idle, %s guests' % n, sides['ours'][0],
                  goal='probes only', met=sides['ours'][0] <= 20)


def beside_ovn(case, sides, goal, limit, statistic=statistics.median):
    """Milliseconds of ours, and of OVN's if these were measured, too."""
    if 'ovn' in sides:
        return compare(case, sides['ours'], sides['ovn'], 'ms', 1000, goal,
                       lambda _, usec: usec / 1000 <= limit, 'OVN', statistic)
    msec = statistic(sides['ours']) / 1000
    return Row(case, msec, runs=len(sides['ours']), unit='ms', goal=goal,
               met=msec <= limit)


def fleet_rows(samples):
    """One host of a fleet, and what others do."""
    if not any('ours' in sides for _, sides in samples.of('fleet-plug')):
        return
    for n, sides in samples.of('fleet-plug'):
        for p, what, goal in ((.5, 'p50', 5), (.99, 'p99', 50)):
            yield beside_ovn(
                'plug on another host, %s guests, %s' % (n, what), sides,
                '<= %d ms' % goal, goal, lambda values: percentile(values, p))
    for n, sides in samples.of('fleet-cpu'):
        yield beside_ovn(
            'plug and unplug on another host, %s guests: CPU' % n, sides,
            '<= 2 ms', 2)
    for n, sides in samples.of('fleet-idle'):
        yield Row('other hosts that are there, %s guests: CPU a second' % n,
                  statistics.median(sides['ours']) / 1000,
                  runs=len(sides['ours']), unit='ms')
    for n, sides in samples.of('fleet-restart'):
        yield Row('restart, a fleet of %s guests' % n,
                  statistics.median(sides['ours']) / 1000,
                  runs=len(sides['ours']), unit='ms')
    for n, sides in samples.of('fleet-install'):
        msec = statistics.median(sides['ours']) / 1000
        yield Row('start and install, a fleet of %s guests' % n, msec,
                  runs=len(sides['ours']), unit='ms', goal='<= 200 ms',
                  met=msec <= 200)
    yield from counts(samples, 'fleet-restart-mods',
                      'messages at restart, a fleet of {} guests', '', 0, '0')
    for n, sides in samples.of('fleet-memory'):
        kb = ((sides['after'][0] - sides['before'][0])
              / sides['guests'][0])
        yield Row('memory per guest of another host, %s guests' % n, kb,
                  unit='kB', goal='<= 1 kB', met=kb <= 1)
        if 'ovn' in sides:
            yield compare('memory of the daemon, a fleet of %s guests' % n,
                          sides['after'], sides['ovn'], 'MB', 1000, '',
                          lambda ratio, kb: None, 'OVN')


def megaflow_rows(samples):
    for n, sides in samples.of('megaflows'):
        senders = int(n.split('x')[0])
        yield compare('megaflows, %s senders x guests' % n, sides['ours'],
                      sides['reference'], '', 1, 'about 1/%d' % senders,
                      at_most(1.5 / senders), 'NORMAL')


def guard_rows(samples):
    """All guards beside none."""
    limits = {'tcp': 1, 'udp': 3, 'icmp': 1, 'arp': 1, 'tcp6': 2,
              'both6': 2, 'udp6': 3, 'nd': 1}
    for kind, limit in limits.items():
        for n, sides in samples.of('guards-' + kind):
            yield compare('guards, megaflows, %s, %s' % (kind, n),
                          sides['ours'], sides['reference'], '', 1,
                          '<= %g' % limit, at_most(limit), 'no guards')
    for n, sides in samples.of('guards-flows'):
        yield compare('guards, flows, %s guests' % n, sides['ours'],
                      sides['reference'], '', 1, '',
                      lambda ratio, usec: None, 'no guards')
    for n, sides in samples.of('guards-plug'):
        yield compare('guards, plug, %s guests, p50' % n, sides['ours'],
                      sides['reference'], 'ms', 1000, '<= 1.5',
                      at_most(1.5), 'no guards')
    for n, sides in samples.of('guards-wire'):
        yield compare('the same, from the transaction', sides['ours'],
                      sides['reference'], 'ms', 1000, '<= 1.5',
                      at_most(1.5), 'no guards')
    for n, sides in samples.of('guards-instructions'):
        yield compare('guards, instructions per plug, %s guests' % n,
                      sides['ours'], sides['reference'], '', 1, '<= 1.5',
                      at_most(1.5), 'no guards')
    for n, what in ('1', '1 flow'), ('1000', '1,000 flows'):
        sides = samples.by_case.get('frames-cpu/guards-' + n)
        if sides:
            row = compare('guards, CPU per frame, ' + what, sides['ours'],
                          sides['reference'], 's/M', 1000, 'even',
                          at_most(1), 'no guards')
            if row.spread and row.spread[0] <= 1 <= row.spread[1]:
                row.met = EVEN
            yield row


def owner_rows(samples):
    """Guard "owner" beside guard "ip" alone."""
    for n, sides in samples.of('owner-frames'):
        yield compare('an ARP request, %s guests: frames to them' % n,
                      sides['ours'], sides['reference'], '', 1, '1 frame',
                      lambda ratio, frames: frames <= 1.001,
                      'without guard owner')
    for n, sides in samples.of('owner-cpu'):
        yield compare('an ARP request, %s guests: CPU' % n, sides['ours'],
                      sides['reference'], 'us', 1, '<= 0.67', at_most(.67),
                      'without guard owner')


def frame_rows(samples):
    """Frames per second.  NORMAL is measured twice in each round, and the
    second time taken for a side of its own: that shows what the figure is
    worth."""
    for name, case in (('guests-1', 'guest to guest, 1 flow'),
                       ('guests-1000', 'guest to guest, 1,000 flows'),
                       ('uplink-1', 'uplink to guest, 1 flow')):
        for prefix, what, unit, scale, goal, met in (
                ('frames/', '', 'frames/s', 1, '>= 1', at_least(1)),
                ('frames-cpu/', ': CPU', 's/M', 1000, '',
                 lambda ratio, usec: None)):
            sides = samples.by_case.get(prefix + name)
            if sides:
                row = compare(case + what, sides['ours'], sides['reference'],
                              unit, scale, goal, met, 'NORMAL')
                if row.spread and row.spread[0] <= 1 <= row.spread[1]:
                    row.met = EVEN if goal else None
                yield row
                yield compare(case + what + ', NORMAL to itself',
                              sides['again'], sides['reference'], unit, scale,
                              '', lambda ratio, usec: None, 'NORMAL')
                if 'bridge' in sides:
                    yield compare(case + what + ', to a Linux bridge',
                                  sides['ours'], sides['bridge'], unit, scale,
                                  '', lambda ratio, usec: None,
                                  "a Linux bridge with macTableManager "
                                  "'libvirt'")


def all_rows(s):
    """Yields the whole table."""
    yield from paired(s, 'install', 'full install, {} guests', 'ms', 1000,
                      '<= 1.1', at_most(1.1), 'ovs-ofctl bundle')
    yield from plug_rows(s)
    yield from between_sizes(dict(s.of('instructions')),
                             'instructions per plug, {1} guests to {0}', '',
                             1, 1.2)
    yield from share_rows(s)
    yield from paired(s, 'restart', 'restart, {} guests', 'ms', 1000,
                      '<= 1.5', at_most(1.5), 'ovs-ofctl dump-flows')
    for n, sides in s.of('restart'):
        if 'database' not in sides:
            continue
        yield compare('of which the database, %s guests' % n,
                      sides['database'], sides['reference'], 'ms', 1000, '',
                      lambda ratio, usec: None, 'ovs-ofctl dump-flows')
    yield from counts(s, 'restart-mods', 'messages at restart, {} guests',
                      '', 0, '0')
    yield from paired(s, 'return', 'vswitchd killed, {} guests', 'ms', 1000,
                      '<= 1.2', at_most(1.2), 'ovs-ofctl bundle')
    yield from counts(s, 'unplug-bundles', 'bundles to unplug {} guests', '',
                      None, '1 a turn')
    yield from between_sizes(dict(s.of('unplug')),
                             'CPU per guest, unplugging {1} to {0}', 'us', 1,
                             1.2)
    yield from counts(s, 'edit-bundles',
                      "bundles to change {} guests' VLAN", '', 1, '1')
    yield from idle_rows(s)
    yield from memory_rows(s)
    yield from paired(s, 'offline', 'compile offline, {} ports', 'ms', 1000,
                      '<= 3', at_most(3), 'libopenvswitch alone')
    yield from megaflow_rows(s)
    yield from guard_rows(s)
    yield from fleet_rows(s)
    yield from owner_rows(s)
    yield from frame_rows(s)
    yield from counts(s, 'storm-delivered',
                      'unknown unicast, {} guests: delivered', '', 0, '0')
    yield from paired(s, 'storm', 'unknown unicast, {} guests: CPU', 's/M',
                      1000, '<= 0.2', at_most(.2), 'NORMAL')
    yield from counts(s, 'broadcast-lost',
                      'broadcast, {} guests: not delivered', '', 0, '0')
    yield from paired(s, 'broadcast', 'broadcast, {} guests: CPU', 'us', 1,
                      '<= 1.1', at_most(1.1), 'NORMAL')


def write_json(path, rows, samples, quick):
    with open(path, 'w') as file:
        json.dump({'machine': machine.facts(), 'quick': quick,
                   'rows': [vars(row) for row in rows],
                   'samples': samples.by_case},
                  file, indent=1, sort_keys=True)
        file.write('\n')


BEGIN = '.. figures: what follows is written by tests/bench/run %s\n'
END = '.. figures end\n'


def write_document(path, rows, datapath):
    begin = BEGIN % ('--datapath=system --document' if datapath == 'system'
                     else '--document')
    with open(path) as file:
        text = file.read()
    before, rest = text.split(begin)
    after = rest.split(END, 1)[1]
    with open(path, 'w') as file:
        file.write(before + begin + '\nMeasured on: %s.\n\n%s\n\n'
                   % (machine.text(), tables.rst(rows)))
        file.write(END + after)


def verdict(a, b):
    """Do the rows 'a' and 'b' of two runs agree?  None if they have no
    spread."""
    if not a['spread'] or not b['spread']:
        return True if a['ours'] == b['ours'] else None
    return (a['spread'][0] <= b['spread'][1]
            and b['spread'][0] <= a['spread'][1])


def print_comparison(paths):
    """Returns true if the two runs agree wherever they have a spread."""
    runs = []
    for path in paths:
        with open(path) as file:
            runs.append({row['case']: row for row in json.load(file)['rows']})
    lines = [['case', 'first', 'second', '', 'goal']]
    ok = True
    for case, a in runs[0].items():
        b = runs[1].get(case)
        if b is None:
            continue
        agree = verdict(a, b)
        ok = ok and agree is not False
        lines.append([case] + [
            number(r['ratio']) + ' (%s-%s)' % tuple(map(number, r['spread']))
            if r['spread'] else number(r['ours'], r['unit'])
            for r in (a, b)] + [
                {True: 'agree', False: 'DIFFER', None: 'no spread'}[agree],
                '' if a['met'] is None else
                EVEN if EVEN in (a['met'], b['met']) else
                'met' if a['met'] and b['met'] else
                'missed' if not a['met'] and not b['met'] else 'met once'])
    widths = [max(len(line[i]) for line in lines) for i in range(5)]
    for line in lines:
        print('  '.join(cell.ljust(w)
                        for cell, w in zip(line, widths)).rstrip())
    return ok


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--compare', nargs=2)
    parser.add_argument('--samples')
    parser.add_argument('--quick', action='store_true')
    parser.add_argument('--json')
    parser.add_argument('--document')
    parser.add_argument('--datapath')
    args = parser.parse_args()

    if args.compare:
        return 0 if print_comparison(args.compare) else 1
    samples = Samples(args.samples)
    rows = list(all_rows(samples))
    print(machine.text())
    if args.quick:
        print('--quick: these figures only show that the benchmark runs')
    print(tables.text(rows))
    if args.json:
        write_json(args.json, rows, samples, args.quick)
    if args.document:
        write_document(args.document, rows, args.datapath)
    return 0


sys.exit(main())
