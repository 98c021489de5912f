# SPDX-License-Identifier: LGPL-2.1-or-later
"""The verbs, options and exit codes of the help and of the manual page are the same; completions: test-completions.py."""
import os
import re

from cli import SOURCE, Case, help_sets, main, run


def read(name):
    with open(f"{SOURCE}/tools/{name}") as file:
        return file.read()


def page_options(lines):
    """Options of .It and .Op lines: "Fl -json" is --json, "Fl q" is -q."""
    return {"-" + word for line in lines for word in re.findall(r"\bFl (-?[a-z][a-z-]*)", line)}


class Words(Case):
    def setUp(self):
        super().setUp()
        self.globals, self.verbs = help_sets()

    def test_help_has_them(self):
        self.assertEqual(len(self.verbs), 18)
        self.assertIn("--json", self.globals)
        self.assertEqual(self.verbs["release"], set())

    def test_page(self):
        lines = read("ejguard.8").splitlines()
        verbs = {line.split()[2]: page_options([line]) for line in lines if line.startswith(".It Cm ")}
        self.assertEqual(verbs, self.verbs)
        items = [line for line in lines if line.startswith(".It Fl ")]
        every = set().union(self.globals, *self.verbs.values())
        self.assertEqual(page_options(items), every)
        codes = set(re.findall(r"^\.It (\d)$", "\n".join(lines), re.M))
        self.assertEqual(codes, set(re.findall(r"(?m)^  (\d) +[a-z]", run("--help").out.split("Exit status:")[1])))

    def test_default_stack(self):
        for kind in ("ejabberd", "rabbitmq", "couchdb", "emqx", "vernemq", "erlang"):
            lines = [line for line in read(f"{kind}.stack").splitlines() if line and not line.startswith("#")]
            guards = [line for line in lines if not line.startswith("set ")]
            # which port of a release is public, nobody but its administrator knows
            self.assertEqual(guards[0], "required net" if kind == "erlang" else "required net strict=yes")
            for guard in guards:
                self.assertTrue(os.path.isdir(f"{SOURCE}/libejguard/modules/{guard.split()[1]}"), guard)
            self.assertFalse([line for line in lines if line.startswith("set peers")])
            self.assertEqual("set kind " + kind in lines, kind != "ejabberd")
            self.assertEqual("optional config" in guards, kind == "ejabberd")


if __name__ == "__main__":
    main()
