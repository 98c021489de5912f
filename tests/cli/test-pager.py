# SPDX-License-Identifier: LGPL-2.1-or-later
"""Long pages on a terminal are shown by a pager, which changes nothing but that; for root it is less, and no shell."""
import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
import unittest

from cli import EJGUARD, Case, main, needs_cgroup2

# What the pager got: the file `page`, and in `settings` what it was told.
PAGER = """#!/bin/sh
cat >"@/page"
printf '%s\\n' "$*" >"@/settings"
env | grep '^LESS' | sort >>"@/settings"
exit 3
"""
# Root has the system's less alone: for a look at what that gets, PAGER is put over it, in a mount namespace.
OVER = 'mount --bind "$1" /usr/bin/less && shift && exec "$@"'


@needs_cgroup2
class Pager(Case):
    def setUp(self):
        super().setUp()
        self.pager = self.program("less", "")
        self.stack("required net many=100 various=yes\n")

    def program(self, name, prefix):
        """A pager that writes PREFIXpage and PREFIXsettings."""
        path = self.write(name, PAGER.replace("@/", f"{self.folder}/{prefix}"))
        os.chmod(path, 0o755)
        return path

    def read(self, name):
        """What the pager wrote, or None."""
        try:
            with open(os.path.join(self.folder, name)) as file:
                return file.read()
        except FileNotFoundError:
            return None

    def screen(self, *words, rows=24, keys=b"", after="many-1:", stdin=None, real=False, program=None, **environment):
        """Return: exit status, what was on the terminal. Keys are sent when `after` is there. real: with the real less."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", rows, 80, 0, 0))
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "xterm", "NO_COLOR": "1", **environment}
        over = [] if real or os.geteuid() else ["unshare", "--mount", "sh", "-c", OVER, "sh", self.pager]
        program = program or [EJGUARD, "--confdir", self.confdir, "--moduledir", self.moduledir]
        process = subprocess.Popen([*over, *program, *words],
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
            elif keys and after.encode() in text:
                os.write(ours, keys[:1])
                keys = keys[1:]
        os.close(ours)
        return process.wait(timeout=60), text.decode().replace("\r\n", "\n")

    def test_a_long_page(self):
        status, text = self.screen("-v", "check", EJGUARD_PAGER=f"{self.pager} -x  4", LESSOPEN="|false", LESSSECURE_ALLOW="shell")
        self.assertEqual(status, 0)
        self.assertNotIn("many-50", text)
        page = self.read("page")
        self.assertIn("many-50", page)
        self.assertTrue(page.endswith("ejabberd: guarded, 100 warnings, 1 ok\n"), page)
        mine = "-x 4\nLESS=FRX\nLESSOPEN=|false\nLESSSECURE_ALLOW=shell\n"
        self.assertEqual(self.read("settings"), mine if os.geteuid() else "\nLESS=FRX\nLESSHISTFILE=-\nLESSSECURE=1\n")

    @unittest.skipIf(os.geteuid(), "another user has the arguments and variables that it wants")
    def test_root_s_less_has_no_variables_of_the_caller(self):
        names = ("LESS", "LESSSECURE", "LESSSECURE_ALLOW", "LESSOPEN", "LESSCLOSE", "LESSEDIT", "LESSHISTFILE", "LESSKEY",
                 "LESSKEYIN", "LESSKEY_CONTENT", "LESSKEYIN_SYSTEM", "LESS_SHELL_LINES")
        self.screen("-v", "check", PAGER="less /etc/shadow", **{name: "0" for name in names})
        self.assertEqual(self.read("settings"), "\nLESS=FRX\nLESSHISTFILE=-\nLESSSECURE=1\n")

    @unittest.skipIf(os.geteuid(), "another user may have any pager")
    def test_root_has_no_less_of_another_folder(self):
        os.mkdir(f"{self.folder}/other")
        other = self.program("other/less", "other-")
        for how in ({"PAGER": other}, {"PAGER": "less", "PATH": f"{self.folder}/other:{os.environ['PATH']}"}):
            with self.subTest(how=how):
                status, _ = self.screen("-v", "check", **how)
                self.assertEqual((status, self.read("other-page")), (0, None))
                self.assertIn("many-50", self.read("page"))

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
        for pager in "/nonexistent/more", " ", "x " * 40:
            status, text = self.screen("-v", "check", PAGER=pager)
            self.assertEqual(status, 0)
            self.assertEqual(text.count("[net.many]"), 100, pager)

    @unittest.skipIf(os.geteuid(), "another user may look at any file that it can read")
    def test_root_s_less_shows_no_other_file(self):
        other = self.write("secret", "the other file\n" * 100)
        status, text = self.screen("-v", "check", keys=b"qqq", real=True, PAGER=f"less {other}")
        self.assertEqual(status, 0)
        self.assertIn("many-1:", text)
        self.assertNotIn("the other file", text)

    def test_keys_that_end_a_program(self):
        """less keeps them for itself: the verb goes on, and its status is its own."""
        for key in b"\x03", b"\x1c":
            with self.subTest(key=key):
                status, text = self.screen("-v", "check", keys=key + b"qqq", real=True)
                self.assertEqual(status, 0)
                self.assertIn("many-1:", text)

    def test_help(self):
        status, _ = self.screen("--help", PAGER=self.pager)
        self.assertEqual(status, 0)
        self.assertIn("Verbs:", self.read("page"))

    @unittest.skipIf(os.geteuid(), "another user may have any pager")
    def test_root_has_no_other(self):
        other = self.program("other", "")
        status, text = self.screen("-v", "check", PAGER=other)
        self.assertEqual((status, self.read("page")), (0, None))
        self.assertEqual(text.count("[net.many]"), 100)

    def test_less(self):
        """The real one shows the first lines, takes keys, and has no shell for root."""
        mark = os.path.join(self.folder, "mark")
        keys = f"!touch {mark}\n".encode() + b"\x1bqqq"
        page = self.write("lines", "".join(f"line {i}\n" for i in range(200)))
        self.screen(keys=keys, after="line 1", real=True, program=["less", page])
        self.assertTrue(os.path.exists(mark))  # these keys do it in a less that nobody has restricted
        os.unlink(mark)
        environment = {} if os.geteuid() else {"LESSSECURE": ""}
        status, text = self.screen("-v", "check", keys=keys, real=True, LESSSECURE_ALLOW="shell", **environment)
        self.assertEqual(status, 0)
        self.assertIn("many-1:", text)
        self.assertNotIn("many-90:", text)
        self.assertEqual(os.path.exists(mark), os.geteuid() != 0)


if __name__ == "__main__":
    main()
