# SPDX-License-Identifier: LGPL-2.1-or-later
"""The verbs and options of the help, the manual page, the completions and DESIGN's exit codes are the same set."""
import os
import re
import shutil
import subprocess

from cli import SOURCE, Case, main, run

OPTION = r"(?<![\w-])--?[a-z][a-z-]*"


def read(name):
    with open(f"{SOURCE}/tools/{name}") as file:
        return file.read()


def options_of_help(text):
    lines = text.split("\nOptions", 1)[1].splitlines()
    return {word for line in lines if line.startswith("  -") for word in re.findall(OPTION, line[:22])}


def help_sets():
    text = run("--help").out
    verbs = re.findall(r"^  ([a-z]+) ", text.split("Verbs:\n")[1].split("\n\n")[0], re.M)
    return options_of_help(text), {verb: options_of_help(run(verb, "--help").out) for verb in verbs}


def page_options(lines):
    """Options of .It and .Op lines: "Fl -json" is --json, "Fl q" is -q."""
    return {"-" + word for line in lines for word in re.findall(r"\bFl (-?[a-z][a-z-]*)", line)}


class Words(Case):
    def setUp(self):
        super().setUp()
        self.globals, self.verbs = help_sets()

    def test_help_has_them(self):
        self.assertEqual(len(self.verbs), 11)
        self.assertIn("--json", self.globals)
        self.assertEqual(self.verbs["release"], {"-h", "--help"})

    def test_page(self):
        lines = read("ejguard.8").splitlines()
        verbs = {line.split()[2]: page_options([line]) | {"-h", "--help"} for line in lines if line.startswith(".It Cm ")}
        self.assertEqual(verbs, self.verbs)
        items = [line for line in lines if line.startswith(".It Fl ")]
        every = set().union(self.globals, *self.verbs.values())
        self.assertEqual(page_options(items), every)
        codes = set(re.findall(r"^\.It (\d)$", "\n".join(lines), re.M))
        self.assertEqual(codes, set(re.findall(r"\b(\d) [a-z]", run("--help").out.split("Exit status:")[1])))

    def test_bash(self):
        text = read("completions/bash")
        self.assertEqual(set(re.search(r'global="([^"]*)"', text)[1].split()), self.globals)
        self.assertEqual(set(re.search(r'verbs="([^"]*)"', text)[1].split()), set(self.verbs))
        found = {}
        for names, options in re.findall(r'^\t([a-z| ]+)\) options="([^"]*)"', text, re.M):
            for name in names.split(" | "):
                found[name] = {word for word in options.split() if word.startswith("-")}
        self.assertEqual(found, self.verbs)

    def test_zsh(self):
        text = read("completions/zsh")
        self.assertEqual(set(re.findall(r"^\t\t'([a-z]+):", text, re.M)), set(self.verbs))
        common, cases = text.split("_ejguard() {")[1].split("case $line[1] in")
        self.assertEqual({word for word in self.zsh_options(common) if word != "-C"}, self.globals)
        found = {}
        for names, body in re.findall(r"^\t([a-z| ]+)\)(.*?);;", cases, re.M | re.S):
            for name in names.split(" | "):
                found[name] = self.zsh_options(body) | {"-h", "--help"}
        self.assertEqual(found, self.verbs)

    @staticmethod
    def zsh_options(text):
        braces = {word for group in re.findall(r"\{(-[^}]*)\}", text) for word in group.split(",")}
        return braces | set(re.findall(r"'(?:\([^)]*\))?\*?(--[a-z-]+)\[", text))

    def test_fish(self):
        text = read("completions/fish")
        self.assertEqual(set(re.search(r"^set -l verbs (.*)$", text, re.M)[1].split()), set(self.verbs))
        self.assertEqual(set(re.findall(r'\$verbs" -a ([a-z]+) ', text)), set(self.verbs))
        found = {verb: {"-h", "--help"} for verb in self.verbs}
        common = {"-h", "--help"}
        for line in text.splitlines():
            options = {"--" + word for word in re.findall(r" -l ([a-z-]+)", line)}
            options |= {"-" + word for word in re.findall(r" -s ([a-z])", line)}
            if "not __fish_seen" in line:
                common |= options
            seen = re.search(r'"__fish_seen_subcommand_from ([^"]*)"', line)
            for verb in seen[1].split() if seen else []:
                found[verb] |= options
        self.assertEqual(found, self.verbs)
        self.assertEqual(common, self.globals)

    def test_shells_read_them(self):
        for shell in "bash", "zsh", "fish":
            if shutil.which(shell):
                with self.subTest(shell=shell):
                    result = subprocess.run([shell, "-n", f"{SOURCE}/tools/completions/{shell}"], check=False)
                    self.assertEqual(result.returncode, 0)

    def test_default_stack(self):
        lines = [line for line in read("ejabberd.stack").splitlines() if line and not line.startswith("#")]
        guards = [line for line in lines if not line.startswith("set ")]
        self.assertEqual(guards[0], "required net strict=yes")
        for guard in guards:
            self.assertTrue(os.path.isdir(f"{SOURCE}/libejguard/modules/{guard.split()[1]}"), guard)
        self.assertFalse([line for line in lines if line.startswith("set peers")])


if __name__ == "__main__":
    main()
