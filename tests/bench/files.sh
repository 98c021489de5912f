# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154 # run sets the variables
#
# Part of tests/bench/run: the module `files` on a tree of EJG_FILES files (200,000), against find(1) by modes alone and
# with getfacl(1). All in the page cache, on a tmpfs.
#
#	private  files 0600 in folders 0700
#	hidden   files 0644 in folders 0755, below a folder 0700: Debian's
#	open     the same below a folder 0755: every file is a finding
#	group    files 0640 of a group that is not trusted, below a folder 0750 of that group: every ACL has to be asked for

# make_tree NAME TOP FOLDER FILE: with the modes of the top folder, the folders below, the files.
make_tree() {
	local top=/srv/$1
	mkdir "$top"
	python3 -c '
import os, sys
top, folder, file, n = sys.argv[1], int(sys.argv[2], 8), int(sys.argv[3], 8), int(sys.argv[4])
os.umask(0)
for i in range(n):
    if i % 100 == 0:
        below = f"{top}/{i // 10000}"
        os.makedirs(below, folder, exist_ok=True)
        below += f"/{i // 100}"
        os.mkdir(below, folder)
    os.close(os.open(f"{below}/{i}.file", os.O_CREAT | os.O_WRONLY, file))' "$top" "$3" "$4" "${EJG_FILES-200000}"
	chmod "$2" "$top"
}

# quiet NAME MOST COMMAND...: a program that runs the command, and shows what it says only if it fails. An exit status above MOST is
# a failure: what does not do its work would be the fastest.
quiet() {
	local program=$EJG_STATE/quiet-$1 most=$2
	shift 2
	{
		echo '#!/bin/sh'
		echo "$* >/dev/null 2>$program.said"
		echo "test \$? -le $most || { cat $program.said >&2; exit 1; }"
	} >"$program"
	chmod 755 "$program"
	echo "$program"
}

bench_files() {
	local tree
	mount -t tmpfs -o mode=755,nr_inodes=0,size=90% none /srv
	install -m 755 -t "$EJG_STATE/modules" "$EJG_BUILD/libejguard/modules/files/files.so"
	make_tree private 700 700 600
	make_tree hidden 700 755 644
	make_tree open 755 755 644
	make_tree group 750 750 640
	chgrp -R nogroup /srv/group
	for tree in private hidden open group; do
		printf 'required files extra=/srv/%s\n' "$tree" >"$EJG_STATE/conf/$tree"
		echo "$tree: ${EJG_FILES-200000} files, in turns, $(rounds 20) rounds"
		{
			line 'find -perm' '' "$(quiet "find-$tree" 0 find "/srv/$tree" -perm /077)"
			# 1: there are findings.
			line 'ejguard check' '' "$(quiet "check-$tree" 1 "${tool[@]}" check "$tree")"
			line 'find, getfacl' '' "$(quiet "getfacl-$tree" 0 find "/srv/$tree" -exec getfacl -p '{}' +)"
			line 'find -perm again' '' "$(quiet "find-$tree" 0 find "/srv/$tree" -perm /077)"
		} | program spawn "$(rounds 20)"
	done
}
