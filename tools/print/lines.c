/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Failures as lines for a log: a few of each kind. */
#include <stdlib.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/journal.h"
#include "tools/base/message-id.h"
#include "tools/base/text.h"
#include "tools/print/finding-list.h"
#include "tools/print/print.h"
#include "tools/print/steps.h"

static void begin_line(const struct report *report, const char *priority, FILE *out)
{
	fprintf(out, "%sejguard: ", report->journal ? priority : "");
}

static void put(FILE *out, const char *text)
{
	text_put(out, text, strlen(text));
}

/* "ID: FILE:LINE:COLUMN: SUBJECT: message; remedy", in a new string; NULL without memory. */
static char *format_line(const struct ejg_finding *finding)
{
	cleanup_free char *remedy = steps_join(finding->remedy);
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	put(out, finding->id);
	fputs(": ", out);
	if (*finding->file) {
		put(out, finding->file);
		if (finding->line)
			fprintf(out, ":%u", finding->line);
		if (finding->line && finding->column)
			fprintf(out, ":%u", finding->column);
		fputs(": ", out);
	}
	if (*finding->subject && strcmp(finding->subject, finding->file) != 0) {
		put(out, finding->subject);
		fputs(": ", out);
	}
	put(out, finding->message);
	if (remedy && *remedy) {
		fputs("; ", out);
		put(out, remedy);
	}
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

/* With the fields that journalctl(1) filters by, and the id by which the catalog explains it. */
static int send_line(const struct report *report, const char *priority, const struct ejg_finding *finding,
		     const char *text)
{
	char level[] = { priority[1], '\0' }, line[16] = "", id[MESSAGE_ID_SIZE];
	const struct journal_field fields[] = {
		{ "MESSAGE", text },
		{ "PRIORITY", level },
		{ "MESSAGE_ID", message_id(finding->id, id) },
		{ "SYSLOG_IDENTIFIER", "ejguard" },
		{ "EJGUARD_SERVICE", report->service },
		{ "EJGUARD_ID", finding->id },
		{ "EJGUARD_MODULE", finding->module },
		{ "EJGUARD_SUBJECT", finding->subject },
		{ "EJGUARD_REMEDY", *finding->remedy ? finding->remedy : "see the message" },
		{ "EJGUARD_FILE", finding->file },
		{ "EJGUARD_LINE", line },
	};

	if (finding->line)
		snprintf(line, sizeof(line), "%u", finding->line);
	return journal_send(fields, ARRAY_SIZE(fields));
}

static void print_line(const struct report *report, const char *priority, const struct ejg_finding *finding, FILE *out)
{
	cleanup_free char *text = format_line(finding);

	if (text && report->journal && send_line(report, priority, finding, text) == 0)
		return;
	begin_line(report, priority, out);
	fputs(text ? text : finding->id, out);
	fputc('\n', out);
}

/* Prints a few of each kind. Return: true if there are any. */
static bool print_failures(const struct report *report, FILE *out)
{
	cleanup_findings struct finding_list list = {};
	char number[NUMBER_SIZE];
	bool any = false;
	size_t end, shown;

	if (finding_list_make(report, &list) < 0)
		return false;
	for (size_t i = 0; i < list.n; i = end) {
		end = finding_list_end(&list, i);
		if (list.items[i]->severity != EJG_FAILURE)
			continue;
		any = true;
		shown = finding_fold(list.items + i, end - i, report->verbose);
		for (size_t j = i; j < i + shown; j++)
			print_line(report, JOURNAL_ERR, list.items[j], out);
		if (i + shown == end)
			continue;
		begin_line(report, JOURNAL_ERR, out);
		text_put(out, list.items[i]->id, strlen(list.items[i]->id));
		fprintf(out, ": and %s more; see ejguard -v %s%s%s\n", format_number(end - i - shown, number),
			finding_asker(report), *finding_asked(report) ? " " : "", finding_asked(report));
	}
	return any;
}

void print_changes(const struct report *report, FILE *out)
{
	static const char *const changes[] = { "net.peer-changed", "net.connection-ended", "host.connection-ended" };
	const struct ejg_finding *finding;

	for (size_t i = 0; (finding = report_finding(report, i)); i++)
		for (size_t j = 0; j < sizeof(changes) / sizeof(*changes); j++)
			if (strcmp(finding->id, changes[j]) == 0)
				print_line(report, JOURNAL_NOTICE, finding, out);
}

void print_lines(const struct report *report, FILE *out)
{
	const char *error = report_error(report);

	if (!report->asks_root && print_failures(report, out) && !report->message)
		return;
	if (report->error == 0)
		return;
	if (report->question && ejg_answer_count(report->handle) > 0) /* the answer is no error */
		return;
	begin_line(report, JOURNAL_ERR, out);
	text_put(out, error, strlen(error));
	if (report->stays) /* this line is all that is printed */
		fprintf(out, "; the policy that was applied stays in force, ejguard release %s removes it",
			report->service);
	fputc('\n', out);
}
