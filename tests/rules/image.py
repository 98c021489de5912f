#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""
image.py EJGUARD MODULES: the made-up host of tree.py as an image, which `ejguard --root` looks at: what is wrong in it is
found, with its own users and paths, and nothing that it links to leads to a file of this machine. Needs root.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import tree

CANARY = 'CanaryOfTheHost7351'
STACK = ''.join(f'required {module}\n' for module in ('net', 'cookie', 'leaks', 'node', 'files', 'config'))


class Image(unittest.TestCase):
    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix='ejguard-image.'))
        self.addCleanup(shutil.rmtree, self.work)
        self.work.chmod(0o755)
        self.image = self.work / 'image'
        self.image.mkdir()
        tree.build(self.image)
        for name, mode in tree.PACKAGE.items():
            path = self.image / 'usr' / name
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(tree.data / path.name, path)
            path.chmod(mode)
        for folder in 'modules', 'conf':
            (self.work / folder).mkdir(mode=0o755)
        for module in MODULES.glob('*/*.so'):
            shutil.copy(module, self.work / 'modules')
        (self.work / 'conf/ejabberd').write_text(STACK)
        self.host = self.work / 'host'
        self.host.write_text(CANARY)

    def check(self, verb='check'):
        result = subprocess.run([EJGUARD, '--confdir', self.work / 'conf', '--moduledir', self.work / 'modules', '--json',
                                 '-v', verb, '--root', self.image], stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, text=True, check=False)
        self.assertNotIn(CANARY, result.stdout)
        self.assertNotIn(str(self.image), result.stdout)
        report = json.loads(result.stdout)
        # No command for the image is one that a shell of this machine may take.
        for step in (step for finding in report['findings'] for step in finding['steps'] if step['kind'] == 'run'):
            self.assertRegex(step['text'], r'^install -D -m 0644 \S+ /etc/ejguard/\S+$')
        return report, {finding['id']: finding for finding in report['findings']}

    def bad(self):
        report, found = self.check()
        return sorted(name for name, finding in found.items() if finding['severity'] in ('warning', 'failure')), found

    def replace(self, name, target):
        (self.image / name).unlink()
        os.symlink(target, self.image / name)

    def test_good(self):
        report, found = self.check()
        bad, _ = self.bad()
        self.assertEqual((bad, report['exit']), ([], 0), json.dumps(report, indent=1))
        self.assertIn('net', found['core.image-unseen']['message'])
        self.assertEqual(found['cookie.sound']['file'], '/var/lib/ejabberd/.erlang.cookie')

    def test_users_are_the_images(self):
        path = self.image / 'etc/ejabberd/ejabberd.yml'
        path.chmod(0o640)
        os.chown(path, tree.USERS['ejabberd'][0], tree.GROUPS['alice'])
        (self.image / 'etc/ejabberd').chmod(0o755)
        _, found = self.check()
        messages = ' '.join(finding['message'] for finding in found.values())
        self.assertIn('alice', messages)

    def test_cookie(self):
        path = self.image / 'var/lib/ejabberd'
        (path / '.erlang.cookie').chmod(0o644)
        path.chmod(0o755)
        bad, found = self.bad()
        self.assertIn('cookie.mode', bad)
        self.assertEqual(found['cookie.mode']['file'], '/var/lib/ejabberd/.erlang.cookie')

    def test_groups_are_the_images(self):
        # the service reads its key as a member of a group of the image
        group = self.image / 'etc/group'
        group.write_text(group.read_text() + 'keys:x:4711:ejabberd\n')
        key = self.image / 'etc/ejabberd/ejabberd.pem'
        os.chown(key, 0, 4711)
        key.chmod(0o640)
        self.assertNotIn('config.file-unreadable', self.check()[1])
        group.write_text(group.read_text().replace('keys:x:4711:ejabberd', 'keys:x:4711:'))
        self.assertIn('config.file-unreadable', self.check()[1])

    def test_links_do_not_leave(self):
        for target in (self.host, f'{"../" * 30}{self.host}', f'/proc/self/root{self.host}', '/proc/self/fd/0'):
            with self.subTest(target=target):
                self.replace('var/lib/ejabberd/.erlang.cookie', target)
                bad, found = self.bad()
                self.assertIn('cookie.absent', bad)
                self.assertNotIn('cookie.weak', found)

    def test_links_lead_into_the_image(self):
        tree.write(self.image / 'srv/cookie', 0o400, 'ejabberd', 'ejabberd', 'secret')
        self.replace('var/lib/ejabberd/.erlang.cookie', '/srv/cookie')
        self.assertTrue({'cookie.weak', 'cookie.short', 'cookie.well-known'} & set(self.bad()[0]))

    def test_a_folder_that_leaves(self):
        shutil.rmtree(self.image / 'etc/ejabberd')
        host = self.work / 'hostconf'
        host.mkdir()
        (host / 'ejabberd.yml').write_text(f'hosts: [{CANARY}]\ninclude_config_file: [{self.host}]\n')
        os.symlink(host, self.image / 'etc/ejabberd')
        self.check()
        self.check('discover')

    def test_includes_and_patterns_do_not_leave(self):
        path = self.image / 'etc/ejabberd/ejabberd.yml'
        path.write_text(path.read_text() + f'\ninclude_config_file: [{self.host}, /proc/self/environ]\n'
                                           f'certfiles: ["{self.work}/*"]\n')
        _, found = self.check()
        self.assertTrue(any(name.startswith('config.') for name in found))

    def node(self, name='ejabberd@localhost'):
        cfg = self.image / 'etc/ejabberd/ejabberdctl.cfg'
        cfg.write_text(cfg.read_text() + f'ERLANG_NODE={name}\n')

    def test_the_name_is_the_images(self):
        (self.image / 'etc/hosts').write_text('127.0.0.1 localhost\n192.0.2.7 chat\n')
        self.node('ejabberd@chat')
        bad, found = self.bad()
        self.assertEqual(bad, [])
        self.assertIn('192.0.2.7', found['node.name']['message'])
        self.assertIn('node.range', found)
        # what only the host knows does not count, and nobody is asked about it
        (self.image / 'etc/hosts').write_text('127.0.0.1 other\n')
        bad, found = self.bad()
        self.assertEqual(bad, [])
        self.assertIn('node.host-unanswered', found)

    def test_the_hostname_is_the_images(self):
        self.node('ejabberd')
        (self.image / 'etc/hostname').write_text('inside.example\n')
        (self.image / 'etc/hosts').write_text('127.0.1.1 inside\n')
        _, found = self.bad()
        self.assertIn('inside;', found['node.name-hostname']['message'])
        self.assertIn('127.0.1.1', found['node.name']['message'])
        (self.image / 'etc/hostname').unlink()
        self.assertIn('not known here', self.bad()[1]['node.name-hostname']['message'])

    def test_the_nodes_settings(self):
        cfg = self.image / 'etc/ejabberd/ejabberdctl.cfg'
        cfg.write_text(cfg.read_text() + 'ERL_EPMD_ADDRESS=127.0.0.5\nFIREWALL_WINDOW=4371-4370\n')
        bad, _ = self.bad()
        self.assertIn('node.epmd-address-ignored', bad)
        self.assertIn('node.range-empty', bad)
        os.symlink('/dev/null', self.image / 'etc/systemd/system/epmd.socket')
        self.assertNotIn('node.epmd-address-ignored', self.bad()[0])
        self.assertFalse({'node.epmd-absent', 'node.node-absent', 'node.public-silent'} & set(self.check()[1]))

    def test_the_nodes_links_do_not_leave(self):
        # the node's name is in this file, in other letters than the canary
        self.host.write_text(f'127.0.0.1 {CANARY}\n')
        self.node(f'ejabberd@{CANARY.lower()}')
        for name in ('etc/hosts', 'etc/hostname', 'etc/ejabberd/inetrc'):
            for target in (self.host, f'{"../" * 30}{self.host}', f'/proc/self/root{self.host}', '/dev/stdin'):
                with self.subTest(name=name, target=target):
                    (self.image / name).unlink(missing_ok=True)
                    os.symlink(target, self.image / name)
                    _, found = self.bad()
                    self.assertNotIn('node.name', found)
            (self.image / name).unlink()
        tree.write(self.image / 'srv/hosts', 0o644, 'root', 'root', f'127.0.0.1 {CANARY}\n')
        os.symlink('/srv/hosts', self.image / 'etc/hosts')
        self.assertIn('node.name', self.bad()[1])
        shutil.rmtree(self.image / 'etc/systemd', ignore_errors=True)
        os.symlink('/proc/self/root/etc/systemd', self.image / 'etc/systemd')
        self.check()

    def test_discover(self):
        report, _ = self.check('discover')
        self.assertEqual((report['exit'], report['survey']['processes']), (0, []))
        values = {setting['name']: setting['value'] for setting in report['survey']['settings'] if setting['value']}
        self.assertEqual(values['FIREWALL_WINDOW'], '4370-4379')
        self.assertEqual(values['user'], 'ejabberd')


if __name__ == '__main__':
    if os.geteuid() != 0:
        print('skipped: needs root: the image has files of several users')
        sys.exit(77)
    EJGUARD, MODULES = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
