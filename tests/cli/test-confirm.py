# SPDX-License-Identifier: LGPL-2.1-or-later
"""apply --confirm, confirm and revert where there is nothing to confirm, and where systemd is not there. The rest: service/confirm."""
import os
import re
import shutil
import subprocess
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

    def test_advice_after_a_revert(self):
        """Not to apply the reverted change again, unless the file was edited since."""
        self.assertEqual(self.ejguard("apply").exit, 0)
        os.link(f"{FOLDER}/applied", f"{FOLDER}/former")
        path = self.stack("required probe unapplied=yes changes=yes answer=not-held\n")
        self.pend(0, 1)
        result = self.ejguard("revert")
        self.assertIn("the former policy is in force; the stack file still has the change", result.out)
        edit = rf"edit: {path}: take back the change that was reverted at \d\d:\d\d"
        for verb in "check", "status":
            with self.subTest(verb=verb):
                found = [f for f in self.ejguard("check", "--json").json["findings"] if f["id"] == "probe.unapplied"]
                self.assertEqual(len(found), 1)
                self.assertRegex(found[0]["remedy"], rf"^{edit}\nrun: ejguard apply$")
                self.assertNotIn(f"next: {self.command('apply')}", self.ejguard(verb).out)
        self.stack("required probe changes=yes\n")
        os.utime(path, (1, 1))
        self.assertRegex(self.ejguard("apply", "--dry-run").out, rf"next: {edit.replace('edit: ', 'edit ')}\n")
        later = time.time() + 60
        os.utime(path, (later, later))
        self.assertIn(f"next: {self.command('apply')}\n", self.ejguard("apply", "--dry-run").out)

    def test_revert_names_the_stack(self):
        """Not the copy that it applies: nobody is to edit that."""
        self.stack("required net answer=not-held\n")
        self.ejguard("apply")
        with open(f"{FOLDER}/former", "w") as file:
            file.write("set cgroups ejabberd.service\nrequired net answer=not-held\n")
        os.chmod(f"{FOLDER}/former", 0o600)
        self.pend(0, 1)
        for finding in self.ejguard("--json", "revert").json["findings"]:
            self.assertNotIn(FOLDER, finding["file"] + finding["remedy"])

    def test_release_ends_it(self):
        self.assertEqual(self.ejguard("apply").exit, 0)
        self.pend(50, 0)
        self.assertEqual(self.ejguard("release").exit, 0)
        self.assertFalse(os.path.exists(f"{FOLDER}/pending"))

    def test_release_of_an_invalid_stack(self):
        """Releases what was applied; where nothing was, the errors of the stack are the answer."""
        self.assertEqual(self.ejguard("apply").exit, 0)
        for wrong in "nonsense\n", None:
            with self.subTest(wrong=wrong):
                if wrong:
                    self.stack(wrong)
                else:
                    os.unlink(f"{self.confdir}/ejabberd")
                result = self.ejguard("release")
                self.assertEqual((result.exit, result.err), (0, ""))
                self.assertEqual(result.out, "ejabberd: released\n")
                self.assertFalse(os.path.exists(f"{FOLDER}/applied"))
                self.assertEqual(self.ejguard("release").exit, 3)
                self.stack("required probe\n")
                self.assertEqual(self.ejguard("apply").exit, 0)

    def test_junk(self):
        self.pend(50, 0)
        with open(f"{FOLDER}/pending", "w") as file:
            file.write("junk")
        self.assertEqual(self.ejguard("apply").exit, 1)
        self.assertEqual(self.ejguard("status").exit, 0)
        os.unlink(f"{FOLDER}/pending")


# Does what systemctl is asked for, or not.
SYSTEMCTL = """#!/bin/sh
[ ! -e /run/no-systemctl ]
"""


@needs_cgroup2
@unittest.skipUnless(os.geteuid() == 0 and "EJG_RUN_HIDDEN" in os.environ, "needs root, and a /run of its own")
@unittest.skipUnless(os.path.exists("/usr/bin/systemctl"), "there is no systemctl to stand in for")
class Changes(Case):
    """apply --confirm with a systemctl that the test has made, in a mount namespace of its own."""

    def setUp(self):
        super().setUp()
        os.makedirs("/run/systemd/system")
        self.addCleanup(shutil.rmtree, "/run/systemd")
        fake = self.write("systemctl", SYSTEMCTL)
        os.chmod(fake, 0o755)
        subprocess.run(["mount", "--bind", fake, "/usr/bin/systemctl"], check=True)
        self.addCleanup(subprocess.run, ["umount", "/usr/bin/systemctl"], check=True)
        self.addCleanup(self.leave)
        self.stack("required probe\n")

    def leave(self):
        self.systemctl(True)
        self.stack("required probe\n")
        self.ejguard("release")

    def systemctl(self, works):
        if works and os.path.exists("/run/no-systemctl"):
            os.unlink("/run/no-systemctl")
        elif not works:
            with open("/run/no-systemctl", "w"):
                pass

    def read(self, name):
        with open(f"{FOLDER}/{name}") as file:
            return file.read()

    def has(self, name):
        return os.path.exists(f"{FOLDER}/{name}")

    def begin(self):
        """A change that waits. Return: what says so."""
        self.assertEqual(self.ejguard("apply").exit, 0)
        self.stack("required probe advice=yes\n")
        result = self.ejguard("apply", "--confirm", "600s")
        self.assertEqual((result.exit, result.err), (0, ""))
        return self.read("pending")

    def test_another_change_fails(self):
        """Before it has begun, or later: the first one waits still, for as long as before."""
        first = self.begin()
        self.systemctl(False)
        self.assertEqual(self.ejguard("apply", "--confirm", "900s").exit, 1)
        self.systemctl(True)
        self.assertEqual(self.read("pending"), first)
        self.stack("required probe broken=1\n")
        self.assertEqual(self.ejguard("apply", "--confirm", "900s").exit, 1)
        self.assertEqual(self.read("pending"), first)
        self.assertTrue(self.has("former"))
        with open("/run/systemd/system/ejguard-revert-ejabberd.timer") as file:
            seconds = int(re.search(r"OnActiveSec=(\d+)s", file.read())[1])
        self.assertIn(seconds, range(500, 601))
        self.stack("nonsense\n")
        self.assertEqual(self.ejguard("apply", "--confirm", "900s").exit, 3)
        self.assertEqual(self.read("pending"), first)
        self.assertEqual(self.ejguard("revert").exit, 0)

    def test_unknown_change(self):
        self.begin()
        with open(f"{FOLDER}/pending", "w") as file:
            file.write("junk")
        self.assertEqual(self.ejguard("apply", "--confirm", "900s").exit, 1)
        self.assertEqual(self.read("pending"), "junk")
        self.assertTrue(self.has("former"))

    def test_no_timer(self):
        self.begin()
        self.assertIn("is taken back in", self.ejguard("apply").err)
        self.systemctl(False)
        self.assertIn("its timer does not run", self.ejguard("apply").err)

    def test_units(self):
        os.umask(0o077)
        self.addCleanup(os.umask, 0o022)
        self.begin()
        for end in "service", "timer":
            mode = os.stat(f"/run/systemd/system/ejguard-revert-ejabberd.{end}").st_mode
            self.assertEqual(mode & 0o777, 0o644)
        with open("/run/systemd/system/ejguard-revert-ejabberd.service") as file:
            self.assertIn(" revert -- ejabberd\n", file.read())

    def test_what_would_stay(self):
        """What only the new stack has could not be undone by an apply of the former one."""
        self.assertEqual(self.ejguard("apply").exit, 0)
        self.stack("required probe\nrequired net\n")
        result = self.ejguard("apply", "--confirm", "60s")
        self.assertEqual(result.exit, 1)
        self.assertIn("does not have the module net, so a revert could not take the module out of force; first apply it with mode=permissive",
                      result.err)
        with open(f"{self.confdir}/ejabberd", "w") as file:
            file.write("set cgroups ejabberd.service other.service\nrequired probe\n")
        self.assertIn("does not have the cgroup", self.ejguard("apply", "--confirm", "60s").err)
        self.assertFalse(self.has("pending"))
        self.assertFalse(self.has("former"))

    def test_something_has_started(self):
        """Where nothing was in force before, it would go on without a guard."""
        self.assertEqual(self.ejguard("apply", "--confirm", "60s").exit, 0)
        self.ejguard("apply", "--own")
        result = self.ejguard("revert")
        self.assertEqual(result.exit, 1)
        self.assertIn("has started since under the guard", result.err)
        self.assertTrue(self.has("applied"))
        self.assertFalse(self.has("pending"))
        self.assertFalse(self.has("started"))
        self.assertEqual(self.ejguard("release").exit, 0)
        self.assertEqual(self.ejguard("apply", "--confirm", "60s").exit, 0)
        self.assertEqual(self.ejguard("revert").exit, 0)
        self.assertFalse(self.has("applied"))

    def test_what_was_applied_is_unreadable(self):
        self.assertEqual(self.ejguard("apply", "--confirm", "60s").exit, 0)
        with open(f"{FOLDER}/applied", "w") as file:
            file.write("nonsense\n")
        result = self.ejguard("revert")
        self.assertEqual((result.exit, result.err), (0, ""))
        self.assertFalse(self.has("applied"))

    def test_what_was_taken_back(self):
        """It is over with an apply of the whole stack, and not of a part."""
        self.begin()
        self.assertEqual(self.ejguard("revert").exit, 0)
        self.stack("required probe\noptional net\n")
        self.assertEqual(self.ejguard("apply", "--only", "probe").exit, 0)
        self.assertEqual(self.ejguard("apply", "--grace", "60").exit, 1)
        self.assertEqual(self.ejguard("apply").exit, 0)
        self.assertEqual(self.ejguard("apply", "--grace", "60").exit, 0)


if __name__ == "__main__":
    main()
