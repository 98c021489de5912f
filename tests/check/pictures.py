# SPDX-License-Identifier: LGPL-2.1-or-later
"""
pictures.py: each picture that README.md shows is in the tree, small, and says what it shows; an SVG is well-formed, refers to
nothing elsewhere, and has no addresses but those of documentation and of this host. No other picture is in the tree.
"""
import re
import xml.etree.ElementTree as ElementTree

import tree

FOLDER = 'tools/pictures'
MAX_SVG, MAX_PNG = 60_000, 100_000
SVG = '{http://www.w3.org/2000/svg}'
ADDRESSES = re.compile(r'(198\.51\.100|203\.0\.113|192\.0\.2|127\.0\.0|0\.0\.0|10\.0\.0|172\.16\.0|192\.168\.0|169\.254\.0)\.\d+')
KNOWN = set()


def svg_problems(text):
    root = ElementTree.fromstring(text)
    if root.tag != f'{SVG}svg' or root.get('role') != 'img':
        yield 'is no <svg role="img">'
    for name in ('title', 'desc'):
        node = root.find(f'{SVG}{name}')
        if node is None or not (node.text or '').strip() or node.get('id') not in root.get('aria-labelledby', '').split():
            yield f'has no <{name}> that aria-labelledby names'
    for node in root.iter():
        if node.tag.removeprefix(SVG) in ('script', 'image', 'use', 'foreignObject', 'a', 'style'):
            yield f'has a <{node.tag.removeprefix(SVG)}>'
        for key, value in node.attrib.items():
            if re.search(r'href|^on', key) or re.search(r'url\(|https?:', value):
                yield f'has {key}="{value}"'
    words = ' '.join(root.itertext())
    for address in re.findall(r'\b\d+\.\d+\.\d+\.\d+\b', words):
        if not ADDRESSES.fullmatch(address):
            yield f'shows the address {address}'
    if '<!' in text:
        yield 'has a document type or a comment'


def problems_of(name):
    path = tree.ROOT / name
    if not path.is_file():
        yield 'does not exist'
        return
    if path.stat().st_size > (MAX_PNG if path.suffix == '.png' else MAX_SVG):
        yield f'is too large: {path.stat().st_size} bytes'
    if path.suffix == '.svg':
        yield from svg_problems(path.read_text(encoding='utf-8'))
    elif path.read_bytes()[:8] != b'\x89PNG\r\n\x1a\n':
        yield 'is no PNG'


def main():
    shown = re.findall(r'!\[([^\]]*)\]\(([^)]*)\)', (tree.ROOT / 'README.md').read_text(encoding='utf-8'))
    problems = [] if shown else [('none', 'README.md shows no picture')]
    for words, name in shown:
        if len(words) < 20:
            problems.append((name, f'README.md: the picture {name} wants words for people who do not see it'))
        problems += [(name, f'{name}: {problem}') for problem in problems_of(name)]
    for path in sorted((tree.ROOT / FOLDER).iterdir()):
        if path.suffix in ('.svg', '.png') and tree.name(path) not in [name for _, name in shown]:
            problems.append((tree.name(path), f'{tree.name(path)}: README.md does not show it'))
    tree.end(problems, KNOWN)


if __name__ == '__main__':
    main()
