# SPDX-License-Identifier: LGPL-2.1-or-later
"""check, apply, status, release and modules: exit codes, what goes where, text and JSON from one report."""
import os
import re
import subprocess
import unittest

from cli import Case, main, needs_cgroup2, run, terminal, without_progress

MEMBERS = {"schema", "verb", "service", "outcome", "exit", "error", "unseen", "findings", "metrics"}


@needs_cgroup2
class Check(Case):
    def test_held(self):
        result = self.ejguard("check")
        self.assertEqual((result.exit, result.out, result.err), (0, "ejabberd: guarded, 1 ok\n", ""))
        self.assertEqual(self.ejguard("-q", "check").out, "")

    def test_verbose(self):
        result = self.ejguard("-v", "check")
        self.assertEqual(result.exit, 0)
        self.assertEqual(result.out, "As it should be (1)\n  net     thing-1: it works [net.fine]\n\nejabberd: guarded, 1 ok\n")
        for line in result.err.splitlines():
            self.assertRegex(line, r"^ejguard: (error|warning|info|debug): [a-z]+: ")

    def test_advice(self):
        self.stack("required net advice=yes\n")
        result = self.ejguard("check")
        self.assertEqual((result.exit, result.err), (0, ""))
        self.assertEqual(result.out, "Warnings (1)\n  net     thing-0: it is so so [net.advice]\n"
                                     "            edit: /etc/thing:3: make it better\n"
                                     "            run: ejguard check\n\nejabberd: guarded, 1 warning, 1 ok\n")
        self.assertEqual(self.ejguard("-q", "check").out, "")

    def test_not_held(self):
        path = self.stack("required net answer=not-held\n")
        result = self.ejguard("check")
        self.assertEqual(result.exit, 1)
        page = ("Failures (2)\n"
                f"  net     {path}:3:9: thing-1: it does not work [net.broken]\n"
                "          thing-2: nor does it [net.broken]\n"
                "            remedy: repair the thing\n\n")
        self.assertEqual(result.out, f"{page}next: correct the failures, then {self.command('check')}\n"
                                     "ejabberd: NOT GUARDED: 2 failures\n")
        self.assertEqual(result.err,
                         f"ejguard: net.broken: {path}:3:9: thing-1: it does not work; repair the thing\n"
                         "ejguard: net.broken: thing-2: nor does it; repair the thing\n")
        self.assertEqual(self.ejguard("-q", "check").out, f"{page}ejabberd: NOT GUARDED: 2 failures\n")

    def test_errors_that_a_wrong_line_would_make(self):
        """Ports are compared only if no wrong line could be the one that sets them; else the error would be a false one."""
        private = "includes epmd's port 4369"
        for wrong, compared in (("set epmd 4369", True), ("required Net", True), ("set epdm 4370", False), ("ste epmd 4370", False),
                                ("set epmd '4370", False), ("include missing", False)):
            with self.subTest(wrong=wrong):
                self.stack(f"{wrong}\nset public 4369\nset users nosuchuser\nrequired net\n")
                result = self.ejguard("check", "--json").json
                self.assertEqual(result["exit"], 3)
                texts = [f["message"] for f in result["findings"]]
                self.assertTrue(any("nosuchuser" in text for text in texts), texts)
                self.assertEqual(any(private in text for text in texts), compared, texts)

    def test_all_errors_of_a_stack(self):
        """At once, whoever reads the line: the words, the modules, their options, the values of settings."""
        path = self.stack("set epdm 4369\nset public 0\nset users nosuchuser\nrequird net\nrequired net count=x colour=blue\n"
                          "required nett\n")
        result = self.ejguard("check", "--json").json
        self.assertEqual(result["exit"], 3)
        self.assertEqual(sorted((f["line"], f["id"]) for f in result["findings"]),
                         [(2, "core.stack-unknown"), (3, "core.fact-value"), (4, "core.fact-value"), (5, "core.stack-unknown"),
                          (6, "core.option-value"), (6, "core.option-value"), (7, "core.module-missing")])
        self.assertEqual({f["file"] for f in result["findings"]}, {path})
        text = self.ejguard("check")
        for page in text.out, text.err:
            lines = [int(line) for line in re.findall(rf"{path}:(\d+):", page)]
            self.assertEqual(lines, sorted(lines))
            self.assertEqual(len(lines), 7)
        self.stack("set epdm 4369\nrequired net\n")
        self.assertEqual(len(self.ejguard("check", "--json").json["findings"]), 1)

    def test_files_of_peers_without_a_peer(self):
        os.chmod(self.folder, 0o755)
        peers = self.write("conf/nodes", "# none yet\n")
        path = self.stack(f"set peers @{peers}\nrequired net\n")
        for words in ["check"], ["check", "--file", path]:
            result = self.ejguard("--json", *words)
            self.assertEqual(result.exit, 0)
            found = [f for f in result.json["findings"] if f["id"] == "core.peers-empty"]
            self.assertEqual([(f["severity"], f["file"], f["line"]) for f in found], [("warning", path, 2)])
        self.write("conf/nodes", "192.0.2.1\n")
        self.assertNotIn("core.peers-empty", self.ejguard("--json", "check").out)

    def test_no_such_service(self):
        self.stack("required net\n", "other")
        result = self.ejguard("check", "ejaberd")
        self.assertEqual(result.exit, 3)
        self.assertIn("conf; did you mean 'ejabberd'? There are: ejabberd, other; ", result.err)

    def test_one_place_is_told_once(self):
        self.stack("required net answer=not-held\n")
        result = self.ejguard("check", stderr=subprocess.STDOUT)
        self.assertEqual(result.out.count("nor does it"), 1)
        self.assertTrue(result.out.endswith("ejabberd: NOT GUARDED: 2 failures\n"))

    def test_worst_first(self):
        self.stack("required probe advice=yes\nrequired net advice=yes answer=not-held\n")
        text = self.ejguard("check").out
        self.assertEqual(re.findall(r"^(\S+(?: \S+)? \(\d+\))", text, re.M), ["Failures (2)", "Warnings (2)"])
        # A module's name stands once in a section, and the order is the stack's.
        self.assertEqual(re.findall(r"^  (\w+)", text, re.M), ["net", "probe", "net"])

    def test_optional_failure_does_not_count(self):
        self.stack("required net\noptional probe answer=not-held\n")
        result = self.ejguard("check")
        self.assertEqual(result.exit, 0)
        self.assertIn("ejabberd: guarded, 2 failures of optional or permissive modules, 1 ok\n", result.out)

    def test_error_of_module(self):
        self.stack("required net answer=error\n")
        result = self.ejguard("check")
        self.assertEqual(result.exit, 1)
        self.assertIn("the thing cannot be looked at", result.err)
        self.assertIn("mend it", result.err)

    def test_strange_strings(self):
        self.stack("required net strange=yes\n")
        result = self.ejguard("check")
        self.assert_narrow(result.out)
        self.assertNotRegex(result.out, "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]")
        self.assertIn(r"a\x1b[31mb\x0d\x0ac\xff", result.out)
        report = self.ejguard("--json", "check")
        self.assertTrue(report.out.isascii())
        self.assertTrue(report.json["findings"][0]["subject"].endswith("c\\xff"))

    def test_json(self):
        path = self.stack("required net answer=not-held advice=yes\n")
        result = self.ejguard("--json", "check")
        self.assertEqual((result.exit, result.err), (1, ""))
        report = result.json
        self.assertEqual(set(report), MEMBERS)
        self.assertEqual([report[name] for name in ("schema", "verb", "service", "outcome", "exit")],
                         [1, "check", "ejabberd", "not-held", 1])
        self.assertTrue(report["error"])
        self.assertIn({"module": "net", "id": "net.broken", "severity": "failure", "needs": "network",
                       "subject": "thing-1", "message": "it does not work", "causes": [], "remedy": "repair the thing",
                       "steps": [{"kind": "words", "text": "repair the thing"}], "file": path, "line": 3,
                       "column": 9}, report["findings"])
        self.assertTrue(result.out.isascii())

    def test_invalid_stack(self):
        path = self.stack("requierd net\nrequired net bogus=1\n")
        result = self.ejguard("check")
        self.assertEqual(result.exit, 3)
        for where in (f"{path}:2:1: ", f"{path}:3:", "ejabberd: NOT GUARDED: 2 failures\n"):
            self.assertIn(where, result.out)  # also who reads only stdout sees why
        both = self.ejguard("check", stderr=subprocess.STDOUT).out
        self.assertEqual((both.count(f"{path}:2:1: "), both.count("NOT GUARDED")), (1, 1))
        for line, where in zip(result.err.splitlines(), (f"{path}:2:1: ", f"{path}:3:")):
            self.assertTrue(line.startswith("ejguard: core."), line)
            self.assertIn(where, line)
        report = self.ejguard("--json", "check").json
        self.assertEqual((report["outcome"], report["exit"]), ("error", 3))
        self.assertEqual(report["findings"][0]["line"], 2)

    def test_missing_stack(self):
        result = self.ejguard("check", "nobody")
        self.assertEqual(result.exit, 3)
        self.assertTrue(result.out.endswith("nobody: NOT GUARDED: 1 failure\n"), result.out)
        self.assertEqual(result.err.count(f"there is no stack 'nobody' in {self.confdir}"), 1, result.err)
        self.assertEqual(result.err.count("nobody"), 1)
        self.assertNotIn("next: ", result.out)
        self.assertIn("did you mean 'ejabberd'? There are: ejabberd", self.ejguard("check", "ejaberd").err)
        self.assertEqual(self.ejguard("--json", "check", "nobody").json["service"], "nobody")

    def test_missing_module(self):
        self.stack("required absent\n")
        result = self.ejguard("check")
        self.assertEqual(result.exit, 3)
        self.assertIn("absent", result.err)

    def test_file(self):
        path = self.write("try", "required net answer=not-held\n")
        self.assertEqual(self.ejguard("check", "--file", path).exit, 1)
        self.assertEqual(self.ejguard("check", "--file", "try", cwd=self.folder).exit, 1)
        self.assertEqual(self.ejguard("check", "--file=" + path, "other").exit, 1)
        self.assertEqual(self.ejguard("check", "--file", path + "x").exit, 3)

    def test_relative_folders(self):
        result = run("--confdir", "conf", "--moduledir", "modules", "check", cwd=self.folder)
        self.assertEqual(result.exit, 0, result.err)

    def on_terminal(self, *words, **how):
        with terminal() as (end, screen):
            result = self.ejguard(*words, stdout=end, stderr=end, **how)
        return result.exit, screen.text

    def test_terminal(self):
        self.stack("required net answer=not-held\n")
        status, text = self.on_terminal("check")
        self.assertEqual(status, 1)
        self.assertIn("\033[1;31mFailures", text)
        self.assertNotIn("ejguard: net.broken", text)
        self.assertNotIn("\033", without_progress(self.on_terminal("check", env={"NO_COLOR": "1"})[1]))
        self.assertNotIn("\033", self.on_terminal("check", env={"TERM": "dumb"})[1])

    def test_report_that_cannot_be_written(self):
        with open("/dev/full", "w") as full:
            result = self.ejguard("check", stdout=full)
        self.assertEqual(result.exit, 1)
        self.assertIn("cannot write the report", result.err)

    def test_closed_descriptors(self):
        result = self.ejguard("-q", "check", prefix=["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"])
        self.assertEqual(result.exit, 0)


@needs_cgroup2
class Others(Case):
    def test_status(self):
        result = self.ejguard("status")
        self.assertEqual((result.exit, result.err), (0, ""))
        self.assertRegex(result.out, r"Guarded now:\nMODULE +SUBJECT +STATE\nnet +thing-1 +it is guarded\n")
        self.assertNotIn("FIGURE", result.out)
        self.assertRegex(self.ejguard("-v", "status").out, r"net\.attempts where=thing-1 +42 +attempts so far\n")
        self.assertTrue(result.out.endswith("ejabberd: guarded\n"))
        self.assertEqual(self.ejguard("-q", "status").out, "")
        self.assertEqual(self.ejguard("--json", "status").json["metrics"],
                         [{"module": "net", "name": "attempts", "help": "attempts so far", "type": "counter",
                           "labels": {"where": "thing-1"}, "value": 42}])

    def test_answers_that_are_lost(self):
        """Nobody reads an answer on a full disk, whatever the verb: that is no success."""
        for words in (["check"], ["status"], ["status", "--openmetrics"], ["discover"], ["modules"], ["modules", "probe"],
                      ["--help"], ["--version"], ["status", "--help"]):
            for kind in ([], ["--json"]):
                if kind and "--help" in words or kind and "--openmetrics" in words:
                    continue
                with self.subTest(words=kind + words):
                    control = self.ejguard(*kind, *words)
                    self.assertEqual((control.exit, bool(control.out)), (0, True), control.err)
                    with open("/dev/full", "w") as full:
                        result = self.ejguard(*kind, *words, stdout=full)
                        self.assertEqual(result.exit, 1)
                        self.assertIn("cannot write the report; see where stdout goes", result.err)

    def test_reader_that_has_seen_enough(self):
        """Such as head: no message. A full disk is the control, above."""
        for words in ["discover"], ["modules"], ["--help"], ["check"]:
            with self.subTest(words=words):
                ours, theirs = os.pipe()
                os.close(ours)
                self.assertEqual(self.ejguard(*words, stdout=theirs).err, "")
                os.close(theirs)

    def private(self, *words, **how):
        """As root, with a /run of its own: apply takes a lock there."""
        script = 'mount -t tmpfs tmpfs /run && exec "$@"'
        return self.ejguard(*words, prefix=["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh"],
                            **how)

    def test_apply(self):
        if os.getuid() != 0:
            result = self.ejguard("apply")
            self.assertEqual((result.exit, result.out), (4, ""))
            self.assertIn("; ", result.err)
            return
        self.assertEqual(self.private("apply").out, "ejabberd: guarded\n")
        self.assertEqual(self.private("-q", "apply").out, "")
        self.assertEqual(self.private("apply", "--only", "net", "ejabberd").exit, 0)
        self.assertIn(self.private("apply", "--only", "absent").exit, (2, 3))
        self.assertEqual(self.private("release").out, "ejabberd: released\n")
        self.stack("required net answer=not-held\n")
        result = self.private("apply")
        self.assertEqual(result.exit, 1)
        self.assertIn("ejguard: net.broken: ", result.err)
        self.assertTrue(result.out.endswith("ejabberd: NOT GUARDED: 2 failures\n"))

    def test_own_elsewhere(self):
        result = self.private("apply", "--own") if os.getuid() == 0 else self.ejguard("apply", "--own")
        self.assertEqual(result.exit, 78, result.err)

    @unittest.skipUnless(os.getuid() == 0, "needs root")
    def test_journal(self):
        """To the journal: one line for each failure, one for the verdict, with priorities; nothing else."""
        def lines(stack, same=True):
            self.stack(stack)
            with open(os.path.join(self.folder, "journal"), "w+b") as journal:
                status = os.fstat(journal.fileno())
                stream = f"{status.st_dev}:{status.st_ino + (not same)}"
                self.private("apply", env={"JOURNAL_STREAM": stream}, stdout=journal, stderr=journal)
                journal.seek(0)
                return journal.read().decode().splitlines()

        self.assertEqual(lines("required net many=9\n"), ["<6>ejabberd: guarded, 9 warnings"])
        text = lines("required net answer=not-held\n")
        self.assertEqual([line.startswith("<3>ejguard: net.broken: ") for line in text], [True, True, False])
        self.assertEqual(text[2], "<3>ejabberd: NOT GUARDED: 2 failures")
        self.assertRegex("\n".join(lines("requierd net\n")), r"^<3>ejguard: core\.stack-[^\n]*$")
        self.assertNotIn("<", "".join(lines("required net answer=not-held\n", same=False)))


class Modules(Case):
    def test_list(self):
        result = self.ejguard("modules")
        self.assertEqual((result.exit, result.err), (0, ""))
        lines = result.out.splitlines()
        self.assertEqual([line.split()[0] for line in lines], ["MODULE", "net", "probe"])
        self.assertNotIn("check apply status release", lines[1])
        self.assertIn("check apply status release", self.ejguard("-v", "modules").out)

    def test_one(self):
        result = self.ejguard("modules", "probe")
        self.assertEqual((result.exit, result.err), (0, ""))
        self.assert_narrow(result.out)
        for text in ("values: 1 to 4096", "values: red green", "probe.broken", "remedy: repair the thing",
                     "addresses, repeatable", "values: enforce permissive",
                     os.path.join(self.moduledir, "probe.so")):
            self.assertIn(text, result.out)
        self.assertNotIn("ABI", result.out)
        self.assertIn("ABI         1.0", self.ejguard("-v", "modules", "probe").out)

    def test_json(self):
        report = self.ejguard("--json", "modules", "probe").json
        self.assertEqual(set(report), MEMBERS | {"modules"})
        self.assertIsNone(report["service"])
        module, = report["modules"]
        self.assertEqual((module["name"], module["abi"], module["flags"]), ("probe", "1.0", []))
        self.assertEqual(module["operations"], ["check", "apply", "status", "release", "explain", "watch", "prove",
                                                "doctor"])
        options = {option["name"]: option for option in module["options"]}
        self.assertEqual((options["count"]["min"], options["count"]["max"], options["count"]["default"]), (1, 4096, "7"))
        self.assertEqual(options["colour"]["choices"], ["red", "green"])
        self.assertIsNone(options["size"]["max"])
        self.assertTrue(options["addresses"]["repeatable"])
        self.assertIn("probe.broken", [finding["id"] for finding in module["findings"]])

    def test_unknown(self):
        result = self.ejguard("modules", "absent")
        self.assertEqual((result.exit, result.out), (3, ""))
        self.assert_one_line(result.err)

    def test_broken_one(self):
        self.write("modules/junk.so", "this is no module")
        result = self.ejguard("modules")
        self.assertEqual(result.exit, 3)
        self.assertIn("junk.so", result.err)
        self.assertIn("\nprobe ", result.out)


if __name__ == "__main__":
    main()
