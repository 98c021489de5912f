# SPDX-License-Identifier: LGPL-2.1-or-later
"""findings.py: each finding of the tables of modules, library and tool is named by a test."""
import re

import tree

# Known gaps, each with a reason.
KNOWN = {
    'core.out-of-memory',  # the message of every failed allocation: no test takes memory away from the tool
    'ejguard.unit-unseen',  # takes a systemd that runs and does not answer
    'seccomp.lets-through', 'seccomp.not-running', 'seccomp.refuses-too-much', 'seccomp.unfiltered',  # to come
}


LIBRARY = ('tests/stack/', 'tests/unit/', 'tests/modules/', 'tests/abi/', 'tests/cli/')
KERNEL = ('tests/kernel/', 'tests/service/')
# The tests that need not name the module, beside those that have its name. net and host share much code.
FOLDERS = {'core': LIBRARY, 'ejguard': LIBRARY + KERNEL, 'net': KERNEL, 'host': KERNEL, 'seccomp': KERNEL}


def is_named(full, tests):
    """With its module; or without it in a test of that module."""
    module, _, finding = full.partition('.')
    folders = FOLDERS.get(module, ())
    return any(full in words or (finding in words or f'net.{finding}' in words) and
               (module in name or name.startswith(folders)) for name, words in tests.items())


def main():
    tests, declared = {}, {}
    for path in tree.files():
        name = tree.name(path)
        text = path.read_text(errors='replace')
        if name.startswith('tests/') and not name.startswith('tests/check/'):
            tests[name] = set(re.findall(r'[a-z0-9-]+(?:\.[a-z0-9-]+)?', text))
        elif name.startswith(('libejguard/', 'tools/')) and name.endswith('.c'):
            module = name.split('/')[2] if name.startswith('libejguard/modules/') else 'core'
            for found in re.finditer(r'\{ "([a-z0-9-]+)", EJG_(?:FAILURE|WARNING|INFO|OK)\b', text):
                declared[f'{module}.{found[1]}'] = name
            for found in re.finditer(r'(?:\.id = |note\(report, )"([a-z]+\.[a-z0-9-]+)"', text):
                declared[found[1]] = name
    problems = [(full, f'{name}: no test names the finding {full}') for full, name in sorted(declared.items())
                if not is_named(full, tests)]
    if not declared:
        problems.append(('none', 'no table of findings was found'))
    tree.end(problems, KNOWN)


if __name__ == '__main__':
    main()
