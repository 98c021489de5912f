# SPDX-License-Identifier: LGPL-2.1-or-later
"""What would change: a diff that people read, the same as JSON, and an exit status that tells whether anything would."""
import os
import unittest

from cli import SOURCE, Case, main, needs_cgroup2

DIFF = """Would change (2)
  {module:<10}list
              + a:1
              - b
              + c
              and 3 more with +
              and 12 more with -
            /etc/thing: would be mended

"""


@needs_cgroup2
class DryRun(Case):
    def test_something(self):
        self.stack("required probe changes=yes\n")
        result = self.ejguard("apply", "--dry-run")
        self.assertEqual((result.exit, result.err), (5, ""))
        self.assertEqual(result.out, DIFF.format(module="probe") + f"next: {self.command('apply')}\n"
                                     "ejabberd: would be guarded, 2 changes\n")
        self.assertEqual(self.ejguard("-q", "apply", "--dry-run").out, "")

    def test_json(self):
        self.stack("required probe changes=yes\n")
        report = self.ejguard("apply", "--dry-run", "--json").json
        self.assertEqual((report["exit"], report["outcome"]), (5, "held"))
        self.assertEqual(report["changes"], [
            {"module": "probe", "subject": "list", "message": "+a:1 -b +c and 3 more with + and 12 more with -",
             "added": ["a:1", "c"], "removed": ["b"], "added_more": 3, "removed_more": 12},
            {"module": "probe", "subject": "/etc/thing", "message": "would be mended", "added": [], "removed": [],
             "added_more": 0, "removed_more": 0}])
        self.assertNotIn("changes", self.ejguard("check", "--json").json)

    def test_how_to_use_a_file(self):
        """What is next is to put it in its place, if it is not there, and to apply it."""
        path = self.write("new stack", "set cgroups ejabberd.service\nrequired probe changes=yes\n")
        sudo = "" if os.geteuid() == 0 else "sudo "
        self.assertIn(f"next: {sudo}install -D -m 0644 '{path}' {self.confdir}/ejabberd && {self.command('apply')}\n",
                      self.ejguard("check", "--file", path).out)
        path = self.stack("required probe changes=yes\n")
        self.assertIn(f"next: {self.command('apply')}\n", self.ejguard("check", "--file", path).out)
        path = self.stack("required probe\n")
        self.assertNotIn("next: ", self.ejguard("check", "--file", path).out)

    def test_nothing(self):
        self.stack("required probe\n")
        result = self.ejguard("apply", "--dry-run")
        self.assertEqual((result.exit, result.out), (0, "ejabberd: would be guarded, nothing would change\n"))
        self.assertEqual(self.ejguard("apply", "--dry-run", "--json").json["changes"], [])

    def test_failures_count_for_more(self):
        self.stack("required probe changes=yes answer=not-held\n")
        result = self.ejguard("apply", "--dry-run")
        self.assertEqual(result.exit, 1)
        self.assertIn("would NOT be guarded: 2 failures", result.out)
        self.assertIn("Would change (2)", result.out)
        self.stack("required probe bogus=1\n")
        self.assertEqual(self.ejguard("apply", "--dry-run").exit, 3)

    def test_nothing_to_guard(self):
        """An apply fails where none of the cgroups is there, and so does its dry run; a file may be valid all the same."""
        path = self.stack("required net\n")
        self.assertEqual(self.ejguard("apply", "--dry-run").exit, 1)
        self.assertEqual(self.ejguard("check", "--file", path).exit, 0)
        words = "enable", "--now", "--dry-run", "--templatedir", f"{SOURCE}/tools/systemd"
        result = self.ejguard(*words)
        self.assertEqual(result.exit, 1)
        self.assertIn("none of the cgroups of ejabberd exists", result.err)
        self.write("conf/ejabberd", "set cgroups ejabberd.service\nrequired probe\n")
        self.assertEqual(self.ejguard(*words).exit, 5)

    def test_check_of_a_file(self):
        path = self.stack("required net changes=yes\n", "other")
        result = self.ejguard("check", "--file", path)
        self.assertEqual(result.exit, 0)
        sudo = "" if os.geteuid() == 0 else "sudo "
        self.assertEqual(result.out, DIFF.format(module="net") + f"next: {sudo}install -D -m 0644 {path} {self.confdir}/ejabberd"
                                     f" && {self.command('apply')}\nejabberd: would be guarded, 2 changes, 1 ok\n")
        self.assertEqual(self.ejguard("check", "--file", path, "--detailed-exitcode").exit, 5)
        path = self.stack("required net\n", "other")
        self.assertEqual(self.ejguard("check", "--file", path, "--detailed-exitcode").exit, 0)

    def test_invalid_file(self):
        """Says nothing about the service, which was not looked at."""
        for path, errors in ((self.write("bad", "ste cgroups x\nrequired nosuch\n"), "[2-9] errors"), ("/nonexistent/stack", "1 error"),
                             (self.write("bad2", "set cgroups ejabberd.service\nrequired nosuch\n"), "1 error")):
            with self.subTest(path=path):
                result = self.ejguard("check", "--file", path)
                self.assertEqual(result.exit, 3)
                self.assertRegex(result.out, rf"\n{path}: invalid, {errors}; ejabberd itself was not checked\n$")
                self.assertNotIn("GUARDED", result.out)
        self.assertIn("ejabberd: would NOT be guarded: ", self.ejguard("check", "--file", self.stack("required net answer=not-held\n")).out)

    def enable(self, *words):
        return self.ejguard("enable", "--unitdir", self.unitdir, "--templatedir", f"{SOURCE}/tools/systemd", *words)

    def test_drop_ins(self):
        result = self.enable("--dry-run")
        self.assertEqual((result.exit, result.err), (5, ""))
        self.assertEqual(os.listdir(self.unitdir), [])
        self.assertEqual(result.out.count("50-ejguard.conf: would be written\n"), 3)
        self.assertIn("ejabberd: would be enabled, 3 changes\n", result.out)
        self.assertEqual({unit["action"] for unit in self.enable("--dry-run", "--json").json["units"]}, {"written"})
        self.assertEqual(self.enable().exit, 0)
        result = self.enable("--dry-run")
        self.assertEqual((result.exit, result.out), (0, "ejabberd: would be enabled, nothing would change\n"))
        self.write("conf/ejabberd", "set cgroups ejabberd.service\nrequired net advice=yes\n")
        result = self.enable("--dry-run")
        self.assertEqual(result.exit, 5)
        self.assertEqual(result.out.count("50-ejguard.conf: would be removed\n"), 2)
        self.assertEqual(len(os.listdir(self.unitdir)), 3)

    def test_usage(self):
        for words in ["apply", "--dry-run", "--own"], ["apply", "--dry-run", "--only", "net"], \
                ["apply", "--dry-run", "--grace=600"], ["check", "--detailed-exitcode"]:
            with self.subTest(words=words):
                self.assertEqual(self.ejguard(*words).exit, 2)

    def test_colour(self):
        path = self.stack("required net changes=yes\n", "other")
        self.assertNotIn("\033", self.ejguard("check", "--file", path).out)


if __name__ == "__main__":
    main()
