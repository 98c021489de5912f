/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ejguard oci: the hook of an OCI runtime. Before a container's first program runs, its cgroup and its network
 * namespace are guarded, or the container is refused; after its end the guard is removed. Runtimes show little of a
 * hook's output, so the reason of a refusal also goes to the system log.
 */
#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/handle.h"
#include "tools/confirm/confirm.h"
#include "tools/oci/oci.h"
#include "tools/verbs/verbs.h"

static int name_service(const struct arguments *arguments, struct report *report, const struct oci_state *state)
{
	const char *name = arguments->operand ? arguments->operand : state->service;

	if (!name)
		return report_fail(report, -EINVAL,
				   "the container %s has no annotation " OCI_ANNOTATION
				   ", and the hook names no service; add "
				   "one of the two",
				   state->id);
	report->service_read = strdup(name);
	report->service = report->service_read;
	return report->service ? 0 : report_fail(report, -ENOMEM, "out of memory");
}

static int guard(struct report *report, const struct oci_state *state)
{
	cleanup_free char *cgroup = NULL;
	int r = oci_cgroup(state, report, &cgroup);
	const char *const cgroups[] = { cgroup };
	const struct ejg_apply_options how = { .size = sizeof(how), .cgroups = cgroups, .n_cgroups = 1 };

	if (r < 0)
		return r;
	confirm_note_start(report);
	return ejg_apply(report->handle, &how);
}

static void log_failure(const struct report *report, const struct oci_state *state)
{
	openlog("ejguard", LOG_PID, LOG_DAEMON);
	syslog(LOG_ERR, "container %s: %s: %s", state->id ? state->id : "unknown",
	       state->stopped ? "what guarded it was not removed" : "refused", report_error(report));
	closelog();
}

int verb_oci(const struct arguments *arguments, struct report *report)
{
	struct oci_state state = {};
	int r = oci_state_read(stdin, report, &state);

	if (r == 0)
		r = name_service(arguments, report, &state);
	if (r == 0)
		r = handle_open(arguments, report);
	if (r == 0)
		r = state.stopped ? ejg_release_gone(report->handle) : guard(report, &state);
	report->error = r;
	if (r < 0)
		log_failure(report, &state);
	oci_state_free(&state);
	return r;
}
