# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Root folders of a release of Debian, from the archives that this machine's apt knows.

debian_own_release() {
	sed -n 's/^VERSION_CODENAME=//p' /etc/os-release
}

# debian_sources RELEASE: lines for sources.list: this machine's archives of Debian, with RELEASE instead of its own
# release. Silent if apt has no lists: mmdebstrap knows a mirror then. RELEASE-backports is the release with
# its backports.
debian_sources() {
	local release=${1%-backports} own uri suite origin
	own=$(debian_own_release)
	# shellcheck disable=SC2016 # apt-get expands
	apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(ORIGIN)' 'Created-By: Packages' | sort -u |
		while read -r uri suite origin; do
			[[ $origin == Debian && $suite == "$own"* ]] || continue
			suite=$release${suite#"$own"}
			# The security updates of a release that has them no more: some packages are in the list only.
			[[ $suite != bullseye-security ]] || continue
			# The others are of releases.
			[[ $release != sid || $suite == sid ]] || continue
			echo "deb $uri $suite main"
			[[ $1 != *-backports || $suite != "$release" ]] || echo "deb $uri $1 main"
		done
}

# The options with which this machine's apt reaches the mirrors.
debian_apt_options() {
	apt-config dump | grep -E '^Acquire::(Check-|https?::(.*::)?(Proxy|Verify|CaInfo))' || true
}

# debian_root RELEASE DIR PACKAGE...: makes the root folder DIR: the variant minbase, and these packages. What
# RELEASE-backports has of Erlang and ejabberd, comes from there. Needs mmdebstrap.
debian_root() {
	local release=$1 dir=$2 list options
	shift 2
	mkdir "$dir.made"
	list=$dir.made/sources.list options=$dir.made/apt.conf
	debian_sources "$release" >"$list"
	debian_apt_options >"$options"
	# shellcheck disable=SC2016 # mmdebstrap's shell expands
	RELEASE=$release mmdebstrap --quiet --variant=minbase --include="$(IFS=,; echo "$*")" --aptopt="$options" \
		--setup-hook='[ "${RELEASE%-backports}" = "$RELEASE" ] || {
			mkdir -p "$1/etc/apt/preferences.d"
			printf "Package: ejabberd erlang-* src:erlang\nPin: release n=%s\nPin-Priority: 900\n" "$RELEASE" \
				>"$1/etc/apt/preferences.d/backports"; }' \
		"${release%-backports}" "$dir" "$([[ ! -s $list ]] || echo "$list")"
	rm -r "$dir.made"
}
