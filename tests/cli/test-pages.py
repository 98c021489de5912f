# SPDX-License-Identifier: LGPL-2.1-or-later
"""The manual pages: clean, installed, and of the same words as the code."""
import glob
import os
import re
import shutil
import subprocess
import unittest

from cli import SOURCE, main

PAGES = sorted(path for section in "12345678"
               for folder in ("tools", "libejguard", "libejguard/modules/*")
               for path in glob.glob(f"{SOURCE}/{folder}/*.{section}"))


def read(name):
    with open(f"{SOURCE}/{name}") as file:
        return file.read()


def section(page, name):
    """The text of a section or subsection."""
    return re.search(rf'^\.S[hs] "?{name}"?\n(.*?)(?=^\.S[hs] |\Z)', page, re.M | re.S)[1]


def items(text):
    return {line.split()[2] for line in text.splitlines() if line.startswith(".It Ic ")}


class Pages(unittest.TestCase):
    def test_clean(self):
        if not shutil.which("mandoc"):
            self.skipTest("mandoc is not installed")
        self.assertGreaterEqual(len(PAGES), 4)
        for path in PAGES:
            with self.subTest(page=path):
                result = subprocess.run(["mandoc", "-Tlint", "-Wwarning", path], capture_output=True, check=False)
                self.assertEqual((result.returncode, result.stdout.decode()), (0, ""))

    def test_widths(self):
        """groff's macros measure the widths of columns between apostrophes, so that none may have one."""
        for path in PAGES:
            self.assertNotRegex(read(os.path.relpath(path, SOURCE)), r"(?m)^\.Bl -column.*'", path)

    def test_installed(self):
        for path in PAGES:
            with self.subTest(page=path):
                folder, name = os.path.split(os.path.relpath(path, SOURCE))
                builds = [folder]
                while os.path.dirname(builds[-1]):
                    builds.append(os.path.dirname(builds[-1]))
                rules = "".join(read(f"{place}/meson.build") for place in builds
                                if os.path.exists(f"{SOURCE}/{place}/meson.build"))
                installed = re.findall(r"'([^']*)'", "".join(re.findall(r"install_man\(([^)]*)\)", rules)))
                self.assertIn(name, [os.path.basename(word) for word in installed])

    def test_references(self):
        """A page of ours that another one refers to exists."""
        ours = {os.path.basename(path) for path in PAGES}
        for path in PAGES:
            for name, number in re.findall(r"^\.Xr (\S*ejguard\S*) (\d)", read(os.path.relpath(path, SOURCE)), re.M):
                self.assertIn(f"{name}.{number}", ours, path)


class Configuration(unittest.TestCase):
    """ejguard.conf(5) against the sources."""

    def setUp(self):
        self.page = read("libejguard/ejguard.conf.5")
        self.grammar = section(self.page, "GRAMMAR")

    def rule(self, name):
        text = re.search(rf"^{name} +=(.*?)(?=^[a-z]+ +=|^\.Ed)", self.grammar, re.M | re.S)[1]
        return set(re.findall(r'"([^"]*)"', text))

    def test_settings(self):
        code = re.search(r"stack_setting_names\[\] = \{(.*?)\};", read("libejguard/core/stack-file.c"), re.S)[1]
        names = set(re.findall(r'"([^"]*)"', code))
        self.assertTrue(names)
        self.assertEqual(items(section(self.page, "SETTINGS")), names)
        self.assertEqual(self.rule("setting"), names)

    def test_controls(self):
        code = re.search(r"words\[\] = \{([^}]*)\};", read("libejguard/core/stack-file.c"))[1]
        words = set(re.findall(r'"([^"]*)"', code))
        controls = items(section(self.page, "GUARDS"))
        self.assertEqual(controls | {"set", "include"}, words)
        self.assertEqual(self.rule("control"), controls)
        enum = set(re.findall(r"\bCONTROL_([A-Z]+)\b", read("libejguard/core/verdict.h")))
        self.assertEqual({control.upper() for control in controls}, enum)

    def test_types_of_options(self):
        code = re.search(r"describe_option_type\(.*?\n}", read("tools/print/describe.c"), re.S)[0]
        names = set(re.findall(r'\] = "([^"]*)"', code))
        options = section(self.page, "Options")
        described = set(re.findall(r"^\.It ([a-z ]+)$", options, re.M))
        self.assertEqual(described, names)
        declared = set(re.findall(r"^\tEJG_OPTION_([A-Z_]+),", read("include/ejguard/module.h"), re.M))
        self.assertLessEqual({name.replace("_", " ").lower() for name in declared}, names | {"required", "repeatable"})

    def test_limits(self):
        text = section(self.page, "LIMITS")
        code = read("libejguard/core/stack-file.h")
        numbers = {name: eval(value, {})  # pylint: disable=eval-used # of our own header
                   for name, value in re.findall(r"(STACK_MAX_\w+) = ([\d* ]+),", code)}
        for name, what in (("FILE", "size of a file"), ("LINE", "line, together"), ("WORDS", "words of a line"),
                           ("MODULES", "guards of a stack"), ("DEPTH", "includes inside"), ("ERRORS", "errors that")):
            line, = [line for line in text.splitlines() if line.startswith(f".It {what}")]
            self.assertIn(f" Ta {numbers['STACK_MAX_' + name]}", line)


if __name__ == "__main__":
    main()
