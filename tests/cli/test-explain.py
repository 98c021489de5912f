# SPDX-License-Identifier: LGPL-2.1-or-later
"""explain: the words of the question, the answers of the modules, the exit status."""
from cli import Case, main, needs_cgroup2


class Words(Case):
    def test_malformed(self):
        for words in (["bound", "127.0.0.1", "4369"], ["bind", "127.0.0.1", "0"], ["bind", "127.0.0.1", "65536"],
                      ["bind", "127.0.0.1", "+1"], ["bind", "127.0.0.1", "04369"], ["bind", "127.0.0.1", ""],
                      ["bind", "127.0.0.1", "4294971665"], ["bind", "127.0.0.1"], ["bind"], [],
                      ["bind", "127.0.0.1:0"], ["bind", "127.0.0.1:"], ["bind", "[::1]:"], ["bind", "::1:4369"],
                      ["bind", "[::1]x", "1"], ["bind", "127.0.0.1:4369", "ejabberd", "more"], ["bind", "127.0.0.1", "empd"],
                      ["bind", "localhost", "4369"], ["bind", "127.0.0.0/8", "4369"], ["bind", "", "4369"],
                      ["bind", "127.0.0.1", "4369", "ejabberd", "more"],
                      ["bind", "127.0.0.1", "1", "--user", "no-such-user"], ["bind", "127.0.0.1", "1", "--user", "-1"],
                      ["accept", "127.0.0.1", "1", "--user", "root"]):
            with self.subTest(words=words):
                result = self.ejguard("explain", *words)
                self.assertEqual((result.exit, result.out), (2, ""))
                self.assert_one_line(result.err)


@needs_cgroup2
class Answers(Case):
    def test_allowed(self):
        path = self.stack("required net opinion=allowed\nrequired probe\n")
        result = self.ejguard("explain", "accept", "192.0.2.1", "4369")
        self.assertEqual((result.exit, result.err), (0, ""))
        self.assertRegex(result.out, r"MODULE +DECISION +RULE\nnet +allowed +192\.0\.2\.1 port 4369\n"
                                     rf" +{path}:2\nejabberd: allowed\n$")

    def test_refused(self):
        path = self.stack("required net opinion=allowed\nrequired probe opinion=refused\n")
        result = self.ejguard("explain", "connect", "2001:db8::1", "5222", "ejabberd")
        self.assertEqual((result.exit, result.err), (1, ""))
        self.assertRegex(result.out, r"probe +refused +2001:db8::1 port 5222\n")
        self.assertTrue(result.out.endswith("ejabberd: NOT allowed\n"))
        report = self.ejguard("--json", "explain", "connect", "2001:db8::1", "5222").json
        self.assertEqual((report["outcome"], report["exit"]), ("not-held", 1))
        self.assertEqual(report["question"],
                         {"action": "connect", "address": "2001:db8::1", "port": 5222})
        self.assertEqual(report["answers"][1], {"module": "probe", "allowed": False,
                                                "rule": "2001:db8::1 port 5222", "file": path, "line": 3})

    def test_user(self):
        self.stack("required net opinion=allowed\n")
        for word, uid in (("root", 0), ("0", 0), ("daemon", 1)):
            with self.subTest(user=word):
                report = self.ejguard("--json", "explain", "connect", "192.0.2.1", "4369", "--user", word).json
                self.assertEqual(report["question"],
                                 {"action": "connect", "address": "192.0.2.1", "port": 4369, "uid": uid})

    def test_user_without_a_module_for_users(self):
        """Nothing refuses a user; without a user the same stack has no answer."""
        words = "connect", "127.0.0.1", "4369"
        result = self.ejguard("explain", *words, "--user", "nobody")
        self.assertEqual((result.exit, result.err), (0, ""))
        self.assertRegex(" ".join(result.out.split()), r'core allowed no module of the stack refuses local users; '
                                                       r"to try one, add: optional host mode=permissive ejabberd: allowed$")
        self.assertEqual(self.ejguard("explain", *words).exit, 1)
        self.stack("required net opinion=refused\n")
        self.assertEqual(self.ejguard("explain", *words, "--user", "nobody").exit, 1)

    def test_ways_to_write_a_target(self):
        self.stack("set epmd 4370\nset dist 5201-5209\nrequired net opinion=allowed\n")
        for words, address, port in ((["192.0.2.1:4369"], "192.0.2.1", 4369),
                                     (["192.0.2.1:4369", "ejabberd"], "192.0.2.1", 4369),
                                     (["[2001:db8::1]:5222"], "2001:db8::1", 5222),
                                     (["[2001:db8::1]", "5222"], "2001:db8::1", 5222),
                                     (["2001:db8::1", "epmd", "ejabberd"], "2001:db8::1", 4370),
                                     (["192.0.2.1:epmd"], "192.0.2.1", 4370),
                                     (["192.0.2.1:dist"], "192.0.2.1", 5201)):
            with self.subTest(words=words):
                report = self.ejguard("--json", "explain", "accept", *words).json
                self.assertEqual(report["question"], {"action": "accept", "address": address, "port": port})

    def test_unknown_distribution_port(self):
        self.stack("required net opinion=allowed\n")
        result = self.ejguard("explain", "accept", "192.0.2.1", "dist")
        self.assertEqual(result.exit, 3)
        self.assertRegex(result.err, r"^ejguard: the distribution ports of ejabberd are not known: .*: set dist FIRST-LAST\n$")

    def test_a_file_that_is_not_applied(self):
        self.stack("required net opinion=allowed\n")
        trial = self.write("new", "required net opinion=refused\n")
        self.assertEqual(self.ejguard("explain", "accept", "192.0.2.1:epmd").exit, 0)
        self.assertEqual(self.ejguard("explain", "accept", "192.0.2.1:epmd", "--file", trial).exit, 1)
        self.assertEqual(self.ejguard("explain", "accept", "192.0.2.1:epmd", "--file", trial + "x").exit, 3)

    def test_no_opinion(self):
        result = self.ejguard("explain", "bind", "0.0.0.0", "80")
        self.assertEqual(result.exit, 1)
        self.assertIn("core.no-opinion", result.out + result.err)
        self.assertEqual(self.ejguard("--json", "explain", "bind", "0.0.0.0", "80").json["answers"], [])

    def test_errors(self):
        self.assertEqual(self.ejguard("explain", "bind", "0.0.0.0", "80", "nobody").exit, 3)


if __name__ == "__main__":
    main()
