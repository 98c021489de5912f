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

static void log_line(void *data, enum ejg_log_level level, const char *module, const char *message)
{
	static const char *const names[] = { "error", "warning", "info", "debug" };

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
	if (arguments->verbose)
		ejg_set_log(output->guard, log_line, NULL, EJG_LOG_DEBUG);
	running = output->guard;
	catch_signals();
	return 0;
}

void guard_close(struct output *output)
{
	running = NULL;
	output->guard = ejg_close(output->guard);
}
