/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module `seccomp`: refuses system calls that the service never needs. See ejguard-seccomp(8). */
#include "libejguard/modules/seccomp/seccomp.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "libejguard/util/cleanup.h"

static const char *const action_words[] = {
	[FILTER_ERROR] = "error",
	[FILTER_KILL] = "kill",
	NULL,
};

static const struct ejg_option options[] = {
	{ .name = "action",
	  .type = EJG_OPTION_ENUM,
	  .offset = offsetof(struct seccomp_config, action),
	  .choices = action_words,
	  .fallback = "error",
	  .help = "what happens at a refused call: it fails with an error, or the process is ended" },
	{ .name = "mptcp",
	  .type = EJG_OPTION_BOOL,
	  .offset = offsetof(struct seccomp_config, mptcp),
	  .fallback = "no",
	  .help = "allow the service to open MPTCP sockets" },
};

#define START_THROUGH_EXEC                                                                                             \
	"under systemd: ejguard enable --seccomp, and restart the units; else start the service by: ejguard exec "     \
	"--user USER "                                                                                                 \
	"SERVICE -- COMMAND"

#define WITHOUT_PRIVILEGE                                                                                              \
	"start the service by: ejguard exec --user USER SERVICE -- COMMAND\nor let PAM work without privilege; see "   \
	"ejguard-seccomp(8), PAM"

static const struct ejg_finding_info findings[] = {
	{ "confined", EJG_OK,
	  "every process of the service has a filter that refuses the calls listed in ejguard-seccomp(8)", NULL },
	{ "proven", EJG_OK, "every call listed in ejguard-seccomp(8) was tried with the filter and refused", NULL },
	{ "supported", EJG_OK, "this kernel has system call filters", NULL },
	{ "not-running", EJG_INFO, "no process of the service runs: nothing to check", NULL },
	{ "recorded", EJG_INFO, "the filter records the calls and refuses none", NULL },
	{ "privilege-lost", EJG_WARNING, "a set-user-ID program, such as epam for PAM, runs without its privilege",
	  WITHOUT_PRIVILEGE },
	{ "privilege-at-risk", EJG_WARNING,
	  "a set-user-ID program, such as epam for PAM, does not keep its privilege under the filter",
	  WITHOUT_PRIVILEGE },
	{ "unfiltered", EJG_FAILURE, "a process of the service runs without a filter", START_THROUGH_EXEC },
	{ "lets-through", EJG_FAILURE, "the filter of a process allows calls that it should refuse",
	  START_THROUGH_EXEC },
	{ "unseen", EJG_FAILURE, "the filter of a process cannot be read",
	  "end the debugger that traces the process\nrun: ejguard check" },
	{ "not-refused", EJG_FAILURE, "the filter did not refuse a call that it should refuse",
	  "report it to the authors of ejguard, with the version of the kernel and of libseccomp" },
	{ "refuses-too-much", EJG_FAILURE, "the filter refuses a call that the service needs",
	  "report it to the authors of ejguard, with the version of the kernel and of libseccomp" },
	{ "unsupported", EJG_FAILURE, "this kernel has no system call filters",
	  "boot a kernel with CONFIG_SECCOMP_FILTER" },
};

/* Asks for an action that every kernel with filters has. */
static bool kernel_has_filters(void)
{
	uint32_t action = SECCOMP_RET_ERRNO;

	return syscall(__NR_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

/* Fails before anything is changed if confinement is impossible, and before the service's process is made. */
static int seccomp_prepare(struct ejg_call *call)
{
	if (kernel_has_filters())
		return 0;
	return ejg_call_error(call, -EOPNOTSUPP, "boot a kernel with CONFIG_SECCOMP_FILTER",
			      "this kernel has no system call filters");
}

static int seccomp_confine(struct ejg_call *call)
{
	struct filter_plan plan = seccomp_plan(call);
	const char *failed = "";
	int r = seccomp_prepare(call);

	if (r < 0)
		return r;
	r = filter_load(&plan, &failed);
	if (r < 0)
		return ejg_call_error(call, r, NULL, "cannot load the filter: %s: %s", failed, strerror(-r));
	return 0;
}

static int seccomp_doctor(struct ejg_call *call)
{
	if (kernel_has_filters())
		ejg_call_finding(call, "supported", NULL, "this kernel has system call filters (seccomp)");
	else
		ejg_call_finding(call, "unsupported", NULL, "this kernel has no system call filters (seccomp)");
	return 0;
}

EJG_MODULE_EXPORT const struct ejg_module ejguard_module = {
	EJG_MODULE_HEADER,
	.name = "seccomp",
	.summary = "refuses system calls that the service never needs and that could bypass the guard",
	.flags = EJG_MODULE_IRREVERSIBLE,
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.findings = findings,
	.n_findings = ARRAY_SIZE(findings),
	.config_size = sizeof(struct seccomp_config),
	.check = seccomp_check,
	.prepare = seccomp_prepare,
	.confine = seccomp_confine,
	.prove = seccomp_prove,
	.doctor = seccomp_doctor,
};
