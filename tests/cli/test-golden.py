# SPDX-License-Identifier: LGPL-2.1-or-later
"""
Whole pages as people see them, at 80 and at 100 columns: golden/PAGE-COLUMNS. A change of a page shows in the diff of its file;
EJG_GOLDEN=write writes them.
"""
import os
import subprocess

from cli import EJGUARD, SOURCE, Case, main, needs_cgroup2, terminal, without_progress

FOLDER = f"{SOURCE}/tests/cli/golden"


@needs_cgroup2
class Golden(Case):
    def page(self, columns, *command):
        environment = dict(os.environ, LC_ALL="C.UTF-8", TERM="xterm", NO_COLOR="1")
        with terminal(columns=columns) as (end, screen):
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=end, stderr=end, env=environment, timeout=60, check=False)
        # The name of the folder is as long each time; lines break where they do.
        return without_progress(screen.text).replace("\r\n", "\n").replace(self.folder, "/tmp/ejguard-cli.folder__")

    def compare(self, name, *command):
        for columns in 80, 100:
            with self.subTest(name=name, columns=columns):
                path, page = f"{FOLDER}/{name}-{columns}", self.page(columns, *command)
                if os.environ.get("EJG_GOLDEN") == "write":
                    with open(path, "w") as file:
                        file.write(page)
                with open(path) as file:
                    self.assertEqual(page, file.read())
                for line in page.splitlines():
                    if "run: " not in line and not line.startswith("next: "):  # commands are not broken
                        self.assertLessEqual(len(line), columns, line)

    def tool(self, *words):
        return [EJGUARD, "--confdir", self.confdir, "--moduledir", self.moduledir, *words]

    def test_discover(self):
        self.compare("discover", os.environ["SURVEY"], "full")

    def test_discover_verbose(self):
        self.compare("discover-verbose", os.environ["SURVEY"], "-v", "full")

    def test_check(self):
        self.stack("required net advice=yes\n")
        self.compare("check", *self.tool("check"))

    def test_check_verbose(self):
        self.stack("required net advice=yes\nrequired probe\n")
        self.compare("check-verbose", *self.tool("-v", "check", "--file", self.confdir + "/ejabberd"))

    def test_status(self):
        self.write_module("advice")
        self.stack("required net refuses=yes\noptional advice advice=yes many=3\n")
        self.compare("status", *self.tool("status"))

    def test_status_failed(self):
        self.write_module("advice")
        self.stack("required net refuses=yes answer=not-held\noptional advice advice=yes\n")
        self.compare("status-failed", *self.tool("status"))

    def test_status_verbose(self):
        self.write_module("advice")
        self.stack("required net refuses=yes advice=yes\noptional advice advice=yes\n")
        self.compare("status-verbose", *self.tool("-v", "status"))

    def test_apply_dry_run(self):
        self.stack("required probe changes=yes\n")
        self.compare("apply-dry-run", *self.tool("apply", "--dry-run"))

    def test_enable_dry_run(self):
        self.compare("enable-dry-run", *self.tool("enable", "--dry-run", "--unitdir", self.unitdir, "--templatedir",
                                                  f"{SOURCE}/tools/systemd"))

    def test_check_failed(self):
        self.stack("required net answer=not-held advice=yes\n")
        self.compare("check-failed", *self.tool("-q", "check"))


if __name__ == "__main__":
    main()
