# SPDX-License-Identifier: LGPL-2.1-or-later
"""findings.py SEVERITY [MODULE] <JSON: the ids of the findings of at least that severity, sorted, each once, in a line."""

import json
import sys

ORDER = ('info', 'ok', 'warning', 'failure')


def main(severity, module=None):
    """ids of a module are without its name."""
    least = ORDER.index(severity)
    ids = {finding['id'] for finding in json.load(sys.stdin)['findings']
           if ORDER.index(finding['severity']) >= least and module in (None, finding['module'])}
    print(' '.join(sorted(name.removeprefix(f'{module}.') for name in ids)))


if __name__ == '__main__':
    main(*sys.argv[1:])
