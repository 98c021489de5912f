/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* status: what is in force, from what the kernel holds. Whether that is right is for check to say. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "libejguard/modules/net/denials.h"
#include "libejguard/modules/net/net.h"
#include "libejguard/util/cgroup-name.h"
#include "libejguard/util/cleanup.h"

struct status {
	struct ejg_call *call;
	const struct ejg_facts *facts;
	const struct pins *pins;
	size_t n_guarded;
};

static bool is_named(const struct ejg_facts *facts, uint64_t id)
{
	for (size_t i = 0; i < facts->n_cgroups; i++)
		if (ejg_cgroup_get(facts, i)->id == id)
			return true;
	return false;
}

/* Cgroups that the stack names are reported by check, which runs with every status. */
static void report_cgroup(void *data, uint64_t id)
{
	struct status *status = data;
	char path[PATH_MAX];

	status->n_guarded += links_state(status->pins, id) == LINKS_INTACT;
	if (is_named(status->facts, id))
		return;
	cgroup_name(status->facts->cgroup_mount, id, path);
	if (*path)
		ejg_call_finding(status->call, "cgroup-extra", path, "is guarded, though the stack does not name it");
	else
		ejg_call_finding(status->call, "cgroup-removed", NULL,
				 "the removed cgroup %" PRIu64 " stays guarded while sockets of it live", id);
}

static void report_policy(struct ejg_call *call, const struct pins *pins, const struct policy_head *head)
{
	unsigned int n_private = 0, n_guarded = 0;

	for (uint32_t port = 1; port < 65536; port++) {
		n_private += net_policy_is_private(head, port);
		n_guarded += !!(head->guarded_ports[port / 8] & (1U << (port % 8)));
	}
	ejg_call_finding_at(
		call, "policy", NULL, &(struct ejg_place){ .file = pins->path },
		"%s%s: %u private ports, %u of them guarded as destinations; %u listen addresses; %u ranges of "
		"peers; made by ejguard %.24s",
		head->flags & POLICY_PERMISSIVE ? "permissive, refuses nothing" : "enforced",
		head->flags & POLICY_STRICT ? ", strict" : "", n_private, n_guarded, head->n_listen,
		head->n_ranges + head->n_scoped, pins->meta.version);
	ejg_call_metric(call, "peers", NULL, 0, head->n_ranges + head->n_scoped);
}

static int report_counters(struct ejg_call *call, const struct pins *pins)
{
	for (int hook = 0; hook < POLICY_N_HOOKS; hook++)
		for (int reason = 0; reason < POLICY_N_REASONS; reason++) {
			const struct ejg_label labels[] = {
				{ "hook", policy_hooks[hook].name },
				{ "reason", policy_reasons[reason] },
			};
			uint64_t value;
			int r = pins_read_counter(pins, POLICY_COUNTER(0, hook, reason), &value);

			if (r < 0)
				return ejg_call_error(call, -EIO, NULL, "cannot read the counters below %s: %s",
						      pins->path, strerror(-r));
			if (value)
				ejg_call_metric(call, "denials", labels, ARRAY_SIZE(labels), value);
		}
	return 0;
}

#define LAST_DENIALS 10

static int compare_last(const void *a, const void *b)
{
	uint64_t x = ((const struct denial *)a)->row.last, y = ((const struct denial *)b)->row.last;

	return x < y ? 1 : x > y ? -1 : 0;
}

static void report_denials(struct ejg_call *call, const struct pins *pins)
{
	struct denial_list list = {};
	int r = denials_read(pins, &list);

	if (r < 0)
		ejg_call_log(call, EJG_LOG_WARNING, "cannot read the denials below %s: %s", pins->path, strerror(-r));
	if (list.n)
		qsort(list.items, list.n, sizeof(*list.items), compare_last);
	for (size_t i = 0; i < list.n && i < LAST_DENIALS; i++) {
		char first[32], last[32];
		time_t times[] = { denial_realtime(list.items[i].row.first) / 1000000000,
				   denial_realtime(list.items[i].row.last) / 1000000000 };
		struct denial_words words;
		struct tm tm;

		denial_describe(ejg_call_facts(call)->cgroup_mount, &list.items[i], &words);
		strftime(first, sizeof(first), "%F %T", localtime_r(&times[0], &tm));
		strftime(last, sizeof(last), "%F %T", localtime_r(&times[1], &tm));
		ejg_call_finding(call, "denied", words.address, "%s, first %s, last %s", words.line, first, last);
	}
	ejg_call_metric(call, "distinct_denials", NULL, 0, list.n);
	denials_free(&list);
}

static int report_current(struct ejg_call *call, const struct pins *pins)
{
	struct status status = { .call = call, .facts = ejg_call_facts(call), .pins = pins };
	cleanup_fd int fd = pins_get_policy(pins);
	struct net_policy policy = {};

	if (fd >= 0 && pins_read_policy(fd, &policy) == 0) {
		report_policy(call, pins, &policy.chunks[0].head);
		net_policy_free(&policy);
	}
	(void)links_each(pins, report_cgroup, &status);
	ejg_call_metric(call, "cgroups", NULL, 0, status.n_guarded);
	report_denials(call, pins);
	return report_counters(call, pins);
}

int net_status(struct ejg_call *call)
{
	struct pins pins = PINS_NULL;
	enum pins_state state;
	int r = pins_probe(call);

	if (r == 0)
		r = pins_open(call, ejg_call_facts(call)->service, &pins, &state);
	if (r == 0 && state == PINS_CURRENT)
		r = report_current(call, &pins);
	pins_close(&pins);
	return r;
}
