# SPDX-License-Identifier: LGPL-2.1-or-later
"""discover --graph: what graphviz makes of it, for a made-up service and for one whose names are hostile."""
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

from cli import Case, main, needs_cgroup2

SURVEY = os.environ["SURVEY"]
SVG = "{http://www.w3.org/2000/svg}"


class Graph(Case):
    def graph(self, which):
        text = subprocess.run([SURVEY, "--graph", which], capture_output=True, check=True, timeout=60).stdout
        picture = subprocess.run(["dot", "-Tsvg"], input=text, capture_output=True, check=True, timeout=60)
        self.assertEqual(picture.stderr, b"")
        return text.decode(), ElementTree.fromstring(picture.stdout)

    def edge(self, root, title):
        """The colour of an arrow, and what stands at it."""
        for group in root.iter(f"{SVG}g"):
            if group.get("class") == "edge" and group.find(f"{SVG}title").text == title:
                path = group.find(f".//{SVG}path")
                return path.get("stroke"), "".join(text.text for text in group.iter(f"{SVG}text"))
        return None

    def test_who_reaches_what(self):
        root = self.graph("full")[1]
        self.assertEqual(self.edge(root, "strangers->epmd"), ("#b00000", "NOT REFUSED"))
        self.assertEqual(self.edge(root, "strangers->public"), ("black", "allowed"))
        self.assertEqual(self.edge(root, "users->epmd"), ("#b00000", "NOT REFUSED"))
        self.assertEqual(self.edge(root, "peers->epmd"), ("black", "allowed"))
        self.assertEqual(self.edge(root, "peers->dist"), ("black", "listens elsewhere"))
        self.assertEqual(self.edge(root, "local->epmd"), ("black", "allowed"))
        # 127.0.0.1:4371 alone: nobody else comes there, whatever the guard says.
        self.assertEqual(self.edge(root, "strangers->dist"), ("black", "listens elsewhere"))
        self.assertEqual(self.edge(root, "users->dist"), ("black", "not known"))

    def test_names(self):
        words = "".join(self.graph("full")[1].itertext())
        for word in "node2.example.org", "5222-5223 5269", "ejabberd@host", "[::]:4369", "127.0.0.1:4371":
            self.assertIn(word, words)

    def test_no_peers(self):
        text, root = self.graph("empty")
        self.assertNotIn("peers", text)
        self.assertIsNone(self.edge(root, "peers->epmd"))

    def peers_edge(self, peers):
        """What stands at the arrow from the peers to an epmd that listens, in a network of its own."""
        self.stack(f"set peers {peers}\nrequired net opinion=allowed\n")
        code = "import socket, subprocess, sys; s = socket.create_server(('', 4369)); sys.exit(subprocess.run(sys.argv[1:]).returncode)"
        result = self.ejguard("discover", "--graph", prefix=("unshare", "--net", sys.executable, "-c", code))
        self.assertEqual(result.exit, 0, result.err)
        picture = subprocess.run(["dot", "-Tsvg"], input=result.out.encode(), capture_output=True, check=True, timeout=60)
        return self.edge(ElementTree.fromstring(picture.stdout), "peers->epmd")[1]

    @needs_cgroup2
    def test_named_peers(self):
        """A name has no address to ask about: whether it is refused is not known. The first address is asked about."""
        if subprocess.run(["unshare", "--net", "true"], check=False, capture_output=True).returncode:
            self.skipTest("no network namespace can be made: run it as root")
        self.assertEqual(self.peers_edge("node2.example.org"), "not known")
        self.assertEqual(self.peers_edge("192.0.2.7"), "allowed")
        self.assertEqual(self.peers_edge("node2.example.org 192.0.2.7"), "allowed")

    def test_hostile(self):
        text = self.graph("hostile")[0]
        self.assertNotRegex(text, "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]")

    def test_one_form(self):
        self.assertEqual(self.ejguard("discover", "--graph", "--json").exit, 2)


if __name__ == "__main__":
    if not shutil.which("dot"):
        print("skipped: there is no dot (graphviz)")
        sys.exit(77)
    main()
