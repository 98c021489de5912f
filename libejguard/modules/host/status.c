/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* status: the policy in force, and the users that it has refused. check judges whether it is right. */
#include <stdio.h>

#include "libejguard/modules/host/host.h"
#include "libejguard/modules/net/report.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/passwd.h"

static void report_policy(struct ejg_call *call, const struct pins *pins, const struct policy_head *head)
{
	cleanup_free char *users = NULL;
	size_t size;
	cleanup_file FILE *out = open_memstream(&users, &size);
	unsigned int n_guarded = 0;

	for (uint32_t port = 1; port < 65536; port++)
		n_guarded += !!(head->guarded_ports[port / 8] & (1U << (port % 8)));
	for (uint32_t i = 0; out && i < head->n_users && i < POLICY_MAX_USERS; i++) {
		cleanup_passwd_user struct passwd_user user = { 0 };

		if (passwd_user_by_id(NULL, head->users[i], &user) == 0)
			fprintf(out, " %s", user.name);
		else
			fprintf(out, " %u", head->users[i]);
	}
	if (!out || fflush(out) != 0)
		return;
	ejg_call_finding_at(
		call, "policy", NULL, &(struct ejg_place){ .file = pins->path },
		"%s: %u private ports%s may only be used by the service and by the users%s; made by ejguard %.24s",
		head->flags & POLICY_PERMISSIVE ? "permissive (refuses nothing)" : "enforced", n_guarded,
		head->flags & POLICY_STRICT
			? " and the other ports on which the service listens and that are not public"
			: "",
		users, pins->meta.version);
	ejg_call_metric(call, "users", NULL, 0, head->n_users);
}

static int report_current(struct ejg_call *call, const struct pins *pins)
{
	cleanup_fd int fd = pins_get_policy(pins);
	struct net_policy policy = {};

	if (fd >= 0 && pins_read_policy(fd, &policy) == 0) {
		report_policy(call, pins, &policy.chunks->head);
		net_policy_free(&policy);
	}
	report_denials(call, pins);
	return report_counters(call, pins);
}

int host_status(struct ejg_call *call)
{
	return set_status(call, report_current);
}
