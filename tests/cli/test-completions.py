# SPDX-License-Identifier: LGPL-2.1-or-later
"""What bash, zsh and fish themselves offer, with the completions that the build has made from the table of options."""
import os
import pty
import re
import select
import shutil
import subprocess
import time
import unittest

from cli import EJGUARD, Case, help_sets, main

COMPLETIONS = os.environ["COMPLETIONS"]
PATIENCE = 60  # seconds: of a loaded machine

BASH = r"""
source {completions}/ejguard
bind 'set completion-query-items 0'
bind '"\C-t": insert-completions'
"""

# The offered words go into a file. Some calls of compadd only ask: those give an array to -O, -A or -D.
ZSH = r"""
fpath=({completions} $fpath)
autoload -Uz compinit
compinit -D -u
compadd() {{
  if [[ ${{@[1,(i)(-|--)]}} != *-(O|A|D)\ * ]]; then
    local -a __hits
    builtin compadd -A __hits "$@"
    print -rl -- $__hits >>{out}
  fi
  builtin compadd "$@"
}}
offered() {{
  : >{out}
  zle complete-word
  print END >>{out}
}}
zle -N offered
bindkey '^T' offered
"""


class Terminal:
    """An interactive shell on a terminal of its own."""

    def __init__(self, command, environment):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], command, environment)
        self.screen = b""

    def send(self, text):
        os.write(self.fd, text.encode())

    def wait(self, what):
        """Reads until what() is neither None nor False, and returns it."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = what()
            if found is not None and found is not False:
                return found
            if select.select([self.fd], [], [], 0.05)[0]:
                self.screen += os.read(self.fd, 4096)
        raise AssertionError(f"the shell does not answer: {self.screen}")

    def close(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


class Shell:
    """What each of the shells is asked."""

    def setUp(self):
        super().setUp()
        if not shutil.which(self.NAME):
            self.skipTest(f"{self.NAME} is not installed")
        self.make("bin")
        self.write("bin/ejguard", f"#!/bin/sh\nexec {EJGUARD} --moduledir {self.moduledir} \"$@\"\n")
        os.chmod(f"{self.folder}/bin/ejguard", 0o755)
        self.environment = {"PATH": f"{self.folder}/bin:/usr/bin:/bin:/usr/sbin", "TERM": "dumb", "HOME": self.folder,
                            "LC_ALL": "C.UTF-8", "PS1": "> ", "INPUTRC": "/dev/null", "XDG_CONFIG_HOME": self.folder}
        self.stack("required net\n", "rabbitmq")
        self.write("conf/not a service", "")
        self.make("conf/folder")
        self.all, self.verbs = help_sets()

    def test_verbs(self):
        self.assertEqual(self.offered("ejguard "), set(self.verbs))
        self.assertEqual(self.offered("ejguard --json dis"), {"discover", "disable"})
        self.assertEqual(self.offered("ejguard help d"), {"discover", "doctor", "disable"})

    def test_options(self):
        self.assertEqual(self.offered("ejguard --"), {word for word in self.all if word.startswith("--")})
        for verb in self.verbs:
            with self.subTest(verb=verb):
                self.assertEqual(self.offered(f"ejguard {verb} --"),
                                 {word for word in self.all | self.verbs[verb] if word.startswith("--")})

    def test_services(self):
        words = f"ejguard --confdir {self.confdir} "
        self.assertEqual(self.offered(words + "apply "), {"ejabberd", "rabbitmq"})
        self.assertEqual(self.offered(words + "check --json r"), {"rabbitmq"})
        self.assertEqual(self.offered(words + "explain accept 192.0.2.1 4369 r"), {"rabbitmq"})
        self.assertEqual({word for word in self.offered(words + "check ejabberd ") if word[0] != "-"}, set())

    def test_words_of_explain(self):
        self.assertEqual(self.offered("ejguard explain "), {"bind", "connect", "accept"})
        self.assertNotIn("bind", self.offered("ejguard explain accept "))
        self.assertEqual(self.offered("ejguard explain accept 2001:db8::1 43"), set())

    def test_modules(self):
        self.assertEqual(self.offered("ejguard modules "), {"net", "probe"})
        self.assertEqual(self.offered("ejguard apply --only pr"), {"probe"})

    def test_files(self):
        for words in f"ejguard check --file {self.folder}/conf/rab", f"ejguard check --file={self.folder}/conf/rab":
            with self.subTest(words=words):
                offered, = self.offered(words)
                self.assertTrue(offered.endswith("rabbitmq"), offered)
        offered, = self.offered(f"ejguard enable --unitdir {self.folder}/un")
        self.assertTrue(offered.rstrip("/").endswith("units"), offered)


class Interactive(Shell):
    def setUp(self):
        super().setUp()
        self.terminal = Terminal(self.COMMAND, self.environment)
        self.addCleanup(self.terminal.close)
        self.out = f"{self.folder}/offered"
        self.write("setup", self.SETUP.format(completions=COMPLETIONS, out=self.out))
        self.terminal.send(f"source {self.folder}/setup; echo READY$((1 + 1))\n")
        self.terminal.wait(lambda: b"READY2" in self.terminal.screen)


class Bash(Interactive, Case):
    NAME = "bash"
    COMMAND = ["bash", "--norc", "--noprofile", "-i"]
    SETUP = BASH

    def offered(self, line):
        """The line with everything inserted that is offered, then given to a function that tells its words."""
        word = re.split("[ =]", line)[-1]
        self.terminal.send(f"{line}\x14\x01printf '%s\\n' START \x05 END >{self.out}.new; mv {self.out}.new {self.out}\n")
        self.terminal.wait(lambda: os.path.exists(self.out))
        with open(self.out) as file:
            words = file.read().split("START\n")[1].split("END\n")[0].splitlines()
        os.unlink(self.out)
        before = line.split()[:-1] if word else line.split()
        return {re.sub("^--[a-z]+=(?=/)", "", text) for text in words[len(before):]} - ({word} if word else set())

    def test_repeated(self):
        self.assertNotIn("--no-proof", self.offered("ejguard apply --no-proof --"))
        self.assertNotIn("--file", self.offered("ejguard check --file=x --"))
        self.assertIn("--only", self.offered("ejguard apply --only net --"))


class Zsh(Interactive, Case):
    NAME = "zsh"
    COMMAND = ["zsh", "-f", "-i"]
    SETUP = ZSH

    def offered(self, line):
        self.terminal.send(f"{line}\x14")

        def read():
            if os.path.exists(self.out):
                with open(self.out) as file:
                    text = file.read()
                if text.endswith("END\n"):
                    return text
            return None

        words = set(self.terminal.wait(read).splitlines()[:-1]) - {""}
        os.unlink(self.out)
        self.terminal.send("\x15")  # the line goes
        return words

    def test_found(self):
        """Debian's zsh looks into the folder where it is installed."""
        if not os.path.exists("/etc/debian_version"):
            return
        folders = subprocess.run(["zsh", "-fc", "print -l $fpath"], capture_output=True, check=True).stdout.decode()
        self.assertIn("/usr/share/zsh/vendor-completions", folders.splitlines())


class Fish(Shell, Case):
    NAME = "fish"

    def offered(self, line):
        command = f"source {COMPLETIONS}/ejguard.fish; complete -C '{line}'"
        result = subprocess.run(["fish", "--no-config", "-c", command], env=self.environment, capture_output=True,
                                timeout=PATIENCE, check=True)
        self.assertEqual(result.stderr, b"")
        return {text.split("\t")[0] for text in result.stdout.decode().splitlines()}


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    main()
