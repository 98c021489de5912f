# SPDX-License-Identifier: LGPL-2.1-or-later
"""doctor: what the modules and the tool find, also with a stack that is broken."""
import os
import platform

from cli import SOURCE, Case, main, needs_cgroup2


@needs_cgroup2
class Doctor(Case):
    def doctor(self, *before):
        return self.ejguard(*before, "doctor", "--unitdir", self.unitdir)

    def test_findings(self):
        result = self.doctor()
        self.assertEqual((result.exit, result.err), (0, ""))
        self.assert_narrow(result.out)
        self.assertIn("As it should be (1)\n  net      thing-1: this system has things; count is 7 [net.fine]\n", result.out)
        self.assertIn(f"Worth knowing (2)\n  ejguard  kernel: Linux {platform.release()}, ", result.out)
        self.assertRegex(result.out, "\n           systemd[: ]")
        self.assertIn("none of the 3 units has a drop-in of ejguard, so they start", result.out)
        self.assertEqual(result.out.count("[ejguard.dropin-missing]"), 1)
        self.assertEqual(self.doctor("-v").out.count("[ejguard.dropin-missing]"), 3)
        self.assertTrue(result.out.endswith("ejabberd: everything is supported, 3 warnings\n"))
        self.assertEqual(self.doctor("-q").out, "")

    def test_json(self):
        report = self.doctor("--json").json
        self.assertEqual((report["verb"], report["outcome"], report["exit"]), ("doctor", "held", 0))
        self.assertNotIn("units", report)
        ids = [finding["id"] for finding in report["findings"]]
        self.assertEqual(ids, ["ejguard.kernel", "ejguard.systemd"] + 3 * ["ejguard.dropin-missing"] + ["net.fine"])

    def test_unprivileged(self):
        """What only root may see is no failure of the system."""
        self.stack("required net answer=unprivileged\n")
        result = self.doctor()
        self.assertEqual(result.exit, 4)
        self.assertIn("ejabberd: NOT KNOWN what is supported: ", result.out)
        self.stack("required net answer=unprivileged\noptional probe ill=yes\n")
        self.assertEqual(self.doctor().exit, 1)

    def test_failure(self):
        self.stack("required net\noptional probe ill=yes\n")
        result = self.doctor()
        self.assertEqual(result.exit, 1)
        self.assertIn("it stands in the way", result.out)

    def test_dropins(self):
        folder = self.make("units/ejabberd.service.d")
        with open(f"{folder}/50-ejguard.conf", "w") as file:
            file.write('# Written by ejguard enable for the service ejabberd; "ejguard disable" removes it.\n')
        os.mkdir(f"{self.unitdir}/epmd.service.d")
        self.write("units/epmd.service.d/50-ejguard.conf", "[Service]\n")
        ids = [finding["id"] for finding in self.doctor("--json").json["findings"]]
        self.assertEqual(ids[2:5], ["ejguard.dropin-changed", "ejguard.dropin-foreign", "ejguard.dropin-missing"])
        self.assertEqual(sorted(os.listdir(folder)), ["50-ejguard.conf"])

    def test_what_enable_would_write(self):
        templates = "--templatedir", f"{SOURCE}/tools/systemd"
        path = f"{self.unitdir}/ejabberd.service.d/50-ejguard.conf"
        self.assertEqual(self.ejguard("enable", "--unitdir", self.unitdir, *templates).exit, 0)

        def first():
            report = self.ejguard("--json", "doctor", "--unitdir", self.unitdir, *templates).json
            return report["findings"][2]["id"]

        self.assertEqual(first(), "ejguard.dropin")
        with open(path) as file:
            good = file.read()
        for bad in good.replace("+", "-"), good + "ExecStartPre=\n", good + "\n", good.replace(" ejabberd\n", " other\n"):
            with open(path, "w") as file:
                file.write(bad)
            self.assertEqual(first(), "ejguard.dropin-changed", bad)
        with open(path, "w") as file:
            file.write(good)
        self.assertEqual(first(), "ejguard.dropin")

    def test_stack_that_got_host(self):
        """Nobody has changed the drop-ins of epmd: the stack was."""
        templates = "--templatedir", f"{SOURCE}/tools/systemd"
        self.assertEqual(self.ejguard("enable", "--unitdir", self.unitdir, *templates).exit, 0)
        self.write_module("host")
        self.stack("required net\nrequired host\n")
        report = self.ejguard("--json", "doctor", "--unitdir", self.unitdir, *templates).json
        ids = [finding["id"] for finding in report["findings"] if finding["subject"].startswith("epmd")]
        self.assertEqual(ids, 2 * ["ejguard.dropin-behind"])
        self.assertEqual(self.ejguard("enable", "--unitdir", self.unitdir, *templates).exit, 0)
        self.assertNotIn("dropin-behind", self.ejguard("--json", "doctor", "--unitdir", self.unitdir, *templates).out)

    def test_broken_line(self):
        self.stack("required net bogus=1 count=9\nrequired absent\nrequired probe count=8\n")
        result = self.doctor()
        self.assertEqual(result.exit, 1)
        self.assertIn("bogus", result.out)
        self.assertIn("absent", result.out)
        self.assertIn("count is 7 [net.fine]", result.out)
        self.assertIn("count is 8 [probe.fine]", result.out)
        self.assertIn("[ejguard.kernel]", result.out)

    def test_broken_fact(self):
        self.stack("set epmd 99999\nrequired net count=9\n")
        result = self.doctor()
        self.assertEqual(result.exit, 1)
        self.assertIn("count is 9 [net.fine]", result.out)

    def test_no_stack(self):
        for text in None, "requierd net\n", "\0":
            if text is None:
                os.unlink(f"{self.confdir}/ejabberd")
            else:
                self.stack(text)
            result = self.doctor()
            self.assertEqual(result.exit, 1)
            for name in "net", "probe":
                self.assertIn(f"count is 7 [{name}.fine]", result.out)
            self.assertIn("core.", result.out)

    def test_nothing_is_there(self):
        result = self.ejguard("--confdir", "/nowhere", "doctor", env={"PATH": "/nowhere"})
        self.assertEqual(result.exit, 2)  # given twice
        os.rename(self.moduledir, self.moduledir + "-away")
        result = self.doctor()
        self.assertEqual(result.exit, 1)
        self.assertIn("[ejguard.kernel]", result.out)


if __name__ == "__main__":
    main()
