# SPDX-License-Identifier: LGPL-2.1-or-later
"""sizes.py: no function is longer than MAX_FUNCTION lines and no file than MAX_FILE, in C, shell and Python alike."""
import ast
import re

import tree

MAX_FUNCTION = 60
MAX_FILE = 400
# Known longer ones, by file, or by file and function: none.
KNOWN = set()


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.lineno, node.end_lineno - node.lineno + 1


def braced_functions(lines, begins):
    """A function begins where the pattern says and ends with the next brace that stands in the first column."""
    start = word = None
    for number, line in enumerate(lines, 1):
        match = begins.match(line)
        if start is None and match:
            start, word = number, match[1]
        elif start is not None and line.rstrip() in ('}', '};', ')'):
            yield word, start, number - start + 1
            start = None


def c_functions(lines):
    """Of what stands above a brace in the first column: the name before its first parenthesis."""
    start = None
    for number, line in enumerate(lines, 1):
        if line == '{':
            above = number - 1
            while above > 1 and lines[above - 2] and lines[above - 2][0] not in ' \t}/*#' and \
                    not lines[above - 2].endswith((';', '*/')):
                above -= 1
            start = above if lines[above - 1][:1] not in ('\t', ' ') else above - 1
        elif line == '}' and start is not None:
            word = re.search(r'(\w+)\(', ' '.join(lines[start - 1:number]))
            yield word[1] if word else '?', start, number - start + 1
            start = None


def functions(path, text):
    lines = text.splitlines()
    kind = tree.language(path)
    if kind == 'python':
        return python_functions(text)
    if kind == 'shell':
        return braced_functions(lines, re.compile(r'([A-Za-z_]\w*)\(\) *[{(]$'))
    return c_functions(lines)


def main():
    problems = []
    for path in tree.files():
        if not tree.language(path):
            continue
        text, here = path.read_text(), tree.name(path)
        n = text.count('\n')
        if n > MAX_FILE:
            problems.append((here, f'{here}: {n} lines; a file has no more than {MAX_FILE}'))
        for word, number, length in functions(path, text):
            if length > MAX_FUNCTION:
                problems.append((f'{here} {word}', f'{here}:{number}: {word} has {length} lines; a function has no '
                                                   f'more than {MAX_FUNCTION}'))
    tree.end(problems, KNOWN)


if __name__ == '__main__':
    main()
