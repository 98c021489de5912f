# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the checks share: the files of the tree, by language, and how a check ends."""
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOPS = ('include', 'libejguard', 'bpf', 'tools', 'tests', '.ci')


def files():
    """Every text file of ours below TOPS, without what tests read as data."""
    for top in TOPS:
        for folder, folders, names in os.walk(ROOT / top):
            folders[:] = sorted(set(folders) - {'corpus', 'data', '__pycache__'})
            for name in sorted(names):
                path = Path(folder) / name
                if path.suffix != '.pyc' and not path.is_symlink():
                    yield path


def language(path):
    """c, shell, python, or None."""
    known = {'.c': 'c', '.h': 'c', '.sh': 'shell', '.py': 'python'}.get(path.suffix)
    if known or path.suffix:
        return known
    with path.open('rb') as file:
        first = file.readline().decode(errors='replace')
    match = re.match(r'#!.*\b(sh|bash|python3)\b', first)
    return {'sh': 'shell', 'bash': 'shell', 'python3': 'python'}[match[1]] if match else None


def name(path):
    """As people name it: below the root."""
    return str(Path(path).relative_to(ROOT))


def end(problems, known=()):
    """Prints the problems, a (key, text) each, without those whose key is known; the exit status is theirs."""
    seen = {key for key, _ in problems}
    for key in sorted(set(known) - seen):
        print(f'no longer so, take it out of KNOWN in {Path(sys.argv[0]).name}: {key}')
    new = [text for key, text in problems if key not in known]
    for text in new:
        print(text)
    sys.exit(1 if new else 0)
