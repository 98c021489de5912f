/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* status: the policy in force, and the users that it has refused. check judges whether it is right. */
#include "libejguard/modules/host/host.h"
#include "libejguard/modules/net/in-force.h"
#include "libejguard/modules/net/report.h"
#include "libejguard/util/cleanup.h"

static int report_current(struct ejg_call *call, const struct pins *pins)
{
	cleanup_fd int fd = pins_get_policy(pins);
	struct net_policy policy = {};

	if (fd >= 0 && pins_read_policy(fd, &policy) == 0) {
		in_force_report(call, pins, &policy);
		ejg_call_metric(call, "users", NULL, 0, policy.chunks->head.n_users);
		net_policy_free(&policy);
	}
	report_denials(call, pins);
	host_report_refused(call, pins);
	return report_counters(call, pins);
}

int host_status(struct ejg_call *call)
{
	return set_status(call, report_current);
}
