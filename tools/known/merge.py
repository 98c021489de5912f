#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""merge.py RELEASE=FILE...: one table of what known.erl has said of each release, as rows of C for known.tbl.

RELEASE is that of ejabberd without the point: 2301. A row: scope, option, releases, flags, type. What old configurations
may say in every module of a release stands once, below "module *".
"""
import collections
import sys

HEAD = """/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Made by tools/known/make from the ejabberd of Debian's releases; not to be edited. See tools/known/known.erl. */
"""


def read(path):
    rows = {}
    for line in open(path, encoding='ascii'):
        if line.count('\t') != 3:
            continue  # what ejabberd has logged meanwhile
        scope, option, flags, kind = line.rstrip('\n').split('\t')
        # A row of the option itself takes precedence over 'old', whatever the transformer does with the option.
        if flags != 'old' or (scope, option) not in rows:
            rows[scope, option] = (flags, kind)
    modules = {scope for scope, option in rows if scope.startswith('module ') and option == ''
               and rows[scope, option][0] != 'old'}
    count = collections.Counter(option for (scope, option), row in rows.items() if scope in modules and row[0] == 'old')
    for option, n in count.items():
        if n > len(modules) / 2:
            for scope in modules:
                if rows.get((scope, option), ('', ''))[0] == 'old':
                    del rows[scope, option]
            rows['module *', option] = ('old', 'any')
    return rows


def main(arguments):
    releases = dict(argument.split('=', 1) for argument in arguments)
    table = collections.defaultdict(list)
    for release, path in sorted(releases.items()):
        for (scope, option), (flags, kind) in read(path).items():
            table[scope, option, flags, kind].append(release)
    print(HEAD, end='')
    for (scope, option, flags, kind), found in sorted(table.items()):
        mask = 'ALL' if len(found) == len(releases) else ' | '.join(f'R{release}' for release in found)
        print(f'KNOWN("{scope}", "{option}", {mask}, {flags.upper() or "PLAIN"}, "{kind}")')


if __name__ == '__main__':
    main(sys.argv[1:])
