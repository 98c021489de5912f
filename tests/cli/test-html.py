# SPDX-License-Identifier: LGPL-2.1-or-later
"""check --html: one file that any browser reads, without scripts, with headings in order, readable colours; texts escaped."""
import re
import socket
import xml.etree.ElementTree as ElementTree

from cli import Case, main, needs_cgroup2

XHTML = "{http://www.w3.org/1999/xhtml}"
ELEMENTS = {"html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "strong", "small", "section", "article",
            "ul", "li", "code"}


def luminance(colour):
    """Relative luminance, WCAG 2.1."""
    digits = colour if len(colour) == 6 else "".join(digit * 2 for digit in colour)
    parts = [int(digits[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@needs_cgroup2
class Html(Case):
    def page(self, *words, status=0):
        result = self.ejguard("check", "--html", *words)
        self.assertEqual(result.exit, status, result.err)
        self.assertTrue(result.out.startswith("<!DOCTYPE html>\n"))
        return result.out, ElementTree.fromstring(result.out.split("\n", 1)[1])

    def test_page(self):
        self.stack("required net answer=not-held advice=yes\n")
        text, root = self.page(status=1)
        self.assertEqual(root.get("lang"), "en")
        self.assertEqual([node.text for node in root.iter(f"{XHTML}h2")], ["Failures (2)", "Warnings (1)"])
        self.assertIn("NOT GUARDED: 2 failures", "".join(root.find(f".//{XHTML}strong").itertext()))
        self.assertIn("repair the thing", text)
        self.assertIn("net.broken", text)

    def test_held(self):
        self.assertIn("ejabberd: guarded, 1 ok", self.page()[0])

    def test_structure(self):
        self.stack("required net answer=not-held advice=yes\n")
        text, root = self.page(status=1)
        self.assertLessEqual({node.tag.removeprefix(XHTML) for node in root.iter()}, ELEMENTS)
        levels = [int(node.tag[-1]) for node in root.iter() if re.search(r"\}h\d$", node.tag)]
        self.assertEqual((levels[0], levels.count(1)), (1, 1))
        self.assertTrue(all(after <= before + 1 for before, after in zip(levels, levels[1:])), levels)
        self.assertEqual(len(list(root.iter(f"{XHTML}main"))), 1)
        self.assertTrue(root.find(f".//{XHTML}title").text)
        # Nothing is fetched, and nothing runs.
        self.assertNotRegex(text.replace(XHTML[1:-1], ""), r"(?i)<script|javascript:|\bon[a-z]+=|https?:|url\(|@import|src=")
        self.assertIn("default-src 'none'", text)

    def test_contrast(self):
        """Text on the background, light and dark: level AAA, also of large text's colours."""
        styles = self.page()[1].find(f".//{XHTML}style").text.split("@media screen and (prefers-color-scheme:dark)")
        self.assertEqual(len(styles), 2)
        for style in styles:
            background = luminance(re.search(r"background:#([0-9a-f]+)", style)[1])
            colours = re.findall(r"(?<!background)(?:color|border-color):#([0-9a-f]+)", style)
            self.assertEqual(len(colours), 6)
            for colour in colours:
                lighter, darker = sorted((background, luminance(colour)), reverse=True)
                self.assertGreaterEqual((lighter + 0.05) / (darker + 0.05), 7, colour)

    def test_what_and_where(self):
        """Each finding says what it is about, once; the page says where it was made, and what is next."""
        self.stack("required net answer=not-held advice=yes\n")
        text, root = self.page(status=1)
        titles = ["".join(node.itertext()) for node in root.iter(f"{XHTML}h3")]
        self.assertEqual(len(titles), 3)
        for title in titles:
            self.assertNotRegex(title, r"^(.+): \1\b")
        self.assertIn(socket.gethostname() + ", checked by ejguard", text)
        following = [node for node in root.iter(f"{XHTML}p") if (node.text or "").startswith("Next: ")]
        self.assertIn("ejguard", "".join(following[0].itertext()))
        self.assertNotIn("Next: ", self.guarded())

    def guarded(self):
        self.stack("required net\n")
        return self.page()[0]

    def test_meaning(self):
        """Guarded means what the modules of the stack guard, and no more."""
        hosts = "other hosts cannot connect to the ports that only this host and its peers need"
        users = "other users can neither read nor change the "
        for name in "cookie", "files":
            self.write_module(name)
        for modules, meaning in (("net", f"{hosts}."), ("net cookie files", f"{hosts}, and {users}secrets of the service."),
                                 ("cookie", f"{users}cookie of the service."), ("files", f"{users}private files of the service."),
                                 ("probe", None)):
            with self.subTest(modules=modules):
                self.stack("".join(f"required {name}\n" for name in modules.split()))
                said = [node.text for node in self.page()[1].iter(f"{XHTML}p") if (node.text or "").startswith("Guarded means: ")]
                self.assertEqual(said, [f"Guarded means: {meaning}"] if meaning else [])

    def test_hostile(self):
        """Names of files and whatever else others choose are text, and nothing else."""
        name = "try<script>alert(1)</script>&\"'"
        path = self.write(name.replace("/", "_"), "required net answer=not-held\n")
        text, root = self.page("--file", path, status=1)
        self.assertNotIn("<script", text)
        self.assertIn("&lt;script&gt;", text)
        self.assertIn(path, "".join(root.itertext()))
        self.stack("required net strange=yes\n")
        text = self.page()[0]
        self.assertNotRegex(text, "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]")
        self.assertIn(r"a\x1b[31mb\x0d\x0ac\xff", text)

    def test_broken_stack(self):
        path = self.stack("requierd net\n")
        text, root = self.page(status=3)
        self.assertIn(path, "".join(root.itertext()))
        self.assertIn("Failures", text)

    def test_one_form(self):
        for other, status in (["--json"], 2), (["--nagios"], 3):
            result = self.ejguard("check", "--html", *other)
            self.assertEqual(result.exit, status, result.out)


if __name__ == "__main__":
    main()
