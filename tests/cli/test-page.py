# SPDX-License-Identifier: LGPL-2.1-or-later
"""The page of check: sections, what is folded, what could not be seen, the verdict and the next step; progress."""
import os
import re
import subprocess

from cli import Case, main, needs_cgroup2, terminal


@needs_cgroup2
class Page(Case):
    def check(self, stack, *before, **how):
        self.stack(stack)
        return self.ejguard(*before, "check", **how)

    def test_folded(self):
        result = self.check("required net many=1237\n")
        self.assertEqual(result.out,
                         "Warnings (1,237)\n"
                         "  net     many-0: one of them [net.many]\n"
                         "          many-1: one of them [net.many]\n"
                         "          many-2: one of them [net.many]\n"
                         "          and 1,234 more [net.many]; ejguard -v check shows them all\n"
                         "            remedy: make them fewer\n\n"
                         "ejabberd: guarded, 1,237 warnings, 1 ok\n")
        self.assertEqual(self.check("required net many=1237\n", "-v").out.count("[net.many]"), 1237)
        self.assertEqual(len(self.check("required net many=1237\n", "--json").json["findings"]), 1238)

    def test_four_are_not_folded(self):
        self.assertEqual(self.check("required net many=4\n").out.count("[net.many]"), 4)
        self.assertEqual(self.check("required net many=5\n").out.count("one of them [net.many]"), 3)

    def test_various_remedies(self):
        text = self.check("required net many=9 various=yes\n").out
        self.assertEqual(re.findall("remedy: (.*)", text), ["mend many-0", "mend many-1", "mend many-2"])
        self.assertIn("and 6 more [net.many]", text)

    def test_the_same_remedy(self):
        """Repeated: it may be far from the one that it would refer to."""
        text = self.check("required net answer=not-held\nrequired probe answer=not-held\n").out
        self.assertEqual(re.findall("remedy: (.*)", text), 2 * ["repair the thing"])

    def test_warnings_beside_failures(self):
        """One line each, by what their module declares, and no remedy; alone or with -v they are told in full."""
        stack = "optional net advice=yes\n"
        alone = self.check(stack).out
        self.assertIn("Warnings (1)\n  net     thing-0: it is so so [net.advice]\n", alone)
        result = self.check(stack + "required probe answer=not-held\n")
        warnings = result.out[result.out.index("Warnings"):]
        self.assertIn("Warnings (1), in short; ejguard -v check shows what to do\n"
                      "  net     thing-0: the thing could be better [net.advice]\n\n", warnings)
        self.assertIn("repair the thing", result.out)
        full = self.check(stack + "required probe answer=not-held\n", "-v").out
        self.assertIn("Warnings (1)\n  net     thing-0: it is so so [net.advice]\n", full)

    def test_many_failures_on_stderr(self):
        """A line for each, but no flood of the journal; what apply left out is asked for by check."""
        self.check("required net broken=9\n")
        for verb in ("check", "apply") if os.geteuid() == 0 else ("check",):
            result = self.ejguard(verb, prefix=["unshare", "--mount", "--propagation", "private", "sh", "-c",
                                                'mount -t tmpfs tmpfs /run && exec "$@"', "sh"] if verb == "apply" else [])
            self.assertEqual(result.exit, 1)
            lines = [line for line in result.err.splitlines() if "net.broken" in line]
            self.assertEqual(len(lines), 4)
            self.assertEqual(lines[-1], "ejguard: net.broken: and 6 more; see ejguard -v check")
            self.assertIn("and 6 more [net.broken]; ejguard -v check shows them all\n", result.out)

    def test_command_names_the_service(self):
        """It is to be pasted: without the service it would show another one's findings."""
        self.stack("required net answer=not-held\nrequired probe advice=yes many=9\n", "other")
        result = self.ejguard("check", "other")
        self.assertIn("Warnings (10), in short; ejguard -v check other shows what to do\n", result.out)
        self.assertIn("[probe.many]; ejguard -v check other shows them all\n", result.out)

    def test_many_is_fast(self):
        result = self.check("required net many=200000 various=yes\n", "-v", stderr=subprocess.DEVNULL)
        self.assertEqual(result.out.count("\n  ") + 1, 400000 + 2)

    def test_sections(self):
        text = self.check("required net many=1 unseen=yes\nrequired probe answer=not-held unseen=yes\n").out
        self.assertEqual(re.findall(r"^(\S+(?: \S+)? \(\d+\))", text, re.M), ["Failures (2)", "Warnings (1)", "Not seen (4)"])
        self.assertIn("\n          thing-2: nor does it [probe.broken]\n", text)
        self.assertIn("ejabberd: NOT GUARDED: 2 failures, 1 warning, 4 not seen, 1 ok", text.splitlines()[-1])

    def test_unseen(self):
        result = self.check("required net unseen=yes\n")
        last = result.out.splitlines()[-1]
        self.assertEqual(result.exit, 0)
        self.assertTrue(last.startswith("ejabberd: guarded as far as can be seen, 2 not seen, 1 ok"), last)
        self.assertIn("Not seen (2)\n  net     thing-9: root alone may see it [net.thing-unseen]\n"
                      "          thing-8: nor this [net.unseen]\n", result.out)
        self.assertNotIn("notunseen", result.out)
        self.assertEqual("next: " in result.out, os.geteuid() != 0)
        self.assertEqual(self.check("required net unseen=yes\n", "-q").out, "")
        self.assertEqual(self.check("required net unseen=yes\n", "--json").json["unseen"], 2)

    def test_unprivileged(self):
        """A module that may not look: the others are asked, and nothing says that the guard holds."""
        result = self.check("required net answer=unprivileged\nrequired probe advice=yes\n")
        self.assertEqual(result.exit, 4)
        self.assertIn("Warnings (1)\n  probe   thing-0: it is so so [probe.advice]\n", result.out)
        self.assertIn("Not seen (1)\n  core    net: the thing may not be looked at [core.module-unprivileged]\n"
                      "            remedy: run it as root\n", result.out)
        self.assertIn("ejabberd: NOT KNOWN to be guarded: 1 warning, 1 not seen, 1 ok", result.out.splitlines()[-1])
        self.assertEqual(result.err, "ejguard: core.module-unprivileged: net: the thing may not be looked at; "
                                     "run it as root\n")
        report = self.ejguard("--json", "check").json
        self.assertEqual((report["outcome"], report["exit"], report["unseen"]), ("error", 4, 1))
        self.assertIn("may not be looked at", report["error"])

    def test_unprivileged_and_not_held(self):
        for stack in ("required net answer=unprivileged\nrequired probe answer=not-held\n",
                      "required probe answer=not-held\nrequired net answer=unprivileged\n"):
            result = self.check(stack)
            self.assertEqual(result.exit, 1)
            self.assertTrue(result.out.splitlines()[-1].startswith("ejabberd: NOT GUARDED: 2 failures, 1 not seen"))
            self.assertIn("it does not work", self.ejguard("--json", "check").json["error"])

    def test_unprivileged_optional(self):
        result = self.check("optional net answer=unprivileged\nrequired probe\n")
        self.assertEqual(result.exit, 0)
        self.assertTrue(result.out.splitlines()[-1].startswith("ejabberd: guarded as far as can be seen, 1 not seen, 1 ok"))

    def test_unprivileged_alone(self):
        result = self.check("required net answer=unprivileged\n")
        self.assertEqual(result.exit, 4)
        self.assertTrue(result.out.endswith("ejabberd: NOT KNOWN to be guarded: 1 not seen\n"), result.out)
        self.assertIn("run it as root", result.err)

    def test_next(self):
        result = self.check("required net unapplied=yes\n")
        self.assertIn(f"next: {self.command('apply')}\n", result.out)
        result = self.check("required net unapplied=yes\nrequired probe answer=not-held\n")
        self.assertIn(f"next: correct the failures, then {self.command('check')}\n", result.out)
        path = self.write("a stack", "required net unapplied=yes\n")
        result = self.ejguard("check", "--file", path, "other")
        self.assertIn(f"next: correct the failures, then {self.command('check')} --file '{path}' other\n", result.out)
        self.assertTrue(result.out.endswith("other: would NOT be guarded: 1 failure, 1 ok\n"))
        self.assertNotIn("next: ", self.check("required net advice=yes\n").out)

    def test_narrow(self):
        text = self.check("required net strange=yes many=5 advice=yes unseen=yes\n").out
        self.assert_narrow(re.sub("^next: .*\n", "", text, flags=re.M))  # a command is not broken

    def on_terminal(self, stack, *before, env=None):
        """Status, stdout, and what a terminal at stderr received."""
        with terminal() as (end, screen):
            result = self.check(stack, *before, stderr=end, env=env)
        return result.out, screen.text

    def test_progress(self):
        stack = "required net progress=yes\n"
        out, err = self.on_terminal(stack)
        self.assertEqual((out, err), ("ejabberd: guarded, 1 ok\n", "\r\033[Knet: checking\r\033[Knet: half\\x1b of it\r\033[K"))
        self.assertEqual(self.on_terminal(stack, env={"TERM": "dumb"})[1], "")
        self.assertEqual(self.on_terminal(stack, "-q")[1], "")
        self.assertEqual(self.on_terminal("required net\n")[1], "\r\033[Knet: checking\r\033[K")
        out, err = self.on_terminal(stack, "-v")
        self.assertIn("of it\r\033[Kejguard: info: net: by the way", err)
        self.assertEqual(self.check(stack).err, "")
        result = self.check(stack, "-v")
        self.assertIn("ejguard: info: net: by the way\n", result.err)
        self.assertNotIn("half", result.err)


if __name__ == "__main__":
    main()
