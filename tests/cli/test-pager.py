# SPDX-License-Identifier: LGPL-2.1-or-later
"""Long pages on a terminal are shown by a pager, which changes nothing but that; for root it is less, and no shell."""
import fcntl
import os
import pty
import select
import shutil
import struct
import subprocess
import termios
import time
import unittest

from cli import EJGUARD, Case, main, needs_cgroup2

# What the pager got: the file `page`, and in `settings` what it was told.
PAGER = """#!/bin/sh
cat >"${0%/*}/page"
printf '%s\\n' "$LESS" "${LESSSECURE-}" "${LESSOPEN-}" "$*" >"${0%/*}/settings"
exit 3
"""


@needs_cgroup2
class Pager(Case):
    def setUp(self):
        super().setUp()
        self.pager = self.write("less", PAGER)
        os.chmod(self.pager, 0o755)
        self.stack("required net many=100 various=yes\n")

    def read(self, name):
        """What the pager wrote, or None."""
        try:
            with open(os.path.join(self.folder, name)) as file:
                return file.read()
        except FileNotFoundError:
            return None

    def screen(self, *words, rows=24, keys=b"", stdin=None, **environment):
        """Return: exit status, what was on the terminal. Keys are sent when something is there."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", rows, 80, 0, 0))
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "xterm", "NO_COLOR": "1", **environment}
        process = subprocess.Popen([EJGUARD, "--confdir", self.confdir, "--moduledir", self.moduledir, *words],
                                   stdin=theirs if stdin is None else stdin, stdout=theirs, stderr=theirs, env=env,
                                   start_new_session=True, preexec_fn=lambda: fcntl.ioctl(1, termios.TIOCSCTTY, 0))
        os.close(theirs)
        text, end = b"", time.monotonic() + 60
        while time.monotonic() < end:
            if select.select([ours], [], [], 0.2)[0]:
                try:
                    text += os.read(ours, 65536)
                except OSError:  # the other side is closed
                    break
            elif keys:
                os.write(ours, keys[:1])
                keys = keys[1:]
        os.close(ours)
        return process.wait(timeout=60), text.decode().replace("\r\n", "\n")

    def test_a_long_page(self):
        status, text = self.screen("-v", "check", EJGUARD_PAGER=f"{self.pager} -x  4", LESSOPEN="|false")
        self.assertEqual(status, 0)
        self.assertNotIn("many-50", text)
        page = self.read("page")
        self.assertIn("many-50", page)
        self.assertTrue(page.endswith("ejabberd: guarded, 100 warnings, 1 ok\n"), page)
        root = os.geteuid() == 0
        self.assertEqual(self.read("settings"), "FRX\n1\n\n-x 4\n" if root else "FRX\n\n|false\n-x 4\n")

    def test_width_and_colours_are_the_terminal_s(self):
        self.stack("required net strange=yes many=100 various=yes\n")
        self.screen("-v", "check", EJGUARD_PAGER=self.pager, NO_COLOR="")
        lines = self.read("page").splitlines()
        self.assertTrue(any("\x1b[1;33mWarnings" in line for line in lines))
        self.assertTrue(all(len(line) <= 80 + 16 for line in lines))

    def test_the_exit_status_is_the_verb_s(self):
        self.stack("required net broken=3 answer=not-held many=100 various=yes\n")
        status, _ = self.screen("-v", "check", EJGUARD_PAGER=self.pager)
        self.assertEqual(status, 1)
        self.assertIn("NOT GUARDED", self.read("page"))

    def test_who_has_none(self):
        for words, how in ((["check"], {"rows": 60}), (["-v", "check", "--no-pager"], {}), (["-v", "--json", "check"], {}),
                           (["--no-pager", "-v", "check"], {}), (["-q", "check"], {}), (["check", "--html"], {}),
                           (["-v", "check"], {"TERM": "dumb"}), (["-v", "check"], {"EJGUARD_PAGER": ""}),
                           (["-v", "check"], {"stdin": subprocess.DEVNULL})):
            with self.subTest(words=words, how=how):
                status, text = self.screen(*words, **{"PAGER": self.pager, **how})
                self.assertEqual((status, self.read("page")), (0, None))
                self.assertTrue(text or "-q" in words)
        result = self.ejguard("-v", "check", env={"PAGER": self.pager})
        self.assertEqual((result.exit, self.read("page")), (0, None))

    def test_no_such_pager(self):
        """The page is on the terminal then, whole."""
        for pager in "/nonexistent/less", " ", "x " * 40:
            status, text = self.screen("-v", "check", PAGER=pager)
            self.assertEqual(status, 0)
            self.assertEqual(text.count("[net.many]"), 100, pager)

    def test_help(self):
        status, _ = self.screen("--help", PAGER=self.pager)
        self.assertEqual(status, 0)
        self.assertIn("Verbs:", self.read("page"))

    @unittest.skipIf(os.geteuid(), "another user may have any pager")
    def test_root_has_no_other(self):
        other = self.write("other", PAGER)
        os.chmod(other, 0o755)
        status, text = self.screen("-v", "check", PAGER=other)
        self.assertEqual((status, self.read("page")), (0, None))
        self.assertEqual(text.count("[net.many]"), 100)

    def test_less(self):
        """The real one shows the first lines, takes keys, and has no shell for root."""
        if not shutil.which("less"):
            self.skipTest("less is not installed")
        mark = os.path.join(self.folder, "mark")
        environment = {} if os.geteuid() else {"LESSSECURE": ""}
        status, text = self.screen("-v", "check", keys=f"!touch {mark}\n".encode() + b"\x1bqqq", **environment)
        self.assertEqual(status, 0)
        self.assertIn("many-1:", text)
        self.assertNotIn("many-90:", text)
        self.assertEqual(os.path.exists(mark), os.geteuid() != 0)


if __name__ == "__main__":
    main()
