# SPDX-License-Identifier: LGPL-2.1-or-later
"""differential-config.py FOLDER: what ejabberd made of each block of config.tbl, against the module's findings.

Prints a line for each, `yes WHAT` or `no WHAT: WHY`.
"""

import json
import pathlib
import sys

# Findings that say: ejabberd does not start with this.
REFUSALS = {'config.refused', 'config.unjudged'}


def text(row, name):
    """Of a file that may be absent."""
    path = row / name
    return path.read_text(encoding='utf-8', errors='replace').strip() if path.exists() else ''


def number(version):
    """24.12 as something to compare."""
    return [int(part) for part in version.split('.')]


def is_meant(row):
    """Whether a block is about the ejabberd that is here."""
    version, before, since = (text(row, name) for name in ('version', 'before', 'since'))
    return not (before and number(version) >= number(before)) and not (since and number(version) < number(since))


def compare(row):
    """Lines of what is wrong with a block."""
    loaded, expected = text(row, 'loaded'), text(row, 'real').split()
    happened = 'taken' if loaded == 'ok' else 'refused'
    problems = [] if happened == expected[0] else [f'(the table) expected {expected[0]}, ejabberd said {loaded[:200]}']
    try:
        findings = [finding for finding in json.loads(text(row, 'check'))['findings'] if finding['id'] in REFUSALS]
    except (ValueError, KeyError) as error:
        return problems + [f'{error!r}: {text(row, "check")[-300:]}']
    said = 'refused' if findings else 'taken'
    if said != happened:
        problems.append(f'ejabberd: {loaded[:200]}; the module: {[finding["message"] for finding in findings]}')
    elif findings and not any(finding['line'] == int(expected[1]) for finding in findings):
        problems.append(f'is in line {expected[1]}, not {[finding["line"] for finding in findings]}')
    return problems


def main(folder):
    """One line for each block."""
    for row in sorted(path for path in pathlib.Path(folder).iterdir() if path.is_dir()):
        if is_meant(row):
            problems = compare(row)
            print('no' if problems else 'yes', '; '.join([text(row, 'case')] + problems).replace('\n', ' '))


if __name__ == '__main__':
    main(*sys.argv[1:])
