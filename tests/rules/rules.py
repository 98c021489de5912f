# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the cases of one file; `run` calls it, in namespaces from which nothing leaves, and explains it."""

import argparse
import contextlib
import fnmatch
import json
import os
import pathlib
import select
import socket
import subprocess
import sys
import threading
import time

import cases
import host
import tree

ENVIRONMENT = {'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'HOME': '/root', 'LC_ALL': 'C', 'TERM': 'dumb'}
VARIABLES = {
    'etc': '/etc/ejabberd', 'spool': '/var/lib/ejabberd', 'logs': '/var/log/ejabberd',
    'cookie': '/var/lib/ejabberd/.erlang.cookie', 'yml': '/etc/ejabberd/ejabberd.yml',
    'cfg': '/etc/ejabberd/ejabberdctl.cfg', 'strong': tree.STRONG, 'fixtures': host.FIXTURES, 'cg': '/sys/fs/cgroup',
}
AS_NOBODY = ('setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=-all')
SECONDS = 20
# Of `run: every`: all that a verb may print, and each verb; @ is the service.
FORMS = ((), ('-v',), ('--json',), ('-q',))
VERBS = (('discover', '@'), ('discover', '--graph', '@'), ('check', '@'), ('check', '--html', '@'),
         ('check', '--nagios', '@'), ('learn', '@'), ('status', '@'), ('doctor', '@'), ('modules',),
         ('explain', 'connect', '198.51.100.1', '4369', '@'), ('explain', 'accept', '198.51.100.1', '4369', '@'),
         ('apply', '--dry-run', '@'), ('enable', '--dry-run', '--templatedir', tree.TEMPLATES, '@'), ('apply', '@'),
         ('status', '--openmetrics', '@'), ('status', '--prometheus', '@'),
         ('enable', '--templatedir', tree.TEMPLATES, '@'), ('disable', '@'), ('release', '@'))
# In one form each: they print what others print, or little.
RARE_VERBS = (('--json', 'discover', '--root', '/', '@'), ('-v', 'check', '--root', '/', '@'),
              ('-v', 'check', '--file', '/etc/ejguard/@', '@'), ('-v', 'modules', 'node'),
              ('apply', '--confirm', '1min', '@'), ('confirm', '@'), ('revert', '@'), ('-v', 'status', '--prove', '@'),
              ('oci', '@'), ('-v', 'watch', '@'),
              ('exec', '--service', '@', '--cgroup', '/system.slice/canary', '--', '/bin/true'))
WATCH_SECONDS = 1
# These say what fails on stderr, and send it to the journal where that is stderr.
JOURNAL_VERBS = (('check', '@'), ('apply', '--dry-run', '@'), ('apply', '@'), ('status', '@'))
JOURNAL = '/run/systemd/journal/socket'


def descriptor(module):
    """The severities of the module's findings, by id."""
    said = subprocess.run([tree.TOOL, '--moduledir', tree.MODULES, '--json', 'modules', module], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), encoding='utf-8')
    if said.returncode:
        raise ValueError(f'ejguard modules {module}: exit status {said.returncode}: {said.stderr}{said.stdout}')
    findings, = (entry['findings'] for entry in json.loads(said.stdout)['modules'] if entry['name'] == module)
    return {finding['id'].removeprefix(module + '.'): finding['severity'] for finding in findings}


def environment():
    """What programs in the tree get."""
    passed = {name: value for name, value in os.environ.items() if name in ('ASAN_OPTIONS', 'UBSAN_OPTIONS')}
    return ENVIRONMENT | passed


def received(receiver):
    """An entry: the message, or the file that is sent where the entry is too large for one."""
    message, descriptors, _, _ = socket.recv_fds(receiver, 1 << 18, 1)
    for descriptor in descriptors:
        with os.fdopen(descriptor, 'rb') as file:
            file.seek(0)
            message += file.read()
    return message


@contextlib.contextmanager
def journal():
    """Stands in for journald; gives a list that has what was sent to it when the block ends."""
    os.makedirs(os.path.dirname(JOURNAL), exist_ok=True)
    entries = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(JOURNAL)
        receiver.settimeout(0)
        done = threading.Event()

        def receive():
            while not done.is_set() or select.select([receiver], [], [], 0)[0]:
                if select.select([receiver], [], [], 0.1)[0]:
                    entries.append(received(receiver).decode('utf-8', 'surrogateescape') + '\n')

        thread = threading.Thread(target=receive)
        thread.start()
        try:
            yield entries
        finally:
            done.set()
            thread.join()
            os.unlink(JOURNAL)


class Trial:
    """What happens to one case, inside of its host."""

    def __init__(self, case, module):
        self.case, self.module = case, module
        self.problems = []
        self.printed = []
        self.causes = set()

    def shell(self, what, lines):
        """Runs shell lines; what they print is shown only if they fail."""
        # A file: what goes on in the background may hold it open.
        with open(f'/tmp/.{what}', 'w+', encoding='utf-8', errors='replace') as said:
            status = subprocess.run(['bash', '-euc', '\n'.join(lines)], check=False, cwd='/', timeout=SECONDS,
                                    stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                                    env=environment() | VARIABLES).returncode
            if status:
                said.seek(0)
                self.problems.append(f'{what}: exit status {status} of: {"; ".join(lines)}\n{said.read()}')
        os.unlink(f'/tmp/.{what}')
        return status == 0

    def ejguard(self, *arguments, as_nobody=False):
        """Runs the tool; returns its result."""
        command = [tree.TOOL, '--confdir', '/etc/ejguard', '--moduledir', tree.MODULES, *arguments]
        if 'watch' in arguments:
            command = ['timeout', '--signal=INT', str(WATCH_SECONDS), *command]
        result = subprocess.run([*AS_NOBODY, *command] if as_nobody else command, check=False, cwd='/',
                                timeout=SECONDS, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env=environment(), encoding='utf-8', errors='surrogateescape')
        self.printed.append(f'$ ejguard {" ".join(arguments)}\n{result.stdout}{result.stderr}')
        return result

    def as_unit(self, *arguments):
        """Runs the tool with a stderr that is said to be the journal's, as systemd does."""
        with open('/tmp/.stream', 'w+', encoding='utf-8', errors='surrogateescape') as stream:
            status = os.fstat(stream.fileno())
            subprocess.run([tree.TOOL, '--confdir', '/etc/ejguard', '--moduledir', tree.MODULES, *arguments], check=False,
                           cwd='/', timeout=SECONDS, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream,
                           env=environment() | {'JOURNAL_STREAM': f'{status.st_dev}:{status.st_ino}'})
            stream.seek(0)
            self.printed.append(f'$ ejguard {" ".join(arguments)}, of a unit\n{stream.read()}')
        os.unlink('/tmp/.stream')

    def findings(self, *verb, as_nobody=False):
        """The module's findings of a run of the tool, whose exit status must be right."""
        result = self.ejguard('--json', *verb, self.case.service, as_nobody=as_nobody)
        allowed = (0, 1) if self.case.exit is None else (self.case.exit,)
        if result.returncode not in allowed:
            self.problems.append(f'exit status {result.returncode} of ejguard {" ".join(verb)}')
        try:
            report = json.loads(result.stdout)
        except ValueError as error:
            self.problems.append(f'ejguard {" ".join(verb)}: no JSON: {error}')
            return []
        self.causes = {(finding['id'], report['findings'][index]['id'])
                       for finding in report['findings'] for index in finding['causes']}
        return [finding for finding in report['findings'] if finding['module'] == self.module]

    def compare(self, what, expected, findings):
        """The set of ids that matter, against what is expected."""
        ids = {finding['id'].removeprefix(self.module + '.') for finding in findings
               if finding['severity'] in cases.LOUD}
        for name in sorted(ids - set(expected)):
            self.problems.append(f"{what}: '{name}' was found, and is not expected")
        for name in expected:
            if name not in ids:
                self.problems.append(f"{what}: '{name}' is expected, and was not found")

    def look(self, findings):
        """also, near, text, cause."""
        ids = {finding['id'].removeprefix(self.module + '.') for finding in findings}
        for name in self.case.also:
            if name not in ids:
                self.problems.append(f"also: '{name}' is not there")
        for name in self.case.near:
            if name in ids:
                self.problems.append(f"near: '{name}' is there, and must not be")
        fields = [str(value) for finding in findings for value in finding.values()]
        fields += [f"{finding['file']}:{finding['line']}" for finding in findings]
        for text in self.case.text:
            if not any(text in field for field in fields):
                self.problems.append(f"text: no finding says '{text}'")
        for pair in self.case.cause:
            effect, cause = (name if '.' in name else f'{self.module}.{name}' for name in pair.split())
            if (effect, cause) not in self.causes:
                self.problems.append(f"cause: no '{effect}' is said to follow from '{cause}'")

    def every_verb(self):
        """All that ejguard can print of this host, and is not asked to change for good."""
        for verb in VERBS:
            for form in FORMS:
                self.ejguard(*form, *(word.replace('@', self.case.service) for word in verb))
        for verb in RARE_VERBS:
            self.ejguard(*(word.replace('@', self.case.service) for word in verb))
        with journal() as entries:
            for verb in JOURNAL_VERBS:
                for form in ((), ('-v',)):
                    self.as_unit(*form, *(word.replace('@', self.case.service) for word in verb))
        if not entries:
            self.problems.append('every: nothing was sent to the journal')
        self.printed += ['$ journal\n', *entries]
        # What it writes may be read by everybody.
        self.printed += [path.read_text(encoding='utf-8', errors='surrogateescape')
                         for path in pathlib.Path('/etc/systemd/system').glob('*.d/*ejguard*')]

    def run(self):
        """All of it."""
        case = self.case
        stack = pathlib.Path('/etc/ejguard', case.service)
        stack.write_text(case.stack_file(self.module), encoding='utf-8')
        stack.chmod(0o644)
        if case.given and not self.shell('given', case.given):
            return
        verb, as_nobody = ('apply' if case.run == 'apply' else 'check'), case.run == 'unprivileged'
        if verb == 'apply':
            self.compare('foreseen', case.expect, self.findings('check', '--file', str(stack)))
        if case.run == 'file':
            tried = stack.replace('/srv/tried')
            findings = self.findings('check', '--file', str(tried))
        else:
            findings = self.findings(verb, as_nobody=as_nobody)
        self.compare('expect', case.expect, findings)
        self.look(findings)
        if case.run == 'every':
            self.every_verb()
        elif case.never:
            self.ejguard('-v', 'check', case.service, as_nobody=as_nobody)
        if case.then:
            self.shell('then', case.then)
        if case.again is not None:
            self.compare('again', case.again, self.findings('check'))
        printed = ''.join(self.printed)
        for text in case.says:
            if text not in printed:
                self.problems.append(f"says: '{text}' was not printed")
        for text in case.never:
            if text in printed or json.dumps(text)[1:-1] in printed:
                self.problems.append(f"never: '{text}' was printed")

    def __call__(self, answer):
        os.umask(0o022)
        try:
            self.run()
        except subprocess.TimeoutExpired as error:
            self.problems.append(f'{error.cmd}: no end after {error.timeout} s')
        json.dump([self.problems, self.printed], answer)


class Suite:
    """The cases of one file."""

    def __init__(self, module, state, cgroup):
        self.module = module
        self.host = host.Host(state + '/host', state + '/layer', cgroup + '/case', os.path.dirname(__file__))
        self.done = self.failed = 0

    def verdict(self, name, problems, printed=()):
        """One line for a case, and all that there is where it failed."""
        self.done += 1
        if not problems:
            print(f'ok {self.done} - {name}')
            return
        self.failed += 1
        print(f'not ok {self.done} - {name}')
        for line in '\n'.join([*problems, *printed]).splitlines():
            print(f'#   {line}')

    def run(self, case):
        """One case."""
        said = self.host.run(tree.build, Trial(case, self.module))
        problems, printed = json.loads(said) if said else (['the case itself failed: see above'], [])
        self.verdict(f'{case.name} ({pathlib.Path(case.file).name}:{case.line})' if case.line else case.name,
                     problems, printed)


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(prog='run')
    parser.add_argument('--only', default=os.environ.get('EJG_CASE', ''))
    parser.add_argument('ejguard', type=pathlib.Path)
    parser.add_argument('modules', type=pathlib.Path)
    parser.add_argument('file', type=pathlib.Path)
    return parser.parse_args()


def prepare(options, state):
    """Mounts, and the layer over /usr."""
    host.mount('ejguard-rules', state, 'tmpfs', 0, 'mode=755')
    os.mkdir(state + '/host')
    image = os.environ.get('EJG_IMAGE')
    pretend = options.ejguard.parent.parent / 'tests' / 'rules' / 'pretend'
    tree.build_layer(pathlib.Path(state + '/layer'), options.ejguard, options.modules, pretend,
                     image and pathlib.Path(image))


def ejabberd_version(image):
    """Of the image; the stand-in of the script is of 23.01."""
    names = [path.name.removeprefix('ejabberd-') for part in ('-/usr', '-usr') if image
             for path in pathlib.Path(image, 'layer', part).glob('lib/*/ejabberd-[0-9]*')]
    return cases.read_version(names[0] if names else '23.01')


def read(options, module, suite):
    """The file's cases, after those that every module has."""
    said = suite.host.run(tree.build, lambda answer: json.dump(descriptor(module), answer))
    if not said:
        sys.exit(f"{options.file}: module '{module}' cannot be asked for its findings")
    severities = json.loads(said)
    paths = sorted([*options.file.parent.glob(f'{module}.rules'), *options.file.parent.glob(f'{module}-*.rules')])
    by_file, errors = cases.read_module(paths, severities)
    if errors:
        sys.exit('\n'.join(errors))
    mine = by_file[str(options.file)]
    if options.file == paths[0] and not options.only:
        every = [case for found in by_file.values() for case in found]
        suite.verdict('every finding has a case that triggers it, and one that nearly does',
                      cases.coverage(every, severities))
        mine.insert(0, cases.Case('', 0, "Debian's tree as it is"))
    version = ejabberd_version(os.environ.get('EJG_IMAGE'))
    chosen = [case for case in mine if case.is_about(version) and fnmatch.fnmatchcase(case.name, f'*{options.only}*')]
    if not chosen:
        sys.exit('\n  '.join([f"no case has '{options.only}' in its name; the cases:", *(case.name for case in mine)]))
    return chosen


def main():
    """Returns the exit status."""
    options, begin = arguments(), time.monotonic()
    module = options.file.stem.partition('-')[0]
    prepare(options, os.environ['EJG_STATE'])
    suite = Suite(module, os.environ['EJG_STATE'], os.environ['EJG_CGROUP'])
    todo = read(options, module, suite)
    prepared = time.monotonic()
    for case in todo:
        suite.run(case)
    milliseconds = (time.monotonic() - prepared) * 1000
    print(f'# {suite.failed} of {suite.done} failed; {milliseconds / max(len(todo), 1):.0f} ms a case,'
          f' {(prepared - begin) * 1000:.0f} ms before the first')
    return 1 if suite.failed or not suite.done else 0


if __name__ == '__main__':
    sys.exit(main())
