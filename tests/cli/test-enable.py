# SPDX-License-Identifier: LGPL-2.1-or-later
"""enable on a host with a systemd, and on one without: what it says of the service that runs there."""
import os
import shutil
import subprocess
import unittest

from cli import SOURCE, Case, main, needs_cgroup2

# All units run since before their drop-ins, except what the test says.
SYSTEMCTL = """#!/bin/sh
[ "$1" = show ] || exit 0
for unit; do :; done
state=$(cat "$(dirname "$0")/units/$unit.state" 2>/dev/null || echo loaded)
echo "LoadState=$state"
[ "$state" = loaded ] || exit 0
dropin=/etc/systemd/system/$unit.d/50-ejguard.conf
[ ! -e "$dropin" ] || sed -nE 's,^ExecStartPre=[+]?(/[^ ]+)(.*),ExecStartPre={ path=\\1 ; argv[]=\\1\\2 ; ignore_errors=no ; x },p' "$dropin"
[ ! -e "$dropin" ] || echo "DropInPaths=$dropin"
printf 'ActiveState=active\\nUnitFileState=enabled\\nNeedDaemonReload=no\\nInactiveExitTimestampMonotonic=1\\n'
"""


@needs_cgroup2
@unittest.skipUnless(os.geteuid() == 0 and "EJG_RUN_HIDDEN" in os.environ, "needs root, and a /run of its own")
@unittest.skipUnless(os.path.exists("/usr/bin/systemctl"), "there is no systemctl to stand in for")
class OfThisHost(Case):
    """enable in the host's own folder, which is the test's in a mount namespace of its own, with a systemctl of the test's."""

    def setUp(self):
        super().setUp()
        fake = self.write("systemctl", SYSTEMCTL)
        os.chmod(fake, 0o755)
        shutil.copy(fake, self.folder + "/real")  # $0 is the mounted one
        with open(fake, "w") as file:
            file.write(f"#!/bin/sh\nexec {self.folder}/real \"$@\"\n")
        for source, target in (fake, "/usr/bin/systemctl"), (self.make("system"), "/etc/systemd/system"):
            subprocess.run(["mount", "--bind", source, target], check=True)
            self.addCleanup(subprocess.run, ["umount", target], check=True)

    def boot(self):
        os.makedirs("/run/systemd/system")
        self.addCleanup(shutil.rmtree, "/run/systemd")

    def enable(self):
        result = self.ejguard("enable", "--templatedir", f"{SOURCE}/tools/systemd")
        self.assertEqual((result.exit, result.err), (0, ""))
        self.assertTrue(os.path.exists("/etc/systemd/system/epmd.service.d/50-ejguard.conf"))
        return result.out

    def would_change(self):
        self.stack("required net changes=yes\n")

    def test_guarded(self):
        """What apply has guarded needs neither another apply nor a restart."""
        self.boot()
        out = self.enable()
        self.assertRegex(out, r"ejabberd\.service +written +guarded")
        self.assertNotIn("Guard the running service", out)
        self.assertIn(f"next: {self.command('check')}\n", out)

    def test_not_guarded(self):
        self.boot()
        self.would_change()
        out = self.enable()
        self.assertRegex(out, r"ejabberd\.service +written +restart due")
        self.assertIn("  ejguard apply ejabberd\n", out)
        self.assertNotIn("next:", out)

    def test_not_installed(self):
        """The epmd that runs is another service's: no advice to restart it."""
        self.boot()
        self.would_change()
        self.write("units/ejabberd.service.state", "not-found\n")
        out = self.enable()
        self.assertIn("[ejguard.not-installed]", out)
        self.assertNotIn("systemctl stop", out)
        self.write("units/ejabberd.service.state", "loaded\n")
        out = self.enable()
        self.assertNotIn("ejguard.not-installed", out)
        self.assertIn("systemctl stop", out)

    def next_of(self, *words):
        said = self.ejguard(*words).out
        return said.rpartition("next: ")[2].splitlines()[0] if "next: " in said else ""

    def test_one_command(self):
        """What is neither applied nor enabled takes one command, and the page has no other."""
        self.boot()
        self.stack("required net unapplied=yes\n")
        said = self.ejguard("check").out
        self.assertIn("none of the 3 units has a drop-in", said)
        self.assertNotIn("run: ", said)
        self.assertIn(f"next: {self.command('enable --now')}\n", said)
        self.assertIn("run: ejguard apply\n", self.ejguard("-q", "check").out)
        self.stack("required net broken=1 unapplied=yes\n")
        said = self.ejguard("check").out
        self.assertIn("run: ejguard enable\n", said)
        self.assertIn("run: ejguard apply\n", said)

    def test_next_of_trials(self):
        """To apply is not enough where nothing is enabled."""
        self.boot()
        text = "set cgroups ejabberd.service\nrequired probe changes=yes\n"
        self.write("conf/ejabberd", text)
        file = self.write("new", text)
        self.assertEqual(self.next_of("apply", "--dry-run"), self.command("enable --now"))
        self.assertTrue(self.next_of("check", "--file", file).endswith(f" && {self.command('enable --now')}"))
        self.assertEqual(self.ejguard("enable", "--templatedir", f"{SOURCE}/tools/systemd").exit, 0)
        self.assertEqual(self.next_of("apply", "--dry-run"), self.command("apply"))
        self.assertTrue(self.next_of("check", "--file", file).endswith(f" && {self.command('apply')}"))
        self.assertEqual(self.ejguard("--json", "apply", "--dry-run").json.get("units"), None)

    def test_needs_no_restart(self):
        self.boot()
        shutil.copytree(f"{SOURCE}/tools/systemd", f"{self.folder}/share/ejguard/systemd")  # where check looks for templates
        subprocess.run(["mount", "-t", "overlay", "-o", f"lowerdir={self.folder}/share:/usr/share", "share", "/usr/share"], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", "/usr/share"], check=True)
        self.enable()
        found = [finding for finding in self.ejguard("--json", "check").json["findings"] if finding["id"] == "ejguard.restart-due"]
        self.assertEqual(len(found), 3)
        for finding in found:
            self.assertEqual((finding["severity"], finding["remedy"]), ("info", ""))
            self.assertIn("it needs no restart", finding["message"])

    def test_without_systemd(self):
        out = self.enable()
        self.assertIn("[ejguard.without-systemd]", out)
        self.assertIn("ejguard exec", out)
        self.boot()
        self.assertNotIn("without-systemd", self.enable())


if __name__ == "__main__":
    main()
