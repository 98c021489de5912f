# SPDX-License-Identifier: LGPL-2.1-or-later
"""differential.py FOLDER: what differential-node.sh saw of each block, against what discover says and the table.

Prints a line for each, `yes WHAT` or `no WHAT: WHY`.
"""

import ipaddress
import json
import pathlib
import re
import sys

EPHEMERAL = range(50000, 51000)
DEFAULT_EPMD = '0.0.0.0:4369,[::]:4369'


def words(row, name):
    """Of a file that may be absent."""
    path = row / name
    return path.read_text(encoding='utf-8', errors='replace').split() if path.exists() else []


class Real:
    """What the node did."""

    def __init__(self, row):
        self.address = self.bare = self.port = self.kind = self.name = None
        argv = (row / 'argv').read_text(encoding='utf-8').split('\n') if (row / 'argv').exists() else []
        for option, value in zip(argv, argv[1:]):
            if option in ('-name', '-sname'):
                self.kind, self.name = ('long' if option == '-name' else 'short'), value
                break
        if listens := words(row, 'listens'):
            self.address, _, port = listens[0].rpartition(':')
            self.port = int(port)
            # Brackets are ss's.
            self.bare = self.address.strip('[]')
        self.wildcard = self.address in ('0.0.0.0', '*', '[::]')
        self.epmd = ','.join(words(row, 'epmd')) or 'none'

    def text(self):
        """As the table has it."""
        if self.name is None:
            return 'down'
        port = 'random' if self.port in EPHEMERAL else self.port
        said = [f'{self.address}:{port}' if self.port else 'nowhere', f'{self.kind}:{self.name}']
        return ' '.join(said + ([f'epmd={self.epmd}'] if self.epmd != DEFAULT_EPMD else []))


class Claims:
    """What discover says of a configuration."""

    def __init__(self, row):
        text = (row / 'discover').read_text(encoding='utf-8')
        try:
            report = json.loads(text)
            settings = report['survey']['settings']
        except (ValueError, KeyError) as error:
            raise ValueError(f'discover: {error!r}: {text[:200]}') from error
        self.facts = report['facts']
        self.settings = {}
        for setting in settings:
            if setting['state'] != 'overridden':
                self.settings.setdefault(setting['name'], setting)

    def value(self, name):
        """The value; None: it is not set. ValueError: discover cannot tell."""
        setting = self.settings.get(name)
        if setting is None or setting['state'] == 'unset':
            return None
        if setting['state'] == 'indeterminate':
            raise ValueError(f"{name} is indeterminate: {setting['note']}")
        return setting['value']


def expect(what, claimed, real):
    """Lines of what differs."""
    return [] if claimed == real else [f'discover says {what} {claimed}, and it is {real}']


def compare_dist(claims, real):
    """The range, and the facts that the guards get."""
    claimed = claims.value('dist-range')
    if real.port is None:
        return []
    if claimed is None:
        return [] if real.port in EPHEMERAL else [f'discover knows no range, and it listens on {real.port}']
    low, _, high = claimed.partition('-')
    if not re.fullmatch(r'\d+(-\d+)?', claimed):
        return [f'discover says dist-range {claimed}']
    return [] if int(low) <= real.port <= int(high or low) else [f'discover says {claimed}, it listens on {real.port}']


def compare_node(claims, real):
    """Its name, and whether that is short or long."""
    if real.name is None:
        return []
    return expect('node', claims.value('ERLANG_NODE'), real.name) + expect('name', claims.value('name-kind'), real.kind)


def compare_interface(claims, real):
    """What is no address is ignored."""
    if real.address is None:
        return []
    claimed = claims.value('INET_DIST_INTERFACE')
    try:
        claimed = str(ipaddress.ip_address(claimed or ''))
    except ValueError:
        # inet:parse_address() also takes short forms, 127.1
        claimed = real.bare if claimed and re.fullmatch('[0-9.]+', claimed) else 'everywhere'
    return expect('interface', claimed, 'everywhere' if real.wildcard and claimed != real.bare else real.bare)


def compare_epmd(claims, real):
    """Port and address of epmd, where the node starts one."""
    if real.epmd == 'none' or real.name is None:
        return []
    address, _, port = real.epmd.split(',')[0].rpartition(':')
    return expect('epmd', claims.value('ERL_EPMD_PORT') or '4369', port) + \
        expect('epmd address', claims.value('ERL_EPMD_ADDRESS') or '0.0.0.0', address)


COMPARE = {'dist': compare_dist, 'node': compare_node, 'interface': compare_interface, 'epmd': compare_epmd}


def compare_facts(facts, real):
    """The guards hold the service to the facts: they may not name another port than the real one."""
    dist = facts['dist']
    if real.port is None or dist['state'] == 'indeterminate':
        return []
    if dist['state'] == 'random':
        return [] if real.port in EPHEMERAL else [f'the facts say random, and it listens on {real.port}']
    if any(part['first'] <= real.port <= part['last'] for part in dist['value']):
        return []
    return [f"the facts say {dist['value']}, and it listens on {real.port}"]


def numbers(version):
    """(24, 12) of 24.12-3."""
    found = re.match(r'(\d+)\.(\d+)', version or '')
    return tuple(int(number) for number in found.groups()) if found else (0, 0)


def table_says(row, claims):
    """What the node does: real, newer for the ejabberd that it names and those after it, older for those before one."""
    newer, older = words(row, 'newer'), words(row, 'older')
    if older and numbers(claims.value('version')) < numbers(older[0]):
        return ' '.join(older[1:])
    if newer and numbers(claims.value('version')) >= numbers(newer[0]):
        return ' '.join(newer[1:])
    return ' '.join(words(row, 'real'))


def compare_row(row):
    """Lines of what is wrong with a block."""
    if not (row / 'done').exists():
        return ['it came to no end: ' + ' '.join(words(row, 'log'))[-300:]]
    real = Real(row)
    try:
        claims = Claims(row)
        table = table_says(row, claims)
        problems = [] if table == real.text() else [f'the table says {table}, and it is {real.text()}']
        problems += compare_facts(claims.facts, real)
    except (ValueError, KeyError) as error:
        return [repr(error)]
    for name, function in COMPARE.items():
        try:
            problems += function(claims, real)
        except ValueError as error:
            # A node that does not start does not show whether a claim can be known.
            if not {name, 'all'} & set(words(row, 'open')) and real.name is not None:
                problems.append(str(error))
    return problems


def main(folder):
    """Prints a line for each block."""
    for row in sorted(pathlib.Path(folder).iterdir()):
        problems = compare_row(row)
        what = ' '.join(words(row, 'case') + ['->'] + words(row, 'real'))
        print(f"no {what}: {'; '.join(problems)}" if problems else f'yes {what}')


if __name__ == '__main__':
    main(*sys.argv[1:])
