# SPDX-License-Identifier: LGPL-2.1-or-later
"""layers.py: a folder includes only what LAYERS lists for it: what stands above it, and nothing beside it."""
import re

import tree

# In their order. Below include/ everybody may look.
UTIL = 'libejguard/util'
BASE = 'libejguard/service/base'
READERS = tuple(f'libejguard/service/{folder}' for folder in ('script', 'unit'))
SERVICE = (BASE, *READERS, 'libejguard/service/kind', 'libejguard/service')
LIB = tuple(f'libejguard/modules/lib/{folder}' for folder in ('access', 'cookie', 'yml'))
MODULES = ('cookie', 'leaks', 'node', 'files', 'config', 'seccomp')
LAYERS = {
    'bpf': (),
    UTIL: (),
    BASE: (UTIL,),
    **{folder: (UTIL, BASE) for folder in READERS},
    'libejguard/service/kind': (UTIL, BASE, *READERS),
    'libejguard/service': (UTIL, *SERVICE),
    'libejguard/core': (UTIL, *SERVICE),
    'libejguard/modules/lib/access': (UTIL,),
    'libejguard/modules/lib/cookie': (UTIL, LIB[0]),
    'libejguard/modules/lib/yml': (UTIL, LIB[0]),
    **{f'libejguard/modules/{module}': (UTIL, *LIB) for module in MODULES},
    'libejguard/modules/net': (UTIL, 'bpf', 'libejguard/modules/lib/access'),
    'libejguard/modules/host': (UTIL, 'bpf', 'libejguard/modules/net'),
    'tools/base': (UTIL,),
    'tools/systemd': (UTIL, 'tools/base'),
    'tools/confirm': (UTIL, 'tools/base', 'tools/systemd'),
    'tools/exec': (UTIL, 'tools/base'),
    'tools/oci': (UTIL, 'tools/base'),
    'tools/learn': (UTIL, 'tools/base'),
    'tools/print': (UTIL, 'tools/base'),
    'tools/verbs': (UTIL, 'tools/base', 'tools/systemd', 'tools/exec', 'tools/oci', 'tools/confirm', 'tools/learn'),
    'tools/catalog': ('tools/base', 'tools/systemd', 'libejguard/core'),
    'tools/completions': ('tools/base',),
    'tools': ('tools/base', 'tools/print', 'tools/verbs'),
}
# A folder must not contain its word: its code serves whatever the caller guards.
FOREIGN = {'libejguard/core': 'ejabberd', UTIL: 'ejabberd'}

# Known violations; to become empty.
KNOWN = set()


def main():
    problems = []
    for path in tree.files():
        folder = tree.name(path.parent)
        if tree.language(path) != 'c' or folder.startswith(('tests', 'include')):
            continue
        if folder not in LAYERS:
            key = f'{folder} is no layer: say in layers.py what it may include'
            problems.append((key, key))
            continue
        text = path.read_text()
        for number, line in enumerate(text.splitlines(), 1):
            included = re.match(r'#include "([^"]+)"', line)
            if included:
                other = included[1] if '/' in included[1] else f'{folder}/{included[1]}'
                if other.rpartition('/')[0] not in (folder, *LAYERS[folder]):
                    key = f'{tree.name(path)} includes {other}'
                    problems.append((key, f'{tree.name(path)}:{number}: {folder} may not include {other}'))
            if FOREIGN.get(folder) and FOREIGN[folder] in line.lower():
                key = f'{tree.name(path)} says {FOREIGN[folder]}'
                problems.append((key, f'{tree.name(path)}:{number}: {folder} has no word of {FOREIGN[folder]}'))
    tree.end(problems, KNOWN)


if __name__ == '__main__':
    main()
