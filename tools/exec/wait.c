/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Waits for the end. `ejabberdctl foreground` does not forward its signals: a manager that kills it leaves beam and
 * epmd running, and the next start fails. Here the end of the command, or a signal to stop, ends everything in the
 * cgroup: with SIGTERM first, and after PATIENCE_MS with cgroup.kill (Linux 5.14) or SIGKILL.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "libejguard/util/cleanup.h"
#include "libejguard/util/clock.h"
#include "tools/exec/exec.h"

#define PATIENCE_MS 30000 /* ejabberd closes its tables on SIGTERM */
#define TURN_MS 50

struct waiter {
	const struct exec_cgroup *cgroup;
	pid_t child;
	int signals;
	int status; /* of the child, when it has ended */
	bool ended; /* the child has */
	bool stopping;
	int64_t deadline;
};

static FILE *open_processes(const struct waiter *waiter)
{
	cleanup_free char *path = NULL;

	if (asprintf(&path, "%s/cgroup.procs", waiter->cgroup->path) < 0)
		path = NULL;
	return path ? fopen(path, "re") : NULL;
}

/* Sends a signal (0: none) to every process of the cgroup. Return: how many there are. */
static size_t signal_all(const struct waiter *waiter, int number)
{
	cleanup_file FILE *file = open_processes(waiter);
	size_t n = 0;
	int pid;

	while (file && fscanf(file, "%d", &pid) == 1) {
		if (pid <= 0 || pid == getpid())
			continue;
		n++;
		if (number)
			kill(pid, number);
	}
	return n;
}

static void kill_all(const struct waiter *waiter)
{
	cleanup_free char *path = NULL;
	cleanup_fd int fd = -1;

	if (asprintf(&path, "%s/cgroup.kill", waiter->cgroup->path) < 0)
		path = NULL;
	if (path)
		fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "1", 1) < 0)
		signal_all(waiter, SIGKILL);
}

static void stop(struct waiter *waiter)
{
	if (!waiter->stopping)
		waiter->deadline = clock_ms() + PATIENCE_MS;
	waiter->stopping = true;
	if (!waiter->ended)
		kill(waiter->child, SIGTERM); /* it may not be in the cgroup yet */
	signal_all(waiter, SIGTERM);
	signal_all(waiter, SIGCONT); /* a stopped process does not handle SIGTERM */
}

static void reap(struct waiter *waiter)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != waiter->child)
			continue;
		waiter->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		waiter->ended = true;
		stop(waiter);
	}
}

static void take_signal(struct waiter *waiter)
{
	struct signalfd_siginfo info;

	if (read(waiter->signals, &info, sizeof(info)) != sizeof(info))
		return;
	switch (info.ssi_signo) {
	case SIGCHLD:
		reap(waiter);
		break;
	case SIGTERM:
	case SIGINT:
	case SIGQUIT:
		stop(waiter);
		break;
	default:
		if (!waiter->ended)
			kill(waiter->child, (int)info.ssi_signo);
	}
}

static bool is_over(const struct waiter *waiter)
{
	return waiter->ended && signal_all(waiter, 0) == 0;
}

static void follow(struct waiter *waiter)
{
	struct pollfd p = { .fd = waiter->signals, .events = POLLIN };

	while (!is_over(waiter)) {
		if (poll(&p, 1, waiter->stopping ? TURN_MS : -1) > 0)
			take_signal(waiter);
		if (waiter->stopping && clock_ms() > waiter->deadline) {
			kill_all(waiter);
			if (!waiter->ended)
				kill(waiter->child, SIGKILL);
		}
	}
}

/* Signals that are read from a descriptor here, and that the child must get unchanged. */
static void fill_signals(sigset_t *set)
{
	static const int numbers[] = { SIGCHLD, SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2 };

	sigemptyset(set);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		sigaddset(set, numbers[i]);
}

int exec_wait(const struct exec_cgroup *cgroup, struct report *report)
{
	struct waiter waiter = { .cgroup = cgroup };
	sigset_t set, before;

	fill_signals(&set);
	if (sigprocmask(SIG_BLOCK, &set, &before) < 0)
		return report_fail(report, -EIO, "cannot block signals: %s", strerror(errno));
	waiter.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (waiter.signals < 0)
		return report_fail(report, -EIO, "cannot wait for signals: %s", strerror(errno));
	waiter.child = fork();
	if (waiter.child < 0)
		return report_fail(report, -EIO, "cannot fork: %s", strerror(errno));
	if (waiter.child == 0) {
		close(waiter.signals);
		sigprocmask(SIG_SETMASK, &before, NULL);
		return 0;
	}
	follow(&waiter);
	exec_cgroup_remove(cgroup);
	_exit(waiter.status);
}
