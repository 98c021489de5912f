# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Debian's own kernels, of this release and of others: downloaded from the mirror that this machine's apt is set up with,
# and unpacked, never installed. apt's own lists, sources and cache are not touched.

# The kernels on which the guard is tested: a name, and the suites that may have it; the newest one is taken.
kernel_suites=(
	'5.10 bullseye bullseye-security'
	'6.1 bookworm bookworm-security'
	'6.12 trixie bookworm-backports'
	'newest sid trixie-backports'
)

kernel_names() {
	printf '%s\n' "${kernel_suites[@]%% *}"
}

fetch_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# fetch_source SUITE: a line for sources.list; fails if this machine gets nothing from such a place.
fetch_source() {
	local label=Debian uri signed=''
	[[ $1 != *-security ]] || label=Debian-Security
	# shellcheck disable=SC2016 # apt expands
	uri=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' | sed -n "s/^$label //p" | sed -n 1p)
	[[ -n $uri ]] || return 1
	[[ ! -r $fetch_keyring ]] || signed="[signed-by=$fetch_keyring] "
	echo "deb $signed$uri $1 main"
}

# fetch_apt SUITE COMMAND...: apt with only that suite, and with its own folders below $fetch_dir.
fetch_apt() {
	local dir=$fetch_dir/$1 command=$2
	shift 2
	"$command" -o Dir::Etc::sourcelist="$dir/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists="$dir/lists" \
		-o Dir::State::status="$dir/status" -o Dir::Cache="$dir/cache" -o Acquire::Languages=none \
		-o APT::Sandbox::User=root -o pkgCacheGen::Essential=none "$@" </dev/null
}

# fetch_update SUITE: its lists. A suite that there is not, or not on this mirror, is no error of the machine.
fetch_update() {
	local dir=$fetch_dir/$1
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	: >"$dir/status"
	fetch_source "$1" >"$dir/sources.list" && fetch_apt "$1" apt-get -q update >"$dir/log" 2>&1 &&
		! grep -q '^Err:' "$dir/log"
}

# fetch_candidate SUITE: version and name of the kernel's package there, `VERSION linux-image-...`.
fetch_candidate() {
	fetch_apt "$1" apt-cache show --no-all-versions linux-image-amd64 2>/dev/null |
		sed -nE 's/^Version: (.*)/\1/p; s/^Depends: .*(linux-image-[0-9][^ ,]*) .*/\1/p' | paste -sd ' '
}

# fetch_best SUITE...: `SUITE VERSION PACKAGE` of the newest kernel among the suites.
fetch_best() {
	local suite version package best=''
	for suite; do
		fetch_update "$suite" || continue
		read -r version package < <(fetch_candidate "$suite") || continue
		if [[ -n $package ]] && { [[ -z $best ]] || dpkg --compare-versions "$version" gt "${best#* }"; }; then
			best="$suite $version" found="$suite $version $package"
		fi
	done
	[[ -n $best ]] && echo "$found"
}

# Nothing that a virtual machine has a use for; most of a kernel's package.
fetch_excluded=(--exclude=./usr/share --exclude='*/System.map-*' --exclude='*/kernel/sound'
	--exclude='*/kernel/drivers/net/'{ethernet,wireless}
	--exclude='*/kernel/drivers/'{gpu,media,staging,scsi,iio,usb,hid,input,hwmon,platform,mtd,isdn}
	# SMC wants its core.
	--exclude='*/kernel/drivers/infiniband/'{hw,sw,ulp})

# fetch_unpack SUITE PACKAGE ROOT: the kernel and its modules, which newer releases have in packages of their own.
fetch_unpack() {
	local version=${2#linux-image-} debs=$fetch_dir/$1/debs package
	mkdir -p "$debs"
	local packages=("$2")
	for package in "linux-"{base,binary,modules}"-$version"; do
		! fetch_apt "$1" apt-cache show "$package" >/dev/null 2>&1 || packages+=("$package")
	done
	(cd "$debs" && fetch_apt "$1" apt-get -q download "${packages[@]}" >"$fetch_dir/$1/log" 2>&1) || {
		tail -n 5 "$fetch_dir/$1/log" >&2
		return 1
	}
	mkdir -p "$3"
	for package in "$debs"/*"$version"*.deb; do
		dpkg --fsys-tarfile "$package" | tar -x -C "$3" "${fetch_excluded[@]}"
	done
	rm -rf "$debs"
}

# fetch_kernel NAME DIR: unpacks the kernel of that name in DIR/root and writes its version to DIR/version; does
# nothing if it is there already.
fetch_kernel() {
	local name=$1 dir=$2 suites suite version package fetch_dir
	[[ ! -s $dir/version ]] || return 0
	fetch_dir=$(realpath -m "$dir")/apt
	suites=$(printf '%s\n' "${kernel_suites[@]}" | sed -n "s/^$name //p")
	# shellcheck disable=SC2086 # words
	read -r suite version package < <(fetch_best $suites) || return 1
	rm -rf "$dir/root"
	fetch_unpack "$suite" "$package" "$dir/root" || return 1
	# From Debian 13 on modules are below /usr.
	[[ ! -d $dir/root/usr/lib/modules ]] || mkdir -p "$dir/root/lib"
	[[ -d $dir/root/lib/modules ]] || ln -s ../usr/lib/modules "$dir/root/lib/modules"
	depmod -b "$dir/root" "${package#linux-image-}"
	rm -rf "$fetch_dir"
	echo "${package#linux-image-} $version" >"$dir/version"
}
