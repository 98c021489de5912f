/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* prove: helpers make every call of the table under the filter, with arguments that do no harm, and then exit. */
#include <errno.h>
#include <linux/netlink.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "libejguard/modules/seccomp/seccomp.h"
#include "libejguard/util/child.h"
#include "libejguard/util/cleanup.h"

/* The result of a helper. */
enum outcome {
	OUTCOME_REFUSED,
	OUTCOME_PASSED,
	OUTCOME_UNLOADED, /* the filter could not be loaded */
};

static enum outcome attempt(const struct rule *rule)
{
	uint64_t a[RULE_N_ARGUMENTS];

	rule_sample(rule, a);
	errno = 0;
	if (syscall(rule_number(rule), a[0], a[1], a[2], a[3], a[4], a[5]) == -1 && errno == rule->error)
		return OUTCOME_REFUSED;
	return OUTCOME_PASSED;
}

/* Makes the calls that the service needs and the table restricts. */
static enum outcome need(const struct rule *unused)
{
	static const int sockets[][3] = {
		{ AF_UNIX, SOCK_STREAM, 0 },
		{ AF_INET, SOCK_STREAM, 0 },
		{ AF_INET, SOCK_DGRAM, 0 },
		{ AF_NETLINK, SOCK_RAW, NETLINK_ROUTE },
	};
	pid_t child;

	for (size_t i = 0; i < ARRAY_SIZE(sockets); i++) {
		cleanup_fd int fd = socket(sockets[i][0], sockets[i][1] | SOCK_CLOEXEC, sockets[i][2]);

		if (fd < 0)
			return OUTCOME_REFUSED;
	}
	child = fork();
	if (child == 0)
		_exit(0);
	return child < 0 || waitpid(child, NULL, 0) < 0 ? OUTCOME_REFUSED : OUTCOME_PASSED;
}

/* Makes one attempt in a child process, under the filter. Return: its result, or a negative errno. */
static int try(const struct filter_plan *plan, enum outcome (*what)(const struct rule *rule), const struct rule *rule)
{
	const char *failed;
	int status, r;
	pid_t child = fork();

	if (child < 0)
		return -errno;
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_DUMPABLE, 0); /* no core dump when SIGSYS ends the process */
		_exit(filter_load(plan, &failed) < 0 ? OUTCOME_UNLOADED : what(rule));
	}
	r = child_wait(child, &status);
	if (r < 0)
		return r;
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGSYS && plan->action == FILTER_KILL ? OUTCOME_REFUSED : OUTCOME_PASSED;
	return WEXITSTATUS(status);
}

static int tell(struct ejg_call *call, const struct rule *rule, int outcome)
{
	char text[128];

	if (outcome < 0)
		return ejg_call_error(call, -EIO, NULL, "cannot make attempts: %s", strerror(-outcome));
	if (outcome == OUTCOME_UNLOADED)
		return ejg_call_error(call, -EIO, NULL, "cannot load the filter for an attempt");
	if (outcome == OUTCOME_PASSED)
		ejg_call_finding(call, "not-refused", rule->call, "%s was not refused by the filter",
				 rule_text(rule, text, sizeof(text)));
	return 0;
}

int seccomp_prove(struct ejg_call *call)
{
	struct filter_plan plan = seccomp_plan(call);
	size_t n = 0, n_passed = 0;
	int outcome, r;

	if (plan.action == FILTER_LOG) /* the attempts would be executed */
		return EJG_NOT_APPLICABLE;
	for (size_t i = 0; i < n_rules && !ejg_call_cancelled(call); i++) {
		if (!filter_has(&plan, &rules[i]))
			continue;
		outcome = try(&plan, attempt, &rules[i]);
		r = tell(call, &rules[i], outcome);
		if (r < 0)
			return r;
		n++;
		n_passed += outcome == OUTCOME_PASSED;
	}
	if (ejg_call_cancelled(call))
		return -ECANCELED;
	if (try(&plan, need, NULL) != OUTCOME_PASSED) {
		ejg_call_finding(call, "refuses-too-much", NULL,
				 "with the filter the service cannot open its sockets or start its programs");
		return EJG_NOT_HELD;
	}
	if (n_passed > 0)
		return EJG_NOT_HELD;
	ejg_call_finding(call, "proven", NULL, "%zu calls were tried with the filter; all were refused", n);
	return EJG_HELD;
}
