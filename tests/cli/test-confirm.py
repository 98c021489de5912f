# SPDX-License-Identifier: LGPL-2.1-or-later
"""apply --confirm, confirm and revert where there is nothing to confirm, and where systemd is not there. The rest: service/confirm."""
import os
import time
import unittest

from cli import Case, main, needs_cgroup2

FOLDER = "/run/ejguard/ejabberd"


@needs_cgroup2
class Confirm(Case):
    def setUp(self):
        super().setUp()
        self.stack("required probe\n")

    def test_times(self):
        for time_ in "", "s", "4", "4s", "25h", "1441min", "100000", "60 s", "60ms", "-60", "0x60", "60S", "1d":
            with self.subTest(time=time_):
                self.assertEqual(self.ejguard("apply", "--confirm", time_).exit, 2)

    def test_usage(self):
        for words in ["--own"], ["--cgroup", "/a"], ["--only", "probe"], ["--dry-run"]:
            self.assertEqual(self.ejguard("apply", "--confirm", "60s", *words).exit, 2)

    def test_refused(self):
        self.assertEqual(self.ejguard("apply", "--confirm", "60s").exit, 4)  # root lacks systemd here


@needs_cgroup2
@unittest.skipUnless(os.geteuid() == 0 and "EJG_RUN_HIDDEN" in os.environ, "needs root, and a /run of its own")
class Pending(Case):
    def setUp(self):
        super().setUp()
        self.stack("required probe\n")
        self.addCleanup(self.ejguard, "release")

    def test_without_systemd(self):
        for words in "60", "60s", "5min", "24h", "5s":
            result = self.ejguard("apply", "--confirm", words)
            self.assertEqual(result.exit, 4)
            self.assertIn("needs a timer of systemd", result.err)
        self.assertFalse(os.path.exists(f"{FOLDER}/applied"))

    def test_nothing_waits(self):
        for verb in "confirm", "revert":
            result = self.ejguard(verb)
            self.assertEqual(result.exit, 1)
            self.assertIn("nothing of ejabberd waits to be confirmed", result.err)
            self.assertEqual(self.ejguard(verb, "--json").json["exit"], 1)

    def pend(self, seconds, former):
        os.makedirs(FOLDER, 0o700, exist_ok=True)
        until = int((time.clock_gettime(time.CLOCK_MONOTONIC) + seconds) * 1000)
        with open(f"{FOLDER}/pending", "w") as file:
            file.write(f"until {until}\nformer {former}\n")

    def test_something_waits(self):
        """Told by check and status, and in the way of others who would change what is in force."""
        self.assertEqual(self.ejguard("apply").exit, 0)
        self.pend(50, 0)
        for verb in "check", "status":
            result = self.ejguard(verb)
            self.assertRegex(result.out, r"reverts in (50|4\d) s unless confirmed")
            self.assertIn(f"next: {self.command('confirm')}\n", result.out)
            pending = self.ejguard(verb, "--json").json["pending"]
            self.assertEqual((pending["former"], pending["timer"]), ("none", False))
            self.assertIn(pending["seconds"], range(40, 51))
        for words in ["apply"], ["enable", "--now"], ["apply", "--dry-run"], ["enable", "--now", "--dry-run"]:
            result = self.ejguard(*words)
            self.assertEqual(result.exit, 1)
            self.assertIn("a change of ejabberd waits to be confirmed", result.err)
        self.assertEqual(self.ejguard("confirm").exit, 0)
        self.assertFalse(os.path.exists(f"{FOLDER}/pending"))
        self.assertNotIn("pending", self.ejguard("status", "--json").json)
        self.assertEqual(self.ejguard("apply").exit, 0)

    def test_revert(self):
        """To the stack that was in force, whatever the file is now; without one, to nothing."""
        self.assertEqual(self.ejguard("apply").exit, 0)
        os.link(f"{FOLDER}/applied", f"{FOLDER}/former")
        self.stack("required probe advice=yes\n")
        self.assertEqual(self.ejguard("apply").exit, 0)
        with open(f"{FOLDER}/applied") as file:
            self.assertIn("advice=yes", file.read())
        self.pend(0, 1)
        self.stack("nonsense\n")
        result = self.ejguard("revert")
        self.assertEqual((result.exit, result.err), (0, ""))
        self.assertIn("ejabberd: reverted: the former policy is in force", result.out)
        with open(f"{FOLDER}/applied") as file:
            self.assertNotIn("advice=yes", file.read())
        self.pend(0, 0)
        result = self.ejguard("revert")
        self.assertEqual((result.exit, result.err), (0, ""))
        self.assertIn("nothing is guarded now", result.out)
        self.assertFalse(os.path.exists(f"{FOLDER}/applied"))

    def test_release_ends_it(self):
        self.assertEqual(self.ejguard("apply").exit, 0)
        self.pend(50, 0)
        self.assertEqual(self.ejguard("release").exit, 0)
        self.assertFalse(os.path.exists(f"{FOLDER}/pending"))

    def test_junk(self):
        self.pend(50, 0)
        with open(f"{FOLDER}/pending", "w") as file:
            file.write("junk")
        self.assertEqual(self.ejguard("apply").exit, 1)
        self.assertEqual(self.ejguard("status").exit, 0)
        os.unlink(f"{FOLDER}/pending")


if __name__ == "__main__":
    main()
