# SPDX-License-Identifier: LGPL-2.1-or-later
"""What --json prints is what the schema describes, member for member, for every verb and every kind of error."""
import json
import os
import re
import subprocess
import unittest

import cli
from cli import CLOSED_SCHEMA, SOURCE, Case, close_schema, main, needs_cgroup2, read_schema, run, validate


class Schema(unittest.TestCase):
    def setUp(self):
        if cli.jsonschema is None:
            self.skipTest("python3-jsonschema is not installed")

    def test_is_one(self):
        cli.jsonschema.Draft202012Validator.check_schema(read_schema())

    def test_number(self):
        with open(f"{SOURCE}/tools/base/report.h") as file:
            number = int(re.search(r"REPORT_SCHEMA = (\d+)", file.read())[1])
        schema = read_schema()
        self.assertTrue(os.path.exists(f"{SOURCE}/tools/schema/ejguard-{number}.json"))
        for name in "report", "event":
            self.assertEqual(schema["$defs"][name]["properties"]["schema"]["const"], number)
        self.assertIn(f"schema {number}", schema["title"])

    def test_verbs(self):
        verbs = read_schema()["$defs"]["report"]["properties"]["verb"]["enum"]
        text = run("--help").out
        self.assertEqual(set(verbs) - {None}, set(re.findall(r"^  ([a-z]+) ", text.split("Options")[0], re.M)))

    def test_everything_is_described(self):
        """Every definition is used, and every object is closed by close_schema()."""
        text = json.dumps(read_schema())
        for name in read_schema()["$defs"]:
            self.assertIn(f'"#/$defs/{name}"', text)
        self.assertEqual(json.dumps(CLOSED_SCHEMA).count('"additionalProperties": false'),
                         json.dumps(read_schema()).count('"required": [') - self.conditions(read_schema()))

    @staticmethod
    def conditions(schema):
        return 2 * len(schema["$defs"]["report"]["allOf"])

    def test_tells_wrong_from_right(self):
        good = run("--json", "chek").json
        for name, value in ("exit", "2"), ("outcome", "fine"), ("schema", 2), ("new", 1), ("findings", [{}]):
            with self.subTest(name=name), self.assertRaises(cli.jsonschema.ValidationError):
                validate(dict(good, **{name: value}))
        self.assertIs(close_schema(read_schema())["$defs"]["finding"]["additionalProperties"], False)

    def test_page(self):
        """Every member of the object has its line in the manual page."""
        with open(f"{SOURCE}/tools/ejguard-json.5") as file:
            report, event = file.read().split(".Ss The object")[1].split(".Ss The event")
        for name, text in ("report", report), ("event", event):
            members = set(re.findall(r"^\.It Ic (\S+)$", text, re.M))
            self.assertEqual(members, set(read_schema()["$defs"][name]["properties"]))


@needs_cgroup2
class Verbs(Case):
    """The objects are validated as they are read: Result.json."""

    STACKS = [
        "required net\n",
        "required net answer=not-held advice=yes unseen=yes strange=yes many=5\nrequired probe\n",
        "required net answer=error\n",
        "required net answer=unprivileged\nrequired probe advice=yes\n",
        "required net answer=not-applicable\n",
        "required net bogus=1\nrequierd probe\n",
        "",
        "set epmd 4369\nset peers 198.51.100.7\nset users root\nset dist 4370-4375\nset public 5222\nrequired net\n",
    ]
    VERBS = [["check"], ["status"], ["discover"], ["modules"], ["modules", "probe"], ["modules", "absent"], ["doctor"],
             ["explain", "bind", "::1", "4369"], ["explain", "bind", "nowhere", "4369"],
             ["apply", "--only", "absent"], ["watch", "--module", "absent"], ["check", "absent"], ["discover", "absent"]]

    def test_all(self):
        for stack in self.STACKS:
            self.stack(stack)
            for words in self.VERBS + [["enable", "--unitdir", self.unitdir, "--templatedir", f"{SOURCE}/tools/systemd"],
                                       ["disable", "--unitdir", self.unitdir], ["doctor", "--unitdir", self.unitdir]]:
                with self.subTest(stack=stack, words=words):
                    result = self.ejguard("--json", *words)
                    self.assertEqual(result.json["exit"], result.exit)
                    self.assertEqual(result.json["verb"], words[0])

    def test_events(self):
        self.stack("required probe events=3\n")
        process = subprocess.Popen([cli.EJGUARD, "--confdir", self.confdir, "--moduledir", self.moduledir, "--json", "watch"],
                                   stdout=subprocess.PIPE)
        for _ in range(3):
            self.assertIn("time_ns", validate(json.loads(process.stdout.readline())))
        process.terminate()
        process.stdout.close()
        self.assertEqual(process.wait(), 0)


if __name__ == "__main__":
    main()
