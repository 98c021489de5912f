/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* check: do the filters of the running processes refuse the calls of the table, whoever installed them? */
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/modules/seccomp/inspect.h"
#include "libejguard/modules/seccomp/seccomp.h"

enum { MAX_NAMED = 4 }; /* limit on calls in a message */

#define X32_BIT 0x40000000u /* __X32_SYSCALL_BIT of asm/unistd.h */

/* The calls that a filter allows, for a message: the first few, and their number. */
struct gaps {
	char text[512];
	size_t n;
	size_t n_recorded; /* allowed, but recorded */
};

static void add_gap(struct gaps *gaps, const char *what)
{
	size_t used = strlen(gaps->text);

	if (gaps->n++ < MAX_NAMED)
		snprintf(gaps->text + used, sizeof(gaps->text) - used, "%s%s", used ? ", " : "", what);
}

static void judge(struct gaps *gaps, uint32_t action, const char *what)
{
	if (inspect_refuses(action))
		return;
	if ((action & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_LOG)
		gaps->n_recorded++;
	add_gap(gaps, what);
}

/* Tests getpid by other system call interfaces. */
static void ask_other_architectures(const struct inspect_filters *inspection, struct gaps *gaps)
{
	const uint64_t arguments[RULE_N_ARGUMENTS] = { 0 };

	if (inspect_architecture() != AUDIT_ARCH_X86_64)
		return;
	judge(gaps, inspect_ask_as(inspection, AUDIT_ARCH_I386, 20, arguments), "32-bit calls");
	judge(gaps, inspect_ask_as(inspection, AUDIT_ARCH_X86_64, X32_BIT | 39, arguments), "x32 calls");
}

static void ask(const struct inspect_filters *inspection, const struct filter_plan *plan, struct gaps *gaps)
{
	uint64_t arguments[RULE_N_ARGUMENTS];
	char text[128];

	for (size_t i = 0; i < n_rules; i++) {
		if (!filter_has(plan, &rules[i]))
			continue;
		rule_sample(&rules[i], arguments);
		judge(gaps, inspect_ask(inspection, rule_number(&rules[i]), arguments),
		      rule_text(&rules[i], text, sizeof(text)));
	}
	ask_other_architectures(inspection, gaps);
}

static void tell_gaps(struct ejg_call *call, const struct gaps *gaps, const char *subject, const char *name)
{
	if (gaps->n_recorded == gaps->n && ejg_call_mode(call) == EJG_PERMISSIVE)
		ejg_call_finding(call, "recorded", subject, "the filter of %s only records %zu calls and refuses none",
				 name, gaps->n);
	else
		ejg_call_finding(call, "lets-through", subject, "the filter of %s allows %s%s", name, gaps->text,
				 gaps->n > MAX_NAMED ? " and others" : "");
}

/* Return: 1 if all calls are refused, 0 if not; or a negative errno, with its message set. */
static int check_process(struct ejg_call *call, const struct ejg_process *process, const char *name)
{
	cleanup_inspection struct inspect_filters inspection = INSPECTION_NULL;
	struct filter_plan plan = seccomp_plan(call);
	struct gaps gaps = { .n = 0 };
	char subject[32];
	unsigned int n;
	int mode, r;

	snprintf(subject, sizeof(subject), "process %d", (int)process->pid);
	r = inspect_count(process->pid, &mode, &n);
	if (r == -ENOENT || r == -ESRCH) /* it has ended */
		return true;
	if (r == 0 && mode != SECCOMP_MODE_FILTER) {
		ejg_call_finding(call, "unfiltered", subject, "%s runs without a system call filter", name);
		return false;
	}
	if (r == 0)
		r = inspect_read(process->pid, &inspection);
	if (r == -ESRCH)
		return true;
	if (r == -EPERM || r == -EACCES)
		return ejg_call_error(call, -EPERM, "run it as root", "cannot read the filter of %s (%s)", name,
				      subject);
	if (r < 0) {
		ejg_call_finding(call, "unseen", subject, "the filter of %s cannot be read: %s", name,
				 r == -EBUSY ? "another program traces the process" : strerror(-r));
		return false;
	}
	ask(&inspection, &plan, &gaps);
	if (gaps.n > 0)
		tell_gaps(call, &gaps, subject, name);
	return gaps.n == 0;
}

static const char *name_of(const struct ejg_process *process)
{
	return process->role == EJG_PROCESS_EPMD ? "epmd" : "the Erlang node";
}

int seccomp_check(struct ejg_call *call)
{
	const struct ejg_survey *survey = ejg_call_survey(call);
	size_t n = 0, n_held = 0;

	if (!survey)
		return -ENOMEM;
	for (size_t i = 0; i < survey->n_processes; i++) {
		const struct ejg_process *process = ejg_process_get(survey, i);
		int r;

		if (!process->in_service)
			continue;
		r = check_process(call, process, name_of(process));
		if (r < 0)
			return r;
		privilege_check(call, i, r > 0);
		n++;
		n_held += r > 0;
	}
	if (n == 0) {
		ejg_call_finding(call, "not-running", NULL, "no process of the service runs");
		return EJG_NOT_APPLICABLE;
	}
	if (n_held < n)
		return EJG_NOT_HELD;
	ejg_call_finding(call, "confined", NULL,
			 "%zu of %zu processes have a filter that refuses every call listed in ejguard-seccomp(8)",
			 n_held, n);
	return EJG_HELD;
}
