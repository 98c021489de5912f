/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is printed where: the report to stdout, errors to stderr, and nothing twice to the same place. */
#include "tools/output.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/finding-list.h"
#include "tools/text.h"
#include "tools/tool.h"

static const struct exit_status exit_statuses[] = {
	{ 0, 0, "held" },	 { -EACCES, 1, "not-held" },  { -EBUSY, 1, "error" },  { -ECANCELED, 1, "error" },
	{ -EIO, 1, "error" },	 { -ENOMEM, 1, "error" },     { -EINVAL, 2, "error" }, { -EBADMSG, 3, "error" },
	{ -ENOENT, 3, "error" }, { -EOPNOTSUPP, 4, "error" }, { -EPERM, 4, "error" },
};

const struct exit_status *exit_status(int error)
{
	static const struct exit_status unknown = { -EIO, 1, "error" };

	for (size_t i = 0; i < ARRAY_SIZE(exit_statuses); i++)
		if (exit_statuses[i].error == error)
			return &exit_statuses[i];
	return &unknown;
}

int output_fail(struct output *output, int error, const char *format, ...)
{
	va_list ap;

	free(output->message);
	va_start(ap, format);
	if (vasprintf(&output->message, format, ap) < 0)
		output->message = NULL;
	va_end(ap);
	return error;
}

const char *output_error(const struct output *output)
{
	const char *error;

	if (output->error == 0)
		return "";
	if (output->message)
		return output->message;
	error = output->guard ? ejg_error(output->guard) : "";
	if (error && *error)
		return error;
	for (size_t i = 0; i < output->notes.n; i++) /* what failed was not the last verb of the guard */
		if (output->notes.items[i].severity == EJG_FAILURE)
			return output->notes.items[i].message;
	return strerror(-output->error);
}

bool output_wants(const struct output *output, enum ejg_severity severity)
{
	if (output->verbose || (output->verb && output->verb->tells_all && !output->quiet))
		return true;
	return severity >= (output->quiet ? EJG_FAILURE : EJG_WARNING);
}

static void print_line(const struct ejg_finding *finding, FILE *out)
{
	fputs("ejguard: ", out);
	text_put(out, finding->id, strlen(finding->id));
	fputs(": ", out);
	if (*finding->file) {
		text_put(out, finding->file, strlen(finding->file));
		if (finding->line)
			fprintf(out, ":%u", finding->line);
		if (finding->line && finding->column)
			fprintf(out, ":%u", finding->column);
		fputs(": ", out);
	}
	if (*finding->subject && strcmp(finding->subject, finding->file) != 0) {
		text_put(out, finding->subject, strlen(finding->subject));
		fputs(": ", out);
	}
	text_put(out, finding->message, strlen(finding->message));
	if (*finding->remedy) {
		fputs("; ", out);
		text_put(out, finding->remedy, strlen(finding->remedy));
	}
	fputc('\n', out);
}

/* A few of each kind. Whether there are any. */
static bool print_failures(const struct output *output, FILE *out)
{
	cleanup_findings struct finding_list list = {};
	char number[NUMBER_SIZE];
	bool any = false;
	size_t end, shown;

	if (finding_list_make(output, &list) < 0)
		return false;
	for (size_t i = 0; i < list.n; i = end) {
		end = finding_list_end(&list, i);
		if (list.items[i]->severity != EJG_FAILURE)
			continue;
		any = true;
		shown = finding_fold(list.items + i, end - i, output->verbose);
		for (size_t j = i; j < i + shown; j++)
			print_line(list.items[j], out);
		if (i + shown == end)
			continue;
		fputs("ejguard: ", out);
		text_put(out, list.items[i]->id, strlen(list.items[i]->id));
		fprintf(out, ": and %s more; see ejguard -v %s\n", format_number(end - i - shown, number),
			finding_asker(output));
	}
	return any;
}

void output_lines(const struct output *output, FILE *out)
{
	const char *error = output_error(output);

	if (print_failures(output, out) && !output->message)
		return;
	if (output->error == 0)
		return;
	if (output->question && ejg_answer_count(output->guard) > 0) /* the answer is no error */
		return;
	fputs("ejguard: ", out);
	text_put(out, error, strlen(error));
	fputc('\n', out);
}

/* Whether both descriptors lead to the same place: the journal, a log file, 2>&1. */
static bool same_file(int a, int b)
{
	struct stat first, second;

	return fstat(a, &first) == 0 && fstat(b, &second) == 0 && first.st_dev == second.st_dev &&
	       first.st_ino == second.st_ino;
}

/*
 * Whether the run has got to its end: then what failed is its answer. An audit in which a module failed has asked the
 * others all the same.
 */
static bool is_answered(const struct output *output)
{
	const struct ejg_finding *finding;

	if (output->error == 0 || output->error == -EACCES)
		return true;
	if (!output->verb || !output_is_audit(output) || output->message || output->error == -ECANCELED)
		return false;
	for (size_t i = 0; (finding = output_finding(output, i)); i++)
		if (strcmp(finding->module, "core") != 0)
			return true;
	return false;
}

/*
 * A run that ended in an error says so on stderr, a line for each cause. A guard that does not hold is the answer of
 * the run: it stands in the report; where stderr is not a screen it is said there too, in lines that a log can
 * take, and if that is where the report goes, too, the report does not repeat it.
 */
static int print_text(const struct output *output)
{
	bool error = !is_answered(output);
	bool lines = error || output->message || !isatty(STDERR_FILENO);

	if (lines)
		output_lines(output, stderr);
	if (error && !output->modules && !output->has_units)
		return 0;
	return output_text(output, lines && (error || same_file(STDOUT_FILENO, STDERR_FILENO)), stdout);
}

static int print_json(const struct output *output)
{
	const char *error = output_error(output);
	int r;

	r = output_json(output, stdout);
	if (output->error < 0 && output->error != -EACCES) {
		fputs("ejguard: ", stderr);
		text_put(stderr, error, strlen(error));
		fputc('\n', stderr);
	}
	return r;
}

/* For a collector: stdout has whole figures or nothing, what failed is told on stderr. */
static int print_openmetrics(const struct output *output)
{
	output_lines(output, stderr);
	return output->error == 0 || output->error == -EACCES ? output_openmetrics(output, stdout) : 0;
}

int output_print(const struct output *output)
{
	int r, status = exit_status(output->error)->status;

	if (output->streamed && output->error == 0)
		r = 0;
	else if (output->openmetrics)
		r = print_openmetrics(output);
	else
		r = output->json ? print_json(output) : print_text(output);
	if (fflush(stdout) == 0 && !ferror(stdout) && r == 0)
		return status;
	fprintf(stderr, "ejguard: cannot write the report%s; see where stdout goes\n",
		r == -ENOMEM ? ": out of memory" : "");
	return status ? status : 1;
}
