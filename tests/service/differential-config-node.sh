# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# All blocks of config.tbl: one Erlang loads each configuration as ejabberd does, and ejguard judges each.
set -euo pipefail

# shellcheck source=rows-host.sh
source "$(dirname "$0")/rows-host.sh"

ebin=$(echo /usr/lib/*/ejabberd-*/ebin)
ebin=${ebin##* }
version=${ebin%/ebin}
version=${version##*/ejabberd-}
for block in /mnt/rows/*/; do
	cp "$block/yml" "$block/ejabberd.yml"
	echo "${version%-*}" >"$block/version"
done
chmod -R a+rX /mnt/rows

# shellcheck disable=SC2016 # Erlang's
erl -noinput -pa "$ebin" -eval '
	logger:set_primary_config(level, none),
	[application:ensure_all_started(A) || A <- [fast_yaml, p1_yaml, p1_utils, jiffy, xmpp, fast_tls, pkix]],
	application:load(ejabberd),
	Load = fun(Folder) ->
		Path = filename:join(Folder, "ejabberd.yml"),
		os:putenv("EJABBERD_CONFIG_PATH", Path),
		application:set_env(ejabberd, config, list_to_binary(Path)),
		try ets:delete(ejabberd_options) catch _:_ -> ok end,
		Answer = try ejabberd_config:load() catch Kind:Why -> {Kind, Why} end,
		file:write_file(filename:join(Folder, "loaded"), io_lib:format("~0p~n", [Answer]))
	end,
	[Load(Folder) || Folder <- lists:sort(filelib:wildcard("/mnt/rows/*"))],
	halt().' >/mnt/rows/erlang 2>&1

mkdir -p /etc/ejguard
echo 'required config' >/etc/ejguard/ejabberd
for block in /mnt/rows/*/; do
	install -o ejabberd -g ejabberd -m 600 "$block/yml" /etc/ejabberd/ejabberd.yml
	ejguard --json check >"$block/check" 2>>/mnt/rows/errors || true
done
