# SPDX-License-Identifier: LGPL-2.1-or-later
"""The made-up tree: Debian 12 with its ejabberd 23.01, stopped, against which no module has anything to say."""

import os
import pathlib
import shutil
import stat

STRONG = 'vN3tKq8ZrXw2LmYp7BdGs5HcJf9TaQeU4RnVzWk6xDbC'
USERS = {'root': (0, '/root'), 'nobody': (65534, '/nonexistent'), 'ejabberd': (110, '/var/lib/ejabberd'),
         'epmd': (111, '/run/epmd'), 'alice': (1000, '/home/alice'), 'bob': (1001, '/home/bob')}
GROUPS = {'root': 0, 'adm': 4, 'ejabberd': 118, 'epmd': 119, 'alice': 1000, 'bob': 1001, 'nogroup': 65534}
TOOL = '/usr/libexec/ejguard-test/tools/ejguard'
MODULES = '/usr/libexec/ejguard-test/libejguard/modules'
TEMPLATES = '/usr/libexec/ejguard-test/systemd'

# The settings of Debian's /etc/default/ejabberd, and a range that does not overlap with the ephemeral ports.
SETTINGS = '''ERL_OPTIONS="-env ERL_CRASH_DUMP_BYTES 0"
EJABBERD_PID_PATH=/run/ejabberd/ejabberd.pid
EJABBERD_CONFIG_PATH=/etc/ejabberd/ejabberd.yml
CONTRIB_MODULES_CONF_DIR=/etc/ejabberd/modules.d
FIREWALL_WINDOW=4370-4379
'''

# path: (mode, owner, group, content); without content a folder. As Debian's package leaves them.
FILES = {
    'etc': (0o755, 'root', 'root', None),
    'etc/default': (0o755, 'root', 'root', None),
    'etc/default/ejabberd': (0o644, 'root', 'root', SETTINGS),
    'etc/ejabberd': (0o750, 'root', 'ejabberd', None),
    'etc/ejabberd/ejabberd.yml': (0o600, 'ejabberd', 'ejabberd', 'ejabberd.yml'),
    'etc/ejabberd/ejabberd.pem': (0o640, 'root', 'ejabberd', 'ejabberd.pem'),
    'etc/ejabberd/inetrc': (0o644, 'root', 'root', '{lookup,["file","native"]}.\n'),
    'etc/ejabberd/modules.d': (0o755, 'root', 'root', None),
    'etc/ejguard': (0o755, 'root', 'root', None),
    'etc/hosts': (0o644, 'root', 'root', '127.0.0.1 localhost\n::1 localhost ip6-localhost\n127.0.1.1 server\n'),
    'etc/hostname': (0o644, 'root', 'root', 'server\n'),
    'etc/nsswitch.conf': (0o644, 'root', 'root', 'passwd: files\ngroup: files\nshadow: files\nhosts: files\n'),
    'etc/systemd': (0o755, 'root', 'root', None),
    'etc/systemd/system': (0o755, 'root', 'root', None),
    'etc/systemd/system/multi-user.target.wants': (0o755, 'root', 'root', None),
    'etc/systemd/system/sockets.target.wants': (0o755, 'root', 'root', None),
    'home': (0o755, 'root', 'root', None),
    'home/alice': (0o700, 'alice', 'alice', None),
    'home/bob': (0o700, 'bob', 'bob', None),
    'mnt': (0o755, 'root', 'root', None),
    'opt': (0o755, 'root', 'root', None),
    'root': (0o700, 'root', 'root', None),
    'run': (0o755, 'root', 'root', None),
    'run/ejabberd': (0o755, 'ejabberd', 'ejabberd', None),
    'run/lock': (0o1777, 'root', 'root', None),
    'srv': (0o755, 'root', 'root', None),
    'tmp': (0o1777, 'root', 'root', None),
    'var': (0o755, 'root', 'root', None),
    'var/backups': (0o755, 'root', 'root', None),
    'var/lib': (0o755, 'root', 'root', None),
    'var/lib/ejabberd': (0o700, 'ejabberd', 'ejabberd', None),
    'var/lib/ejabberd/.erlang.cookie': (0o400, 'ejabberd', 'ejabberd', STRONG),
    'var/lib/ejabberd/LATEST.LOG': (0o644, 'ejabberd', 'ejabberd', 'made up'),
    'var/lib/ejabberd/schema.DAT': (0o644, 'ejabberd', 'ejabberd', 'made up'),
    'var/log': (0o755, 'root', 'root', None),
    'var/log/ejabberd': (0o2750, 'ejabberd', 'adm', None),
    'var/log/ejabberd/ejabberd.log': (0o644, 'ejabberd', 'adm', ''),
    'var/log/ejabberd/error.log': (0o644, 'ejabberd', 'adm', ''),
    'var/spool': (0o755, 'root', 'root', None),
    'var/tmp': (0o1777, 'root', 'root', None),
}
LINKS = {
    'etc/ejabberd/ejabberdctl.cfg': '../default/ejabberd',
    'etc/systemd/system/multi-user.target.wants/ejabberd.service': '/lib/systemd/system/ejabberd.service',
    'etc/systemd/system/multi-user.target.wants/epmd.service': '/lib/systemd/system/epmd.service',
    'etc/systemd/system/sockets.target.wants/epmd.socket': '/lib/systemd/system/epmd.socket',
    'var/run': '/run',
    'var/lock': '/run/lock',
}
# Stand-ins in data/; an image of tests/harness has the real ones.
PACKAGE = {
    'sbin/ejabberdctl': 0o755,
    'lib/systemd/system/ejabberd.service': 0o644,
    'lib/systemd/system/epmd.service': 0o644,
    'lib/systemd/system/epmd.socket': 0o644,
    'lib/tmpfiles.d/ejabberd.conf': 0o644,
}
# Folders of the machine that must not show.
HIDDEN = ('local', 'lib/erlang')
# Files of these packages on a machine that has them: they may be of another version, and links lead into the folders above.
FOREIGN = ('bin/epmd', 'bin/erl*', 'lib/*/ejabberd-*')

data = pathlib.Path(__file__).resolve().parent / 'data'


def write(path, mode, owner, group, content):
    """A folder or a file, whatever the umask."""
    if content is None:
        os.mkdir(path)
    else:
        with open(path, 'x', encoding='utf-8') as out:
            out.write(content)
    os.chown(path, USERS[owner][0], GROUPS[group])
    os.chmod(path, mode)


def build(root):
    """All but /usr."""
    os.chmod(root, 0o755)
    for path, (mode, owner, group, content) in FILES.items():
        if content and (data / content).name == content and (data / content).is_file():
            content = (data / content).read_text(encoding='utf-8')
        write(f'{root}/{path}', mode, owner, group, content)
    for path, target in LINKS.items():
        os.symlink(target, f'{root}/{path}')
    write(f'{root}/etc/passwd', 0o644, 'root', 'root', ''.join(
        f'{name}:x:{uid}:{GROUPS["nogroup" if name == "nobody" else name]}::{home}:/bin/sh\n'
        for name, (uid, home) in USERS.items()))
    write(f'{root}/etc/group', 0o644, 'root', 'root', ''.join(f'{name}:x:{gid}:\n' for name, gid in GROUPS.items()))
    copy_machine(root)


def copy_machine(root):
    """What programs of this machine need to run."""
    for name in ('bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'):
        if os.path.islink(f'/{name}'):
            os.symlink(os.readlink(f'/{name}'), f'{root}/{name}')
    shutil.copy2('/etc/ld.so.cache', f'{root}/etc/ld.so.cache')


def build_layer(layer, ejguard, modules, pretend, image):
    """What lies over the machine's /usr: the package, ejguard, and nothing where the machine has its own."""
    for name in HIDDEN:
        os.makedirs(layer / name)
        os.setxattr(layer / name, 'trusted.overlay.opaque', b'y')
    for name, mode in PACKAGE.items():
        (layer / name).parent.mkdir(parents=True, exist_ok=True)
        real = image and image / 'layer' / '-' / 'usr' / name
        shutil.copyfile(real if real and real.is_file() else data / pathlib.Path(name).name, layer / name)
        os.chmod(layer / name, mode)
    for name in ('local/bin', 'local/etc', 'local/lib', 'local/sbin', 'lib/erlang/releases/25',
                 'lib/x86_64-linux-gnu/ejabberd-23.01'):
        os.makedirs(layer / name, exist_ok=True)
    (layer / 'lib/erlang/releases/25/OTP_VERSION').write_text('25.2.3\n', encoding='ascii')
    (layer / 'lib/erlang/releases/start_erl.data').write_text('13.1.5 25\n', encoding='ascii')
    os.makedirs(layer / 'bin', exist_ok=True)
    shutil.copy(pretend, layer / 'bin')
    hide_foreign(layer)
    stage_tool(layer, ejguard, modules)


def hide_foreign(layer):
    """By what overlayfs takes for a removed file."""
    for found in (found for pattern in FOREIGN for found in pathlib.Path('/usr').glob(pattern)):
        name = layer / found.relative_to('/usr')
        if not os.path.lexists(name):
            name.parent.mkdir(parents=True, exist_ok=True)
            os.mknod(name, stat.S_IFCHR, 0)


def stage_tool(layer, ejguard, modules):
    """Where nobody but root can change it: it would not take its modules from elsewhere."""
    tool = layer / pathlib.Path(TOOL).relative_to('/usr')
    library = layer / pathlib.Path(MODULES).relative_to('/usr').parent
    for folder in (tool.parent, library / 'modules'):
        folder.mkdir(parents=True)
    shutil.copytree(pathlib.Path(__file__).resolve().parents[2] / 'tools' / 'systemd',
                    layer / pathlib.Path(TEMPLATES).relative_to('/usr'),
                    ignore=lambda _, names: [name for name in names if not name.endswith('.conf.in')])
    # Its run path is relative to itself.
    shutil.copy(ejguard, tool)
    shutil.copy(ejguard.parent.parent / 'libejguard' / 'libejguard.so.0', library)
    for module in modules.glob('*/*.so'):
        shutil.copy(module, library / 'modules')
