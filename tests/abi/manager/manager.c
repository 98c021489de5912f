/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A service manager that guards what it starts: manager [-c CGROUP] CONFDIR MODULEDIR RUNDIR SERVICE COMMAND...
 *
 * The order is the point. A process is forked and waits; it is moved into its cgroup; the cgroup is guarded; then only
 * the process confines itself and becomes the service. No guard, no service. When the service has ended, what it left
 * in the cgroup is ended, the guard is released and the cgroup removed. A real manager would restart the service, and
 * give NULL for the folders: the system's.
 */
#include <ejguard/ejguard.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct service {
	struct ejg *handle;
	const char *cgroup; /* below the mount of cgroup2, including the mount; NULL: the manager's own cgroup */
	char **command;
	pid_t pid;
};

static volatile sig_atomic_t child;

static void pass_on(int signal)
{
	if (child > 0)
		kill((pid_t)child, signal);
}

static void log_line(void *data, enum ejg_log_level level, const char *module, const char *message)
{
	static const char *const names[] = { "error", "warning", "info", "debug" };

	fprintf(data, "manager: %s: %s: %s\n", level <= EJG_LOG_DEBUG ? names[level] : "log", module, message);
}

static void print_report(const struct ejg *handle)
{
	const struct ejg_finding *finding;

	for (size_t i = 0; (finding = ejg_finding_get(handle, i)); i++) {
		if (finding->severity < EJG_WARNING)
			continue;
		fprintf(stderr, "%s %s %s: %s\n", ejg_severity_name(finding->severity), finding->id, finding->subject,
			finding->message);
		if (*finding->remedy)
			fprintf(stderr, "  %s\n", finding->remedy);
	}
}

static int write_file(const char *folder, const char *name, const char *text)
{
	char path[4096];
	int fd, r = -1;

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		return -1;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text))
		r = 0;
	if (fd >= 0)
		close(fd);
	return r;
}

/* Runs in the child after it was told that it is guarded: if the manager dies before, nothing is started. */
static int start(const struct service *service, int go)
{
	char byte;

	if (read(go, &byte, 1) != 1)
		return 125;
	close(go);
	if (ejg_confine(service->handle) < 0) {
		fprintf(stderr, "not started: %s\n", ejg_error(service->handle));
		return 126;
	}
	execvp(service->command[0], service->command);
	fprintf(stderr, "not started: %s: %s\n", service->command[0], strerror(errno));
	return 127;
}

/* The process is in its cgroup, or it is not guarded by what is applied to that. */
static int enter(const struct service *service)
{
	char pid[32];

	if (!service->cgroup)
		return 0;
	if (mkdir(service->cgroup, 0755) < 0 && errno != EEXIST)
		return -1;
	snprintf(pid, sizeof(pid), "%d", (int)service->pid);
	return write_file(service->cgroup, "cgroup.procs", pid);
}

static int apply(const struct service *service)
{
	struct ejg_apply_options how = { .size = sizeof(how) };
	int r;

	if (service->cgroup) {
		how.cgroups = &service->cgroup;
		how.n_cgroups = 1;
	}
	r = ejg_apply(service->handle, &how);
	print_report(service->handle);
	if (r < 0)
		fprintf(stderr, "not started: %s\n", ejg_error(service->handle));
	return r;
}

/* Before Linux 5.14 there is no cgroup.kill. What is forked meanwhile is met by the next call. */
static void kill_each(const char *cgroup)
{
	char path[4096];
	FILE *file;
	int pid;

	if (snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup) >= (int)sizeof(path))
		return;
	file = fopen(path, "re");
	if (!file)
		return;
	while (fscanf(file, "%d", &pid) == 1)
		if (pid > 0 && pid != getpid())
			kill(pid, SIGKILL);
	fclose(file);
}

/* A folder that is not empty cannot be removed: a second later it is. */
static void clear(const struct service *service)
{
	if (!service->cgroup)
		return;
	for (int i = 0; i < 100; i++) {
		if (write_file(service->cgroup, "cgroup.kill", "1") < 0)
			kill_each(service->cgroup);
		if (rmdir(service->cgroup) == 0 || errno != EBUSY)
			return;
		usleep(10000);
	}
}

static int wait_end(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int supervise(struct service *service)
{
	struct sigaction action = { .sa_handler = pass_on };
	int go[2], status = 1;

	if (pipe(go) < 0)
		return 1;
	service->pid = fork();
	if (service->pid == 0) {
		close(go[1]);
		_exit(start(service, go[0]));
	}
	close(go[0]);
	child = service->pid;
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	if (service->pid > 0 && enter(service) == 0 && apply(service) == 0 && write(go[1], "", 1) == 1)
		status = 0;
	close(go[1]);
	if (service->pid > 0 && status == 0)
		status = wait_end(service->pid);
	else if (service->pid > 0)
		wait_end(service->pid); /* it has read the end of the pipe */
	clear(service);
	return ejg_release(service->handle) < 0 && status == 0 ? 1 : status;
}

int main(int argc, char **argv)
{
	struct ejg_options options = { .size = sizeof(options) };
	struct service service = { 0 };
	int status;

	if (argc > 2 && strcmp(argv[1], "-c") == 0) {
		service.cgroup = argv[2];
		argc -= 2;
		argv += 2;
	}
	if (argc < 6)
		return 2;
	options.confdir = argv[1];
	options.moduledir = argv[2];
	options.rundir = argv[3];
	options.service = argv[4];
	service.command = argv + 5;
	status = ejg_open(&options, &service.handle);
	if (status < 0) {
		fprintf(stderr, "%s\n", strerror(-status));
		return 2;
	}
	ejg_set_log(service.handle, log_line, stderr, EJG_LOG_WARNING);
	status = supervise(&service);
	ejg_close(service.handle);
	return status;
}
