# SPDX-License-Identifier: LGPL-2.1-or-later
# forty.sh YML: what is wrong on the host of test-long-page.py; in its root.
yml=$1
cp "$yml" etc/ejabberd/ejabberd.yml
cat > etc/default/ejabberd <<'END'
ERL_OPTIONS="-env ERL_CRASH_DUMP_BYTES 100000000 -setcookie monster"
EJABBERD_PID_PATH=/run/ejabberd/ejabberd.pid
EJABBERD_CONFIG_PATH=/etc/ejabberd/ejabberd.yml
CONTRIB_MODULES_CONF_DIR=/etc/ejabberd/modules.d
FIREWALL_WINDOW=35000-40000
ERLANG_NODE=ejabberd@chat.example
ERL_EPMD_ADDRESS=0.0.0.0
END
chmod 0644 var/lib/ejabberd/.erlang.cookie etc/ejabberd/ejabberd.yml etc/ejabberd/ejabberd.pem
chmod 0755 etc/ejabberd var/lib/ejabberd var/log/ejabberd
chmod 0666 var/lib/ejabberd/LATEST.LOG
printf ejabberd > var/lib/ejabberd/.erlang.cookie
printf 'setcookie monster\n' > var/log/ejabberd/erlang.log
mkdir -p var/backups/ejabberd
cp var/lib/ejabberd/.erlang.cookie etc/ejabberd/ejabberd.yml var/backups/ejabberd
mkdir -p usr/lib/x86_64-linux-gnu/ejabberd-23.01
