/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The filter that the stack requests. */
#include "libejguard/modules/seccomp/seccomp.h"

struct filter_plan seccomp_plan(const struct ejg_call *call)
{
	const struct seccomp_config *config = ejg_call_config(call);

	return (struct filter_plan){
		.action = ejg_call_mode(call) == EJG_PERMISSIVE ? FILTER_LOG : config->action,
		.mptcp = config->mptcp,
	};
}
