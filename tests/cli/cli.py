# SPDX-License-Identifier: LGPL-2.1-or-later
"""Running ejguard in folders of the test's own. A test that cannot run here says why and exits with 77."""
import contextlib
import copy
import fcntl
import json
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import unittest

try:
    import jsonschema
except ImportError:  # test-schema.py then says so
    jsonschema = None

EJGUARD = os.environ["EJGUARD"]
FIXTURES = os.environ["FIXTURES"]
SOURCE = os.environ["SOURCE"]
WIDTH = 100


def read_schema():
    with open(f"{SOURCE}/tools/schema/ejguard-1.json") as file:
        return json.load(file)


def close_schema(schema):
    """The same, but without room for members that it does not describe: what is printed must be described."""
    schema = copy.deepcopy(schema)

    def close(node):
        if isinstance(node, dict):
            if "properties" in node and "type" in node:
                node.setdefault("additionalProperties", False)
            for name, value in node.items():
                if name not in ("if", "then"):
                    close(value)
        elif isinstance(node, list):
            for value in node:
                close(value)

    close(schema)
    return schema


CLOSED_SCHEMA = close_schema(read_schema())


def validate(value):
    if jsonschema is None:
        return value
    name = "event" if "time_ns" in value else "report"
    one = dict(CLOSED_SCHEMA, anyOf=[{"$ref": f"#/$defs/{name}"}])  # for errors that say what is wrong
    jsonschema.Draft202012Validator(one).validate(value)
    return value


class Result:
    def __init__(self, process):
        self.exit = process.returncode
        self.out = process.stdout.decode()
        self.err = process.stderr.decode()

    @property
    def json(self):
        """The object, after a look whether it is as the schema says."""
        return validate(json.loads(self.out))


def run(*words, cwd="/", env=None, prefix=(), **how):
    """Runs ejguard with the words; stdout and stderr are two pipes unless `how` says otherwise."""
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "xterm"}
    for name in "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS":
        if name in os.environ:
            environment[name] = os.environ[name]
    environment.update(env or {})
    how.setdefault("stdout", subprocess.PIPE)
    how.setdefault("stderr", subprocess.PIPE)
    process = subprocess.run([*prefix, EJGUARD, *words], cwd=cwd, env=environment, stdin=subprocess.DEVNULL, timeout=60,
                             check=False, **how)
    process.stdout = process.stdout or b""
    process.stderr = process.stderr or b""
    return Result(process)


class Screen:
    """What a terminal has received: whole once the block of terminal() has ended."""

    def __init__(self):
        self.received = b""

    @property
    def text(self):
        return self.received.decode()


@contextlib.contextmanager
def terminal(rows=24, columns=100):
    """A terminal for a program to write to, and its Screen. It is read to its end: what is written comes in pieces."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", rows, columns, 0, 0))
    screen = Screen()

    def read():
        with contextlib.suppress(OSError):  # no program has the other end any more
            while True:
                screen.received += os.read(ours, 65536)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield theirs, screen
    finally:
        os.close(theirs)
        reader.join()
        os.close(ours)


def help_sets():
    """The options of all verbs, and of each verb its own, as the help has them."""
    text = run("--help").out
    verbs = re.findall(r"^  ([a-z]+) ", text.split("Verbs:\n")[1].split("\n\n")[0], re.M)

    def options(text):
        lines = [line[:22] for line in text.splitlines() if line.startswith("  -")]
        return {word for line in lines for word in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", line)}

    every = options(text)
    return every, {verb: options(run(verb, "--help").out) - every for verb in verbs}


def without_progress(text):
    """What is left on a terminal: progress is in one line that goes away."""
    return re.sub(r"(?:\r\x1b\[K[^\r\n]*)*\r\x1b\[K", "", text)


class Case(unittest.TestCase):
    """A folder for stacks, one for modules (net and probe, the fixture under two names), one for units."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="ejguard-cli.", dir="/tmp")
        self.addCleanup(shutil.rmtree, self.folder)
        self.confdir = self.make("conf")
        self.moduledir = self.make("modules")
        self.unitdir = self.make("units")
        for name in "net", "probe":
            self.write_module(name)
        self.stack("required net\n")

    def make(self, name):
        path = os.path.join(self.folder, name)
        os.mkdir(path, 0o755)
        return path

    def write(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        os.chmod(path, 0o644)
        return path

    def write_module(self, name):
        with open(f"{FIXTURES}/fixture-{name}.so", "rb") as file:
            self.write(f"modules/{name}.so", file.read())

    def stack(self, text, name="ejabberd"):
        facts = "set cgroups ejabberd.service epmd.service epmd.socket\n"
        return self.write(f"conf/{name}", facts + text)

    def ejguard(self, *words, **how):
        return run("--confdir", self.confdir, "--moduledir", self.moduledir, *words, **how)

    def command(self, verb):
        """What ejguard prints when it advises the verb."""
        sudo = "" if os.geteuid() == 0 else "sudo "
        return f"{sudo}ejguard --confdir {self.confdir} --moduledir {self.moduledir} {verb}"

    def assert_one_line(self, text):
        self.assertTrue(text.endswith("\n"), text)
        self.assertEqual(text.count("\n"), 1, text)

    def assert_narrow(self, text):
        for line in text.splitlines():
            self.assertLessEqual(len(line), WIDTH, line)


def hide_run():
    """Root's ejguard keeps its lock in /run: not in this machine's."""
    if os.getuid() or "EJG_RUN_HIDDEN" in os.environ:
        return
    if subprocess.run(["unshare", "--mount", "true"], check=False).returncode:
        return
    os.environ["EJG_RUN_HIDDEN"] = "1"
    os.execvp("unshare", ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs tmpfs /run; exec "$@"', "sh",
                          sys.executable, "-B", *sys.argv])


def main():
    """As unittest.main(), but a program in which something was skipped exits with 77."""
    hide_run()
    program = unittest.main(exit=False)
    if not program.result.wasSuccessful():
        sys.exit(1)
    if program.result.skipped:
        for test, reason in program.result.skipped:
            print(f"skipped: {test}: {reason}")
        sys.exit(77)


def needs_cgroup2(function):
    """Facts need cgroup2: without one, usage and modules are all that can be tested."""
    with open("/proc/self/mountinfo") as file:
        mounted = any(" - cgroup2 " in line for line in file)
    return unittest.skipUnless(mounted, "no cgroup2 is mounted here")(function)
