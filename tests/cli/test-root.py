# SPDX-License-Identifier: LGPL-2.1-or-later
"""--root: an image in the place of this system; what cannot be seen there is said."""
import os
import pwd

from cli import Case, main


class Root(Case):
    def image(self):
        image = os.path.join(self.folder, 'image')
        os.makedirs(os.path.join(image, 'etc/ejabberd'))
        with open(os.path.join(image, 'etc/hostname'), 'w') as file:
            file.write('xmpp1\n')
        with open(os.path.join(image, 'etc/ejabberd/ejabberdctl.cfg'), 'w') as file:
            file.write('ERLANG_NODE=image@localhost\n')
        return image

    def test_what_runs_is_not_asked(self):
        self.stack('required net\n')
        result = self.ejguard('--json', 'check', '--root', self.image())
        self.assertIn('core.image-unseen', [finding['id'] for finding in result.json['findings']])
        self.assertEqual(result.exit, 1)

    def test_discover(self):
        self.stack('required net\n')
        result = self.ejguard('--json', 'discover', '--root', self.image())
        survey = result.json['survey']
        self.assertEqual((result.exit, survey['processes'], survey['listeners']), (0, [], []))
        name = [setting for setting in survey['settings'] if setting['name'] == 'ERLANG_NODE'][0]
        self.assertEqual(name['value'], 'image@localhost')
        self.assertEqual(name['origin']['file'], '/etc/ejabberd/ejabberdctl.cfg')
        self.assertEqual(result.json['facts']['config']['value'], '/etc/ejabberd')

    def test_names_of_users(self):
        """A number is a user of the image, whatever it is here; and one that only this machine has stays a number."""
        image = self.image()
        with open(os.path.join(image, 'etc/passwd'), 'w') as file:
            file.write('root:x:0:0::/root:/bin/sh\nimageuser:x:1:1::/:/bin/sh\n')
        self.stack('set users imageuser 2\nrequired net\n')
        here = {number: pwd.getpwuid(number).pw_name for number in (1, 2)}
        for arguments in (), ('-v',):
            with self.subTest(arguments=arguments):
                result = self.ejguard(*arguments, 'discover', '--root', image)
                self.assertEqual(result.exit, 0, result.err)
                self.assertRegex(result.out, r'(?m)^users .* imageuser 2$')
        users = self.ejguard('--json', 'discover', '--root', image).json['facts']['users']['value']
        self.assertEqual(users, [{'uid': 1, 'name': 'imageuser'}, {'uid': 2, 'name': '2'}])
        graph = self.ejguard('discover', '--graph', '--root', image)
        self.assertEqual(graph.exit, 0, graph.err)
        self.assertIn('\\nimageuser\\n2"', graph.out)
        # The control: without the image they are this machine's.
        self.stack('set users 1 2\nrequired net\n')
        users = self.ejguard('--json', 'discover').json['facts']['users']['value']
        self.assertEqual([user['name'] for user in users], [here[1], here[2]])

    def test_links_stay_in_the_image(self):
        image, outside = self.image(), os.path.join(self.folder, 'outside')
        os.makedirs(outside)
        with open(os.path.join(outside, 'ejabberdctl.cfg'), 'w') as file:
            file.write('ERLANG_NODE=host@localhost\n')
        os.unlink(os.path.join(image, 'etc/ejabberd/ejabberdctl.cfg'))
        for target in (outside + '/ejabberdctl.cfg', '../' * 20 + outside + '/ejabberdctl.cfg',
                       '/proc/self/cwd/' + outside + '/ejabberdctl.cfg'):
            with self.subTest(target=target):
                link = os.path.join(image, 'etc/ejabberd/ejabberdctl.cfg')
                os.symlink(target, link)
                result = self.ejguard('--json', 'discover', '--root', image)
                self.assertNotIn('host@localhost', result.out)
                os.unlink(link)

    def test_only_files(self):
        self.stack('required net\n')
        image = self.image()
        self.assertEqual(self.ejguard('check', '--root', image + '/none').exit, 2)
        self.assertEqual(self.ejguard('apply', '--root', image).exit, 2)


if __name__ == '__main__':
    main()
