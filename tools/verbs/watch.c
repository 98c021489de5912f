/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard watch: prints events until a signal comes or the reader exits. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio_ext.h>
#include <string.h>
#include <sys/signalfd.h>

#include "tools/verbs/verbs.h"

enum {
	FD_SIGNALS,
	FD_READER, /* reader of our output */
	FD_FIRST_MODULE,
	MAX_EVENTS = 64, /* of one module before it is the others' turn */
};

struct watcher {
	struct report *report;
	struct pollfd *fds;
	const char **modules; /* one for each descriptor from FD_FIRST_MODULE on */
	size_t n;	      /* of modules */
};

static bool is_asked_for(const char *const *names, const char *name)
{
	for (size_t i = 0; names && names[i]; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return !names;
}

static int add(struct watcher *watcher, const char *name)
{
	struct pollfd *slot = &watcher->fds[FD_FIRST_MODULE + watcher->n];
	int r;

	r = ejg_watch(watcher->report->handle, name, &slot->fd);
	if (r < 0)
		return r;
	slot->events = POLLIN;
	watcher->modules[watcher->n++] = name;
	return 0;
}

/* The library refuses a name that is not in the stack or has no events. */
static int add_all(struct watcher *watcher, const char *const *names)
{
	const struct ejg_module *module;
	int r = 0;

	for (size_t i = 0; r == 0 && (module = ejg_module_get(watcher->report->handle, i)); i++)
		if (is_asked_for(names, module->name) && (names || module->watch))
			r = add(watcher, module->name);
	for (size_t i = 0; r == 0 && names && names[i]; i++)
		r = ejg_watch(watcher->report->handle, names[i], &(int){ -1 });
	if (r == 0 && watcher->n == 0)
		return report_fail(watcher->report, -EOPNOTSUPP,
				   "no module of the stack has live events; \"ejguard modules\" shows which have");
	return r;
}

/* From here on SIGINT, SIGTERM and SIGHUP are read from a descriptor: none is lost between two calls. */
static int open_signals(int *ret)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -EIO;
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		return -EIO;
	*ret = fd;
	return 0;
}

/* Return: the number of events, or an error. */
static int print_events(struct watcher *watcher, size_t index)
{
	const struct ejg_event *event = NULL;
	int n, r;

	for (n = 0; n < MAX_EVENTS; n++) {
		r = ejg_watch_next(watcher->report->handle, watcher->modules[index], &event);
		if (r < 0)
			return r;
		if (!event)
			break;
		r = watcher->report->on_event(watcher->report, event, stdout);
		if (r < 0)
			return report_fail(watcher->report, r, "out of memory");
		if (fflush(stdout) != 0) /* print_report() reports it, unless only the reader has exited */
			return errno == EPIPE ? -EPIPE : -EIO;
	}
	return n;
}

static int look_at(struct watcher *watcher, size_t index)
{
	short happened = watcher->fds[FD_FIRST_MODULE + index].revents;
	int n;

	if (!happened)
		return 0;
	n = print_events(watcher, index);
	if (n == 0 && (happened & (POLLERR | POLLHUP | POLLNVAL)))
		return report_fail(watcher->report, -EIO, "the module %s stopped sending events; see ejguard status",
				   watcher->modules[index]);
	return n < 0 ? n : 0;
}

/* Return: 0 at a signal, -EPIPE when the reader has exited, or another error. */
static int follow(struct watcher *watcher)
{
	int r;

	for (;;) {
		if (poll(watcher->fds, FD_FIRST_MODULE + watcher->n, -1) < 0 && errno != EINTR)
			return report_fail(watcher->report, -EIO, "cannot wait for events: %s", strerror(errno));
		if (watcher->fds[FD_SIGNALS].revents)
			return 0;
		if (watcher->fds[FD_READER].revents & (POLLERR | POLLNVAL))
			return -EPIPE;
		for (size_t i = 0; i < watcher->n; i++) {
			r = look_at(watcher, i);
			if (r < 0)
				return r;
		}
	}
}

static int run_watcher(struct watcher *watcher, const char *const *names)
{
	cleanup_fd int signals = -1;
	int r;

	r = add_all(watcher, names);
	if (r < 0)
		return r;
	if (open_signals(&signals) < 0)
		return report_fail(watcher->report, -EIO, "cannot wait for signals: %s", strerror(errno));
	watcher->fds[FD_SIGNALS] = (struct pollfd){ .fd = signals, .events = POLLIN };
	watcher->fds[FD_READER] = (struct pollfd){ .fd = STDOUT_FILENO };
	r = follow(watcher);
	if (r != -EPIPE)
		return r;
	__fpurge(stdout); /* nobody reads it any more */
	clearerr(stdout);
	return 0;
}

int verb_watch(const struct arguments *arguments, struct report *report)
{
	struct watcher watcher = { .report = report };
	size_t n = 0;
	int r;

	r = ejg_load(report->handle, NULL);
	if (r < 0)
		return r;
	while (ejg_module_get(report->handle, n))
		n++;
	watcher.fds = calloc(FD_FIRST_MODULE + n, sizeof(*watcher.fds));
	watcher.modules = calloc(n + 1, sizeof(*watcher.modules));
	if (watcher.fds && watcher.modules)
		r = run_watcher(&watcher, arguments->watched);
	else
		r = report_fail(report, -ENOMEM, "out of memory");
	free(watcher.fds);
	free(watcher.modules);
	return r;
}
