/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The handle of the library that a verb works on: folders, log, cancellation. */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "tools/text.h"
#include "tools/tool.h"

/* Signal handlers take no argument of ours: the only state of the tool that is not on the stack. */
static _Atomic(struct ejg *) running;

static const int signals[] = { SIGHUP, SIGINT, SIGTERM };

static void on_signal(int signal)
{
	struct ejg *guard = running;

	if (guard)
		ejg_cancel(guard);
}

static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART }, old;

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
}

/* Messages that begin so say how far a module is: of these, a screen shows the last one. */
static const char progress[] = "progress: ";

static bool can_rewrite(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

static void clear_progress(struct output *output)
{
	if (output->progress)
		fputs("\r\033[K", stderr);
	output->progress = false;
}

static void show_progress(struct output *output, const char *module, const char *message)
{
	cleanup_free char *text = NULL;
	unsigned int width = text_width(stderr) - 1;

	if (!output->shows_progress)
		return;
	if (asprintf(&text, "%s: %s", module, message) < 0) {
		text = NULL;
		return;
	}
	fputs("\r\033[K", stderr);
	text_put_cut(stderr, text, width);
	fflush(stderr);
	output->progress = true;
}

static void log_line(void *data, enum ejg_log_level level, const char *module, const char *message)
{
	static const char *const names[] = { "error", "warning", "info", "debug" };
	struct output *output = data;

	if (level == EJG_LOG_INFO && strncmp(message, progress, sizeof(progress) - 1) == 0) {
		show_progress(output, module, message + sizeof(progress) - 1);
		return;
	}
	if (!output->arguments->verbose)
		return;
	clear_progress(output);
	fprintf(stderr, "ejguard: %s: ", (size_t)level < ARRAY_SIZE(names) ? names[level] : "log");
	text_put(stderr, module, strlen(module));
	fputs(": ", stderr);
	text_put(stderr, message, strlen(message));
	fputc('\n', stderr);
}

const char *service_name(const struct arguments *arguments)
{
	return arguments->operand ? arguments->operand : "ejabberd";
}

int guard_open(const struct arguments *arguments, struct output *output)
{
	struct ejg_options options = {
		.size = sizeof(options),
		.service = output->service,
		.confdir = arguments->confdir,
		.moduledir = arguments->moduledir,
	};
	int r;

	r = ejg_open(&options, &output->guard);
	if (r == -EINVAL && output->service)
		return output_fail(output, r,
				   "'%s' cannot be a service: at most 63 of a-z, 0-9, _ and -; try ejguard --help",
				   output->service);
	if (r < 0)
		return output_fail(output, r, "cannot open the guard: %s", strerror(-r));
	output->shows_progress = !arguments->quiet && can_rewrite();
	if (arguments->verbose || output->shows_progress)
		ejg_set_log(output->guard, log_line, output, arguments->verbose ? EJG_LOG_DEBUG : EJG_LOG_INFO);
	running = output->guard;
	catch_signals();
	return 0;
}

void guard_end_progress(struct output *output)
{
	clear_progress(output);
}

void guard_close(struct output *output)
{
	running = NULL;
	output->guard = ejg_close(output->guard);
}
