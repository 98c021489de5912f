/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Findings as text: a section for each severity, the worst first; in it the modules, and only a few of each kind, each
 * with its place and its remedy. If there are failures, each warning is a single line.
 */
#include <errno.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/text.h"
#include "tools/print/finding-list.h"
#include "tools/print/long-page.h"
#include "tools/print/print.h"
#include "tools/print/remedy.h"

enum { INDENT = 2, MIN_NAME = 6, MAX_NAME = 16 };

/* The state of printing. */
struct page {
	const struct report *report;
	FILE *out;
	bool colour;
	bool no_failures; /* failures were already printed in the same place */
	bool brief;	  /* warnings are short */
	bool replaced;	  /* the next command stands for the remedies of the failures */
	unsigned int width;
	unsigned int indent; /* of the findings, behind the names of the modules */
	bool begun;
	const char *module; /* last printed in this section */
};

static const struct {
	const char *title;
	const char *colour;
	enum ejg_severity severity;
} sections[N_SECTIONS] = {
	[SECTION_FAILURE] = { "Failures", "\033[1;31m", EJG_FAILURE },
	[SECTION_WARNING] = { "Warnings", "\033[1;33m", EJG_WARNING },
	[SECTION_INFO] = { "Worth knowing", "\033[1m", EJG_INFO },
	[SECTION_OK] = { "As it should be", "\033[1;32m", EJG_OK },
	[SECTION_UNSEEN] = { "Not seen", "\033[1m", EJG_WARNING },
};

/* What keeps a unit from starting, or lets it start unguarded: that is what enable is about. */
static bool is_of_units(const struct report *report, const struct ejg_finding *finding)
{
	return report->verb && report->verb->makes_dropins && !report->quiet && finding->severity == EJG_WARNING &&
	       (report_is_named(finding, "bind-refused") || strcmp(finding->module, "ejguard") == 0);
}

static bool is_wanted(const struct page *page, const struct ejg_finding *finding)
{
	if (page->no_failures && finding->severity == EJG_FAILURE)
		return false;
	/* Printed separately: print_trial(). */
	if (page->report->tries && report_is_change(finding))
		return false;
	if (finding->severity == EJG_FAILURE)
		return true;
	if (page->report->verb && page->report->verb->shows_guarded && !guarded_leaves(page->report, finding))
		return false;
	return is_of_units(page->report, finding) ||
	       report_wants(page->report, sections[finding_section(finding)].severity);
}

static void print_title(struct page *page, enum section section, size_t n)
{
	char number[NUMBER_SIZE];

	fprintf(page->out, "%s%s%s%s (%s)", page->begun ? "\n" : "", page->colour ? sections[section].colour : "",
		sections[section].title, page->colour ? "\033[0m" : "", format_number(n, number));
	if (page->brief && section == SECTION_WARNING)
		fprintf(page->out, ", in short; ejguard -v %s%s%s shows what to do", finding_asker(page->report),
			*finding_asked(page->report) ? " " : "", finding_asked(page->report));
	fputc('\n', page->out);
	page->begun = true;
	page->module = NULL;
}

/* Prints the name of the module, once in a section, and the space before the findings. */
static void print_name(struct page *page, const char *module)
{
	unsigned int columns = text_columns(module);

	if (page->module && strcmp(page->module, module) == 0) {
		fprintf(page->out, "%*s", page->indent, "");
		return;
	}
	page->module = module;
	fprintf(page->out, "%*s", INDENT, "");
	text_put(page->out, module, strlen(module));
	if (columns + 2 * INDENT <= page->indent)
		fprintf(page->out, "%*s", page->indent - columns - INDENT, "");
	else
		fprintf(page->out, "\n%*s", page->indent, "");
}

/* In the format of compilers: place, subject, message. */
static char *format_finding(const struct ejg_finding *finding, const char *message)
{
	const char *subject = finding->subject;
	char place[2 * NUMBER_SIZE] = "";
	bool file = *finding->file;
	char *text;

	if (strcmp(subject, finding->file) == 0 || finding_tells(message, subject))
		subject = "";
	if (file && finding->line && finding->column)
		snprintf(place, sizeof(place), ":%u:%u", finding->line, finding->column);
	else if (file && finding->line)
		snprintf(place, sizeof(place), ":%u", finding->line);
	if (asprintf(&text, "%s%s%s%s%s%s [%s]", finding->file, place, file ? ": " : "", subject, *subject ? ": " : "",
		     message, finding->id) < 0)
		return NULL;
	return text;
}

static struct margins margins_of(const struct page *page)
{
	return (struct margins){ page->out, page->width, page->indent };
}

static int print_remedy(const struct page *page, const char *remedy)
{
	const struct margins margins = margins_of(page);

	return print_steps(&margins, remedy);
}

static bool is_brief(const struct page *page, const struct ejg_finding *finding)
{
	return page->brief && finding_section(finding) == SECTION_WARNING;
}

/* The remedy of one or more findings, unless the command that is next replaces it. */
static int print_remedy_of(struct page *page, const struct ejg_finding *finding)
{
	if (is_brief(page, finding) || (page->replaced && finding_section(finding) == SECTION_FAILURE))
		return 0;
	return print_remedy(page, finding->remedy);
}

static int print_finding(struct page *page, const struct ejg_finding *finding)
{
	const bool brief = is_brief(page, finding);
	const struct margins margins = margins_of(page);
	cleanup_free char *text =
		format_finding(finding, brief ? finding_summary(page->report, finding) : finding->message);

	if (!text)
		return -ENOMEM;
	print_name(page, finding->module);
	print_paragraph(&margins, "", INDENT, text);
	return 0;
}

static void print_rest(struct page *page, const char *id, size_t n)
{
	char number[NUMBER_SIZE];

	fprintf(page->out, "%*sand %s more [", page->indent, "", format_number(n, number));
	text_put(page->out, id, strlen(id));
	fprintf(page->out, "]; ejguard -v %s%s%s shows them all\n", finding_asker(page->report),
		*finding_asked(page->report) ? " " : "", finding_asked(page->report));
}

/* True if all units of the service lack the same, which is one matter: nothing was enabled. */
static bool is_of_all_units(const struct page *page, const struct ejg_finding *finding, size_t n)
{
	return n > 1 && n == page->report->units.n && !page->report->verbose &&
	       strcmp(finding->id, "ejguard.dropin-missing") == 0;
}

static int print_all_units(struct page *page, const struct ejg_finding *finding, size_t n)
{
	const struct margins margins = margins_of(page);
	cleanup_free char *text = NULL;

	if (asprintf(&text, "none of the %zu units has a drop-in of ejguard, so they start unguarded [%s]", n,
		     finding->id) < 0) {
		text = NULL;
		return -ENOMEM;
	}
	print_name(page, finding->module);
	print_paragraph(&margins, "", INDENT, text);
	return print_remedy_of(page, finding);
}

/* Prints findings of one kind. A remedy that all of them share is printed once. */
static int print_kind(struct page *page, const struct ejg_finding *const *findings, size_t n)
{
	size_t shown = finding_fold(findings, n, page->report->verbose);
	bool same = true;
	int r = 0;

	if (is_of_all_units(page, findings[0], n))
		return print_all_units(page, findings[0], n);
	for (size_t i = 1; i < n; i++)
		same &= strcmp(findings[i]->remedy, findings[0]->remedy) == 0;
	for (size_t i = 0; i < shown && r == 0; i++) {
		r = print_finding(page, findings[i]);
		if (r == 0 && !same)
			r = print_remedy_of(page, findings[i]);
	}
	if (r == 0 && shown < n)
		print_rest(page, findings[0]->id, n - shown);
	if (r == 0 && same)
		r = print_remedy_of(page, findings[0]);
	return r;
}

/* Removes findings that should not be shown. */
static void keep_wanted(struct page *page, struct finding_list *list)
{
	unsigned int name = MIN_NAME, columns;
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (!is_wanted(page, list->items[i]))
			continue;
		list->items[n++] = list->items[i];
		columns = text_columns(list->items[i]->module);
		if (columns > name && columns <= MAX_NAME)
			name = columns;
	}
	list->n = n;
	page->indent = INDENT + name + INDENT;
}

static size_t section_end(const struct finding_list *list, size_t first)
{
	size_t i = first;

	while (i < list->n && finding_section(list->items[i]) == finding_section(list->items[first]))
		i++;
	return i;
}

/* The number of failures and warnings that would be shown; they come first. */
static size_t count_shown(const struct page *page, const struct finding_list *list, size_t *ret_end)
{
	size_t n = 0, i = 0, end;

	for (; i < list->n && finding_section(list->items[i]) <= SECTION_WARNING; i = end) {
		end = finding_list_end(list, i);
		n += finding_fold(list->items + i, end - i, page->report->verbose);
	}
	*ret_end = i;
	return n;
}

static bool is_on_page(const struct ejg_finding *finding, const void *data)
{
	return is_wanted(data, finding);
}

/* Prints many failures and warnings on a long page. *ret_begin: the first finding that was not printed. */
static int print_many(struct page *page, const struct finding_list *list, size_t *ret_begin)
{
	size_t end;

	*ret_begin = 0;
	if (page->report->verbose || page->no_failures || count_shown(page, list, &end) < LONG_PAGE)
		return 0;
	*ret_begin = end;
	page->begun = true;
	return print_long_page(page->report, is_on_page, page, page->out);
}

int print_findings(const struct report *report, bool no_failures, FILE *out)
{
	struct page page = {
		.report = report,
		.out = out,
		.colour = text_colour(out),
		.no_failures = no_failures,
		.replaced = print_next_mends(report),
		.width = text_width(out),
	};
	cleanup_findings struct finding_list list = {};
	size_t begin, end, end_section;
	int r;

	r = finding_list_make(report, &list);
	if (r < 0)
		return r;
	page.brief = !report->verbose && list.n > 0 && finding_section(list.items[0]) == SECTION_FAILURE;
	keep_wanted(&page, &list);
	r = print_many(&page, &list, &begin);
	end_section = begin;
	for (size_t i = begin; i < list.n && r == 0; i = end) {
		if (i == end_section) {
			end_section = section_end(&list, i);
			print_title(&page, finding_section(list.items[i]), end_section - i);
		}
		end = finding_list_end(&list, i);
		r = print_kind(&page, list.items + i, end - i);
	}
	if (page.begun)
		fputc('\n', out);
	return r;
}
