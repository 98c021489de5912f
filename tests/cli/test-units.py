# SPDX-License-Identifier: LGPL-2.1-or-later
"""enable and disable: what is written where, all or nothing, and only what is ejguard's goes again."""
import concurrent.futures
import contextlib
import fcntl
import os
import shutil
import stat
import subprocess
import time
import unittest

from cli import SOURCE, Case, main, needs_cgroup2, run

UNITS = ["ejabberd.service", "epmd.service", "epmd.socket"]


@needs_cgroup2
@unittest.skipUnless(os.getuid() or "EJG_RUN_HIDDEN" in os.environ, "root's lock is in /run, and needs one of the test's own")
class Units(Case):
    def path(self, unit):
        return os.path.join(self.unitdir, unit + ".d", "50-ejguard.conf")

    def read(self, unit):
        with open(self.path(unit)) as file:
            return file.read()

    def tree(self):
        return sorted(os.path.relpath(os.path.join(folder, name), self.unitdir)
                      for folder, folders, files in os.walk(self.unitdir) for name in folders + files)

    def enable(self, *words):
        return self.ejguard("enable", "--unitdir", self.unitdir, "--templatedir", f"{SOURCE}/tools/systemd", *words)

    def disable(self, *words):
        return self.ejguard("disable", "--unitdir", self.unitdir, *words)

    def command(self, unit):
        line, = [line for line in self.read(unit).splitlines() if line.startswith("ExecStartPre=")]
        return line.removeprefix("ExecStartPre=")

    def test_enable(self):
        old = os.umask(0o077)
        result = self.enable()
        os.umask(old)
        self.assertEqual((result.exit, result.err), (0, ""))
        folders = f"--confdir {self.confdir} --moduledir {self.moduledir}"
        self.assertRegex(self.command("ejabberd.service"), rf"^\+/\S+/ejguard {folders} apply --own ejabberd$")
        self.assertRegex(self.command("epmd.service"), rf"^\+/\S+/ejguard {folders} apply --own --only net ejabberd$")
        self.assertRegex(self.command("epmd.socket"), rf"^/\S+/ejguard {folders} apply --own --only net ejabberd$")
        for unit in UNITS:
            self.assertTrue(self.read(unit).startswith("# Written by ejguard enable for the service ejabberd;"))
            self.assertIn(f"[{unit.split('.')[1].capitalize()}]\n", self.read(unit))
            self.assertNotIn("@", self.read(unit))
            self.assertEqual(stat.S_IMODE(os.stat(self.path(unit)).st_mode), 0o644)
            self.assertEqual(stat.S_IMODE(os.stat(os.path.dirname(self.path(unit))).st_mode), 0o755)
        self.assertEqual(len(self.tree()), 6)

    def test_remedy_names_the_service(self):
        self.stack("required net\n", "rabbit")
        self.stack("required net\n", "other")
        self.assertEqual(self.enable("other").exit, 0)
        found = self.ejguard("--json", "doctor", "--unitdir", self.unitdir, "--templatedir", f"{SOURCE}/tools/systemd", "rabbit")
        remedies = {f["remedy"] for f in found.json["findings"] if "run: ejguard enable" in f["remedy"]}
        self.assertTrue(remedies)
        self.assertTrue(all("run: ejguard enable rabbit" in remedy for remedy in remedies), remedies)

    def chained(self):
        """A stack with the module seccomp, and a drop-in that starts its unit under it."""
        shutil.copy(f"{os.environ['MODULES']}/seccomp/seccomp.so", self.moduledir)
        os.chmod(self.folder, 0o755)
        self.write("conf/nodes", "192.0.2.1\n")
        self.write("conf/more", f"set peers @{self.confdir}/nodes\n")
        self.stack("include more\nrequired net\nrequired seccomp\n")
        result = self.enable()
        self.assertEqual((result.exit, result.err), (0, ""))
        with open(self.path("ejabberd.service"), "a") as file:
            file.write("[Service]\nExecStart=\n"
                       "ExecStart=/x/ejguard exec --only-confine --service ejabberd -- /bin/own 'a -- b' $C\n")

    def doctor(self):
        result = self.ejguard("--json", "doctor", "--unitdir", self.unitdir, "--templatedir", f"{SOURCE}/tools/systemd")
        return {finding["id"] for finding in result.json["findings"] if finding["subject"] == "ejabberd.service"}

    def test_seccomp_unitdir(self):
        """The commands of this system are none of another system's units: what a drop-in there starts stays."""
        self.chained()
        result = self.enable("--seccomp")
        self.assertEqual((result.exit, result.out), (2, ""))
        self.assertIn("--seccomp and --unitdir", result.err)
        for _ in range(2):
            self.assertEqual(self.enable().exit, 0)
            lines = [line for line in self.read("ejabberd.service").splitlines() if line.startswith("ExecStart=")]
            self.assertEqual(lines[0], "ExecStart=")
            self.assertRegex(lines[1], r"ejguard \S.* exec --only-confine --service ejabberd -- /bin/own 'a -- b' \$C$")
            self.assertEqual(len(lines), 2)
            self.assertNotIn("--only-confine", self.read("epmd.service"))
        self.assertEqual(self.doctor(), {"ejguard.dropin"})

    def test_seccomp_cookie(self):
        """A cookie in the command is not passed on into the drop-in, and not printed; one of a variable is none."""
        self.chained()
        before = self.read("ejabberd.service")
        for words in ("-setcookie", "--cookie"):
            path = self.path("ejabberd.service")
            with open(path, "w") as file:
                file.write(before.replace("/bin/own", f"/bin/own {words} SECRETSECRET"))
            for arguments in (), ("--dry-run",), ("--json", "--dry-run"):
                with self.subTest(words=words, arguments=arguments):
                    result = self.ejguard(*arguments[:-1], "enable", "--unitdir", self.unitdir, "--templatedir",
                                          f"{SOURCE}/tools/systemd", *arguments[-1:])
                    self.assertEqual(result.exit, 3, result.err)
                    self.assertNotIn("SECRETSECRET", result.out + result.err)
                    self.assertIn("put the cookie into the file .erlang.cookie", " ".join((result.out + result.err).split()))
        with open(self.path("ejabberd.service"), "w") as file:
            file.write(before.replace("/bin/own", "/bin/own -setcookie ${COOKIE}"))
        self.assertEqual(self.enable().exit, 0)
        self.assertIn("-- /bin/own -setcookie ${COOKIE} ", self.read("ejabberd.service"))

    def test_seccomp_readable(self):
        """Under the filter, users of the units read the stack."""
        self.chained()
        before = self.read("ejabberd.service")
        for path, mode, advice in ((f"{self.confdir}/ejabberd", 0o600, "o+r"), (f"{self.confdir}/more", 0o640, "o+r"),
                                   (f"{self.confdir}/nodes", 0o600, "o+r"), (self.confdir, 0o750, "o+x")):
            old = stat.S_IMODE(os.stat(path).st_mode)
            os.chmod(path, mode)
            result = self.enable()
            self.assertEqual(result.exit, 3, path)
            self.assertIn(f"chmod {advice} {path}\n", result.err)
            self.assertEqual(self.read("ejabberd.service"), before)
            os.chmod(path, old)
        self.assertEqual(self.enable().exit, 0)

    def test_newer_stack(self):
        """An enable that has to wait reads the stack when it is its turn."""
        self.enable()
        lock = os.open(self.unitdir if os.getuid() else "/run/ejguard/units.lock", os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            waiting = pool.submit(self.enable)
            time.sleep(0.5)
            self.assertFalse(waiting.done())
            self.write("conf/ejabberd", "set cgroups ejabberd.service other.service\nrequired net\n")
            os.close(lock)
            self.assertEqual(waiting.result().exit, 0)
        self.assertTrue(os.path.exists(self.path("other.service")))
        self.assertFalse(os.path.exists(self.path("epmd.socket")))

    @unittest.skipIf(os.getuid(), "only root's lock is a file of its own")
    def test_lock_that_was_removed(self):
        """Who waited for a lock file that has been removed meanwhile also waits for the one in its place."""
        self.enable()
        path = "/run/ejguard/units.lock"
        with concurrent.futures.ThreadPoolExecutor() as pool, contextlib.ExitStack() as files:
            old = files.enter_context(open(path, "rb"))
            fcntl.flock(old, fcntl.LOCK_EX)
            waiting = pool.submit(self.enable)
            time.sleep(0.5)
            os.unlink(path)
            new = files.enter_context(open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "wb"))
            fcntl.flock(new, fcntl.LOCK_EX)
            old.close()
            time.sleep(0.5)
            self.assertFalse(waiting.done())
            new.close()
            self.assertEqual(waiting.result().exit, 0)

    @unittest.skipIf(os.getuid(), "only root's folder is everybody's to open")
    def test_lock_of_another_user(self):
        """Nobody but root keeps root's enable waiting: test_newer_stack() is the control."""
        self.enable()
        nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        self.assertNotEqual(subprocess.run([*nobody, "cat", "/run/ejguard/units.lock"], stderr=subprocess.DEVNULL,
                                           check=False).returncode, 0)
        os.chmod(self.folder, 0o755)
        with subprocess.Popen([*nobody, "flock", "--no-fork", self.unitdir, "sh", "-c", "echo locked; exec sleep 60"],
                              stdout=subprocess.PIPE) as holder:
            self.assertEqual(holder.stdout.readline(), b"locked\n")
            start = time.monotonic()
            self.assertEqual((self.enable().exit, self.disable().exit), (0, 0))
            self.assertLess(time.monotonic() - start, 20)
            holder.kill()

    def test_again(self):
        self.enable()
        before = [os.stat(self.path(unit)).st_ino for unit in UNITS]
        report = self.ejguard("--json", "enable", "--unitdir", self.unitdir, "--templatedir",
                              f"{SOURCE}/tools/systemd").json
        self.assertEqual([(unit["unit"], unit["action"]) for unit in report["units"]],
                         [(unit, "unchanged") for unit in UNITS])
        self.assertIsNone(report["units"][0]["state"])
        self.assertEqual([os.stat(self.path(unit)).st_ino for unit in UNITS], before)

    def test_disable(self):
        self.enable()
        other = os.path.join(self.unitdir, "epmd.socket.d", "other.conf")
        with open(other, "w") as file:
            file.write("[Socket]\n")
        self.stack("not a stack\n")
        result = self.disable()
        self.assertEqual((result.exit, result.err), (0, ""))
        self.assertIn("ejabberd: disabled\n", result.out)
        self.assertEqual(self.tree(), ["epmd.socket.d", "epmd.socket.d/other.conf"])
        self.assertEqual(self.disable().exit, 0)

    def test_unit_that_left_the_stack(self):
        self.enable()
        self.write("conf/ejabberd", "set cgroups ejabberd.service\nrequired net\n")
        self.assertEqual(self.enable().exit, 0)
        self.assertEqual(self.tree(), ["ejabberd.service.d", "ejabberd.service.d/50-ejguard.conf"])

    def test_invalid_stack(self):
        self.stack("required net bogus=1\n")
        result = self.enable()
        self.assertEqual((result.exit, self.tree()), (3, []))
        self.assertIn("bogus", result.err)

    def test_no_unit_of_the_service(self):
        self.write("conf/ejabberd", "set cgroups epmd.service epmd.socket\nrequired net\n")
        result = self.enable()
        self.assertEqual((result.exit, self.tree()), (3, []))
        self.assertIn("set cgroups ejabberd.service", result.err)

    def test_no_network_guard(self):
        self.stack("required probe\n")
        result = self.enable()
        self.assertEqual((result.exit, self.tree()), (3, []))
        self.assertIn("required net", result.err)

    def test_main_unit_of_another_name(self):
        self.write("conf/ejabberd", "set cgroups epmd.service chat.service\nrequired net\n")
        self.assertEqual(self.enable().exit, 0)
        self.assertNotIn("--only", self.command("chat.service"))
        self.assertIn("--only net", self.command("epmd.service"))

    def identity(self, unit):
        """What changes with the file, but not with reading it."""
        st = os.lstat(self.path(unit))
        return st.st_ino, st.st_mode, st.st_size, st.st_mtime_ns

    def test_foreign_file(self):
        os.mkdir(os.path.join(self.unitdir, "epmd.socket.d"))
        for make in (lambda path: self.write(path, "[Socket]\n"), lambda path: os.symlink("/dev/null", path),
                     lambda path: self.write(path, b"# Written by\0"), lambda path: self.write(path, "#" * 70000),
                     os.mkdir):
            with self.subTest(make=make):
                make(self.path("epmd.socket"))
                before = self.identity("epmd.socket")
                result = self.enable()
                self.assertEqual((result.exit, len(self.tree())), (1, 2))
                self.assertIn("was not written by ejguard", result.err)
                result = self.disable()
                self.assertEqual(result.exit, 1)
                self.assertIn("was not written by ejguard", result.err)
                self.assertEqual(self.identity("epmd.socket"), before)
                if os.path.isdir(self.path("epmd.socket")) and not os.path.islink(self.path("epmd.socket")):
                    os.rmdir(self.path("epmd.socket"))
                else:
                    os.unlink(self.path("epmd.socket"))

    def test_unit_of_another_service(self):
        self.stack("required net\n", "rabbit")
        self.assertEqual(self.enable("rabbit").exit, 0)
        before = self.read("epmd.socket")
        result = self.enable()
        self.assertEqual(result.exit, 1)
        self.assertIn("for the service rabbit", result.err)
        self.assertEqual(self.disable().exit, 0)
        self.assertEqual(self.read("epmd.socket"), before)

    def test_shared_epmd(self):
        """One drop-in guards epmd for both services: the other leaves it out, and nobody loses the guard."""
        self.assertEqual(self.enable().exit, 0)
        before = self.read("epmd.socket")
        self.write("conf/rabbit", "set cgroups rabbit.service epmd.service epmd.socket\nrequired net\n")
        result = self.enable("rabbit")
        self.assertEqual(result.exit, 1)
        self.assertIn("the drop-in of the service ejabberd already guards epmd.service here; leave epmd out: write "
                      f'"set cgroups rabbit.service" in {self.confdir}/rabbit', result.err)
        self.assertNotIn("disable", result.err)
        found = [finding for finding in self.ejguard("--json", "doctor", "--unitdir", self.unitdir, "rabbit").json["findings"]
                 if finding["id"] == "ejguard.dropin-foreign"]
        self.assertEqual([finding["subject"] for finding in found], UNITS[1:])
        for finding in found:
            self.assertIn("the drop-in of the service ejabberd guards it", finding["message"])
            self.assertIn(": set cgroups rabbit.service\n", finding["remedy"])
        self.write("conf/rabbit", "set cgroups rabbit.service\nrequired net\n")
        self.assertEqual(self.enable("rabbit").exit, 0)
        self.assertEqual(self.read("epmd.socket"), before)

    def test_all_or_nothing(self):
        self.enable()
        before = {unit: self.read(unit) for unit in UNITS}
        shutil.rmtree(os.path.dirname(self.path("epmd.socket")))
        os.symlink("/nonexistent", os.path.join(self.unitdir, "epmd.socket.d"))
        os.mkdir(os.path.join(self.folder, "conf2"), 0o755)
        shutil.copy(os.path.join(self.confdir, "ejabberd"), os.path.join(self.folder, "conf2"))
        result = run("--confdir", self.folder + "/conf2", "--moduledir", self.moduledir, "enable", "--unitdir",
                     self.unitdir, "--templatedir", f"{SOURCE}/tools/systemd")
        self.assertEqual(result.exit, 1, result.err)
        self.assert_one_line(result.err)
        self.assertIn("nothing was changed", result.err)
        for unit in UNITS[:2]:
            self.assertEqual(self.read(unit), before[unit])
        self.assertEqual(len(self.tree()), 5)
        for unit in UNITS[:2]:
            shutil.rmtree(os.path.dirname(self.path(unit)))
        self.assertEqual(self.enable().exit, 1)
        self.assertEqual(self.tree(), ["epmd.socket.d"])

    def test_file_in_the_way(self):
        with open(os.path.join(self.unitdir, "epmd.socket.d"), "w") as file:
            file.write("a file where a folder must be\n")
        result = self.enable()
        self.assertEqual((result.exit, self.tree()), (1, ["epmd.socket.d"]))
        self.assertIn("epmd.socket.d", result.err)

    def test_no_permission(self):
        if os.getuid() == 0:
            return  # root may write everywhere
        os.chmod(self.unitdir, 0o555)
        result = self.enable()
        self.assertEqual((result.exit, self.tree()), (4, []))
        self.assertIn("run it as root", result.err)

    def test_bad_template(self):
        folder = self.make("templates")
        result = self.ejguard("enable", "--unitdir", self.unitdir, "--templatedir", folder)
        self.assertEqual((result.exit, self.tree()), (1, []))
        self.assertIn("service.conf.in", result.err)
        for name in "service", "socket":
            self.write(f"templates/{name}.conf.in", "[Service]\n")
        result = self.ejguard("enable", "--unitdir", self.unitdir, "--templatedir", folder)
        self.assertEqual((result.exit, self.tree()), (3, []))
        self.assertIn("@COMMAND@", result.err)

    def test_odd_folder_name(self):
        odd = self.make("a \"b\\%i$HOME'")
        shutil.copy(os.path.join(self.confdir, "ejabberd"), odd)
        result = run("--confdir", odd, "--moduledir", self.moduledir, "enable", "--unitdir", self.unitdir,
                     "--templatedir", f"{SOURCE}/tools/systemd")
        self.assertEqual(result.exit, 0, result.err)
        self.assertIn(f"--confdir \"{self.folder}/a \\\"b\\\\%%i$$HOME'\" ", self.command("ejabberd.service"))

    def test_systemd_reads_them(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("systemd-analyze is not installed")
        self.enable()
        units = [self.write("units/ejabberd.service", "[Service]\nExecStart=/bin/true\n"),
                 self.write("units/epmd.service", "[Service]\nExecStart=/bin/true\n"),
                 self.write("units/epmd.socket", "[Socket]\nListenStream=4369\n")]
        result = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, check=False,
                                env={"PATH": os.environ["PATH"], "SYSTEMD_UNIT_PATH": self.unitdir + ":"})
        complaints = [line for line in result.stderr.decode().splitlines()
                      if self.unitdir in line and "is not executable" not in line]
        self.assertEqual(complaints, [])

    def test_disable_says_what_is_in_force(self):
        """A service that nothing was applied for does not stay guarded."""
        self.assertIn("Nothing of ejabberd is guarded now.\n" if os.getuid() == 0 else "ejguard release", self.disabled())
        if os.getuid() == 0:
            os.makedirs("/run/ejguard/ejabberd")
            self.addCleanup(shutil.rmtree, "/run/ejguard/ejabberd")
            with open("/run/ejguard/ejabberd/applied", "w"):
                pass
            self.assertIn("stays guarded until its next restart, or until: ejguard release ejabberd\n", self.disabled())

    def test_unknown_service(self):
        """A mistyped name is the same error for the verbs that need no stack."""
        if os.getuid():
            return  # who cannot see what is in force is not told that nothing is
        expected = self.ejguard("apply", "ejaberd").err
        self.assertIn("core.stack-missing", expected)
        for words in ["disable", "--unitdir", self.unitdir, "ejaberd"], ["confirm", "ejaberd"], ["revert", "ejaberd"]:
            shutil.rmtree("/run/ejguard/ejaberd", ignore_errors=True)
            result = self.ejguard(*words)
            self.assertEqual((result.exit, result.err), (3, expected), words)
            self.assertFalse(os.path.exists("/run/ejguard/ejaberd"))
        self.assertEqual(self.enable().exit, 0)
        os.unlink(f"{self.confdir}/ejabberd")
        self.assertEqual(self.disable().exit, 0)  # a stack that is gone is in nobody's way
        self.assertEqual(self.disable().exit, 3)

    def disabled(self):
        self.assertEqual(self.enable().exit, 0)
        return self.disable().out


if __name__ == "__main__":
    main()
