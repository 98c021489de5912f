/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard: the global options, and the way to the verb. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <string.h>

#include "tools/base/handle.h"
#include "tools/base/options.h"
#include "tools/print/print.h"
#include "tools/verbs/verbs.h"

static void print_help(void)
{
	printf("Usage: ejguard [OPTION]... VERB [SERVICE] [VERB-OPTION]...\n"
	       "Guards a service (ejabberd unless another is named) with the modules of its stack file.\n\n"
	       "Verbs:\n");
	for (size_t i = 0; i < N_VERBS; i++)
		printf("  %-20s %s\n", verbs[i].name, verbs[i].summary);
	printf("\nOptions, before the verb:\n");
	options_print_help(global_options, n_global_options, stdout);
	printf("\nExit status: 0 held, 1 not held, 2 usage, 3 stack or module invalid, 4 this system cannot.\n"
	       "\"ejguard VERB --help\" shows the options of a verb; ejguard(8) is the manual.\n");
}

static void print_verb_help(const struct verb *verb)
{
	printf("Usage: ejguard [OPTION]... %s [OPTION]... %s\n%s.\n\nOptions:\n", verb->name, verb->operand,
	       verb->summary);
	options_print_help(verb->options, verb->n_options, stdout);
	printf("  %-20s %s\n", "-h, --help", "print this help");
}

/* An error of usage may stand before --json: the answer is JSON all the same. */
static bool asks_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

static int parse_verb(int argc, char **argv, struct arguments *arguments, struct report *report)
{
	static const struct option_spec help = { "help", 'h', OPTION_FLAG, NULL, offsetof(struct arguments, help), "" };
	struct option_spec options[8];
	const struct verb *verb;
	int next, r;

	verb = verb_find(argv[0]);
	if (!verb)
		return report_fail(report, -EINVAL, "unknown verb '%s'; try ejguard --help", argv[0]);
	report->verb = verb;
	for (size_t i = 0; i < verb->n_options; i++)
		options[i] = verb->options[i];
	options[verb->n_options] = help;
	arguments->n_wanted = verb->n_words;
	r = options_parse(options, verb->n_options + 1, true, argc, argv, arguments, report, &next);
	if (r == 0 && arguments->n_words < verb->n_words && !arguments->help)
		return report_fail(report, -EINVAL, "%s needs %s; try ejguard --help", verb->name, verb->operand);
	return r;
}

static int parse(int argc, char **argv, struct arguments *arguments, struct report *report)
{
	int next, r;

	r = options_parse(global_options, n_global_options, false, argc, argv, arguments, report, &next);
	if (r < 0)
		return r;
	if (arguments->help || arguments->version)
		return 0;
	if (arguments->quiet && arguments->verbose)
		return report_fail(report, -EINVAL, "-q and -v exclude each other; try ejguard --help");
	if (next == argc)
		return report_fail(report, -EINVAL, "no verb was given; try ejguard --help");
	return parse_verb(argc - next, argv + next, arguments, report);
}

/* Descriptors 0 to 2 must be open: else a map or a drop-in could be opened as 1, and the report be written into it. */
static int open_standard_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd) /* NOLINT: is to be inherited */
			return -EIO;
	return 0;
}

static int run(int argc, char **argv, struct arguments *arguments, struct report *report)
{
	report->arguments = arguments;
	report->json = asks_json(argc, argv);
	report->error = parse(argc, argv, arguments, report);
	report->quiet = arguments->quiet;
	report->verbose = arguments->verbose;
	if (report->error < 0)
		return print_report(report);
	if (arguments->help || arguments->version) {
		if (arguments->version)
			printf("ejguard %s (libejguard %s)\n", EJG_VERSION, ejg_version());
		else if (report->verb)
			print_verb_help(report->verb);
		else
			print_help();
		return fflush(stdout) == 0 ? 0 : 1;
	}
	report->error = verb_run(arguments, report);
	handle_end_progress(report);
	return print_report(report);
}

int main(int argc, char **argv)
{
	struct arguments arguments = {};
	struct report report = { .on_event = print_event };
	int status;

	if (open_standard_descriptors() < 0)
		return 1;
	/* A reader that goes away must not kill an apply halfway: writing then fails, and is reported. */
	signal(SIGPIPE, SIG_IGN);
	setlocale(LC_CTYPE, "");
	setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
	status = run(argc, argv, &arguments, &report);
	handle_close(&report);
	report_free(&report);
	arguments_free(&arguments);
	return status;
}
