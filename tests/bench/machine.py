# SPDX-License-Identifier: Apache-2.0
#
# What figures were measured on.

import os
import subprocess


def facts():
    model = ''
    with open('/proc/cpuinfo') as file:
        for line in file:
            if line.startswith('model name'):
                model = line.split(':', 1)[1].strip()
                break
    ovs = subprocess.run(['ovs-vswitchd', '--version'],
                         stdout=subprocess.PIPE, text=True)
    version = ovs.stdout.split('\n')[0].split()[-1] if ovs.stdout else '?'
    hypervisor = os.path.exists('/sys/hypervisor') or 'hypervisor' in open(
        '/proc/cpuinfo').read()
    return {'cores': os.cpu_count(), 'cpu': model,
            'virtual': bool(hypervisor), 'linux': os.uname().release,
            'open_vswitch': version}


def text():
    m = facts()
    return '%d cores, %s%s, Open vSwitch %s' % (
        m['cores'], m['cpu'], ' (virtual machine)' if m['virtual'] else '',
        m['open_vswitch'])
