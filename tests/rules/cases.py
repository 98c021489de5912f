# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files of cases, read strictly. The header of `run` explains them."""

import dataclasses
import pathlib
import re

REPEATABLE = ('given', 'stack', 'text', 'cause', 'says', 'never', 'then')
SINGLE = ('case', 'service', 'run', 'expect', 'also', 'near', 'exit', 'again', 'before', 'since')
RUNS = ('check', 'apply', 'unprivileged', 'every', 'file')
CONTROLS = ('required', 'requisite', 'optional', 'include')
LOUD = ('warning', 'failure')


def read_version(text):
    """(24, 12) of 24.12-3; None where there is none."""
    found = re.match(r'(\d+)\.(\d+)', text)
    return found and tuple(int(number) for number in found.groups())


@dataclasses.dataclass
class Case:
    """One block."""
    file: str
    line: int
    name: str = ''
    service: str = 'ejabberd'
    run: str = 'check'
    exit: int | None = None
    before: tuple | None = None
    since: tuple | None = None
    again: list | None = None
    expect: list = dataclasses.field(default_factory=list)
    also: list = dataclasses.field(default_factory=list)
    near: list = dataclasses.field(default_factory=list)
    given: list = dataclasses.field(default_factory=list)
    stack: list = dataclasses.field(default_factory=list)
    text: list = dataclasses.field(default_factory=list)
    cause: list = dataclasses.field(default_factory=list)
    says: list = dataclasses.field(default_factory=list)
    never: list = dataclasses.field(default_factory=list)
    then: list = dataclasses.field(default_factory=list)

    def is_about(self, version):
        """Whether it holds for the ejabberdctl of this version of ejabberd."""
        return (self.since is None or version >= self.since) and (self.before is None or version < self.before)

    def stack_file(self, module):
        """The text of its stack file."""
        lines = list(self.stack)
        if not any(line.split()[0] in CONTROLS for line in lines):
            lines.append(f'required {module}')
        return '\n'.join(lines) + '\n'


class Reader:
    """Reads one file; what is wrong with it goes to errors, all of it."""

    def __init__(self, path, severities):
        self.path = pathlib.Path(path)
        self.severities = severities
        self.errors = []
        self.cases = []

    def error(self, line, message):
        """Remembers what is wrong with a line."""
        self.errors.append(f'{self.path}:{line}: {message}')

    def read(self):
        """Returns the cases."""
        block = []
        for number, line in enumerate(self.path.read_text(encoding='utf-8').split('\n'), 1):
            if line.startswith('\t'):
                if block:
                    block[-1][2] += '\n' + line[1:]
                else:
                    self.error(number, 'nothing stands above it that it could continue')
            elif not line.strip():
                self.add_block(block)
                block = []
            elif not line.startswith('#'):
                key, colon, value = line.partition(':')
                if colon and re.fullmatch('[a-z]+', key):
                    block.append([number, key, value.strip()])
                else:
                    self.error(number, f"'{line}': not of the form 'key: value'")
        self.add_block(block)
        return self.cases

    def add_block(self, block):
        """Makes a case of the lines of a block."""
        if not block:
            return
        case = Case(str(self.path), block[0][0])
        seen = set()
        if block[0][1] != 'case':
            self.error(block[0][0], "a block begins with 'case:'")
        for line, key, value in block:
            if key in REPEATABLE:
                getattr(case, key).append(value)
                if not value:
                    self.error(line, f"'{key}:' says nothing")
                elif key == 'cause' and len(value.split()) != 2:
                    self.error(line, f"'{value}' is not two ids")
            elif key not in SINGLE:
                self.error(line, f"unknown key '{key}'")
            elif key in seen:
                self.error(line, f"second '{key}:' in the block")
            else:
                self.set_single(case, line, key, value)
            seen.add(key)
        if 'expect' not in seen:
            self.error(case.line, "the block has no 'expect:'")
        self.cases.append(case)

    def set_single(self, case, line, key, value):
        """One key that a block has once."""
        if key == 'case':
            case.name = value
            if not value:
                self.error(line, 'a case needs a name')
        elif key == 'service':
            case.service = value
        elif key == 'run':
            case.run = value
            if value not in RUNS:
                self.error(line, f"'{value}' is none of {' '.join(RUNS)}")
        elif key in ('before', 'since'):
            setattr(case, key, read_version(value))
            if not getattr(case, key):
                self.error(line, f"'{value}' is no version such as 24.12")
        elif key == 'exit':
            if value.isdigit():
                case.exit = int(value)
            else:
                self.error(line, f"'{value}' is no exit status")
        else:
            setattr(case, key, self.read_ids(line, key, value))

    def read_ids(self, line, key, value):
        """Ids of findings, which the module must declare with a severity that fits."""
        ids = value.split()
        for index, name in enumerate(ids):
            severity = self.severities.get(name)
            if severity is None:
                self.error(line, f"the module declares no finding '{name}'")
            elif key != 'near' and (severity in LOUD) != (key != 'also'):
                self.error(line, f"'{name}' is of severity {severity}, which does not belong in '{key}:'")
            if name in ids[:index]:
                self.error(line, f"'{name}' stands twice in '{key}:'")
        return ids


def read_module(paths, severities):
    """All files of a module: the cases by file, and the errors."""
    errors, by_file, names = [], {}, {}
    for path in paths:
        reader = Reader(path, severities)
        by_file[str(path)] = reader.read()
        errors += reader.errors
        if not by_file[str(path)]:
            errors.append(f'{path}: no case')
        for case in by_file[str(path)]:
            if case.name in names:
                errors.append(f"{path}:{case.line}: '{case.name}' is the name of {names[case.name]}, too")
            names[case.name] = f'{path}:{case.line}'
    return by_file, errors


def coverage(cases, severities):
    """One line for each id that no case triggers, or that none nearly triggers."""
    triggered = {name for case in cases for name in case.expect + case.also + (case.again or [])}
    missed = {name for case in cases for name in case.near}
    lines = []
    for name in severities:
        if name not in triggered:
            lines.append(f"no case triggers '{name}' (expect, also)")
        if name not in missed:
            lines.append(f"no case is a near miss of '{name}' (near)")
    return lines
