#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The files for Prometheus with Debian's Prometheus and node_exporter: the unit writes what the collector reads, with types
# and help; the alerts fire when they should; rules and dashboard name no figure that is not there; Prometheus itself names a
# local user who was refused. The control is the guard taken away, and a stack that is broken; and the time before that user
# tried.
# EJG_MONITORING is a folder of packages that monitoring_fetch of tests/harness/monitoring.sh made.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"
# shellcheck source=../harness/managers.sh
source "$harness_dir/managers.sh"
[[ -n ${EJG_MONITORING-} ]] || skip 'EJG_MONITORING is not set (tools/run-tests sets it)'

bed_new server 198.51.100.1/24
bed_stage server
ejabberd_window server
guard_stack server <<-'EOT'
	set public 5222 5223 5269 5280 5443 1883
	required net
	required host
EOT
bed_chroot server ejguard enable >/dev/null
net_new stranger 203.0.113.9/24
root=$(bed_root server)
install -m 755 "$EJG_ATTEMPT" "$root/usr/bin/attempt"
managers_unpack "$EJG_MONITORING" "$root"
# Unpacked they would be started.
rm -rf "$root"/etc/systemd/system/*.wants/prometheus* "$root"/lib/systemd/system/prometheus*
mkdir -p "$root/var/lib/prometheus/node-exporter"
kit=$root/usr/share/ejguard/prometheus
cp "$kit"/ejguard-prometheus@.* "$root/etc/systemd/system/"
cp "$kit/ejguard.rules.yml" "$(dirname "$0")/prometheus.test.yml" "$root/srv/"
bed_boot server
check 'ejabberd starts' bed_run server systemctl start ejabberd

# figure NAME: its value in the file of the unit, after the unit has run.
figure() {
	bed_run server systemctl start ejguard-prometheus@ejabberd.service || true
	sed -n "s/^$1{[^}]*} //p" "$root/var/lib/prometheus/node-exporter/ejguard-ejabberd.prom"
}

# collected: what a Prometheus would get of this machine.
collected() {
	bed_run server bash -c '
		prometheus-node-exporter --web.listen-address=127.0.0.1:9100 --collector.disable-defaults \
			--collector.textfile --collector.textfile.directory=/var/lib/prometheus/node-exporter 2>/dev/null &
		for ((i = 0; i < 100; i++)); do
			exec 3<>/dev/tcp/127.0.0.1/9100 && break
			sleep 0.2
		done 2>/dev/null
		printf "GET /metrics HTTP/1.0\r\n\r\n" >&3
		cat <&3
		kill %1'
}

# squat: a unit of nobody's that tries to be epmd, and stays.
squat() {
	printf '%s\n' '[Service]' User=nobody StandardOutput=truncate:/run/squatter.out "Environment=EJG_HOST_NETNS=$EJG_HOST_NETNS" \
		"ExecStart=/bin/sh -c 'attempt listen 127.0.0.1 4369 0; exec sleep infinity'" |
		bed_run server tee /run/systemd/system/squatter.service >/dev/null
	bed_run server systemctl daemon-reload
	bed_run server systemctl start squatter
	bed_wait 20 server test -s /run/squatter.out
}

# start_prometheus: it reads a figure within a second of its being written.
start_prometheus() {
	cat >"$root/srv/prometheus.yml" <<-'EOT'
		global: {scrape_interval: 1s, evaluation_interval: 1s}
		rule_files: [ejguard.rules.yml]
		scrape_configs: [{job_name: node, static_configs: [{targets: ['127.0.0.1:9100']}]}]
	EOT
	bed_run server systemd-run --quiet --unit=collector prometheus-node-exporter --web.listen-address=127.0.0.1:9100 \
		--collector.disable-defaults --collector.textfile --collector.textfile.directory=/var/lib/prometheus/node-exporter
	bed_run server systemd-run --quiet --unit=collection prometheus --config.file=/srv/prometheus.yml \
		--storage.tsdb.path=/srv/prometheus --web.listen-address=127.0.0.1:9090
}

# prometheus_has QUERY [LABEL=...]...: its answer has a series with all of these.
prometheus_has() {
	local answer label
	answer=$(bed_run server promtool query instant http://127.0.0.1:9090 "$1" 2>&1) || return
	[[ $answer == *'=>'* ]] || return
	for label in "${@:2}"; do
		[[ $answer == *"$label"* ]] || return
	done
}

check 'the timer' bed_run server systemctl enable --quiet --now ejguard-prometheus@ejabberd.timer
check 'it writes' wait_for 30 test -s "$root/var/lib/prometheus/node-exporter/ejguard-ejabberd.prom"
# A run that the timer has begun has the figures of its beginning, and systemctl start only waits for it.
bed_run server systemctl stop ejguard-prometheus@ejabberd.timer
check_reach 'a stranger' stranger refused 4369 198.51.100.1
check_is 'guarded' 1 "$(figure ejguard_held)"

note 'a local user is refused'
start_prometheus
check 'control: Prometheus has the figures' wait_for 60 prometheus_has 'ejguard_held == 1' 'service="ejabberd"'
check_is 'control: nobody is named' no "$(prometheus_has ejguard_host_recent_denials && echo yes || echo no)"
check_is 'control: no alert fires' no "$(prometheus_has 'ALERTS{alertname="EjguardUserRefused"}' && echo yes || echo no)"
squat
check_is 'he is not epmd' denied "$(bed_run server cat /run/squatter.out)"
check_is 'the figure' 1 "$(figure ejguard_host_recent_denials)"
who=('service="ejabberd"' 'user="nobody"' 'uid="65534"' 'command="attempt"')
check 'Prometheus names him' wait_for 60 prometheus_has ejguard_host_recent_denials "${who[@]}" 'unit="squatter.service"' \
	'hook="bind4"' 'decision="refused"'
check 'and has the alert' wait_for 60 prometheus_has 'ALERTS{alertname="EjguardUserRefused",alertstate="firing"}' "${who[@]}"
bed_run server systemctl stop collection collector
figures=$(bed_run server ejguard status --prometheus)
check 'promtool check metrics' bed_run server promtool check metrics <<<"$figures"
page=$(collected)
check_has 'node_exporter: the type' '# TYPE ejguard_net_denials_total counter' "$page"
check_has 'node_exporter: the help' '# HELP ejguard_held 1 when the service is guarded now' "$page"

check 'promtool check rules' bed_run server promtool check rules /srv/ejguard.rules.yml
check 'promtool test rules' bed_run server promtool test rules /srv/prometheus.test.yml
for name in $(grep -oh 'ejguard_[a-z_]*' "$kit/ejguard.rules.yml" "$kit/ejguard-dashboard.json" | sort -u); do
	check_has "the figure $name is there" "
$name{" "
$figures"
done

note 'control: no guard'
bed_run server ejguard -q release
check_is 'ejguard_held' 0 "$(figure ejguard_held)"
check_is 'ejguard_findings' yes "$( (($(figure ejguard_findings | tail -n 1) > 0)) && echo yes || echo no)"

note 'control: a broken stack'
guard_stack server <<<'requierd net'
figure ejguard_held >/dev/null 2>&1 || true
check 'old figures go' test ! -e "$root/var/lib/prometheus/node-exporter/ejguard-ejabberd.prom"
check_is 'the unit' failed "$(bed_run server systemctl is-active ejguard-prometheus@ejabberd.service || true)"
