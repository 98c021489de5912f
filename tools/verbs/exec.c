/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ejguard exec: a guarded start for managers without ExecStartPre=. Everything that can fail comes before the command:
 * stack, user, command, cgroup, apply with its proof, switch of the user, confinement; then the command replaces this
 * process.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "tools/base/handle.h"
#include "tools/confirm/confirm.h"
#include "tools/exec/exec.h"
#include "tools/verbs/verbs.h"

struct start {
	struct exec_cgroup cgroup;
	struct exec_user user;
};

static int find_command(const struct arguments *arguments, const struct exec_user *user, struct report *report)
{
	int r = exec_command_find(arguments->command[0], user, report);

	if (r <= 0)
		return r;
	report->status = r;
	return -ENOENT;
}

static int prepare(const struct arguments *arguments, struct report *report, struct start *start)
{
	int r = ejg_load(report->handle, NULL);

	if (r == 0 && arguments->user)
		r = exec_user_find(arguments->user, report, &start->user);
	if (r == 0)
		r = find_command(arguments, &start->user, report);
	if (r == 0)
		r = exec_cgroup_make(ejg_facts_get(report->handle)->cgroup_mount,
				     arguments->cgroup ? arguments->cgroup : report->service, report, &start->cgroup);
	return r;
}

static int apply(struct report *report, const struct start *start)
{
	const char *const cgroups[] = { start->cgroup.path };
	struct ejg_apply_options how = { .size = sizeof(how), .cgroups = cgroups, .n_cgroups = 1 };

	confirm_note_start(report);
	return ejg_apply(report->handle, &how);
}

/* exec(2) keeps ignored and blocked signals: the command gets the state that this program was started with. */
static void restore_signals(const struct report *report)
{
	signal(SIGPIPE, report->sigpipe_was_ignored ? SIG_IGN : SIG_DFL);
	signal(SIGXFSZ, report->sigxfsz_was_ignored ? SIG_IGN : SIG_DFL);
	if (report->sigchld_was_ignored)
		signal(SIGCHLD, SIG_IGN);
}

/* Return: only on failure. */
static int execute(const struct arguments *arguments, struct report *report)
{
	int error;

	/* From here on a signal kills this process, as it would kill the command. */
	if (handle_release_signals())
		return report_fail(report, -ECANCELED, "stopped by a signal before '%s' was started",
				   arguments->command[0]);
	restore_signals(report);
	execvp(arguments->command[0], arguments->command);
	error = errno;
	signal(SIGPIPE, SIG_IGN);
	report->status = error == ENOENT ? EXEC_NOT_FOUND : EXEC_CANNOT;
	return report_fail(report, -ENOENT, "cannot execute '%s': %s", arguments->command[0], strerror(error));
}

static int start_guarded(const struct arguments *arguments, struct report *report, struct start *start)
{
	int r = apply(report, start);

	report->stays = r == 0 || report_is_kept(report);
	if (r == 0)
		r = exec_cgroup_enter(&start->cgroup, report);
	if (r == 0)
		r = exec_user_become(&start->user, report);
	if (r == 0)
		r = ejg_confine(report->handle);
	if (r == 0)
		r = exec_user_seal(&start->user, report);
	return r < 0 ? r : execute(arguments, report);
}

static bool confines(const struct report *report)
{
	const struct ejg_module *module;

	for (size_t i = 0; (module = ejg_module_get(report->handle, i)); i++)
		if (module->confine)
			return true;
	return false;
}

/* For a systemd unit: systemd has made the cgroup, guarded it by ExecStartPre=, and switched the user. */
static int only_confine(const struct arguments *arguments, struct report *report)
{
	int r;

	if (arguments->cgroup || arguments->user || arguments->wait_empty)
		return report_fail_usage(report, "--only-confine excludes --cgroup, --user and --wait-empty");
	r = ejg_load(report->handle, NULL);
	if (r == 0 && !confines(report))
		r = report_fail(report, -EBADMSG,
				"%s has no module that confines the command; write the line: required seccomp, or have "
				"the unit "
				"start without a filter: ejguard enable %s",
				ejg_facts_get(report->handle)->stack_file, report->service);
	if (r == 0)
		r = find_command(arguments, NULL, report);
	if (r == 0)
		r = ejg_confine(report->handle);
	return r < 0 ? r : execute(arguments, report);
}

int verb_exec(const struct arguments *arguments, struct report *report)
{
	struct start start = { .cgroup = EXEC_CGROUP_NULL };
	int r;

	if (!arguments->command || !arguments->command[0])
		return report_fail_usage(report, "exec needs a command after --");
	if (arguments->only_confine)
		return only_confine(arguments, report);
	r = prepare(arguments, report, &start);
	if (r == 0 && arguments->wait_empty)
		r = exec_wait(&start.cgroup, report);
	if (r == 0)
		r = start_guarded(arguments, report, &start);
	exec_cgroup_undo(&start.cgroup);
	exec_cgroup_done(&start.cgroup);
	exec_user_done(&start.user);
	return r;
}
