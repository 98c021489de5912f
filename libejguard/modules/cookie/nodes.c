/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running nodes: cookies in their arguments, and cookie files that changed after their start. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/modules/lib/cookie/argv.h"
#include "libejguard/modules/cookie/cookie.h"
#include "libejguard/util/file.h"

enum {
	CLOCK_SLACK = 2,    /* seconds: ticks and boot time are rounded */
	START_PATIENCE = 5, /* seconds after its start during which a node may still create its cookie file */
};

static ssize_t read_arguments(struct audit *audit, pid_t pid)
{
	char path[32];
	cleanup_fd int fd = -1;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return fd < 0 ? -errno : file_read_some(fd, audit->host.vault->buffer, VAULT_BUFFER);
}

static void judge_argument(struct audit *audit, const struct argv *argv, const struct cookie *value,
			   const char *subject)
{
	static const char remedy[] = "remove the option that gives it to the node, then restart the node: until then "
				     "it does not read a cookie file";

	if (argv->n_set)
		audit_say(audit, "in-argv", subject, NULL,
			  "has a cookie in its arguments: every user of this host can read it there and take over the "
			  "node");
	if (argv->nocookie)
		audit_say(audit, "nocookie", subject, NULL,
			  "runs with -nocookie: its cookie is the word 'nocookie', which everybody knows");
	if (!argv->in_effect)
		return;
	audit->argument = true;
	judge_given(audit, argv->form, value, subject, &(struct ejg_place){ .remedy = remedy });
	if (audit->read && (argv->form != COOKIE_FORM_GOOD || !cookie_equal(value, &audit->host.vault->cookie)))
		audit_say(audit, "contradiction", subject, NULL,
			  "was started with -setcookie and another cookie, so it ignores %s", audit_file(audit));
}

/* The boot time of the machine, in seconds since the epoch. */
static int64_t boot_time(void)
{
	cleanup_file FILE *file = fopen("/proc/stat", "re");
	char line[256];
	int64_t seconds = 0;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "btime %" SCNd64, &seconds) == 1)
			break;
	return seconds;
}

/*
 * The modification time belongs to the cookie's bytes. Erlang sets it to midnight for a file that it generates
 * (make_info/1 of auth.erl), so such a file is never newer than its node. The change time also covers the name and the
 * attributes: it changes by a rename of an old file, but also by a chmod.
 */
static void judge_time(struct audit *audit, const struct ejg_process *process, const struct cookie_file *file)
{
	int64_t boot = boot_time(), start = boot + (int64_t)(process->start_time / (uint64_t)sysconf(_SC_CLK_TCK));
	struct stat st;

	if (boot == 0 || fstat(file->walk.fd, &st) < 0)
		return;
	if (st.st_mtime > start + CLOCK_SLACK)
		audit_say(audit, "changed", NULL, &(struct ejg_place){ .file = file->path },
			  "was written after the node with pid %d started: that node still uses the old cookie",
			  (int)process->pid);
	else if (st.st_ctime > start + START_PATIENCE)
		audit_say(audit, "touched", NULL, &(struct ejg_place){ .file = file->path },
			  "was renamed or its attributes were changed after the node with pid %d started: that node "
			  "may use another cookie",
			  (int)process->pid);
}

static struct cookie_file *file_of_node(struct audit *audit, const struct ejg_process *process)
{
	for (size_t i = 1; i < audit->places.n; i++)
		if (audit->places.items[i].pid == process->pid)
			return cookie_place_effective(&audit->places.items[i]);
	return audit->places.n ? cookie_place_effective(&audit->places.items[0]) : NULL;
}

static void judge_node(struct audit *audit, const struct ejg_process *process)
{
	const char *subject = audit_text(audit, "pid %d", (int)process->pid);
	ssize_t n = read_arguments(audit, process->pid);
	struct cookie_file *file = file_of_node(audit, process);
	struct argv argv = { 0 };

	audit->host.vault->other.n = 0;
	if (n > 0) {
		argv = argv_read(audit->host.vault->buffer, (size_t)n, NULL, &audit->host.vault->other);
		judge_argument(audit, &argv, &audit->host.vault->other, subject);
		explicit_bzero(audit->host.vault->buffer, (size_t)n);
	} else if (n < 0 && n != -ENOENT && n != -ESRCH) {
		audit_say(audit, "unseen", subject, NULL, "its arguments cannot be read: %s", strerror((int)-n));
	}
	/* A container has another file. */
	if (process->role == EJG_PROCESS_NODE && !process->other_network && file && file->walk.fd >= 0 &&
	    !argv.in_effect && !argv.nocookie)
		judge_time(audit, process, file);
}

/* A node or tool of another user: its cookie matters only if it is this one. */
static void judge_stranger(struct audit *audit, const struct ejg_process *process)
{
	ssize_t n = read_arguments(audit, process->pid);
	struct argv argv = { 0 };

	if (n > 0) {
		argv = argv_read(audit->host.vault->buffer, (size_t)n, &audit->host.vault->cookie,
				 &audit->host.vault->other);
		explicit_bzero(audit->host.vault->buffer, (size_t)n);
	}
	if (!argv.same)
		return;
	audit->reasons |= COOKIE_EXPOSED;
	audit_say(audit, "in-argv", audit_text(audit, "pid %d", (int)process->pid), NULL,
		  "has the cookie of this service in its arguments: every user of this host can read it there and take "
		  "over the node");
}

const char *running_node(struct audit *audit)
{
	const struct ejg_survey *survey = audit->host.survey;

	for (size_t i = 0; i < survey->n_processes; i++) {
		const struct ejg_process *process = ejg_process_get(survey, i);

		if (cookie_is_own(process))
			return audit_text(audit, "%s runs with it (pid %d)",
					  process->role == EJG_PROCESS_NODE ? "a node" : "a tool of the node",
					  (int)process->pid);
	}
	return NULL;
}

/* epmd has the name, or something was not visible: for example a node in another pid namespace that shares the home. */
const char *unseen_node(struct audit *audit)
{
	const struct ejg_survey *survey = audit->host.survey;
	const char *node = ejg_survey_value(survey, "ERLANG_NODE");
	size_t n = node ? strcspn(node, "@") : 0;

	for (size_t i = 0; node && i < survey->n_epmd_names; i++)
		if (strlen(ejg_epmd_name_get(survey, i)->name) == n &&
		    strncmp(ejg_epmd_name_get(survey, i)->name, node, n) == 0)
			return audit_text(audit, "epmd lists a running node %.*s", (int)n, node);
	return survey->n_unseen ? audit_text(audit, "a running node may be hidden: %s", survey->unseen[0]) : NULL;
}

void judge_nodes(struct audit *audit)
{
	for (size_t i = 0; i < audit->host.survey->n_processes; i++) {
		const struct ejg_process *process = ejg_process_get(audit->host.survey, i);

		if (cookie_is_own(process))
			judge_node(audit, process);
		else if (process->cookie_argument && audit->read)
			judge_stranger(audit, process);
	}
}
