/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The smallest service manager that guards what it starts: manager CONFDIR MODULEDIR RUNDIR SERVICE COMMAND...
 * No guard, no service. A real one would restart the service, and give NULL for the folders: the system's.
 */
#include <ejguard/ejguard.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void print_findings(const struct ejg *guard)
{
	const struct ejg_finding *finding;

	for (size_t i = 0; (finding = ejg_finding_get(guard, i)); i++)
		fprintf(stderr, "%s %s %s: %s\n", ejg_severity_name(finding->severity), finding->id, finding->subject,
			finding->message);
}

/* In the child: what the stack's modules have to say about the process itself, then the service. */
static int start(struct ejg *guard, char **command)
{
	if (ejg_confine(guard) < 0) {
		fprintf(stderr, "not started: %s\n", ejg_error(guard));
		return 126;
	}
	execvp(command[0], command);
	return 127;
}

static int run(struct ejg *guard, char **command)
{
	int status = 0, r;
	pid_t pid;

	r = ejg_apply(guard, NULL);
	print_findings(guard);
	if (r < 0) {
		fprintf(stderr, "not started: %s\n", ejg_error(guard));
		return 1;
	}
	pid = fork();
	if (pid == 0)
		_exit(start(guard, command));
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || ejg_release(guard) < 0)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv)
{
	struct ejg_options options = { .size = sizeof(options) };
	struct ejg *guard = NULL;
	int r;

	if (argc < 6)
		return 2;
	options.confdir = argv[1];
	options.moduledir = argv[2];
	options.rundir = argv[3];
	options.service = argv[4];
	r = ejg_open(&options, &guard);
	if (r < 0) {
		fprintf(stderr, "%s\n", strerror(-r));
		return 2;
	}
	r = run(guard, argv + 5);
	ejg_close(guard);
	return r;
}
