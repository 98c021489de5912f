# SPDX-License-Identifier: LGPL-2.1-or-later
"""
names.py: every public name has a comment /** ... */ right before it, which says since when it is there; and no two structures
of the library, or of the tool, have the same name.
"""
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


def homonyms(tops):
    """(name, text) of each structure that two files of these folders define."""
    where = {}
    for path in tree.files():
        here = tree.name(path)
        if not here.startswith(tops) or tree.language(path) != 'c':
            continue
        for word in re.findall(r'^struct (\w+) \{', path.read_text(), re.M):
            if word in where:
                yield word, f'{here}: struct {word} is another one in {where[word]}: one name, one thing'
            where[word] = here


def main():
    problems = [*homonyms(('bpf/', 'include/', 'libejguard/')), *homonyms(('tools/',))]
    for path in sorted((tree.ROOT / 'include').rglob('*.h')):
        lines = path.read_text().splitlines()
        guard = next(line.split()[1] for line in lines if line.startswith('#ifndef'))
        for number, word in undocumented(lines):
            if word != guard and not word.startswith('EJGUARD_'):
                problems.append((word, f'{tree.name(path)}:{number}: {word}: say what it is, and since when'))
    tree.end(problems, KNOWN)


if __name__ == '__main__':
    main()
