# SPDX-License-Identifier: LGPL-2.1-or-later
"""status with its proof and its figures for a collector; apply without the proof."""
import json
import os
import subprocess

from cli import Case, main, needs_cgroup2

# Debian's package of the reference client is for Debian's Python, whichever one runs the tests.
PYTHON = "/usr/bin/python3"
PARSER = """
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
print(json.dumps([[f.name, f.type, f.documentation, [[s.name, s.labels, s.value] for s in f.samples]]
                  for f in text_string_to_metric_families(sys.stdin.read())]))
"""


@needs_cgroup2
class OpenMetrics(Case):
    def parse(self, text):
        """By the parser of the reference client: it refuses what the format does not allow."""
        if subprocess.run([PYTHON, "-c", "import prometheus_client"], capture_output=True, check=False).returncode:
            self.skipTest("python3-prometheus-client is not installed")
        result = subprocess.run([PYTHON, "-c", PARSER], input=text.encode(), capture_output=True, check=False)
        self.assertEqual(result.returncode, 0, result.stderr.decode())
        return {name: (kind, help, samples) for name, kind, help, samples in json.loads(result.stdout)}

    def test_families(self):
        self.stack("required net\nrequired probe\n")
        result = self.ejguard("status", "--openmetrics")
        self.assertEqual((result.exit, result.err), (0, ""))
        self.assertTrue(result.out.endswith("\n# EOF\n"))
        families = self.parse(result.out)
        self.assertEqual(set(families), {"ejguard_held", "ejguard_findings", "ejguard_version_info",
                                         "ejguard_net_attempts", "ejguard_probe_attempts"})
        self.assertEqual(families["ejguard_net_attempts"],
                         ("counter", "attempts so far",
                          [["ejguard_net_attempts_total", {"service": "ejabberd", "where": "thing-1"}, 42]]))
        self.assertEqual(families["ejguard_held"][0], "gauge")
        self.assertEqual(families["ejguard_held"][2], [["ejguard_held", {"service": "ejabberd"}, 1]])

    def test_nagios(self):
        """A line that its plugins print, a bar before the figures and nowhere else, and their exit statuses."""
        for stack, exit_status, word in (("required net\n", 0, "OK - ejabberd: guarded"),
                                         ("required net answer=not-held\n", 2, "CRITICAL - ejabberd: NOT GUARDED: 2 failures"),
                                         ("requierd net\n", 3, "UNKNOWN - ejabberd: ")):
            self.stack(stack)
            result = self.ejguard("check", "--nagios")
            first = result.out.split("\n")[0]
            self.assertEqual((result.exit, result.err), (exit_status, ""), result.out)
            self.assertRegex(first, rf"^EJGUARD {word}[^|]* \| failures=[0-9]+;;0 warnings=[0-9]+;0 unseen=[0-9]+$")
            self.assertEqual(result.out.count("|"), 1)
            self.assertEqual("\nejguard: " in result.out, exit_status == 2)
        self.assertEqual(self.ejguard("check", "--nagios", "--json").exit, 3)
        self.assertEqual(self.ejguard("check", "--nagios", "--nonsense").exit, 3)

    def test_strange_labels(self):
        self.stack("required net strange=yes\n")
        result = self.ejguard("status", "--openmetrics")
        self.assertEqual(result.exit, 0)
        samples = self.parse(result.out)["ejguard_net_attempts"][2]
        self.assertIn({"service": "ejabberd", "exported_service": 'a "b" \\x0a c\\d', "_9_x": ""},
                      [labels for _, labels, _ in samples])

    def test_the_format_of_prometheus(self):
        """Type and help are of the sample's name, and nothing ends it; service/prometheus asks promtool."""
        self.stack("required net\n")
        result = self.ejguard("status", "--prometheus")
        self.assertEqual((result.exit, result.err), (0, ""))
        self.assertIn("# TYPE ejguard_net_attempts_total counter\n# HELP ejguard_net_attempts_total attempts so far\n"
                      "ejguard_net_attempts_total{", result.out)
        self.assertIn('\nejguard_findings{service="ejabberd",severity="failure"} 0\n', result.out)
        self.assertNotIn("# EOF", result.out)
        self.assertEqual(self.ejguard("status", "--prometheus", "--openmetrics").exit, 2)
        self.assertEqual(self.ejguard("status", "--prometheus", "--json").exit, 2)

    def test_nothing_is_guarded(self):
        """What would work is not what guards."""
        self.stack("required net unapplied=yes answer=not-held\n")
        result = self.ejguard("status")
        self.assertEqual(result.exit, 1)
        self.assertIn("\nGuarded now: nothing\n", result.out)
        self.assertNotIn("it is guarded", result.out)
        self.stack("required net\n")
        self.assertNotIn("nothing", self.ejguard("status").out)

    def test_not_held(self):
        self.stack("required net answer=not-held\n")
        result = self.ejguard("status", "--openmetrics")
        self.assertEqual(result.exit, 1)
        self.assertIn("ejguard: net.broken: ", result.err)
        self.assertEqual(self.parse(result.out)["ejguard_held"][2][0][2], 0)

    def test_errors_are_no_figures(self):
        result = self.ejguard("status", "--openmetrics", "nobody")
        self.assertEqual((result.exit, result.out), (3, ""))
        self.assertIn("there is no stack 'nobody'", result.err)
        self.assertEqual(self.ejguard("--json", "status", "--openmetrics").exit, 2)


@needs_cgroup2
class Proof(Case):
    def private(self, *words):
        """As root, with a /run of its own: the proof takes the lock there."""
        if os.getuid() != 0:
            self.skipTest("only root can take the lock")
        script = 'mount -t tmpfs tmpfs /run && exec "$@"'
        return self.ejguard(*words, prefix=["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh"])

    def test_both_reports(self):
        result = self.private("status", "--prove")
        self.assertEqual((result.exit, result.err), (0, ""))
        self.assertRegex(result.out, r"net +thing-1 +an attempt was refused\nnet +thing-1 +it is guarded\n")
        self.assertTrue(result.out.endswith("ejabberd: guarded\n"))
        report = self.private("--json", "status", "--prove").json
        self.assertEqual([finding["message"] for finding in report["findings"]],
                         ["an attempt was refused", "it is guarded", "it works"])
        self.assertEqual(len(report["metrics"]), 1)

    def test_no_proof_no_verdict(self):
        self.stack("required net proof=not-held\n")
        self.assertEqual(self.private("status").exit, 0)
        result = self.private("status", "--prove")
        self.assertEqual(result.exit, 1)
        self.assertIn("ejguard: net.broken: thing-1: an attempt was not refused; ", result.err)
        self.assertIn("it is guarded", result.out)
        report = self.private("--json", "status", "--prove").json
        self.assertEqual((report["outcome"], report["error"]), ("not-held", "an attempt was not refused"))
        self.stack("required net proof=not-applicable\n")
        self.assertIn("no module of the stack passed the self-test", self.private("status", "--prove").err)
        self.stack("required net proof=error\n")
        self.assertEqual(self.private("status", "--prove").exit, 1)
        self.stack("required net bogus=1\n")
        self.assertEqual(self.private("status", "--prove").exit, 3)

    def test_apply(self):
        self.stack("required net proof=not-held\n")
        self.assertEqual(self.private("apply").exit, 1)
        self.assertEqual(self.private("apply", "--no-proof").out, "ejabberd: guarded\n")


if __name__ == "__main__":
    main()
