/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/base/handle.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/text.h"

/* A signal handler has no argument for this. */
static _Atomic(struct ejg *) running;

static const int signals[] = { SIGHUP, SIGINT, SIGTERM };

static volatile sig_atomic_t caught;

static void on_signal(int signal)
{
	struct ejg *handle = running;

	caught = 1;
	if (handle)
		ejg_cancel(handle);
}

static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART }, old;

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
}

bool handle_release_signals(void)
{
	struct sigaction old;

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler == on_signal)
			signal(signals[i], SIG_DFL);
	return caught;
}

/* Messages with this prefix report progress: a screen shows only the last one. */
static const char progress[] = "progress: ";

static bool can_rewrite(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

static void clear_progress(struct report *report)
{
	if (report->progress) {
		fputs("\r\033[K", stderr);
		fflush(stderr); /* before stdout writes to the same screen */
	}
	report->progress = false;
}

void handle_progress(struct report *report, const char *text)
{
	unsigned int width = text_width(stderr) - 1;

	if (!report->shows_progress)
		return;
	fputs("\r\033[K", stderr);
	text_put_cut(stderr, text, width);
	fflush(stderr);
	report->progress = true;
}

static void show_progress(struct report *report, const char *module, const char *message)
{
	cleanup_free char *text = NULL;

	if (asprintf(&text, "%s: %s", strcmp(module, "core") == 0 ? report->service : module, message) < 0)
		text = NULL;
	else
		handle_progress(report, text);
}

/* Each operation of a module begins with a message that is its name: the screen shows which one it waits for. */
static void show_operation(struct report *report, const char *module, const char *operation)
{
	static const struct {
		const char *name, *text;
	} operations[] = {
		{ "check", "checking" },	{ "prepare", "preparing" },
		{ "apply", "applying" },	{ "prove", "self-test" },
		{ "status", "status" },		{ "release", "releasing" },
		{ "explain", "looking it up" }, { "doctor", "looking at this system" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(operations); i++)
		if (strcmp(operations[i].name, operation) == 0)
			show_progress(report, module, operations[i].text);
}

static void log_line(void *data, enum ejg_log_level level, const char *module, const char *message)
{
	static const char *const names[] = { "error", "warning", "info", "debug" };
	struct report *report = data;

	if (level == EJG_LOG_INFO && strncmp(message, progress, sizeof(progress) - 1) == 0) {
		show_progress(report, module, message + sizeof(progress) - 1);
		return;
	}
	if (!report->arguments->verbose) {
		if (level == EJG_LOG_DEBUG)
			show_operation(report, module, message);
		return;
	}
	clear_progress(report);
	fprintf(stderr, "ejguard: %s: ", (size_t)level < ARRAY_SIZE(names) ? names[level] : "log");
	text_put(stderr, module, strlen(module));
	fputs(": ", stderr);
	text_put(stderr, message, strlen(message));
	fputc('\n', stderr);
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int handle_open(const struct arguments *arguments, struct report *report)
{
	struct ejg_options options = {
		.size = sizeof(options),
		.service = report->service,
		.confdir = arguments->confdir,
		.moduledir = arguments->moduledir,
		.root = arguments->root,
	};
	int r;

	r = ejg_open(&options, &report->handle);
	if (r == -EINVAL && arguments->root && !is_folder(arguments->root))
		return report_fail_usage(report, "--root %s is not a folder", arguments->root);
	if (r == -EINVAL && report->service)
		return report_fail_usage(report, "'%s' cannot be a service: at most 63 of a-z, 0-9, _ and -",
					 report->service);
	if (r < 0)
		return report_fail(report, r, "cannot start: %s", strerror(-r));
	/* Events and commands use the screen themselves. */
	report->shows_progress = !arguments->quiet && can_rewrite() && report->verb && !report->verb->streams &&
				 !report->verb->runs_command;
	if (arguments->verbose || report->shows_progress)
		ejg_set_log(report->handle, log_line, report, EJG_LOG_DEBUG);
	running = report->handle;
	catch_signals();
	return 0;
}

bool handle_has_module(const struct report *report, const char *name)
{
	const struct ejg_module *module;

	for (size_t i = 0; report->handle && (module = ejg_module_get(report->handle, i)); i++)
		if (strcmp(module->name, name) == 0)
			return true;
	return false;
}

void handle_end_progress(struct report *report)
{
	clear_progress(report);
}

void handle_close(struct report *report)
{
	running = NULL;
	report->handle = ejg_close(report->handle);
}
