# SPDX-License-Identifier: LGPL-2.1-or-later
"""
circles.py BUILD: no two files need each other, by calls or by data, directly or over others: then each can be read, and
tested, before those that use it. A .c and its .h are one. Read from the symbols of what was compiled.
"""
import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import tree


def objects(build):
    """(target, source, object) of all that is compiled of the library and the tool."""
    for entry in json.loads((build / 'compile_commands.json').read_text()):
        source = (Path(entry['directory']) / entry['file']).resolve()
        target, found, _ = entry['output'].partition('.p/')
        if found and source.is_relative_to(tree.ROOT) and target.startswith(('libejguard/', 'tools/')):
            yield target, tree.name(source), Path(entry['directory']) / entry['output']


def symbols(paths):
    """For each object the names that it defines for others, and those that it needs."""
    listed = subprocess.run(['nm', '-A', '-P', *paths], check=True, stdout=subprocess.PIPE, text=True).stdout
    defined, needed = defaultdict(set), defaultdict(set)
    for line in listed.splitlines():
        path, symbol, kind = re.match(r'(.*): (\S+) (\S)', line).groups()
        if kind == 'U':
            needed[path].add(symbol)
        elif kind.isupper():
            defined[path].add(symbol)
    return defined, needed


def graph(build):
    """What each file needs. Targets may have different symbols of one name: a target's own come first."""
    compiled = [(target, source, str(path)) for target, source, path in objects(build) if path.exists()]
    defined, needed = symbols([path for _, _, path in compiled]) if compiled else ({}, {})
    own = {(target, symbol): source for target, source, path in compiled for symbol in defined[path]}
    everywhere = {symbol: source for (_, symbol), source in own.items()}
    edges = defaultdict(set)
    for target, source, path in compiled:
        for symbol in needed[path]:
            other = own.get((target, symbol)) or everywhere.get(symbol)
            if other and other != source:
                edges[source].add(other)
    return edges


def reachable(edges, start):
    seen, todo = set(), [start]
    while todo:
        for other in edges[todo.pop()] - seen:
            seen.add(other)
            todo.append(other)
    return seen


def main():
    edges = graph(Path(sys.argv[1]))
    if not edges:
        print('nothing is compiled there')
        sys.exit(1)
    reach = {source: reachable(edges, source) for source in list(edges)}
    circles = {frozenset(other for other in reach[source] if source in reach.get(other, ()))
               for source in reach if source in reach[source]}
    problems = []
    for circle in sorted(map(sorted, circles)):
        pairs = [f'{source} needs {other}' for source in circle for other in sorted(edges[source]) if other in circle]
        problems.append(('', f'a circle of {len(circle)} files:\n\t' + '\n\t'.join(pairs)))
    tree.end(problems)


if __name__ == '__main__':
    main()
