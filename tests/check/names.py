# SPDX-License-Identifier: LGPL-2.1-or-later
"""names.py: every public name has a comment /** ... */ right before it, which says since when it is there."""
import re

import tree

NAME = re.compile(r'^(?:(?:struct|enum) (ejg_\w+) \{|#define (EJG_\w+)|(?:[a-z][\w ]* \**)(ejg_\w+)\(|'
                  r'typedef .*\b(ejg_\w+)\b)')
KNOWN = set()


def undocumented(lines):
    """(line, name) of each name without its comment."""
    comment, ended = [], 0
    for number, line in enumerate(lines, 1):
        if line.startswith('/**'):
            comment = []
        if line.startswith(('/**', ' *')):
            comment.append(line)
            ended = number
        match = NAME.match(line)
        if match and not (ended == number - 1 and 'Since ' in ' '.join(comment)):
            yield number, next(filter(None, match.groups()))


def main():
    problems = []
    for path in sorted((tree.ROOT / 'include').rglob('*.h')):
        lines = path.read_text().splitlines()
        guard = next(line.split()[1] for line in lines if line.startswith('#ifndef'))
        for number, word in undocumented(lines):
            if word != guard and not word.startswith('EJGUARD_'):
                problems.append((word, f'{tree.name(path)}:{number}: {word}: say what it is, and since when'))
    tree.end(problems, KNOWN)


if __name__ == '__main__':
    main()
