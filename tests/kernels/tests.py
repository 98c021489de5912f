# SPDX-License-Identifier: LGPL-2.1-or-later
"""tests.py BUILD SUITE/TEST...: the commands of these tests, one a line, as suite.sh wants them."""

import json
import shlex
import subprocess
import sys


def main():
    """Returns the exit status."""
    build, wanted = sys.argv[1], sys.argv[2:]
    said = subprocess.run(['meson', 'introspect', '--tests', build], check=True, stdout=subprocess.PIPE)
    tests = {f"{test['suite'][0].partition(':')[2]}/{test['name']}": test for test in json.loads(said.stdout)}
    for name in wanted:
        test = tests[name]
        command = ['env', *(f'{key}={value}' for key, value in test['env'].items()), *test['cmd']]
        print('test_run', name, test['timeout'], shlex.join(command))
    return 0


if __name__ == '__main__':
    sys.exit(main())
