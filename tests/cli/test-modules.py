# SPDX-License-Identifier: LGPL-2.1-or-later
"""The modules themselves: each has a manual page that lists its options and findings, with their severities."""
import glob
import os
import re
import shutil

from cli import SOURCE, WIDTH, Case, main

MODULES = os.environ["MODULES"]
NAMES = sorted(os.path.basename(os.path.dirname(path)) for path in glob.glob(f"{SOURCE}/libejguard/modules/*/ejguard-*.8"))
SEVERITIES = {"ok", "info", "warning", "failure"}


def page(name):
    with open(f"{SOURCE}/libejguard/modules/{name}/ejguard-{name}.8") as file:
        return file.read()


def section(text, name):
    found = re.search(rf"^\.Sh {name}\n(.*?)(?=^\.Sh |\Z)", text, re.M | re.S)
    return found[1] if found else ""


def items(text):
    """Names and severity of the lines that begin an entry of a list or table: ".It Cm mode , acl Pq failure"."""
    found = []
    for line in text.splitlines():
        words = re.findall(r"[\w-]+", line.replace(".It", "", 1)) if line.startswith(".It") else []
        words = [word for word in words if not re.fullmatch(r"\d+|Cm|Ic|Sy|Pq|Ta|Li", word)]
        severity = next((word for word in words if word in SEVERITIES), None)
        if severity:
            found += [(word, severity) for word in words[:words.index(severity)]]
    return found


class Modules(Case):
    def setUp(self):
        super().setUp()
        for name in os.listdir(self.moduledir):
            os.unlink(f"{self.moduledir}/{name}")
        for name in NAMES:
            shutil.copy(f"{MODULES}/{name}/{name}.so", self.moduledir)
        self.modules = {module["name"]: module for module in self.ejguard("--json", "modules").json["modules"]}

    def test_all_are_there(self):
        self.assertEqual(sorted(self.modules), NAMES)
        self.assertGreaterEqual(len(NAMES), 5)

    def test_options(self):
        for name, module in self.modules.items():
            with self.subTest(module=name):
                listed = re.findall(r"^\.It Cm ([a-z0-9_]+) Ns =", section(page(name), "OPTIONS"), re.M)
                self.assertEqual(sorted(listed), sorted([option["name"] for option in module["options"]] + ["mode"]))

    def test_findings(self):
        for name, module in self.modules.items():
            with self.subTest(module=name):
                text = section(page(name), "FINDINGS")
                listed = items(text)
                declared = [(finding["id"].removeprefix(f"{name}."), finding["severity"])
                            for finding in module["findings"]]
                if listed or f"ejguard Cm modules {name}" not in text:
                    self.assertEqual(sorted(listed), sorted(declared))

    def test_remedies(self):
        """What is wrong has a remedy, and what is not has none."""
        for module in self.modules.values():
            for finding in module["findings"]:
                with self.subTest(finding=finding["id"]):
                    self.assertEqual(bool(finding["remedy"]), finding["severity"] in ("warning", "failure"))
                    self.assertTrue(finding["summary"])
                    self.assertFalse(finding["summary"].endswith("."))

    def test_page_is_narrow(self):
        for name in self.modules:
            text = self.ejguard("modules", name).out
            self.assertLessEqual(max(map(len, text.splitlines())), WIDTH)

    def test_calls_of_seccomp(self):
        """The manual names every call that the module refuses."""
        with open(f"{SOURCE}/libejguard/modules/seccomp/rules.c") as file:
            code = file.read()
        calls = set(re.findall(r"^\tCALL(?:_BY_NUMBER)?\((\w+),", code, re.M) + re.findall(r'\.call = "(\w+)"', code))
        self.assertGreater(len(calls), 50)
        text = section(page("seccomp"), "WHAT IS REFUSED")
        self.assertEqual({call for call in calls if not re.search(rf"\b{call}\b", text)}, set())


if __name__ == "__main__":
    main()
