/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard: parses the global options and calls the verb. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <string.h>

#include "tools/base/handle.h"
#include "tools/base/journal.h"
#include "tools/base/options.h"
#include "tools/base/pager.h"
#include "tools/base/target.h"
#include "tools/print/print.h"
#include "tools/verbs/verbs.h"

/* The options with which an apply is only tried, in words, or NULL. */
static const char *trial_options(const struct verb *verb)
{
	if (!verb)
		return "something would change (with --dry-run or --detailed-exitcode)";
	for (size_t i = 0; i < verb->n_options; i++) {
		if (strcmp(verb->options[i].name, "dry-run") == 0)
			return "something would change (with --dry-run)";
		if (strcmp(verb->options[i].name, "detailed-exitcode") == 0)
			return "something would change (with --detailed-exitcode)";
	}
	return NULL;
}

static void print_status_line(const char *status, const char *meaning)
{
	help_print_row(stdout, 5, status, meaning);
}

/* The words of a verdict, where the verb ends with one: a verb that only shows something has none. */
static void print_exit_status(const struct verb *verb)
{
	const bool judges = verb && !verb->tells_only && !verb->streams;
	const char *trial = trial_options(verb);

	printf("\nExit status:\n");
	if (!verb || !verb->runs_command)
		print_status_line("0", judges && verb->done ? verb->done : verb ? "done" : "guarded or done");
	print_status_line("1", judges && verb->failed ? verb->failed : verb ? "failed" : "not guarded or failed");
	print_status_line("2", "wrong usage");
	print_status_line("3", "stack or module invalid");
	print_status_line("4", "not supported on this system, or not permitted");
	if (trial)
		print_status_line("5", trial);
	if (verb && verb->runs_command) {
		print_status_line("126", "the command cannot be executed");
		print_status_line("127", "the command is not found");
		printf("Once the command runs: as the command ends.\n");
	}
	if (verb && verb_id(verb) == VERB_CHECK)
		printf("With --nagios those of a plugin: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.\n");
	if (verb && verb_id(verb) == VERB_APPLY)
		printf("With --own: 78 instead of 3, and 69 or 77 instead of 4 (sysexits(3)).\n");
}

static void print_help(void)
{
	printf("Usage: ejguard VERB [SERVICE] [OPTION]...\n"
	       "Guards a service, ejabberd by default, with the modules of its stack file.\n\n"
	       "Verbs:\n");
	for (size_t i = 0; i < N_VERBS; i++)
		help_print_row(stdout, 10, verbs[i].name, verbs[i].summary);
	printf("\nOptions of all verbs:\n");
	options_print_help(global_options, n_global_options, stdout);
	print_exit_status(NULL);
	printf("\n\"ejguard VERB --help\" shows the options of a verb; ejguard(8) is the manual.\n"
	       "Begin with: ejguard check\n");
}

static void print_usage(const struct verb *verb)
{
	const char *usage = verb->usage, *before = "Usage:";

	if (!usage)
		printf("%s ejguard %s%s%s [OPTION]...\n", before, verb->name, *verb->operand ? " " : "", verb->operand);
	for (; usage; before = "      ") {
		int n = (int)strcspn(usage, "\n");

		printf("%s ejguard %s %.*s\n", before, verb->name, n, usage);
		usage = usage[n] ? usage + n + 1 : NULL;
	}
}

static void print_verb_help(const struct verb *verb)
{
	print_usage(verb);
	printf("%s.\n", verb->summary);
	if (verb->n_options > 0)
		printf("\nOptions of this verb:\n");
	options_print_help(verb->options, verb->n_options, stdout);
	printf("\nOptions of all verbs (ejguard --help explains them):\n   ");
	for (size_t i = 0; i < n_global_options; i++)
		printf(" --%s", global_options[i].name);
	putchar('\n');
	print_exit_status(verb);
}

static int end_output(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	print_lost(0);
	return 1;
}

static int print_version(const struct report *report)
{
	if (report->json)
		return print_report(report);
	printf("ejguard %s (libejguard %s)\n", EJG_VERSION, ejg_version());
	return end_output();
}

/* A usage error may come before --json on the command line: the answer must still be JSON. */
static bool asks_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

/* Words behind -- belong to another program: removed before options are read. Return: the number of words before it. */
static int take_command(const struct verb *verb, int argc, char **argv, struct arguments *arguments)
{
	for (int i = 1; verb->runs_command && i < argc; i++) {
		if (strcmp(argv[i], "--") != 0)
			continue;
		arguments->command = argv + i + 1;
		return i;
	}
	return argc;
}

/* Parses the verb's own options and those of all verbs. */
static int parse_verb(int argc, char **argv, struct arguments *arguments, struct report *report)
{
	struct option_spec options[MAX_OPTIONS];
	const struct verb *verb = report->verb;
	size_t n = 0;
	int next, r;

	for (size_t i = 0; i < verb->n_options; i++)
		options[n++] = verb->options[i];
	for (size_t i = 0; i < n_global_options; i++)
		options[n++] = global_options[i];
	arguments->n_wanted = verb->n_words;
	argc = take_command(verb, argc, argv, arguments);
	r = options_parse(options, n, true, argc, argv, arguments, report, &next);
	if (r == 0 && verb->asks_target)
		r = target_split(arguments, report);
	if (r == 0 && arguments->n_words < verb->n_words && !arguments->help && !arguments->version)
		return report_fail_usage(report, "%s needs %s", verb->name, verb->operand);
	return r;
}

static int find_verb(const char *name, struct report *report)
{
	const char *meant = verb_suggest(name);

	report->verb = verb_find(name);
	if (report->verb)
		return 0;
	if (meant)
		return report_fail(report, -EINVAL, "unknown verb '%s'; did you mean '%s'?", name, meant);
	return report_fail_usage(report, "unknown verb '%s'", name);
}

/* "help VERB" is "VERB --help", and "version" is "--version". */
static int parse_question(struct arguments *arguments, struct report *report)
{
	enum verb_id id = verb_id(report->verb);

	if (id == VERB_VERSION && arguments->operand)
		return report_fail_usage(report, "unexpected word '%s'", arguments->operand);
	if (id == VERB_VERSION && !arguments->help)
		arguments->version = true;
	if (id != VERB_HELP || arguments->help)
		return 0;
	arguments->help = true;
	report->verb = NULL;
	return arguments->operand ? find_verb(arguments->operand, report) : 0;
}

static int parse(int argc, char **argv, struct arguments *arguments, struct report *report)
{
	int next, r;

	r = options_parse(global_options, n_global_options, false, argc, argv, arguments, report, &next);
	if (r < 0)
		return r;
	if (next == argc)
		return arguments->help || arguments->version ? 0 : report_fail_usage(report, "no verb was given");
	r = find_verb(argv[next], report);
	if (r == 0)
		r = parse_verb(argc - next, argv + next, arguments, report);
	if (r == 0)
		r = parse_question(arguments, report);
	if (r == 0 && arguments->quiet && arguments->verbose)
		return report_fail_usage(report, "-q and -v cannot be used together");
	return r;
}

/* Descriptors 0 to 2 must be open: else a map or a drop-in could become 1, and the report be written into it. */
static int open_standard_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd) /* NOLINT: child processes inherit it */
			return -EIO;
	return 0;
}

static int print_help_of(const struct report *report)
{
	if (report->verb)
		print_verb_help(report->verb);
	else
		print_help();
	return end_output();
}

/* The exit status is the report's, whatever becomes of the pager. */
static int print_paged(const struct report *report, int (*print)(const struct report *report))
{
	struct pager pager = pager_begin(report);
	int status = print(report);

	pager_end(&pager);
	return status;
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
	if (arguments->version)
		return print_version(report);
	if (arguments->help)
		return print_paged(report, print_help_of);
	report->error = verb_run(arguments, report);
	handle_end_progress(report);
	return print_paged(report, print_report);
}

int main(int argc, char **argv)
{
	struct arguments arguments = {};
	struct report report = { .on_event = print_event };
	int status;

	if (open_standard_descriptors() < 0)
		return 1;
	/* If the reader of the output exits, SIGPIPE must not kill an apply halfway: writing fails, and is reported. */
	report.sigpipe_was_ignored = signal(SIGPIPE, SIG_IGN) == SIG_IGN;
	/* The same for a limit of the file size: writing fails instead, and partial files are removed. */
	report.sigxfsz_was_ignored = signal(SIGXFSZ, SIG_IGN) == SIG_IGN;
	/* If it were ignored, the exit status of helpers would be lost. */
	report.sigchld_was_ignored = signal(SIGCHLD, SIG_DFL) == SIG_IGN;
	setlocale(LC_CTYPE, "");
	setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
	report.journal = journal_reads(STDERR_FILENO);
	status = run(argc, argv, &arguments, &report);
	handle_close(&report);
	report_free(&report);
	arguments_free(&arguments);
	return status;
}
