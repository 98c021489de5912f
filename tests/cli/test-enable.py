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

    def test_without_systemd(self):
        out = self.enable()
        self.assertIn("[ejguard.without-systemd]", out)
        self.assertIn("ejguard exec", out)
        self.boot()
        self.assertNotIn("without-systemd", self.enable())


if __name__ == "__main__":
    main()
