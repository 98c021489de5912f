# SPDX-License-Identifier: LGPL-2.1-or-later
"""findings.py: each finding of the tables of modules, library and tool is named by a test."""
import re

import tree

# Known gaps, each with a reason.
KNOWN = {
    'core.out-of-memory',  # the message of every failed allocation: no test takes memory away from the tool
    'seccomp.lets-through', 'seccomp.not-running', 'seccomp.refuses-too-much', 'seccomp.unfiltered',  # to come
}


def main():
    tests, declared = [], {}
    for path in tree.files():
        name = tree.name(path)
        text = path.read_text(errors='replace')
        if name.startswith('tests/') and not name.startswith('tests/check/'):
            tests.append(text)
        elif name.startswith(('libejguard/', 'tools/')) and name.endswith('.c'):
            module = name.split('/')[2] if name.startswith('libejguard/modules/') else 'core'
            for found in re.finditer(r'\{ "([a-z0-9-]+)", EJG_(?:FAILURE|WARNING|INFO|OK)\b', text):
                declared[f'{module}.{found[1]}'] = name
    # A test of one module names its findings without the module.
    words = set(re.findall(r'[a-z0-9-]+', '\n'.join(tests)))
    problems = [(full, f'{name}: no test names the finding {full}') for full, name in sorted(declared.items())
                if full.partition('.')[2] not in words]
    if not declared:
        problems.append(('none', 'no table of findings was found'))
    tree.end(problems, KNOWN)


if __name__ == '__main__':
    main()
