# SPDX-License-Identifier: LGPL-2.1-or-later
"""findings.py: each finding of the tables of modules, library and tool is named by a test."""
import re

import tree

# Known gaps, each with a reason.
KNOWN = {
    'core.out-of-memory',  # the message of every failed allocation: no test takes memory away from the tool
    'ejguard.unit-unseen',  # takes a systemd that runs and does not answer
}


LIBRARY = ('tests/stack/', 'tests/unit/', 'tests/modules/', 'tests/abi/', 'tests/cli/')
KERNEL = ('tests/kernel/', 'tests/service/')
# The tests that need not name the module, beside those that have its name. net and host share much code.
FOLDERS = {'core': LIBRARY, 'ejguard': LIBRARY + KERNEL, 'net': KERNEL, 'host': KERNEL, 'seccomp': KERNEL}

# A call in a script, and a key of a table, after which come ids without their module.
CALLS = re.compile(r'''\b(?:findings|told|says|warned|check_finding (?:'[^']*'|"[^"]*"))((?: +[a-z0-9-]+)+)''')
KEYS = re.compile(r'(?m)^(?:expect|also|near|again|cause):(.*)$')
QUOTED = re.compile(r'\'([a-z0-9-]+)\'|"([a-z0-9-]+)"')
# What a table of the stack is expected to say: LINE:COLUMN ID.
EXPECTED = re.compile(r'\d+:\d+ ([a-z0-9-]+)')


def without_comments(text, suffix):
    """C, or what has # at the beginning of a line or after a blank."""
    if suffix in ('.c', '.h'):
        return re.sub(r'(?s)/\*.*?\*/|(?m://[^"\n]*$)', ' ', text)
    return re.sub(r'(?m)(?:^|(?<=\s))#.*$', '', text)


def named(text):
    """The ids that a test names: with their module, or where nothing else can be meant."""
    words = set(re.findall(r'\b[a-z]+\.[a-z0-9-]+', text))
    for pattern in (CALLS, KEYS, QUOTED, EXPECTED):
        for found in pattern.finditer(text):
            words.update(' '.join(filter(None, found.groups())).split())
    # The word of an attempt that ends in EPERM, too.
    return words - {'denied'}


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
            tests[name] = named(without_comments(text, path.suffix))
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
