#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""forms.py EJGUARD MODULES: false alarms are counted. Whole configurations, of the forms that people run, each on a made-up
host: forms/NAME.expect lists every finding by hand, as `ID LINE why it is right`, in any order; `-` where there is no line.
All warnings and failures of all modules count, and what config says beside that.

Exit status: 0 all are as listed, 1 not, 77 skipped. `run` starts it in the sandbox of rules."""

import json
import os
import pathlib
import sys

import cases
import host
import rules
import tree

FORMS = pathlib.Path(__file__).resolve().parent / 'forms'
MODULES = ('cookie', 'node', 'files', 'leaks', 'config')


class Form:
    """One configuration, inside of its host."""

    def __init__(self, path):
        self.path = path

    def found(self):
        """What is found there: (id, line)."""
        trial = rules.Trial(cases.Case(str(self.path), 0), 'config')
        stack = pathlib.Path('/etc/ejguard/ejabberd')
        stack.write_text(''.join(f'required {module}\n' for module in MODULES), encoding='ascii')
        stack.chmod(0o644)
        pathlib.Path(rules.VARIABLES['yml']).write_text(pathlib.Path(host.FIXTURES, 'forms', self.path.name).read_text(
            encoding='utf-8'), encoding='utf-8')
        report = json.loads(trial.ejguard('--json', 'check').stdout)
        return [(finding['id'], str(finding['line'] or '-')) for finding in report['findings']
                if finding['severity'] in cases.LOUD or (finding['module'] == 'config' and finding['severity'] == 'info')]

    def __call__(self, answer):
        os.umask(0o022)
        json.dump(self.found(), answer)


def listed(path):
    """What somebody has judged right: (id, line)."""
    lines = path.with_suffix('.expect').read_text(encoding='utf-8').splitlines()
    return [tuple(line.split(None, 2)[:2]) for line in lines if line and not line.startswith('#')]


def compare(found, expected):
    """Problems, in words."""
    problems = []
    for entry in sorted(set(found) | set(expected)):
        much = found.count(entry) - expected.count(entry)
        if much:
            problems.append(f'{entry[0]} in line {entry[1]}: {abs(much)} {"more" if much > 0 else "fewer"} than listed')
    return problems


def main():
    """Returns the exit status."""
    options, state = rules.arguments(), os.environ['EJG_STATE']
    rules.prepare(options, state)
    suite = rules.Suite('config', state, os.environ['EJG_CGROUP'])
    for path in sorted(FORMS.glob('*.yml')):
        said = suite.host.run(tree.build, Form(path))
        found = [tuple(entry) for entry in json.loads(said)] if said else []
        suite.verdict(path.stem, compare(found, listed(path)) if said else ['the form itself failed: see above'])
    print(f'# {suite.failed} of {suite.done} failed')
    return 1 if suite.failed or not suite.done else 0


if __name__ == '__main__':
    sys.exit(main())
