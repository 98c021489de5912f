# SPDX-License-Identifier: LGPL-2.1-or-later
"""
The page of a host with more than forty findings, whole, at 80 and at 100 columns (pages/): what to do first, each file once,
what follows from a finding below it. The host is the made-up one of tests/rules as an image, with pages/forty.sh run in it.

EJG_GOLDEN=write writes the pages anew.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from cli import EJGUARD, SOURCE, main, run, terminal, validate

sys.path.insert(0, f"{SOURCE}/tests/rules")
import tree  # noqa: E402 pylint: disable=wrong-import-position

PAGES = pathlib.Path(SOURCE, "tests/cli/pages")
STACK = "".join(f"required {module}\n" for module in ("cookie", "leaks", "node", "files", "config"))


@unittest.skipUnless(os.geteuid() == 0, "needs root: the files of the host have owners")
class LongPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = pathlib.Path(tempfile.mkdtemp(prefix="ejguard-page.", dir="/tmp"))
        cls.addClassCleanup(shutil.rmtree, cls.work)
        cls.work.chmod(0o755)
        cls.image = cls.work / "image"
        cls.image.mkdir()
        tree.build(cls.image)
        for name, mode in tree.PACKAGE.items():
            path = cls.image / "usr" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(tree.data / path.name, path)
            path.chmod(mode)
        for folder in "modules", "conf":
            (cls.work / folder).mkdir(mode=0o755)
        for module in pathlib.Path(os.environ["MODULES"]).glob("*/*.so"):
            shutil.copy(module, cls.work / "modules")
        (cls.work / "conf/ejabberd").write_text(STACK, encoding="ascii")
        subprocess.run(["bash", "-eu", PAGES / "forty.sh", PAGES / "forty.yml"], check=True, cwd=cls.image)

    def words(self, *before):
        return ["--confdir", f"{self.work}/conf", "--moduledir", f"{self.work}/modules", *before, "check", "--root",
                str(self.image)]

    def page(self, columns, *before):
        """What a terminal of so many columns shows, without colours, and with this test's own folders taken out."""
        with terminal(rows=50, columns=columns) as (end, screen):
            process = subprocess.run([EJGUARD, *self.words(*before)], stdin=subprocess.DEVNULL, stdout=end, stderr=subprocess.DEVNULL,
                                     cwd="/", env={**os.environ, "LC_ALL": "C.UTF-8", "TERM": "xterm", "NO_COLOR": "1"}, check=False)
        self.assertEqual(process.returncode, 1)
        return screen.text.replace("\r\n", "\n").replace(str(self.work), "WORK")

    def golden(self, columns):
        text = self.page(columns)
        path = PAGES / f"forty-{columns}.txt"
        if os.environ.get("EJG_GOLDEN") == "write":
            path.write_text(text, encoding="utf-8")
        self.assertEqual(text, path.read_text(encoding="utf-8"))
        for line in text.splitlines():
            if " run: " not in line and not line.startswith(("1. run:", "2. run:", "3. run:", "next: ")):
                self.assertLessEqual(len(line), columns)
        return text

    def findings(self):
        return validate(json.loads(run(*self.words("--json")).out))["findings"]

    def test_80_columns(self):
        self.golden(80)

    def test_100_columns(self):
        self.golden(100)

    def test_first(self):
        """Three lines, each with something to do, about different things; each file is one heading."""
        lines = self.page(100).splitlines()
        for number, line in enumerate(lines[:3], 1):
            self.assertRegex(line, rf"^{number}\. (run|edit): \S+ .+$")
        self.assertEqual(len(set(lines[:3])), 3)
        headings = re.findall(r"^(/\S+|[a-z]+): (?:\d+ failures?|\d+ warnings?)", "\n".join(lines), re.M)
        self.assertEqual(len(headings), len(set(headings)))
        self.assertIn("/etc/ejabberd/ejabberd.yml", headings)

    def test_nothing_is_lost(self):
        """Each id is on the page; -v and JSON have every finding."""
        loud = [finding for finding in self.findings() if finding["severity"] in ("failure", "warning")]
        self.assertGreater(len(loud), 40)
        text, full = self.page(100), self.page(100, "-v")
        for finding in loud:
            self.assertIn(f"[{finding['id']}]", text)
            self.assertEqual(full.count(f"[{finding['id']}]"), len([f for f in loud if f["id"] == finding["id"]]))
        self.assertLess(text.count("\n") * 2, full.count("\n"))

    def test_causes(self):
        """A takeover names its parts; a file that can be read, the folder that is open; nothing is its own cause."""
        findings = self.findings()
        causes = {}
        for index, finding in enumerate(findings):
            self.assertNotIn(index, finding["causes"])
            causes.setdefault(finding["id"], set()).update(findings[i]["id"] for i in finding["causes"])
            self.assertEqual(finding["needs"] is None, finding["severity"] not in ("failure", "warning"))
        self.assertEqual(causes["config.admin-everybody"], {"config.register-open", "config.register-web"})
        self.assertEqual(causes["files.spool-readable"], {"files.folder-open"})
        self.assertEqual(causes["cookie.contradiction"], {"cookie.setcookie"})
        self.assertEqual(causes["config.api-open"], set())


class Table(unittest.TestCase):
    def test_every_finding_has_a_need(self):
        """What a module can find, as failure or warning, is in the table of relations.c."""
        with open(f"{SOURCE}/tools/print/relations.c", encoding="utf-8") as file:
            text = file.read()
        patterns = re.findall(r'\{ "([a-z]+\.[a-z*-]+)", NEED_', text)
        for folder in sorted(pathlib.Path(os.environ["MODULES"]).glob("*/*.so")):
            report = json.loads(run("--moduledir", str(folder.parent), "--json", "modules").out)
            for module in report["modules"]:
                for finding in module["findings"]:
                    known = any(re.fullmatch(pattern.replace(".", r"\.").replace("*", ".*"), finding["id"])
                                for pattern in patterns)
                    if finding["severity"] in ("failure", "warning"):
                        self.assertTrue(known, finding["id"])
        rules = set(re.findall(r'\{ "([a-z.*-]+)", "([a-z.*-]+)", MATCH_', text))
        self.assertEqual([rule for rule in rules if rule[0] != rule[1] and rule[::-1] in rules], [])

    def test_every_rule_is_tried(self):
        """Each rule has a pair in test-relations.c; its words are still in what a module says, also for the module."""
        with open(f"{SOURCE}/tools/print/relations.c", encoding="utf-8") as file:
            rules = re.findall(r'\{ "([a-z.*-]+)", "([a-z.*-]+)", MATCH_\w+, (?:NULL|"([^"]+)")', file.read())
        with open(f"{SOURCE}/tests/cli/test-relations.c", encoding="utf-8") as file:
            pairs = re.findall(r'\{ "([a-z.-]+)", "([a-z.-]+)", [A-Z_]+, [A-Z_]+, (?:NULL|"([^"]+)")', file.read())
        self.assertGreater(len(rules), 30)
        for cause, effect, words in rules:
            self.assertTrue(any(pair[0] == cause and words in pair[2] and
                                re.fullmatch(effect.replace(".", r"\.").replace("*", ".*"), pair[1]) for pair in pairs),
                            (cause, effect, words))
        said = "".join(path.read_text(encoding="utf-8") for path in
                       pathlib.Path(SOURCE, "libejguard/modules").glob("**/*.c"))
        for words in {rule[2] for rule in rules} - {""} | {"everybody ", "group "}:
            self.assertIn(words, said)


if __name__ == "__main__":
    main()
