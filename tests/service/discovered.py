# SPDX-License-Identifier: LGPL-2.1-or-later
"""discovered.py WHAT <JSON of discover: one line of what it tells."""

import json
import sys


def settings(survey):
    """Those in effect."""
    found = {}
    for setting in survey['settings']:
        if setting['state'] != 'overridden':
            found.setdefault(setting['name'], setting['value'])
    return found


def node(survey):
    """short ejabberd@localhost"""
    found = settings(survey)
    return f"{found['name-kind']} {found['ERLANG_NODE']}"


def service(survey):
    """The units of epmd's listener and processes, and of the node: who runs where."""
    listener, = {entry['unit'] for entry in survey['listeners'] if entry['port'] == 4369}
    epmd, = {entry['user']['name'] for entry in survey['processes'] if entry['role'] == 'epmd'}
    running, = ((entry['unit'], entry['user']['name']) for entry in survey['processes'] if entry['role'] == 'node')
    return ' '.join((listener, epmd, *running))


def dist(survey):
    """The port that epmd has of it, if it listens there."""
    port, = (entry['port'] for entry in survey['epmd']['names'] if entry['name'] == 'ejabberd')
    return port if any(entry['port'] == port for entry in survey['listeners']) else f'nobody listens on {port}'


def reach(survey):
    """4370-4375"""
    return settings(survey)['dist-range']


def layout(survey):
    """debian /etc/ejabberd /var/lib/ejabberd /var/log/ejabberd ejabberd"""
    found = settings(survey)
    return ' '.join(str(found.get(name)) for name in ('layout', 'CONFIG_DIR', 'SPOOL_DIR', 'LOGS_DIR', 'user'))


print({'node': node, 'service': service, 'dist': dist, 'layout': layout, 'range': reach}[sys.argv[1]](json.load(sys.stdin)['survey']))
