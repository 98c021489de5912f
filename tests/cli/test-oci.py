# SPDX-License-Identifier: LGPL-2.1-or-later
"""The hook of an OCI runtime: what is no state of a container, or names no service, is refused; so is a cgroup of others."""
import json
import os
import subprocess

from cli import EJGUARD, Case, main, needs_cgroup2

STATE = {"ociVersion": "1.0.2", "id": "box", "status": "creating", "pid": os.getpid(), "bundle": "/nowhere",
         "annotations": {"ejguard.service": "probe"}}
WRONG = [
    ("", "it is empty"),
    ("nonsense", "no JSON object"),
    ("[]", "no JSON object"),
    ('{"id": "a", "id": "b"}', "no JSON object"),
    (dict(STATE, id=""), "no string 'id'"),
    (dict(STATE, id=7), "no string 'id'"),
    (dict(STATE, status=None), "no string 'status'"),
    (dict(STATE, pid=None), "no number 'pid'"),
    (dict(STATE, pid="1"), "no number 'pid'"),
    (dict(STATE, pid=0), "'pid' is no process"),
    (dict(STATE, pid=2 ** 40), "'pid' is no process"),
    (dict(STATE, annotations={"ejguard.service": 7}), "is no string"),
    (dict(STATE, annotations={}), "no annotation ejguard.service, and the hook names no service"),
    (dict(STATE, annotations={"ejguard.service": "../etc"}), "cannot be a service"),
    (dict(STATE, annotations={"ejguard.service": ""}), "cannot be a service"),
    (dict(STATE, junk="x" * 2 ** 20), "larger than 1 MiB"),
]


def hook(state, *words):
    text = state if isinstance(state, str) else json.dumps(state)
    return subprocess.run([EJGUARD, "oci", *words], input=text, capture_output=True, text=True, check=False)


class Oci(Case):
    def test_wrong(self):
        for state, message in WRONG:
            with self.subTest(message=message, state=str(state)[:80]):
                result = hook(state)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assert_one_line(result.stderr)
                self.assertIn(message, result.stderr)

    def test_command_line_wins(self):
        result = hook(dict(STATE, annotations={"ejguard.service": "no/service"}), "../neither")
        self.assertIn("'../neither' cannot be a service", result.stderr)

    @needs_cgroup2
    def test_cgroup_of_the_caller(self):
        result = hook(STATE)
        self.assertEqual(result.returncode, 2)
        self.assertIn("the container box has no cgroup of its own", result.stderr)

    def test_gone(self):
        process = subprocess.Popen(["true"])
        process.wait()
        result = hook(dict(STATE, pid=process.pid))
        self.assertEqual(result.returncode, 1)
        self.assertIn("cannot read /proc/", result.stderr)

    @needs_cgroup2
    def test_no_stack(self):
        result = hook(dict(STATE, status="stopped", pid=0))
        self.assertEqual(result.returncode, 3)
        self.assertIn("probe", result.stderr)


if __name__ == "__main__":
    main()
