# SPDX-License-Identifier: LGPL-2.1-or-later
"""
draw.py terminal|graph TITLE DESCRIPTION <TEXT|SVG >SVG: pictures that say what they show, and refer to nothing outside of them.

terminal: of what a terminal shows. Of escape sequences it knows those that the tool writes: colours and bold. Each piece of
text has a length of its own, so that columns stand below each other whatever font there is.
graph: of what graphviz has drawn.
"""
import re
import sys
import unicodedata
import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import escape

SVG = "http://www.w3.org/2000/svg"

WIDTH, HEIGHT, MARGIN = 8.4, 18, 16  # of a character, of a line, around the text
BACKGROUND, TEXT = "#16181d", "#e4e6eb"
# The eight colours, each with a contrast of 7 and more on the background.
COLOURS = {31: "#ff9c94", 32: "#7ee08a", 33: "#f2cc60", 34: "#a5c8ff", 35: "#e2b6ff", 36: "#7fdbe0"}


def spans(line):
    """The parts of a line: text, colour or None, whether bold."""
    colour, bold = None, False
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        if not part.startswith("\x1b["):
            if part:
                yield part, colour, bold
            continue
        for code in (int(word or 0) for word in part[2:-1].split(";")):
            if code == 0:
                colour, bold = None, False
            elif code == 1:
                bold = True
            elif code in COLOURS:
                colour = COLOURS[code]


def columns(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def put_line(line, y):
    """A text element for each piece between wide gaps, as viewers join blanks; its place says where it is."""
    column, out = 0, []
    for text, colour, bold in spans(line):
        for piece in re.split(r"( {2,}|^ | $)", text):
            inner = piece.strip(" ")
            if inner:
                style = (f' fill="{colour}"' if colour else "") + (' font-weight="bold"' if bold else "")
                x, length = MARGIN + column * WIDTH, columns(inner) * WIDTH
                out.append(f'<text x="{x:.1f}" y="{y}" textLength="{length:.1f}"{style}>{escape(inner)}</text>')
            column += columns(piece)
    return out


def terminal(title, description, text):
    lines = text.expandtabs().rstrip("\n").split("\n")
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]
    wrong = re.search(r"[\x00-\x09\x0b-\x1f\x7f]", "\n".join(plain))
    if wrong:
        sys.exit(f"draw.py: no picture of the control character {wrong[0]!r}")
    width = round(2 * MARGIN + max(map(columns, plain)) * WIDTH)
    height = 2 * MARGIN + len(lines) * HEIGHT
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
           'aria-labelledby="title desc">',
           f'<title id="title">{escape(title)}</title>', f'<desc id="desc">{escape(description)}</desc>',
           f'<rect width="{width}" height="{height}" rx="8" fill="{BACKGROUND}"/>',
           f'<g font-family="monospace" font-size="14" fill="{TEXT}">']
    for number, line in enumerate(lines, 1):
        out += put_line(line, MARGIN + number * HEIGHT - 5)
    return "\n".join(out + ["</g>", "</svg>", ""])


def graph(title, description, text):
    """Without the names of graphviz and of its document type."""
    ElementTree.register_namespace("", SVG)
    root = ElementTree.fromstring(text)
    root.set("role", "img")
    root.set("aria-labelledby", "title desc")
    for number, (name, words) in enumerate((("title", title), ("desc", description))):
        node = ElementTree.Element(f"{{{SVG}}}{name}", id=name)
        node.text = words
        node.tail = "\n"
        root.insert(number, node)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


if __name__ == "__main__":
    sys.stdout.write({"terminal": terminal, "graph": graph}[sys.argv[1]](sys.argv[2], sys.argv[3], sys.stdin.read()))
