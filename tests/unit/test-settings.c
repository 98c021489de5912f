/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings of made-up installations. A row is a tree of files and the expected settings. */
#include "tests/unit/settings-fixture.h"

/* The forms of statements in all releases of ejabberdctl. */
#define SCRIPT(presets, config, logs, spool)                                                                           \
	"#!/bin/sh\n" presets "# a comment: FIREWALL_WINDOW=1-2\n"                                                     \
	"[ -z \"$SCRIPT\" ] && SCRIPT=$0\n"                                                                            \
	"SCRIPT_DIR=\"$(cd \"$(dirname \"$SCRIPT\")\" && pwd -P)\"\n"                                                  \
	"case $(id -un) in\n    root)\n        echo x=1 >&2\n        ;;\nesac\n"                                       \
	"while [ $# -gt 0 ]; do\n    case $1 in\n        -s|--spool) SPOOL_DIR=$2; shift 2;;\n    esac\ndone\n"        \
	": \"${CONFIG_DIR:=\"" config "\"}\"\n"                                                                        \
	": \"${LOGS_DIR:=\"" logs "\"}\"\n"                                                                            \
	": \"${EJABBERD_CONFIG_PATH:=\"$CONFIG_DIR/ejabberd.yml\"}\"\n"                                                \
	": \"${EJABBERDCTL_CONFIG_PATH:=\"$CONFIG_DIR/ejabberdctl.cfg\"}\"\n"                                          \
	": \"${VMARGS:=\"$CONFIG_DIR/vm.args\"}\"\n"                                                                   \
	"[ -f \"$EJABBERDCTL_CONFIG_PATH\" ] && . \"$EJABBERDCTL_CONFIG_PATH\"\n"                                      \
	"[ -n \"$ERLANG_NODE_ARG\" ] && ERLANG_NODE=\"$ERLANG_NODE_ARG\"\n"                                            \
	"[ \"$ERLANG_NODE\" = \"${ERLANG_NODE%@*}\" ] && ERLANG_NODE=\"$ERLANG_NODE@$(hostname -s)\"\n"                \
	": \"${SPOOL_DIR:=\"" spool "\"}\"\n"                                                                          \
	": \"${EJABBERD_LOG_PATH:=\"$LOGS_DIR/ejabberd.log\"}\"\n"                                                     \
	"if [ -n \"$FIREWALL_WINDOW\" ] ; then\n    ERLANG_OPTS=\"$ERLANG_OPTS x\"\nfi\n"                              \
	"[ -n \"$ERL_DIST_PORT\" ] && ERLANG_OPTS=\"$ERLANG_OPTS -erl_epmd_port $ERL_DIST_PORT -start_epmd false\"\n"  \
	"    P=\"$P -proto_dist inet6_tcp\"\n"                                                                         \
	"ERL_CRASH_DUMP=\"$LOGS_DIR\"/erl_crash_$(date \"+%Y%m%d-%H%M%S\").dump\n"                                     \
	"ERL_INETRC=\"$CONFIG_DIR\"/inetrc\n"                                                                          \
	"EJABBERD_OPTS=\"\\\n$(sed '/^log_rotate/!d' \"$EJABBERD_CONFIG_PATH\")\\\n$EJABBERD_OPTS\"\n"                 \
	"export ERL_EPMD_ADDRESS\n"                                                                                    \
	"f()\n{\n    echo \"is ERL_DIST_PORT=$X q(). x\"\n}\n"                                                         \
	"case $1 in\n    start)\n        exec_erl \"$ERLANG_NODE\"\n        ;;\nesac\n"

#define PRESETS(window, node, user)                                                                                    \
	"POLL=true\nFIREWALL_WINDOW=" window "\nINET_DIST_INTERFACE=\"\"\nERLANG_NODE=" node                           \
	"\nERL=\"/usr/bin/erl\"\nINSTALLUSER=" user "\n"

#define DEBIAN_SCRIPT                                                                                                  \
	{                                                                                                              \
		"/usr/sbin/ejabberdctl", SCRIPT(PRESETS("\"\"", "ejabberd@localhost", "ejabberd"), "/etc/ejabberd",    \
						"/var/log/ejabberd", "/var/lib/ejabberd")                              \
	}
#define PASSWD                                                                                                         \
	{                                                                                                              \
		"/etc/passwd", "root:x:0:0::/root:/bin/sh\nejabberd:x:110:110::/var/lib/ejabberd:/bin/sh\n"            \
	}
#define CFG(text)                                                                                                      \
	{                                                                                                              \
		"/etc/ejabberd/ejabberdctl.cfg", text                                                                  \
	}
#define ARGS(text)                                                                                                     \
	{                                                                                                              \
		"/etc/ejabberd/vm.args", text                                                                          \
	}
#define UNIT(text)                                                                                                     \
	{                                                                                                              \
		"/usr/lib/systemd/system/ejabberd.service",                                                            \
			"[Unit]\nUser=nobody\n[Service]\nUser=ejabberd\n"                                              \
			"ExecStart=/bin/sh -c '/usr/sbin/ejabberdctl foreground'\n" text                               \
	}
#define DROPIN(name, text)                                                                                             \
	{                                                                                                              \
		"/etc/systemd/system/ejabberd.service.d/" name, "[Service]\n" text                                     \
	}

static const struct row {
	const char *what;
	struct file files[6];
	/* lines as of describe(); each must be in the list, the first for a name where that name first occurs */
	const char *expected;
	const char *config_dir; /* of the stack */
} rows[] = {
	{ "Debian's package",
	  { DEBIAN_SCRIPT,
	    PASSWD,
	    UNIT(""),
	    { "/usr/lib/x86_64-linux-gnu/ejabberd-23.01-1/x", "" },
	    { "/usr/lib/erlang/releases/start_erl.data", "13.1.5 25" } },
	  "layout=debian [unit /usr/lib/systemd/system/ejabberd.service:5]\n"
	  "script=/usr/sbin/ejabberdctl [unit /usr/lib/systemd/system/ejabberd.service:5]\n"
	  "version=23.01 [found /usr/lib/x86_64-linux-gnu/ejabberd-23.01-1:0]\n"
	  "otp=25 [found /usr/lib/erlang/releases/start_erl.data:0]\n"
	  "user=ejabberd [unit /usr/lib/systemd/system/ejabberd.service:4]\n"
	  "HOME=/var/lib/ejabberd [users /etc/passwd:0]\n"
	  "ERLANG_NODE=ejabberd@localhost [script /usr/sbin/ejabberdctl:5]\n"
	  "name-kind=short [script /usr/sbin/ejabberdctl:5]\n"
	  "FIREWALL_WINDOW unset\n"
	  "dist-range unset\n"
	  "tls-dist unset\n"
	  "XDG_CONFIG_HOME unset\n"
	  "CONFIG_DIR=/etc/ejabberd [script /usr/sbin/ejabberdctl:21]\n"
	  "EJABBERD_CONFIG_PATH=/etc/ejabberd/ejabberd.yml [script /usr/sbin/ejabberdctl:23]\n"
	  "SPOOL_DIR=/var/lib/ejabberd [script /usr/sbin/ejabberdctl:29]\n"
	  "EJABBERD_LOG_PATH=/var/log/ejabberd/ejabberd.log [script /usr/sbin/ejabberdctl:30]\n"
	  "ERL_INETRC=/etc/ejabberd/inetrc [script /usr/sbin/ejabberdctl:37]\n"
	  "ERL_CRASH_DUMP=/var/log/ejabberd/erl_crash_*.dump [script /usr/sbin/ejabberdctl:36]\n"
	  "CONTRIB_MODULES_PATH=/var/lib/ejabberd/.ejabberd-modules [default :0]\n"
	  "CONTRIB_MODULES_CONF_DIR=/var/lib/ejabberd/.ejabberd-modules/conf [default :0]\n" },
	{ "the newest of upstream's installers",
	  { { "/opt/ejabberd-24.12/bin/ejabberdctl",
	      SCRIPT(PRESETS("", "ejabberd@localhost", "\"ejabberd\""), "/opt/ejabberd/conf", "/opt/ejabberd/logs",
		     "/opt/ejabberd/database/$ERLANG_NODE") },
	    { "/opt/ejabberd-9.10/bin/ejabberdctl", "" },
	    { "/opt/ejabberd/conf/ejabberdctl.cfg", "ERLANG_NODE=ejabberd\n" },
	    { "/opt/ejabberd-24.12/releases/start_erl.data", "15.1 24.12\n" },
	    { "/etc/passwd", "ejabberd:x:110:110::/opt/ejabberd:/bin/sh\n" } },
	  "layout=installer [found /opt/ejabberd-24.12/bin/ejabberdctl:0]\n"
	  "version=24.12 [found /opt/ejabberd-24.12:0]\n"
	  "otp=27 [found /opt/ejabberd-24.12/releases/start_erl.data:0]\n"
	  "user=ejabberd [script /opt/ejabberd-24.12/bin/ejabberdctl:7]\n"
	  "HOME=/opt/ejabberd [users /etc/passwd:0]\n"
	  "ERLANG_NODE=ejabberd@host [found /opt/ejabberd/conf/ejabberdctl.cfg:1]\n"
	  "SPOOL_DIR=/opt/ejabberd/database/ejabberd@host [script /opt/ejabberd-24.12/bin/ejabberdctl:29]\n" },
	{ "a source install",
	  { { "/usr/local/sbin/ejabberdctl",
	      SCRIPT(PRESETS("", "ejabberd@localhost", ""), "/usr/local/etc/ejabberd", "/usr/local/var/log/ejabberd",
		     "/usr/local/var/lib/ejabberd") "ERL_LIBS=/usr/local/lib\n" },
	    { "/usr/local/lib/ejabberd-24.10/ebin/x", "" } },
	  "layout=source [found /usr/local/sbin/ejabberdctl:0]\n"
	  "version=24.10 [found /usr/local/lib/ejabberd-24.10:0]\n"
	  "CONFIG_DIR=/usr/local/etc/ejabberd [script /usr/local/sbin/ejabberdctl:21]\n"
	  "user? [default :0]\n" },
	{ "a release folder, as the unit calls it",
	  { { "/srv/rel/bin/ejabberdctl", SCRIPT(PRESETS("", "ejabberd@localhost", ""), "${SCRIPT_DIR%/*}/conf",
						 "${SCRIPT_DIR%/*}/logs", "${SCRIPT_DIR%/*}/database") },
	    { "/srv/rel/releases/start_erl.data", "14.2 23.10" },
	    { "/etc/systemd/system/ejabberd.service",
	      "[Service]\nExecStart=-/usr/bin/env A=1 /srv/rel/bin/ejabberdctl --node b@x.y -s /s foreground\n" } },
	  "layout=source [unit /etc/systemd/system/ejabberd.service:2]\n"
	  "CONFIG_DIR=/srv/rel/conf [script /srv/rel/bin/ejabberdctl:21]\n"
	  "SPOOL_DIR=/s [unit /etc/systemd/system/ejabberd.service:2]\n"
	  "ERLANG_NODE=b@x.y [unit /etc/systemd/system/ejabberd.service:2]\n"
	  "name-kind=long [unit /etc/systemd/system/ejabberd.service:2]\n"
	  "user=root [unit /etc/systemd/system/ejabberd.service:0]\n"
	  "otp=26 [found /srv/rel/releases/start_erl.data:0]\n" },
	{ "upstream's container: a script that executes another one",
	  { { "/usr/local/bin/ejabberdctl",
	      "#!/bin/sh \n[ -z $ERLANG_NODE_ARG ] && export ERLANG_NODE_ARG=ejabberd@localhost \n"
	      "lost=1\nexport CONFIG_DIR=/opt/ejabberd/conf \nexport SPOOL_DIR=/opt/ejabberd/database \n"
	      "exec /opt/ejabberd-25.08/bin/ejabberdctl \"$@\"\n" },
	    { "/opt/ejabberd-25.08/bin/ejabberdctl",
	      "INSTALLUSER=$lost\n" SCRIPT("FIREWALL_WINDOW=\n", "/x", "/opt/ejabberd/logs", "/x") },
	    { "/etc/passwd", "ejabberd:x:9000:9000::/opt/ejabberd:/sbin/nologin\n" } },
	  "layout=container [found /usr/local/bin/ejabberdctl:0]\n"
	  "script=/usr/local/bin/ejabberdctl [found /usr/local/bin/ejabberdctl:0]\n"
	  "version=25.08 [found /opt/ejabberd-25.08:0]\n"
	  "CONFIG_DIR=/opt/ejabberd/conf [script /usr/local/bin/ejabberdctl:4]\n"
	  "ERLANG_NODE=ejabberd@localhost [script /usr/local/bin/ejabberdctl:2]\n"
	  "user=ejabberd [users /etc/passwd:0]\n"
	  "HOME=/opt/ejabberd [users /etc/passwd:0]\n" },
	{ "the image ecs: a window that the script presets",
	  { { "/home/ejabberd/bin/ejabberdctl",
	      SCRIPT(PRESETS("\"4370-4379\"", "ejabberd@$(hostname -s)",
			     "ejabberd") "ROOT_DIR=\"/home/ejabberd\"\nHOME_DIR=\"$ROOT_DIR\"\n",
		     "$HOME_DIR/conf", "$HOME_DIR/logs", "$HOME_DIR/database/$ERLANG_NODE") } },
	  "layout=container [found /home/ejabberd/bin/ejabberdctl:0]\n"
	  "FIREWALL_WINDOW=4370-4379 [script /home/ejabberd/bin/ejabberdctl:3]\n"
	  "dist-range=4370-4379 [script /home/ejabberd/bin/ejabberdctl:3]\n"
	  "ERLANG_NODE=ejabberd@host [script /home/ejabberd/bin/ejabberdctl:5]\n"
	  "SPOOL_DIR=/home/ejabberd/database/ejabberd@host [script /home/ejabberd/bin/ejabberdctl:31]\n"
	  "HOME? [users /etc/passwd:0]\n" },
	{ "nothing at all",
	  { { "/x", "" } },
	  "layout=unknown [default :0]\nscript unset\nversion? [default :0]\notp? [default :0]\nCONFIG_DIR unset\n"
	  "dist-range? [found :0]\n" },
	{ "no script: defaults",
	  { CFG("FIREWALL_WINDOW=4200-4210\n"), PASSWD },
	  "layout=debian [default :0]\nscript unset\nFIREWALL_WINDOW=4200-4210 [found "
	  "/etc/ejabberd/ejabberdctl.cfg:1]\n"
	  "dist-range=4200-4210 [found /etc/ejabberd/ejabberdctl.cfg:1]\nSPOOL_DIR=/var/lib/ejabberd [default :0]\n"
	  "ERLANG_NODE=ejabberd@localhost [default :0]\nHOME=/var/lib/ejabberd [users /etc/passwd:0]\n"
	  "ERL_CRASH_DUMP=/var/log/ejabberd/erl_crash_*.dump [default :0]\n" },
	{ "a folder of the stack's decides",
	  { DEBIAN_SCRIPT, { "/srv/a/conf/ejabberdctl.cfg", "ERLANG_NODE=b@c\n" } },
	  "ERLANG_NODE=b@c [found /srv/a/conf/ejabberdctl.cfg:1]\nCONFIG_DIR=/srv/a/conf [stack stack:1]\n"
	  "SPOOL_DIR=/srv/a/database [default :0]\nscript unset\n",
	  "/srv/a/conf" },

	/* the configuration */
	{ "duplicates and defaults",
	  { DEBIAN_SCRIPT, CFG("FIREWALL_WINDOW=1-2\nFIREWALL_WINDOW=$X\nFIREWALL_WINDOW=4200-4210\n") },
	  "FIREWALL_WINDOW=4200-4210 [found /etc/ejabberd/ejabberdctl.cfg:3]\n"
	  "FIREWALL_WINDOW!=1-2 [found /etc/ejabberd/ejabberdctl.cfg:1]\n"
	  "dist-range=4200-4210 [found /etc/ejabberd/ejabberdctl.cfg:3]\n" },
	{ "a value that the shell computes",
	  { DEBIAN_SCRIPT, CFG("ERLANG_NODE=ejabberd@$(hostname -f)\nFIREWALL_WINDOW=1-2\n") },
	  "ERLANG_NODE? [found /etc/ejabberd/ejabberdctl.cfg:1]\nname-kind? [found /etc/ejabberd/ejabberdctl.cfg:1]\n"
	  "FIREWALL_WINDOW=1-2 [found /etc/ejabberd/ejabberdctl.cfg:2]\n" },
	{ "a line that could set anything",
	  { DEBIAN_SCRIPT, CFG("FIREWALL_WINDOW=4200-4210\neval x\n") },
	  "FIREWALL_WINDOW? [found /etc/ejabberd/ejabberdctl.cfg:2] otherwise it is 4200-4210\n"
	  "SPOOL_DIR? [found /etc/ejabberd/ejabberdctl.cfg:2]\nHOME? [found /etc/ejabberd/ejabberdctl.cfg:2]\n"
	  "EJABBERDCTL_CONFIG_PATH=/etc/ejabberd/ejabberdctl.cfg [script /usr/sbin/ejabberdctl:24]\n"
	  "dist-range? [found /etc/ejabberd/ejabberdctl.cfg:2]\n" },
	{ "min above max; one port; only a maximum",
	  { DEBIAN_SCRIPT, CFG("FIREWALL_WINDOW=4210-4200\n") },
	  "FIREWALL_WINDOW=4210-4200 [found /etc/ejabberd/ejabberdctl.cfg:1]\n"
	  "dist-range? [found /etc/ejabberd/ejabberdctl.cfg:1] does not start\n" },
	{ "one port",
	  { DEBIAN_SCRIPT, CFG("FIREWALL_WINDOW=4200\n") },
	  "dist-range=4200-4200 [found /etc/ejabberd/ejabberdctl.cfg:1]\n" },
	{ "only a maximum", { DEBIAN_SCRIPT, CFG("FIREWALL_WINDOW=-4210\n") }, "dist-range unset no minimum\n" },
	{ "the ranges' precedence",
	  { DEBIAN_SCRIPT,
	    CFG("FIREWALL_WINDOW=4200-4210\nERL_DIST_PORT=5210\n"
		"ERL_OPTIONS='-kernel inet_dist_listen_min 1 inet_dist_listen_max 2'\n"),
	    ARGS("# x\n-kernel\n  inet_dist_listen_min 3 inet_dist_listen_max 4\n") },
	  "dist-range=5210-5210 [found /etc/ejabberd/ejabberdctl.cfg:2]\n"
	  "dist-range!=1-2 [found /etc/ejabberd/ejabberdctl.cfg:3]\n"
	  "dist-range!=4200-4210 [found /etc/ejabberd/ejabberdctl.cfg:1]\n"
	  "dist-range!=3-4 [found /etc/ejabberd/vm.args:3]\n" },
	{ "a cookie that is set by Erlang text is not shown",
	  { DEBIAN_SCRIPT, CFG("ERL_OPTIONS='-eval erlang:set_cookie(node(),secret)'\n") },
	  "ERL_OPTIONS=*** [found /etc/ejabberd/ejabberdctl.cfg:1]\n" },
	{ "nor that of Elixir's flag",
	  { DEBIAN_SCRIPT, CFG("ERL_OPTIONS='--cookie secret +A 5'\n") },
	  "ERL_OPTIONS=--cookie *** +A 5 [found /etc/ejabberd/ejabberdctl.cfg:1]\n" },
	{ "cookies are not shown",
	  { DEBIAN_SCRIPT, CFG("ERL_OPTIONS=\"-setcookie -se cret +A 5 -setcookie b -setcookie\"\n") },
	  "ERL_OPTIONS=-setcookie *** +A 5 -setcookie *** -setcookie [found /etc/ejabberd/ejabberdctl.cfg:1]\n" },
	{ "what must be exported",
	  { DEBIAN_SCRIPT, CFG("ERL_CRASH_DUMP_BYTES=0\nexport XDG_CONFIG_HOME=/x\nERL_EPMD_ADDRESS=127.0.0.1\n") },
	  "ERL_CRASH_DUMP_BYTES unset without export\n"
	  "ERL_CRASH_DUMP_BYTES!=0 [found /etc/ejabberd/ejabberdctl.cfg:1]\n"
	  "XDG_CONFIG_HOME=/x [found /etc/ejabberd/ejabberdctl.cfg:2]\n"
	  "ERL_EPMD_ADDRESS=127.0.0.1 [found /etc/ejabberd/ejabberdctl.cfg:3]\n" },
	{ "-env, the last one",
	  { DEBIAN_SCRIPT, CFG("ERL_OPTIONS='-env ERL_CRASH_DUMP_BYTES 0 -env HOME /x'\n"),
	    ARGS("-env ERL_CRASH_DUMP_BYTES 7\n#-env ERL_CRASH_DUMP_BYTES 8\n-extra -env ERL_CRASH_DUMP_BYTES 9"),
	    PASSWD },
	  "ERL_CRASH_DUMP_BYTES=7 [found /etc/ejabberd/vm.args:1]\n"
	  "ERL_CRASH_DUMP_BYTES!=0 [found /etc/ejabberd/ejabberdctl.cfg:1]\n"
	  "HOME=/var/lib/ejabberd [users /etc/passwd:0]\n" },
	{ "an interface that erl ignores",
	  { DEBIAN_SCRIPT, CFG("INET_DIST_INTERFACE=localhost\n") },
	  "INET_DIST_INTERFACE=localhost [found /etc/ejabberd/ejabberdctl.cfg:1] listens on all addresses\n" },
	{ "an interface that erl ignores, and another one behind it",
	  { DEBIAN_SCRIPT, CFG("INET_DIST_INTERFACE='127.0.0.1 '\n"),
	    ARGS("-kernel inet_dist_use_interface {10,0,0,1}\n-kernel inet_dist_use_interface {0,0,0,0,0,0,0,1}") },
	  "INET_DIST_INTERFACE=10.0.0.1 [found /etc/ejabberd/vm.args:1]\n"
	  "INET_DIST_INTERFACE!=127.0.0.1  [found /etc/ejabberd/ejabberdctl.cfg:1] erl cannot parse it\n"
	  "INET_DIST_INTERFACE!=::1 [found /etc/ejabberd/vm.args:2]\n" },
	{ "an interface of ERL_OPTIONS",
	  { DEBIAN_SCRIPT,
	    CFG("INET_DIST_INTERFACE=::1\nERL_OPTIONS='-kernel a b inet_dist_use_interface {10,0,0,1}'\n") },
	  "INET_DIST_INTERFACE=10.0.0.1 [found /etc/ejabberd/ejabberdctl.cfg:2]\n"
	  "INET_DIST_INTERFACE!=::1 [found /etc/ejabberd/ejabberdctl.cfg:1]\n" },
	{ "an interface of IPv6: the script adds inet6_tcp",
	  { DEBIAN_SCRIPT, CFG("INET_DIST_INTERFACE=::1\n") },
	  "INET_DIST_INTERFACE=::1 [found /etc/ejabberd/ejabberdctl.cfg:1]\n"
	  "tls-dist=inet6_tcp [found /etc/ejabberd/ejabberdctl.cfg:1]\n" },
	{ "TLS",
	  { DEBIAN_SCRIPT, ARGS("\n-proto_dist \"inet_tls\"\n") },
	  "tls-dist=inet_tls [found /etc/ejabberd/vm.args:2]\n" },
	{ "TLS that is said twice is none",
	  { DEBIAN_SCRIPT, CFG("ERL_OPTIONS='-proto_dist inet_tls'\n"), ARGS("-proto_dist inet_tls\n") },
	  "tls-dist=inet_tcp [default :0] ignores all\ntls-dist!=inet_tls [found /etc/ejabberd/vm.args:1]\n" },
	{ "an arguments file that is not all of them",
	  { DEBIAN_SCRIPT, ARGS("\n-args_file /x\n") },
	  "tls-dist? [found /etc/ejabberd/vm.args:2]\ndist-range? [found /etc/ejabberd/vm.args:2]\n" },
	{ "-sname beats -name",
	  { DEBIAN_SCRIPT, CFG("ERLANG_NODE=a@b.c\n"), ARGS("-sname x@y\n") },
	  "name-kind=short [found /etc/ejabberd/vm.args:1]\nname-kind!=long [found "
	  "/etc/ejabberd/ejabberdctl.cfg:1]\n" },

	/* units */
	{ "the environment of the unit",
	  { DEBIAN_SCRIPT, PASSWD, UNIT("Environment=ERL_DIST_PORT=5210 'FIREWALL_WINDOW=1-2' \"HOME=/a b\"\n"),
	    DROPIN("b.conf", "Environment=ERL_DIST_PORT=5211 LOGS_DIR=/l%%\nUnsetEnvironment=X\n") },
	  "ERL_DIST_PORT=5211 [unit /etc/systemd/system/ejabberd.service.d/b.conf:2]\n"
	  "ERL_DIST_PORT!=5210 [unit /usr/lib/systemd/system/ejabberd.service:6]\n"
	  "dist-range=5211-5211 [unit /etc/systemd/system/ejabberd.service.d/b.conf:2]\n"
	  "FIREWALL_WINDOW unset\n"
	  "FIREWALL_WINDOW!=1-2 [unit /usr/lib/systemd/system/ejabberd.service:6]\n"
	  "HOME=/a b [unit /usr/lib/systemd/system/ejabberd.service:6]\n"
	  "LOGS_DIR=/l% [unit /etc/systemd/system/ejabberd.service.d/b.conf:2]\n" },
	{ "an empty assignment resets, and the file beats the unit",
	  { DEBIAN_SCRIPT,
	    UNIT("Environment=ERL_DIST_PORT=5210\n"),
	    DROPIN("a.conf", "Environment=\nEnvironmentFile=/x\nEnvironmentFile=\nEnvironmentFile=-/etc/e\n"),
	    { "/etc/e", "# c\nERL_OPTIONS = \"+A 5\" \nexport ERL_DIST_PORT=1\nVMARGS=/a\\ b\\\nc # d\n;x\nBAD\n" },
	    { "/x", "ERL_EPMD_ADDRESS=::1\n" } },
	  "ERL_DIST_PORT unset\n"
	  "ERL_OPTIONS=+A 5 [unit /etc/e:2]\nVMARGS=/a bc # d [unit /etc/e:4]\nERL_EPMD_ADDRESS unset\n" },
	{ "the order of drop-ins, and one that hides another",
	  { DEBIAN_SCRIPT,
	    UNIT(""),
	    DROPIN("50-a.conf", "Environment=ERL_DIST_PORT=1\n"),
	    { "/usr/lib/systemd/system/ejabberd.service.d/50-a.conf", "[Service]\nEnvironment=ERL_OPTIONS=-x\n" },
	    { "/usr/lib/systemd/system/service.d/60-b.conf",
	      "[Service]\nEnvironment=ERL_DIST_PORT=2 \\\n#c\n VMARGS=/v\n" },
	    { "/run/systemd/system/ejabberd.service.d/40-c.conf", "[Service]\nEnvironment=ERL_DIST_PORT=3\n" } },
	  "ERL_DIST_PORT=2 [unit /usr/lib/systemd/system/service.d/60-b.conf:2]\n"
	  "ERL_DIST_PORT!=1 [unit /etc/systemd/system/ejabberd.service.d/50-a.conf:2]\n"
	  "ERL_DIST_PORT!=3 [unit /run/systemd/system/ejabberd.service.d/40-c.conf:2]\n"
	  "VMARGS=/v [unit /usr/lib/systemd/system/service.d/60-b.conf:2]\nERL_OPTIONS unset\n" },
	{ "what cannot be told of a unit",
	  { DEBIAN_SCRIPT, UNIT("Environment=ERL_DIST_PORT=%i ERL_OPTIONS=\\x2d\nPassEnvironment=VMARGS\n") },
	  "ERL_DIST_PORT? [unit /usr/lib/systemd/system/ejabberd.service:6]\n"
	  "ERL_OPTIONS? [unit /usr/lib/systemd/system/ejabberd.service:6]\n"
	  "VMARGS? [unit /usr/lib/systemd/system/ejabberd.service:7]\n"
	  "dist-range? [unit /usr/lib/systemd/system/ejabberd.service:6]\n" },
	{ "a unit that does more",
	  { DEBIAN_SCRIPT, CFG(""), UNIT(""),
	    DROPIN("x.conf", "ExecStart=\nExecStart=/bin/sh -c '. /x; exec ejabberdctl foreground'\n") },
	  "ERL_DIST_PORT? [unit /etc/systemd/system/ejabberd.service.d/x.conf:3]\n"
	  "dist-range? [unit /etc/systemd/system/ejabberd.service.d/x.conf:3]\nFIREWALL_WINDOW unset\n"
	  "CONFIG_DIR=/etc/ejabberd [default :0]\n" },
	{ "the manager's environment",
	  { DEBIAN_SCRIPT,
	    UNIT("Environment=VMARGS=/v\n"),
	    { "/etc/systemd/system.conf.d/x.conf", "[Manager]\nDefaultEnvironment=ERL_DIST_PORT=9 VMARGS=/w\n" } },
	  "ERL_DIST_PORT=9 [unit /etc/systemd/system.conf.d/x.conf:2]\n"
	  "VMARGS=/v [unit /usr/lib/systemd/system/ejabberd.service:6]\n" },
	{ "a unit that root runs: su takes its HOME away",
	  { DEBIAN_SCRIPT, PASSWD, UNIT("User=\nEnvironment=HOME=/h\n") },
	  "user=ejabberd [script /usr/sbin/ejabberdctl:7]\nHOME=/var/lib/ejabberd [users /etc/passwd:0]\n"
	  "HOME!=/h [unit /usr/lib/systemd/system/ejabberd.service:7]\n" },

	/* scripts that somebody changed */
	{ "a condition that cannot be decided",
	  { { "/usr/sbin/ejabberdctl",
	      "if [ -e /x ]; then\n  ERL_DIST_PORT=5\nfi\n" SCRIPT("FIREWALL_WINDOW=\n", "/etc/ejabberd", "/l",
								   "/s") "[ \"$1\" = x ] && SPOOL_DIR=/t\n" } },
	  "ERL_DIST_PORT? [script /usr/sbin/ejabberdctl:2]\ndist-range? [script /usr/sbin/ejabberdctl:2]\n"
	  "SPOOL_DIR? [script /usr/sbin/ejabberdctl:49] otherwise it is /s\nLOGS_DIR=/l [script "
	  "/usr/sbin/ejabberdctl:20]\n" },
	{ "a function that sets something",
	  { { "/usr/sbin/ejabberdctl", "f() {\n  a && ERL_DIST_PORT=5\n}\n" SCRIPT("", "/etc/ejabberd", "/l", "/s") } },
	  "ERL_DIST_PORT? [script /usr/sbin/ejabberdctl:2]\nLOGS_DIR=/l [script /usr/sbin/ejabberdctl:19]\n" },
	{ "a function that reads commands",
	  { { "/usr/sbin/ejabberdctl",
	      SCRIPT("", "/etc/ejabberd", "/l", "/s") "f() {\n  if true; then . /x; fi\n}\n" } },
	  "LOGS_DIR? [script /usr/sbin/ejabberdctl:46] otherwise it is /l\ndist-range? [script "
	  "/usr/sbin/ejabberdctl:46]\n" },
	{ "arguments that the script makes up",
	  { { "/usr/sbin/ejabberdctl",
	      SCRIPT("", "/etc/ejabberd", "/l", "/s") "O=\"-kernel inet_dist_listen_min 1\"\n" } },
	  "dist-range? [script /usr/sbin/ejabberdctl:0] :45: \n" },
	{ "a script that reads no configuration",
	  { { "/usr/sbin/ejabberdctl", "#!/bin/sh\nERLANG_NODE=a@b\n" }, CFG("FIREWALL_WINDOW=1-2\n") },
	  "ERLANG_NODE? [script /usr/sbin/ejabberdctl:0] otherwise it is a@b\ndist-range? [script "
	  "/usr/sbin/ejabberdctl:0]\n" },
	{ "scripts that execute each other",
	  { { "/usr/sbin/ejabberdctl", "exec /usr/sbin/ejabberdctl\n" }, CFG("FIREWALL_WINDOW=1-2\n") },
	  "dist-range? [script /usr/sbin/ejabberdctl:0]\nlayout=container [found /usr/sbin/ejabberdctl:0]\n" },
};

static void check_row(const struct row *row)
{
	void *state;
	struct scratch *scratch;
	struct settings_source source = { .hostname = "host.example.org" };
	const char *config_dir = row->config_dir;
	const struct ejg_setting *settings;
	char *rest, *line;
	size_t n;

	assert_int_equal(scratch_setup(&state), 0);
	scratch = state;
	scratch_mkdir(scratch, "root");
	for (size_t i = 0; i < ARRAY_SIZE(row->files) && row->files[i].path; i++) {
		make_file(scratch, &row->files[i]);
		if (!config_dir && strncmp(row->files[i].path, "/etc/ejabberd/", 14) == 0)
			config_dir = "/etc/ejabberd";
	}
	source.root = arena_strdup(scratch->arena, scratch_path(scratch, "root"));
	assert_int_equal(settings_collect(new_settings(scratch->arena, &source, config_dir,
						       row->config_dir ? EJG_ORIGIN_STACK : EJG_ORIGIN_DEFAULT),
					  &settings, &n),
			 0);
	check_list(settings, n);
	rest = arena_strdup(scratch->arena, row->expected);
	while ((line = strsep(&rest, "\n")))
		if (*line && !is_described(scratch->arena, settings, n, line)) {
			for (size_t i = 0; i < n; i++)
				print_error("  %s %s\n", describe(scratch->arena, &settings[i]),
					    settings[i].note ? settings[i].note : "");
			fail_msg("%s: not '%s'", row->what, line);
		}
	assert_int_equal(scratch_teardown(&state), 0);
}

static void test_rows(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_row(&rows[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
