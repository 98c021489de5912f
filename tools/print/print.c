/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sends the report to stdout, errors to stderr, and nothing twice to the same file. */

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/base/journal.h"
#include "tools/base/text.h"
#include "tools/print/finding-list.h"
#include "tools/print/print.h"

/* True if both descriptors lead to the same file: the journal, a log file, 2>&1. */
static bool same_file(int a, int b)
{
	struct stat first, second;

	return fstat(a, &first) == 0 && fstat(b, &second) == 0 && first.st_dev == second.st_dev &&
	       first.st_ino == second.st_ino;
}

/*
 * True if the run was complete: then its failures are its answer. An audit in which one module failed has still asked
 * the others.
 */
static bool is_answered(const struct report *report)
{
	const struct ejg_finding *finding;

	if (report->error == 0 || report->error == -EACCES)
		return true;
	if (!report->verb || report->message || report->error == -ECANCELED)
		return false;
	if (!report->verb->audits && (!report->verb->shows_all || report->error != -EPERM))
		return false;
	for (size_t i = 0; (finding = report_finding(report, i)); i++)
		if (strcmp(finding->module, "core") != 0)
			return true;
	return false;
}

/* True if the run judges the service and has something to say: also a stack that does not load belongs on the page. */
static bool is_audit(const struct report *report)
{
	return report->verb && report->verb->audits && !report->message && report_finding(report, 0);
}

/*
 * A run that ended in an error prints it on stderr, one line for each cause. A guard that does not hold is the answer
 * of the run, which is in the report. So is a stack that does not load, where a verb judges the service. If stderr is
 * not a screen, the failures are printed there too, as lines for a log; if the report goes to the same file, it does
 * not repeat them.
 */
static int print_text(const struct report *report)
{
	bool error = !is_answered(report);
	bool lines = error || report->message || !isatty(STDERR_FILENO);

	if (report->has_learned)
		return print_learned(report, stdout);
	if (lines)
		print_lines(report, stderr);
	if (error && !report->modules && !report->has_units && !is_audit(report))
		return 0;
	return print_page(report, lines && ((error && !is_audit(report)) || same_file(STDOUT_FILENO, STDERR_FILENO)),
			  stdout);
}

/* For the start of a unit: prints failures and the verdict. */
static int print_start(const struct report *report)
{
	print_lines(report, stderr);
	if (report->quiet || !is_answered(report))
		return 0;
	print_changes(report, stderr);
	fputs(report->error < 0 ? JOURNAL_ERR : JOURNAL_INFO, stderr);
	return print_outcome(report, stderr);
}

static int print_json(const struct report *report)
{
	const char *error = report_error(report);
	int r;

	r = print_object(report, stdout);
	if (report->error < 0 && report->error != -EACCES) {
		fputs("ejguard: ", stderr);
		text_put(stderr, error, strlen(error));
		fputc('\n', stderr);
	}
	return r;
}

/* For a collector: stdout gets complete metrics or nothing, failures go to stderr. */
static int print_collected(const struct report *report)
{
	print_lines(report, stderr);
	return report->error == 0 || report->error == -EACCES ? print_figures(report, stdout) : 0;
}

/* Nothing goes to stderr: Nagios reads only stdout of a plugin. */
static int print_plugin(const struct report *report)
{
	int r = print_nagios(report, stdout);

	return fflush(stdout) == 0 && !ferror(stdout) && r == 0 ? nagios_status(report) : 3;
}

/* True if stdout is a pipe whose reader has seen enough, such as head(1). */
static bool is_left(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return poll(&out, 1, 0) > 0 && out.revents & POLLERR;
}

void print_lost(int error)
{
	if (error == -ENOMEM)
		fprintf(stderr, "ejguard: cannot write the report: out of memory\n");
	else if (!is_left())
		fprintf(stderr, "ejguard: cannot write the report; see where stdout goes\n");
}

int print_report(const struct report *report)
{
	int r, status = report_status(report);

	if (report->verb && report->verb->streams && report->error == 0)
		r = 0;
	else if (report->openmetrics || report->prometheus)
		r = print_collected(report);
	else if (report->arguments->nagios)
		return print_plugin(report);
	else if (report->arguments->graph && report->surveyed)
		r = print_graph(report, stdout);
	else if (report->arguments->html && report->service && report->handle)
		r = print_html(report, stdout);
	else if (report->json)
		r = print_json(report);
	else if (report->journal && report->verb && report->verb->counts_only && !report->has_units && !report->verbose)
		r = print_start(report);
	else
		r = print_text(report);
	if (fflush(stdout) == 0 && !ferror(stdout) && r == 0)
		return status;
	print_lost(r);
	return status ? status : 1;
}
