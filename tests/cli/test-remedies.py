# SPDX-License-Identifier: LGPL-2.1-or-later
"""
Every remedy that the sources can give: a command of it is run, on files of the test's own, or read by the program's own
help; and no remedy names a command of ejguard, ejabberdctl or systemd that does not exist.

test-remedies.py --ejabberdctl: prints the commands of ejabberdctl that remedies name, for the suite that has one.
"""
import glob
import grp
import json
import os
import pwd
import re
import shutil
import subprocess
import sys

from cli import SOURCE, Case, main, run

LITERAL = r'"((?:[^"\\]|\\.)*)"'
FOLDERS = "libejguard", "tools"
# Programs that a remedy begins with: what is not marked as a command must not look like one.
PROGRAMS = {"bpftool", "chgrp", "chmod", "chown", "echo", "ejguard", "ejabberdctl", "find", "getent", "install", "ls", "lslocks",
            "modprobe", "mount", "openssl", "rm", "scp", "setfacl", "ss", "sysctl", "systemctl"}
# Behind a colon, or "with" and an option: a command after other words, up to the end of its clause.
AFTER_WORDS = rf"(?:: |\bwith (?=[a-z]+ -))((?:{'|'.join(sorted(PROGRAMS))})(?: (?=[-a-z%])[^,;)]+|(?=[,;)]|$)))"
# Sentences behind a colon whose subject is a program.
SENTENCES = r"ejguard apply --confirm cannot |(?:ejabberdctl|epmd) (?:before|cannot|does not|fails|ignores)\b|ejguard(?: %s %s)?$"
# Samples for values that are only known at run time.
SAMPLES = {"PATH": "thing", "USER": pwd.getpwuid(os.geteuid()).pw_name, "GROUP": grp.getgrgid(os.getegid()).gr_name}


def literals():
    """(file, text) of the string literals of the sources; those that stand side by side are one."""
    for folder in FOLDERS:
        for path in sorted(glob.glob(f"{SOURCE}/{folder}/**/*.[ch]", recursive=True)):
            with open(path) as file:
                text = re.sub(r"/\*.*?\*/|(?m:^\s*#include[^\n]*$)", "", file.read(), flags=re.S)
            text = re.sub(r"\\\n", "\n", text)
            text = re.sub(r"\bEJG_[A-Z]+\b", '"/folder"', text)
            text = re.sub(r"\bPINS_BPFFS\b", '"/sys/fs/bpf"', text)
            text = re.sub(r"\bPORT_WINDOW_PROPOSED\b", '"4370-4379"', text)
            for found in re.finditer(rf"{LITERAL}(?:\s*{LITERAL})*", text):
                parts = re.findall(LITERAL, found[0])
                yield (os.path.relpath(path, SOURCE),
                       "".join(parts).encode().decode("unicode_escape").encode("latin-1").decode())


def commands():
    """(file, command) of every step that is a command, as the sources have it."""
    for path, text in literals():
        for step in text.split("\n"):
            found = re.match(r"(?:%s)?run: (?=\S)(.+)", step)
            if found and not path.startswith("tools/print/"):
                yield path, found[1]


def commands_after_words():
    """(file, command) of every command that follows other words in a message or a step."""
    for path, text in literals():
        for line in text.split("\n"):
            if re.match(r"(?:%s)?run: \S", line) and not path.startswith("tools/print/"):
                continue
            for found in re.finditer(AFTER_WORDS, line):
                if not re.match(SENTENCES, found[1]):
                    yield path, found[1].strip().rstrip(":.")


def fill(command):
    """The command with samples for what is formatted into it."""
    command = re.sub(r"%(\d\$)?\.?\*?l*u-%(\d\$)?u", "4370-4379", command)
    command = command.replace("%.*s%s", "").replace("setfacl -b %s%s", "setfacl -b %s").replace("setfacl -P -b %s%s", "setfacl -P -b %s").replace("%04o", "0600").replace("%253s", "%s").replace("%%", "%")
    command = re.sub(r"^(%s)+", "", command)
    for program, operands in (("chown -h", ["USER", "PATH"]), ("chown", ["USER", "PATH"]), ("chgrp -h", ["GROUP", "PATH"]), ("chgrp", ["GROUP", "PATH"])):
        command = re.sub(rf"\b{program} %s(?::%s)? ", f"{program} {SAMPLES[operands[0]]} ", command)
        command = re.sub(rf"\b{program} -- %s ", f"{program} -- ", command)
    command = command.replace("chmod o+%s ", "chmod o+r ")
    command = re.sub(r"-o %s -g %s", f"-o {SAMPLES['USER']} -g {SAMPLES['GROUP']}", command)
    command = re.sub(r"(systemctl \w+|ejguard \w+) %(\.\d+)?s", r"\1 ejabberd", command)
    return re.sub(r"%(\.\d+)?s", SAMPLES["PATH"], command).replace("%u", "4369")


def split(command):
    """The commands that && and ; join, as lists of words."""
    command = command.strip("()")
    return [re.findall(r"'[^']*'|\S+", part) for part in re.split(r"\s*(?:&&|;)\s*", command) if part]


class Remedies(Case):
    def infos(self):
        """(id, remedy) of all modules of the build and of the core."""
        for folder in glob.glob(f"{os.environ['MODULES']}/*/"):
            if not glob.glob(f"{folder}/*.so"):
                continue
            name = os.path.basename(folder.rstrip("/"))
            for info in run("--moduledir", folder, "--json", "modules", name).json["modules"][0]["findings"]:
                if info["remedy"]:
                    yield info["id"], info["remedy"]

    def test_service(self):
        """A command that is to be pasted acts on the service that was asked about."""
        for name, words in (("ejabberd", "ejguard apply"), ("rabbit", "ejguard apply rabbit")):
            with self.subTest(name=name):
                self.stack("required net unapplied=yes answer=not-held\n", name)
                found = {f["id"]: f["remedy"] for f in self.ejguard("--json", "check", name).json["findings"]}
                self.assertEqual(found["net.unapplied"], f"run: {words}")

    def test_found(self):
        self.assertGreater(len(list(commands())), 25)
        self.assertGreater(len(list(self.infos())), 100)

    def test_commands_are_commands(self):
        help_of_systemctl = self.help("systemctl")
        for path, command in sorted({*commands(), *commands_after_words()}):
            for words in split(fill(command)):
                with self.subTest(file=path, command=command, words=words):
                    self.try_words(words, help_of_systemctl)

    def test_found_after_words(self):
        """The list of programs and the words before them are not too narrow."""
        found = {(path, command) for path, command in commands_after_words()}
        for one in (("libejguard/modules/cookie/advice.c", "scp -p"), ("tools/base/lock.c", "lslocks"),
                    ("tools/print/units.c", "ejguard release %s"), ("tools/systemd/settle.c", "systemctl status %s"),
                    ("tools/exec/cgroup.c", "mount -t cgroup2 cgroup2 /sys/fs/cgroup"),
                    ("tools/oci/cgroup.c", "mount -t cgroup2 cgroup2 /sys/fs/cgroup"),
                    ("tools/systemd/execstart.c", "systemctl cat %s"), ("tools/verbs/enable.c", "chmod o+%s %s")):
            self.assertIn(one, found)
        self.assertIn(("libejguard/modules/net/pins.c", "mount -t bpf -o mode=0700 bpf /sys/fs/bpf"), set(commands()))
        self.assertGreater(len(found), 20)

    def test_commands_have_a_colon(self):
        """"run systemctl" without a colon would be found by nothing."""
        for path, text in literals():
            with self.subTest(file=path, text=text):
                self.assertNotRegex(text, rf"(?<!cannot )\brun (?:{'|'.join(PROGRAMS)})\b")

    @staticmethod
    def help(program):
        if not shutil.which(program):
            return None
        return subprocess.run([program, "--help"], capture_output=True, check=False).stdout.decode()

    def try_words(self, words, help_of_systemctl):
        program = words[0]
        self.assertIn(program, PROGRAMS | {"umask"})
        if program == "ejguard":
            self.try_ejguard(words[1:])
        elif program == "systemctl":
            self.assertIn(words[1], {"cat", "restart", "start", "stop", "edit", "status", "daemon-reload"})
            if help_of_systemctl:
                self.assertRegex(help_of_systemctl, rf"(?m)^  {words[1]} ")
        elif program in {"chmod", "chown", "chgrp", "setfacl", "install", "ls", "rm", "find", "echo"}:
            self.really(words)
        elif program == "scp":
            self.read_usage_of_scp(words)
        elif program in {"ss", "sysctl", "modprobe", "mount", "lslocks", "getent", "openssl", "bpftool", "ejabberdctl"}:
            self.read_by_help(words)
        elif program != "umask":
            self.fail(f"nothing tries {program}")

    def read_usage_of_scp(self, words):
        """It has no help: without operands it prints its letters, as [-346ABC]."""
        if not shutil.which("scp"):
            return
        usage = subprocess.run(["scp"], capture_output=True, check=False).stderr.decode()
        for word in words[1:]:
            self.assertRegex(word, r"^-[a-zA-Z]+$")
            for letter in word[1:]:
                self.assertRegex(usage, rf"\[-[0-9a-zA-Z]*{letter}")

    def try_ejguard(self, words):
        if "--" in words:  # of exec: what follows is the command
            words = words[:words.index("--")]
        self.assertEqual(run(*words, "--help").exit, 0, words)

    def really(self, words):
        """On a file of the test's own."""
        path = self.write("thing", "")
        other = f"{self.folder}/other"
        words = [word.strip("'").replace("thing", path) for word in words if word not in ("<", ">", ">>")]
        words = [other if word.startswith("/") and word not in (path, "/") else word for word in words]
        if words[0] == "find":
            words = [self.folder if word == "/" else word for word in words]
        if words[0] == "install" and "-d" in words:
            words[-1] = other
        shutil.rmtree(other, ignore_errors=True)
        if os.path.isfile(other):
            os.unlink(other)
        if words[0] == "rm":
            self.write("other", "")
        if not shutil.which(words[0]):
            self.skipTest(f"{words[0]} is not installed")
        if words[0] == "install" and "-d" not in words:
            words = [word for word in words if word not in (other, path)]
            words += [path, f"{other}/deep" if "-D" in words else other]
        result = subprocess.run(words, capture_output=True, check=False)
        self.assertEqual((result.returncode, result.stderr), (0, b""), words)

    def read_by_help(self, words):
        """Options and verbs that the help of the program has; where it is installed."""
        program, rest = words[0], words[1:]
        if not shutil.which(program):
            return
        text = subprocess.run([program, "rand", "-help"] if program == "openssl" else
                              [program, "cgroup", "help"] if program == "bpftool" else [program, "--help"],
                              capture_output=True, check=False)
        text = (text.stdout + text.stderr).decode()
        for word in rest:
            if re.fullmatch(r"-[a-z]+", word) and program != "openssl":
                for letter in word[1:]:
                    self.assertRegex(text, rf"(?<![\w-])-{letter}\b", words)
            elif word.startswith("--"):
                self.assertIn(word, text)
        if program in ("openssl", "bpftool"):
            self.assertIn({"openssl": "-hex", "bpftool": "tree"}[program], text)

    def test_what_the_verdict_reads(self):
        """The last line knows these by their text, and names the command that mends all; test-page.py has the other side."""
        remedies = dict(self.infos())
        for name in ("net.not-loaded", "net.not-attached", "net.policy-differs", "host.not-loaded", "host.policy-differs"):
            self.assertEqual(remedies[name], "run: ejguard apply")
        self.assertIn(("tools/systemd/dropin-findings.c", "run: ejguard enable"), set(literals()))

    def test_what_is_named_exists(self):
        """Also in words: `ejguard VERB --OPTION`."""
        named = [(name, remedy) for name, remedy in self.infos()]
        named += [(path, text) for path, text in literals() if path != "tools/base/verb.c"]
        verbs = set(re.findall(r"^  ([a-z]+) ", run("--help").out, re.M))
        for where, text in named:
            for found in re.finditer(r"(?:run: |`|then |try |see )\"?ejguard ([a-z]+)((?: --?[a-z-]+(?: [A-Z]+)?)*)", text):
                with self.subTest(where=where, text=text):
                    self.assertIn(found[1], verbs | {"is", "in"})
                    options = re.findall(r" (--[a-z-]+)", found[2])
                    known = run("help", found[1]).out if options else ""
                    for option in options:
                        self.assertIn(option, known)

    def test_commands_are_marked(self):
        """A step in words does not begin with a command, and a command is not followed by words."""
        for name, remedy in self.infos():
            for step in remedy.split("\n"):
                with self.subTest(id=name, step=step):
                    self.assertFalse(step.split()[0] in PROGRAMS and not re.match(r"(find|install|echo) [a-z]", step))
                    self.assertNotRegex(step, r"^(?!run: ).*\brun: ")
                    self.assertNotRegex(step, r"^run: .*(?:; then|, then| or | and )")
                    self.assertNotRegex(step, r"^run: .*\b(?:NAME|FILE|FOLDER|HOST|PATH)\b")


def ejabberdctl():
    """The commands of ejabberdctl that are named in remedies, in words too."""
    names = set()
    for path, text in literals():
        if path.startswith("libejguard/modules/"):
            names |= set(re.findall(r"run: ejabberdctl ([a-z_]+)|ejabberdctl ([a-z]+_[a-z_]+)", text))
    return sorted({name for pair in names for name in pair} - {""})


if __name__ == "__main__":
    if sys.argv[1:] == ["--ejabberdctl"]:
        print("\n".join(ejabberdctl()))
    else:
        main()
