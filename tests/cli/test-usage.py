# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command line: what is wrong exits with 2 and says so in one line, on stderr, and in JSON when asked."""
import os

from cli import Case, help_sets, main, needs_cgroup2, run

WRONG = [
    ([], "no verb"),
    (["chek"], "unknown verb 'chek'; did you mean 'check'?"),
    (["chec"], "unknown verb 'chec'; did you mean 'check'?"),
    (["frobnicate"], "unknown verb 'frobnicate'"),
    (["help", "aply"], "did you mean 'apply'?"),
    (["help", "apply", "check"], "unexpected word 'check'"),
    (["version", "check"], "unexpected word 'check'"),
    ([""], "unknown verb ''"),
    (["--"], "no verb"),
    (["--confdir"], "--confdir needs a value"),
    (["--confdir", "", "check"], "--confdir is empty"),
    (["--confdir", "a\nb", "check"], "control character"),
    (["--confdir", "/a", "--confdir", "/b", "check"], "given twice"),
    (["--conf", "/a", "check"], "--confdir in full"),
    (["--js", "check"], "--json in full"),
    (["--json=yes", "check"], "--json takes no value"),
    (["--bogus", "check"], "unknown option --bogus"),
    (["-x", "check"], "unknown option -x"),
    (["-qx", "check"], "unknown option -x"),
    (["-q", "-v", "check"], "-q and -v"),
    (["-q", "check", "-v"], "-q and -v"),
    (["check", "--confdir", "/a", "--confdir", "/b"], "given twice"),
    (["check", "--flie", "/a"], "unknown option --flie for check; did you mean --file?"),
    (["check", "a", "b"], "unexpected word 'b'"),
    (["check", "--", "a", "b"], "unexpected word 'b'"),
    (["check", ""], "is empty"),
    (["check", "../ejabberd"], "cannot be a service"),
    (["check", "E"], "cannot be a service"),
    (["check", "a" * 64], "cannot be a service"),
    (["check", "--file"], "--file needs a value"),
    (["check", "--file", "/a", "--file", "/b"], "given twice"),
    (["check", "--own"], "unknown option --own for check"),
    (["apply", "--ow"], "--own in full"),
    (["apply", "--only", ""], "--only is empty"),
    (["apply", "--cgroup"], "--cgroup needs a value"),
    (["status", "--file", "/a"], "unknown option --file"),
    (["modules", "a", "b"], "unexpected word"),
    (["disable", "--templatedir", "/a"], "unknown option --templatedir"),
]


class Usage(Case):
    def test_wrong(self):
        for words, message in WRONG:
            with self.subTest(words=words):
                result = run(*words)
                self.assertEqual(result.exit, 2)
                self.assertEqual(result.out, "")
                self.assert_one_line(result.err)
                self.assertIn(message, result.err)
                self.assertRegex(result.err, r"try ejguard( [a-z]+)? --help$|did you mean .*\?$")

    def test_wrong_as_json(self):
        for words, message in WRONG:
            if words[:1] == ["--"] or words[-1:] == ["--confdir"]:
                continue
            with self.subTest(words=words):
                result = run("--json", *words)
                self.assertEqual(result.exit, 2)
                self.assertEqual(result.json["schema"], 1)
                self.assertEqual(result.json["exit"], 2)
                self.assertEqual(result.json["outcome"], "error")
                self.assertIn(message, result.json["error"])
                self.assertEqual(result.json["findings"], [])
                self.assert_one_line(result.err)

    def test_json_after_the_error(self):
        self.assertEqual(run("--bogus", "--json", "check").json["exit"], 2)
        self.assertEqual(run("check", "--bogus", "--json").json["exit"], 2)
        self.assertEqual(run("--bogus", "--", "--json").out, "")

    def test_hostile_word_is_not_printed_raw(self):
        result = run("a\033[31m\r\nb\u202e")
        self.assertEqual(result.exit, 2)
        self.assert_one_line(result.err)
        self.assertIn(r"a\x1b[31m\x0d\x0ab\xe2\x80\xae", result.err)
        self.assertIn("\033[31m", run("--json", "a\033[31m").json["error"])

    def test_help(self):
        for words in ["--help"], ["-h"], ["check", "--help"], ["apply", "-h"], ["modules", "x", "--help"], ["help"], ["help", "check"], ["check", "a", "-qh"]:
            with self.subTest(words=words):
                result = run(*words)
                self.assertEqual((result.exit, result.err), (0, ""))
                self.assertTrue(result.out.startswith("Usage: ejguard "))
                self.assert_narrow(result.out)

    def test_version_as_json(self):
        for words in ["--version"], ["version"], ["check", "--version"]:
            version = self.ejguard(*words, "--json").json["version"]
            self.assertEqual(version["ejguard"], version["libejguard"])

    def test_help_has_the_exit_statuses(self):
        """Of each verb its own: what 0 and 1 mean, and the others that it has."""
        trial = "  5     something would change (with --%s)\n"
        for verb, good, bad, others in (
                ("check", "guarded", "NOT GUARDED", (trial % "detailed-exitcode", "With --nagios")),
                ("apply", "guarded", "NOT GUARDED", (trial % "dry-run", "With --own: 78")),
                ("exec", None, "NOT started", ("\n  126 ", "as the command ends")),
                ("explain", "allowed", "NOT allowed", ()),
                ("watch", "done", "failed", ()),
                ("learn", "done", "failed", ()),
                ("modules", "done", "failed", ()),
                ("enable", "enabled", "NOT enabled", (trial % "dry-run",))):
            text = self.ejguard(verb, "--help").out
            self.assertIn("\nExit status:\n" + (f"  0     {good}\n" if good else "") + f"  1     {bad}\n", text)
            for other in (trial % "dry-run", trial % "detailed-exitcode", "\n  126 ", "as the command ends", "With --nagios",
                          "With --own: 78"):
                self.assertEqual(other in text, other in others, (verb, other))

    def test_each_verb_has_help_with_exit_statuses(self):
        for verb in help_sets()[1]:
            self.assertIn("\nExit status:\n", run("help", verb).out)
            self.assertEqual(run("help", verb).out, run(verb, "--help").out)

    def test_help_fits_80_columns(self):
        for words in [[], *([verb] for verb in help_sets()[1])]:
            for line in run("help", *words).out.splitlines():
                self.assertLessEqual(len(line), 80, line)

    def test_version(self):
        for words in ["--version"], ["version"], ["check", "--version"]:
            result = run(*words)
            self.assertEqual((result.exit, result.err), (0, ""))
            self.assertRegex(result.out, r"^ejguard \d+\.\d+\.\d+ \(libejguard \d+\.\d+\.\d+\)\n$")

    def test_help_of_a_verb(self):
        self.assertEqual(run("help", "apply").out, run("apply", "--help").out)
        self.assertEqual(run("help").out, run("--help").out)

    def test_options_of_all_verbs_stand_anywhere(self):
        self.assertEqual(run("modules", "--moduledir", self.moduledir, "--json").json["exit"], 0)
        self.assertEqual(run("--moduledir", self.moduledir, "modules", "--json").json["exit"], 0)

    def test_posixly_correct_changes_nothing(self):
        result = run("check", "a/b", "--help", env={"POSIXLY_CORRECT": "1"})
        self.assertEqual(result.exit, 0)


@needs_cgroup2
class Root(Case):
    def test_needs_root(self):
        """One sentence, with the command; check, which answers in part, is the control."""
        os.chmod(self.folder, 0o755)
        if "EJG_RUN_HIDDEN" in os.environ:
            os.chmod("/run", 0o755)
        self.stack("required probe answer=unprivileged\n")
        nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
        for words in (["apply"], ["confirm"], ["revert"], ["release"], ["release", "ejabberd"]):
            with self.subTest(words=words):
                result = self.ejguard(*words, prefix=nobody)
                self.assertEqual((result.exit, result.out), (4, ""))
                self.assertEqual(result.err, f"ejguard: {words[0]} needs root: sudo ejguard {' '.join(words)}\n")
        self.assertNotIn("needs root", self.ejguard("check", prefix=nobody).err)


if __name__ == "__main__":
    main()
