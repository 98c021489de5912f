/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The page of status: what was refused, and by which policy, before what is wrong; what is guarded behind that.
 * Findings that are not about the guard are only counted; check shows them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/text.h"
#include "tools/print/finding-list.h"
#include "tools/print/print.h"

enum { MAX_MODULES = 16 };

bool guarded_leaves(const struct report *report, const struct ejg_finding *finding)
{
	const bool of_guard = report_is_of_guard(report, finding);

	if (finding_section(finding) == SECTION_WARNING || finding_section(finding) == SECTION_UNSEEN)
		return of_guard || report->verbose;
	return !of_guard && report->verbose;
}

/* True if the finding is in one of the tables here. */
static bool is_shown(const struct report *report, const struct ejg_finding *finding)
{
	return (finding_section(finding) == SECTION_INFO || finding_section(finding) == SECTION_OK) &&
	       report_is_of_guard(report, finding);
}

static int print_denials(const struct report *report, FILE *out)
{
	static const char *const headings[] = { "MODULE", "DENIAL" };
	struct table *table = table_new(out, headings, ARRAY_SIZE(headings), TABLE_NO_NUMBER);
	const struct ejg_finding *finding;

	for (size_t i = 0; (finding = report_finding(report, i)); i++)
		if (is_shown(report, finding) && report_is_named(finding, "denied"))
			table_row(table, (const char *[]){ finding->module, finding->message }, NULL);
	return table_print(table, "Last denials:");
}

/* True if it is a row of that table. What would work is not what guards. */
static bool is_row(const struct report *report, const struct ejg_finding *finding, bool policy)
{
	return is_shown(report, finding) && !report_is_named(finding, "denied") &&
	       !report_is_named(finding, "would-load") && report_is_named(finding, "policy") == policy;
}

/* Prints the findings that are the policy in force, or the others. */
static int print_table(const struct report *report, bool policy, FILE *out)
{
	const char *const headings[] = { "MODULE", policy ? "POLICY" : "SUBJECT", policy ? "VALUE" : "STATE" };
	struct table *table = table_new(out, headings, ARRAY_SIZE(headings), TABLE_NO_NUMBER);
	const struct ejg_finding *finding;

	for (size_t i = 0; (finding = report_finding(report, i)); i++)
		if (is_row(report, finding, policy))
			table_row(table, (const char *[]){ finding->module, finding->subject, finding->message }, NULL);
	return table_print(table, policy ? "In force:" : "Guarded now:");
}

static bool has_named(const struct report *report, const char *name)
{
	const struct ejg_finding *finding;

	for (size_t i = 0; (finding = report_finding(report, i)); i++)
		if (report_is_named(finding, name))
			return true;
	return false;
}

int print_in_force(const struct report *report, FILE *out)
{
	int r = print_denials(report, out);

	if (has_named(report, "denied"))
		fputc('\n', out);
	if (r == 0)
		r = print_table(report, true, out);
	if (has_named(report, "policy"))
		fputc('\n', out);
	return r;
}

int print_guarded(const struct report *report, FILE *out)
{
	const struct ejg_finding *finding;
	bool absent = false, any = false;

	for (size_t i = 0; (finding = report_finding(report, i)); i++) {
		absent |= report_is_named(finding, "not-loaded");
		any |= is_row(report, finding, false);
	}
	if (absent && !any)
		fputs("Guarded now: nothing\n", out);
	return print_table(report, false, out);
}

/* Adds the name to the list of names. */
static void add_name(const char **names, size_t *n, const char *name)
{
	for (size_t i = 0; i < *n; i++)
		if (strcmp(names[i], name) == 0)
			return;
	if (*n < MAX_MODULES)
		names[(*n)++] = name;
}

int print_left_out(const struct report *report, FILE *out)
{
	struct paragraph paragraph = { .out = out, .width = text_width(out) };
	const char *names[MAX_MODULES];
	size_t n = 0, n_names = 0;
	const struct ejg_finding *finding;
	char number[NUMBER_SIZE];

	for (size_t i = 0; (finding = report_finding(report, i)); i++) {
		const enum section section = finding_section(finding);

		if ((section != SECTION_WARNING && section != SECTION_UNSEEN) || is_shown(report, finding) ||
		    guarded_leaves(report, finding))
			continue;
		n++;
		add_name(names, &n_names, finding->module);
	}
	if (n == 0)
		return 0;
	paragraph_add(&paragraph, format_number(n, number));
	paragraph_add(&paragraph, n == 1 ? " finding of" : " findings of");
	for (size_t i = 0; i < n_names; i++) {
		paragraph_add(&paragraph, " ");
		paragraph_add(&paragraph, names[i]);
	}
	paragraph_add(&paragraph,
		      n == 1 ? " is not shown; ejguard check shows it" : " are not shown; ejguard check shows them");
	paragraph_end(&paragraph);
	return 0;
}
