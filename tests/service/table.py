# SPDX-License-Identifier: LGPL-2.1-or-later
"""table.py TABLE FOLDER: a folder for each block of a table, with what it says as files named after the keys.

Blocks are separated by blank lines, and begin with `case:`. A line that begins with # is a comment; one that begins
with a tab continues the line above it: the tab goes, the line break stays. Lines of the same key are joined.
"""

import pathlib
import re
import sys


def read(path):
    """The blocks: dictionaries."""
    blocks, block, last = [], {}, None
    for number, line in enumerate(pathlib.Path(path).read_text(encoding='utf-8').split('\n'), 1):
        key, colon, value = line.partition(':')
        if not line.strip():
            blocks += [block] if block else []
            block, last = {}, None
        elif line.startswith('\t') and last:
            block[last] += '\n' + line[1:]
        elif line.startswith('#'):
            continue
        elif colon and re.fullmatch('[a-z]+', key) and (block or key == 'case'):
            block[key] = f'{block[key]}\n{value.strip()}' if key in block else value.strip()
            last = key
        else:
            sys.exit(f"{path}:{number}: '{line}' is not understood")
    return blocks + [block] if block else blocks


def main(table, folder):
    """Makes the folders."""
    for index, block in enumerate(read(table)):
        row = pathlib.Path(folder) / f'{index:03}'
        row.mkdir()
        for key, value in block.items():
            (row / key).write_text(value + '\n', encoding='utf-8')


if __name__ == '__main__':
    main(*sys.argv[1:])
