# SPDX-License-Identifier: LGPL-2.1-or-later
"""differential-cookie.py FOLDER: what differential-cookie-node.sh saw of each block, against the module's findings.

Prints a line for each, `yes WHAT` or `no WHAT: WHY`.
"""

import json
import pathlib
import re
import sys

# Findings that say: Erlang will not take this file.
REFUSALS = {'acl', 'malformed', 'mode', 'owner-root', 'type', 'unreadable'}


def text(row, name):
    """Of a file that may be absent."""
    path = row / name
    return path.read_text(encoding='utf-8', errors='replace') if path.exists() else ''


def findings(row, name):
    """The module's findings: ids, and the file that the cookie is in where nothing is wrong with it."""
    report = json.loads(text(row, name))
    if report['error'] and report['exit'] not in (0, 1):
        raise ValueError(report['error'])
    mine = [finding for finding in report['findings'] if finding['module'] == 'cookie']
    return {finding['id'].removeprefix('cookie.'): finding['file'] for finding in mine}


def real(row):
    """What Erlang did, as the table has it."""
    match = re.search('^cookie ([0-9A-F]{64})$', text(row, 'erlang'), re.MULTILINE)
    if not match:
        return 'refused'
    for line in text(row, 'candidates').splitlines():
        digest, path = line.split(maxsplit=1)
        if digest == match[1].lower():
            return f"{'generated' if path not in text(row, 'before').splitlines() else 'file'} {path}"
    return 'argument'


def numbers(version):
    """(24, 12) of 24.12-3."""
    return tuple(int(number) for number in re.findall(r'\d+', version)[:2])


def table_says(row):
    """What Erlang does, and the findings that must be there."""
    since, _, older = text(row, 'older').strip().partition(' ')
    if since and numbers(text(row, 'version')) < numbers(since):
        return older, []
    return text(row, 'real').strip(), text(row, 'find').split()


def compare(row):
    """Lines of what is wrong with a block."""
    if not (row / 'done').exists():
        return ['it came to no end: ' + text(row, 'log')[-300:]]
    happened, (expected, wanted) = real(row), table_says(row)
    problems = [] if happened == expected else [f'(the table) expected {expected}, it was {happened}']
    try:
        before, after = findings(row, 'check'), findings(row, 'check-again')
    except (ValueError, KeyError) as error:
        return problems + [f'{error!r}: {text(row, "log")[-300:]}']
    refusals = REFUSALS & set(before)
    if happened == 'refused' and not refusals and 'absent' not in wanted:
        problems.append(f'Erlang refuses it, the module says only: {" ".join(before)}')
    if happened.startswith('file') and refusals:
        problems.append(f'Erlang takes it, the module says: {" ".join(refusals)}')
    if happened.startswith('file') and before.get('sound', happened[5:]) != happened[5:]:
        problems.append(f"the module says that the cookie is in {before['sound']}")
    problems += [f"'{name}' is not found" for name in wanted if name not in before]
    problems += [f"'{name}' is not found afterwards" for name in text(row, 'again').split() if name not in after]
    problems += [f"'{name}' is found" for name in text(row, 'never').split() if name in before or name in after]
    return problems


def main(folder):
    """Prints a line for each block."""
    for row in sorted(pathlib.Path(folder).iterdir()):
        problems = compare(row)
        what = f"{text(row, 'case').strip()} -> {text(row, 'real').strip()}"
        print(f"no {what}: {'; '.join(problems)}".replace('\n', ' ') if problems else f'yes {what}')


if __name__ == '__main__':
    main(*sys.argv[1:])
