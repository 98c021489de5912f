# SPDX-License-Identifier: LGPL-2.1-or-later
"""folders.py: README.md's table of folders names each folder of the tree, and no other."""
import re

import tree

# The folders that README.md names, and whose subfolders it names.
FOLDERS = ('include', 'libejguard', 'bpf', 'tools', 'tests')
KNOWN = set()


def folders(path):
    return {entry.name for entry in path.iterdir() if entry.is_dir() and entry.name != '__pycache__'}


def main():
    text = (tree.ROOT / 'README.md').read_text()
    rows = re.findall(r'^\| `([a-z/]+)/` \| (.*) \|$', text, re.MULTILINE)
    problems = []
    if not rows:
        problems.append(('table', 'README.md has no table of folders'))
    for folder, _ in rows:
        if not (tree.ROOT / folder).is_dir():
            problems.append((folder, f'README.md: there is no folder {folder}'))
    named = {folder: set(re.findall(r'`([a-z]+)`', row)) for folder, row in rows}
    for top in FOLDERS:
        for folder in sorted(folders(tree.ROOT / top)):
            inside = f'{top}/{folder}'
            if inside not in named and folder not in named.get(top, ()):
                problems.append((inside, f'README.md: its table of folders does not name {inside}'))
    for module in sorted(folders(tree.ROOT / 'libejguard/modules')):
        if module not in named.get('libejguard/modules', ()):
            problems.append((module, f'README.md: its table of folders does not name the module {module}'))
    tree.end(problems, KNOWN)


if __name__ == '__main__':
    main()
