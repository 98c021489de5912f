# SPDX-License-Identifier: LGPL-2.1-or-later
"""discover: a made-up service as text and as JSON, hostile strings, and the verb itself with stacks good and bad."""
import json
import os
import re
import subprocess

from cli import EJGUARD, Case, main, needs_cgroup2, validate

SURVEY = os.environ["SURVEY"]


class Survey(Case):
    def survey(self, *words, locale="C.UTF-8"):
        environment = dict(os.environ, LC_ALL=locale)
        result = subprocess.run([SURVEY, *words], env=environment, capture_output=True, check=False, timeout=60)
        self.assertEqual((result.returncode, result.stderr.replace(b"\n", b"")[:9]),
                         (0, b"ejguard: " if b"core" in result.stderr else b""))
        return result.stdout.decode()

    def table(self, text, title):
        """Rows of a table, split at two blanks."""
        lines = text.split(f"{title}", 1)[1].split("\n\n")[0].splitlines()[1:]
        return [re.split(r" {2,}", line.strip()) for line in lines]

    def test_facts(self):
        rows = self.table(self.survey("full"), "Facts (")
        self.assertEqual(rows[0], ["FACT", "ORIGIN", "VALUE"])
        self.assertIn(["configuration", "preset /usr/sbin/ejabberdctl:31", "/etc/ejabberd"], rows)
        self.assertIn(["cgroups", "/etc/ejguard/ejabberd:7", "ejabberd.service, epmd.service (not there now)"], rows)
        self.assertIn(["distribution", "/etc/default/ejabberd:12", "4370-4375"], rows)
        self.assertIn(["public ports", "/etc/ejguard/ejabberd:7", "5222-5223 5269"], rows)
        self.assertIn(["peers", "/etc/peers:3", "node2.example.org"], rows)
        self.assertIn(["users", "default", "root 4000000000"], rows)

    def test_settings(self):
        text = self.survey("full")
        rows = self.table(text, "Settings of")
        self.assertIn(["ERLANG_NODE", "/etc/default/ejabberd:12", "ejabberd@host"], rows)
        index = rows.index(["ERLANG_NODE (overridden)", "preset /usr/sbin/ejabberdctl:31", "ejabberd@localhost"])
        self.assertEqual(rows[index + 1], ["line 12 is in effect"])
        self.assertIn(["HOME", "/etc/default/ejabberd:12", "indeterminate"], rows)
        self.assertIn("\nNot set: ERL_INETRC ERL_EPMD_ADDRESS\n"
                      "Indeterminate, /etc/default/ejabberd:12: it cannot be read: SPOOL_DIR LOGS_DIR VMARGS\n", text)
        self.assertIn(["user", "[1]", "root"], rows)

    def test_side_by_side(self):
        rows = self.table(self.survey("full"), "Configured and real:")
        self.assertEqual(rows[0], ["CONFIGURED", "REAL"])
        self.assertEqual(rows[1:], [
            ["node name", "ejabberd@host (short)", "ejabberd@host (short, pid 100)"],
            ["user", "root", "root"],
            ["home", "indeterminate: it depends on `getent passwd`", "/var/lib/ejabberd"],
            ["distribution", "4370-4375 on 127.0.0.1", "127.0.0.1:4371, 0.0.0.0:40000"],
            ["epmd", "4369", "[::]:4369 of epmd.socket"],
            ["public ports", "5222-5223 5269", "0.0.0.0:5222"]])

    def test_processes_and_listeners(self):
        text = self.survey("full")
        rows = self.table(text, "Processes ")
        self.assertIn(["100", "root", "node", "yes", "ejabberd.service", "ejabberd@host"], rows)
        self.assertEqual(" ".join(rows[2] + rows[3]), "its command line contains a cookie, which every user can read")
        self.assertIn(["300", "4000000000", "epmd", "NO", "/user.slice", "/usr/bin/epmd"], rows)
        rows = self.table(text, "Listeners:")
        self.assertIn(["127.0.0.1:4371", "root", "yes", "ejabberd.service", "100, node ejabberd@host"], rows)
        self.assertIn(["0.0.0.0:4372", "4000000000", "NO", "-", "not seen"], rows)
        self.assertIn("1 of other services are left out; -v shows them.", text)
        self.assertIn("ssh.service", self.survey("-v", "full"))
        self.assertNotIn("ssh.service", text)
        rows = self.table(text, "Names in epmd:")
        self.assertEqual(rows[1:], [["ejabberd", "40000", "100"], ["impostor", "9999", "none seen"]])

    def test_end(self):
        text = self.survey("full")
        self.assertLess(text.index("Failures (1)"), text.index("Warnings (1)"))
        self.assertLess(text.index("Warnings (1)"), text.index("Not seen (1)"))
        self.assertEqual(text.count("the environment of process 300: Permission denied"), 1)
        self.assertIn("/etc/default/ejabberd:12: distribution: 40000 is not in 4370-4375 [core.contradiction]\n"
                      "            remedy: restart it\n", text)
        self.assertTrue(text.endswith("\nejabberd: discovered, 1 failure, 1 warning, 1 not seen\n"))
        self.assert_narrow(text)

    def test_quiet(self):
        text = self.survey("-q", "full")
        self.assertTrue(text.startswith("Failures (1)\n"))
        self.assertNotIn("FACT", text)
        self.assertEqual(self.survey("-q", "empty"), "")

    def test_empty(self):
        text = self.survey("empty")
        self.assert_narrow(text)
        self.assertIn("there is nothing to read it from", text)
        self.assertIn("\nNames in epmd: no answer: nobody listens on port 4369\n", text)
        self.assertTrue(text.endswith("\nejabberd: discovered\n"))

    def test_hostile(self):
        for locale in "C.UTF-8", "C":
            with self.subTest(locale=locale):
                text = self.survey("-v", "hostile", locale=locale)
                self.assert_narrow(text)
                self.assertNotRegex(text, "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]")
                self.assertIn(r"\x1b[31mred\x0d\x0a\xff", text)
                self.assertIn("...", text)
        report = validate(json.loads(self.survey("--json", "hostile")))
        self.assertTrue(self.survey("--json", "hostile").isascii())
        # JSON has the complete value, and shows where a byte was not UTF-8.
        value = report["survey"]["settings"][0]["value"]
        self.assertTrue(value.startswith("\\x1b[31mred") or value.startswith("\x1b[31mred"))
        self.assertGreater(len(value), 4000)

    def test_json(self):
        report = validate(json.loads(self.survey("--json", "full")))
        self.assertEqual((report["verb"], report["outcome"], report["exit"]), ("discover", "held", 0))
        self.assertEqual(report["facts"]["dist"], {
            "value": [{"first": 4370, "last": 4375}], "state": "fixed", "note": None,
            "origin": {"kind": "discovered", "file": "/etc/default/ejabberd", "line": 12}})
        self.assertEqual(report["facts"]["users"]["value"], [{"uid": 0, "name": "root"},
                                                             {"uid": 4000000000, "name": "4000000000"}])
        survey = report["survey"]
        self.assertEqual([setting["state"] for setting in survey["settings"][:2]], ["known", "overridden"])
        self.assertEqual(survey["processes"][0]["arguments"], ["beam.smp", "-setcookie", "***"])
        self.assertIsNone(survey["processes"][1]["environment"])
        self.assertEqual(survey["listeners"][4]["pid"], None)
        self.assertEqual(survey["epmd"]["names"][1], {"name": "impostor", "port": 9999})
        self.assertEqual([row["name"] for row in report["compared"]],
                         ["node name", "user", "home", "distribution", "epmd", "public ports"])
        self.assertEqual(len(report["findings"]), 3)
        validate(json.loads(self.survey("--json", "empty")))


@needs_cgroup2
class Discover(Case):
    def test_verb(self):
        result = self.ejguard("discover")
        self.assertEqual(result.exit, 0)
        self.assert_narrow(result.out)
        self.assertIn("FACT ", result.out)
        self.assertRegex(result.out.splitlines()[-1], "^ejabberd: discovered")
        report = self.ejguard("--json", "discover").json
        self.assertEqual(report["facts"]["cgroups"]["origin"]["kind"], "stack")

    def test_broken_stack(self):
        for text in "requierd net\n", "required net bogus=1\n", "set epmd 99999\nrequired net\n", "":
            self.stack(text)
            with self.subTest(stack=text):
                result = self.ejguard("discover")
                self.assertEqual(result.exit, 0)
                self.assertIn("FACT ", result.out)
                self.assertIn("[core.", result.out + result.err.replace("core.", "[core."))
                self.assertTrue(self.ejguard("--json", "discover").json["findings"])

    def test_no_stack(self):
        result = self.ejguard("discover", "absent")
        self.assertEqual(result.exit, 0)
        self.assertIn("core.stack-missing", result.err)

    def test_unprivileged(self):
        os.chmod(self.folder, 0o755)
        nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        result = self.ejguard("discover", prefix=nobody if os.geteuid() == 0 else [])
        self.assertEqual((result.exit, result.err), (0, ""))
        self.assertIn("FACT ", result.out)

    def test_usage(self):
        self.assertEqual(self.ejguard("discover", "a", "b").exit, 2)
        self.assertEqual(self.ejguard("discover", "../x").exit, 2)
        self.assertTrue(os.path.isabs(EJGUARD))


if __name__ == "__main__":
    main()
