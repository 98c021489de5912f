/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/seccomp/filter.h"

#include <errno.h>

/* SECCOMP_FILTER_FLAG_TSYNC is of level 2 and SECCOMP_FILTER_FLAG_LOG of level 3: seccomp_api_get(3). */
#define API_LEVEL_LOG 3

static uint32_t action_of(const struct filter_plan *plan, int error)
{
	switch (plan->action) {
	case FILTER_KILL:
		return SCMP_ACT_KILL_PROCESS;
	case FILTER_LOG:
		return SCMP_ACT_LOG;
	default:
		return SCMP_ACT_ERRNO((uint32_t)error);
	}
}

static uint32_t action_for(const struct filter_plan *plan, const struct rule *rule)
{
	if (rule->never_kill && plan->action == FILTER_KILL)
		return SCMP_ACT_ERRNO((uint32_t)rule->error);
	return action_of(plan, rule->error);
}

bool filter_has(const struct filter_plan *plan, const struct rule *rule)
{
	return !(rule->group == RULE_MPTCP && plan->mptcp) && rule_number(rule) >= 0;
}

static int set_attributes(scmp_filter_ctx context, const struct filter_plan *plan, const char **ret_failed)
{
	int r;

	*ret_failed = "cannot set the action for calls of other architectures";
	/* x32 and 32-bit calls have other numbers, so refused calls would be possible with them. */
	r = seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, action_of(plan, EPERM));
	if (r < 0)
		return r;
	*ret_failed = "cannot reach all threads of the process";
	r = seccomp_attr_set(context, SCMP_FLTATR_CTL_TSYNC, 1);
	if (r < 0)
		return r;
	if (seccomp_api_get() < API_LEVEL_LOG)
		return 0;
	*ret_failed = "cannot record refusals";
	return seccomp_attr_set(context, SCMP_FLTATR_CTL_LOG, 1);
}

static int add_rules(scmp_filter_ctx context, const struct filter_plan *plan, const char **ret_failed)
{
	for (size_t i = 0; i < n_rules; i++) {
		const struct rule *rule = &rules[i];
		int r;

		if (!filter_has(plan, rule))
			continue;
		*ret_failed = rule->call;
		r = seccomp_rule_add_exact_array(context, action_for(plan, rule), rule_number(rule), rule->n_conditions,
						 rule->conditions);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Tries without no_new_privs first, to keep set-user-ID programs (epam of ejabberd); the kernel may require it. */
static int load(scmp_filter_ctx context, const char **ret_failed)
{
	int r;

	*ret_failed = "the kernel refuses the filter";
	r = seccomp_attr_set(context, SCMP_FLTATR_CTL_NNP, 0);
	if (r == 0)
		r = seccomp_load(context);
	if (r != -EACCES && r != -EPERM && r != -ECANCELED)
		return r;
	r = seccomp_attr_set(context, SCMP_FLTATR_CTL_NNP, 1);
	return r < 0 ? r : seccomp_load(context);
}

int filter_load(const struct filter_plan *plan, const char **ret_failed)
{
	scmp_filter_ctx context = seccomp_init(SCMP_ACT_ALLOW);
	int r;

	*ret_failed = "out of memory";
	if (!context)
		return -ENOMEM;
	r = set_attributes(context, plan, ret_failed);
	if (r == 0)
		r = add_rules(context, plan, ret_failed);
	if (r == 0)
		r = load(context, ret_failed);
	seccomp_release(context);
	return r;
}
