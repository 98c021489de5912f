# SPDX-License-Identifier: LGPL-2.1-or-later
"""watch: one line an event, at once; ended by signals, and by a reader that goes away."""
import json
import os
import signal
import subprocess

from cli import EJGUARD, Case, main, needs_cgroup2


@needs_cgroup2
class Watch(Case):
    def setUp(self):
        super().setUp()
        self.stack("required net\nrequired probe\n")

    def start(self, *words, before=(), **how):
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        process = subprocess.Popen([EJGUARD, "--confdir", self.confdir, "--moduledir", self.moduledir, *before, "watch",
                                    *words], env=environment, text=True, stdin=subprocess.DEVNULL,
                                   **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how})
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        process.kill()
        process.communicate()

    def test_lines(self):
        process = self.start()
        lines = [process.stdout.readline() for _ in range(2)]
        self.assertEqual(lines, ["2023-11-14 22:13:20 probe: event 1\\x1b\n", "2023-11-14 22:13:20 probe: event 2\\x1b\n"])

    def test_signals(self):
        for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
            with self.subTest(signal=number):
                process = self.start("--module", "probe")
                process.stdout.readline()
                process.send_signal(number)
                out, err = process.communicate(timeout=20)
                self.assertEqual((process.returncode, err), (0, ""))
                self.assertLessEqual(out.count("\n"), 1)

    def test_json(self):
        process = self.start(before=["--json"])
        event = json.loads(process.stdout.readline())
        self.assertEqual(event, {"schema": 1, "time": "2023-11-14T22:13:20+0000", "time_ns": 1700000000000000000,
                                 "module": "probe", "message": "event 1\\x1b", "labels": {"address": "203.0.113.9"}})

    def test_many(self):
        self.stack("required probe events=5000\n")
        process = self.start()
        for number in range(1, 5001):
            self.assertIn(f"event {number}\\", process.stdout.readline())

    def test_reader_goes_away(self):
        for events in "2", "100000":
            self.stack(f"required probe events={events}\n")
            process = self.start()
            process.stdout.readline()
            process.stdout.close()
            self.assertEqual(process.wait(timeout=20), 0)
            self.assertEqual(process.stderr.read(), "")

    def test_cannot_write(self):
        with open("/dev/full", "w") as full:
            process = self.start(stdout=full)
            self.assertEqual(process.wait(timeout=20), 1)
        self.assertIn("cannot write", process.stderr.read())

    def test_end_of_events(self):
        self.stack("required probe ended=yes\n")
        process = self.start()
        self.assertEqual(process.wait(timeout=20), 1)
        self.assertIn("the module probe stopped sending events", process.stderr.read())

    def test_nothing_to_watch(self):
        self.assertEqual(self.ejguard("watch", "--module", "net").exit, 4)
        self.assertEqual(self.ejguard("watch", "--module", "absent").exit, 2)
        self.stack("required net\n")
        result = self.ejguard("watch")
        self.assertEqual((result.exit, result.out), (4, ""))
        self.assert_one_line(result.err)
        result = self.ejguard("--json", "watch")
        self.assertEqual((result.exit, result.json["outcome"]), (4, "error"))
        self.assert_one_line(result.out)
        self.assertEqual(self.ejguard("watch", "nobody").exit, 3)


if __name__ == "__main__":
    main()
