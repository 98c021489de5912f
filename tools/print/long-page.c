/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A page for many failures and warnings: first three lines with the most important remedies; then a heading for each
 * file, below it a line for each cause, and for each kind of effect. Other remedies are only shown with -v.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/text.h"
#include "tools/print/entries.h"
#include "tools/print/long-page.h"
#include "tools/print/remedy.h"

#define IMAGE_WORDS "in the image, run: " /* core/remedy.h: a command that is not for this system */

enum { INDENT = 2, WORD = 9, N_FIRST = 3, MAX_LABELS = 6 };

struct long_page {
	const struct report *report;
	FILE *out;
	unsigned int width;
	bool colour;
	struct entry_list entries;
	const struct ejg_finding *first[N_FIRST]; /* shown at the top */
	size_t n_first;
	unsigned int word; /* the section whose word was last printed below this heading */
};

/* The step shown at the top, with the finding's place if the step has none. NULL without memory, or without a step. */
static char *first_step(const struct ejg_finding *finding, bool *ret_run)
{
	const char *remedy = finding->remedy;
	struct step step;
	char *text;
	int n;

	*ret_run = false;
	if (!step_next(&remedy, &step))
		return NULL;
	*ret_run = step.kind == STEP_RUN;
	if (step.kind != STEP_WORDS)
		n = asprintf(&text, "%s: %.*s", step_name(step.kind), (int)step.n, step.text);
	else if (step.n > strlen(IMAGE_WORDS) && strncmp(step.text, IMAGE_WORDS, strlen(IMAGE_WORDS)) == 0)
		n = asprintf(&text, "%.*s", (int)step.n, step.text);
	else if (*finding->file && finding->line)
		n = asprintf(&text, "edit: %s:%u: %.*s", finding->file, finding->line, (int)step.n, step.text);
	else
		n = asprintf(&text, "%s: %s%s%.*s", *finding->file ? "edit" : "do", finding->file,
			     *finding->file ? ": " : "", (int)step.n, step.text);
	return n < 0 ? NULL : text;
}

static bool is_first(const struct long_page *page, const struct ejg_finding *finding)
{
	for (size_t i = 0; i < page->n_first; i++)
		if (page->first[i] == finding)
			return true;
	return false;
}

/* True if the same remedy is shown at the top. */
static bool is_told(const struct long_page *page, const struct ejg_finding *finding)
{
	for (size_t i = 0; i < page->n_first; i++)
		if (strcmp(page->first[i]->remedy, finding->remedy) == 0)
			return true;
	return false;
}

static bool comes_before(const struct entry *a, const struct entry *b)
{
	if (a->worst != b->worst)
		return a->worst < b->worst;
	if (a->n_group != b->n_group)
		return a->n_group > b->n_group;
	return a->index < b->index;
}

/* Chooses the worst causes with different remedies; among equally bad ones those with more effects. */
static void choose_first(struct long_page *page)
{
	while (page->n_first < N_FIRST) {
		const struct entry *best = NULL;

		for (size_t i = 0; i < page->entries.n; i++) {
			const struct entry *entry = &page->entries.items[i];

			if (!entry_is_root(entry) || !*entry->finding->remedy || is_told(page, entry->finding))
				continue;
			if (!best || comes_before(entry, best))
				best = entry;
		}
		if (!best)
			return;
		page->first[page->n_first++] = best->finding;
	}
}

/* In one line: the id is also printed below, and is left out if there is no room. */
static int print_first(const struct long_page *page)
{
	for (size_t i = 0; i < page->n_first; i++) {
		const struct ejg_finding *finding = page->first[i];
		const unsigned int number = strlen("1. "), id = text_columns(finding->id) + strlen(" []");
		bool run;
		cleanup_free char *text = first_step(finding, &run);

		if (!text)
			return -ENOMEM;
		fprintf(page->out, "%zu. ", i + 1);
		if (run)
			text_put(page->out, text, strlen(text));
		else
			text_put_cut(page->out, text, page->width - number);
		if (run || number + text_columns(text) + id <= page->width) {
			fputs(" [", page->out);
			text_put(page->out, finding->id, strlen(finding->id));
			fputc(']', page->out);
		}
		fputc('\n', page->out);
	}
	return 0;
}

static size_t count(const struct long_page *page, size_t first, size_t end, enum section section)
{
	size_t n = 0;

	for (size_t i = first; i < end; i++)
		n += finding_section(page->entries.items[i].finding) == section;
	return n;
}

/* "2 failures, 1 warning". */
static char *format_counts(const struct long_page *page, size_t first, size_t end)
{
	size_t failures = count(page, first, end, SECTION_FAILURE), warnings = end - first - failures;
	char a[NUMBER_SIZE], b[NUMBER_SIZE], *text;

	if (asprintf(&text, "%s%s%s%s%s", failures ? format_number(failures, a) : "",
		     failures == 0   ? ""
		     : failures == 1 ? " failure"
				     : " failures",
		     failures && warnings ? ", " : "", warnings ? format_number(warnings, b) : "",
		     warnings == 0   ? ""
		     : warnings == 1 ? " warning"
				     : " warnings") < 0)
		return NULL;
	return text;
}

static int print_head(const struct long_page *page)
{
	const struct margins margins = { page->out, page->width, 0 };
	cleanup_free char *counts = format_counts(page, 0, page->entries.n), *text = NULL;

	if (!counts || asprintf(&text, "%s: these come first; ejguard -v %s%s%s shows what to do about each", counts,
				finding_asker(page->report), *finding_asked(page->report) ? " " : "",
				finding_asked(page->report)) < 0)
		return -ENOMEM;
	print_paragraph(&margins, "", 0, text);
	return 0;
}

/* The label below the heading: a line, the rest of a path, another file. */
static char *label(const struct entry *entry, bool brief)
{
	const struct ejg_finding *finding = entry->finding;
	const char *file = finding->file, *subject = finding->subject;
	size_t n = strlen(entry->place);
	char line[NUMBER_SIZE] = "", *text;

	if (strcmp(file, entry->place) == 0)
		file = "";
	else if (strncmp(file, entry->place, n) == 0 && file[n] == '/')
		file += n + 1;
	if (strcmp(subject, finding->file) == 0 || strcmp(subject, entry->place) == 0 ||
	    (!brief && finding_tells(finding->message, subject)))
		subject = "";
	if (finding->line)
		snprintf(line, sizeof(line), *file ? ":%u" : "%u", finding->line);
	if (asprintf(&text, "%s%s%s%s", file, line, (*file || *line) && *subject ? " " : "", subject) < 0)
		return NULL;
	return text;
}

/* The text for several findings of one kind: their labels, and the summary of the kind. */
static char *join(const struct long_page *page, size_t first, size_t end, bool brief)
{
	const struct ejg_finding *finding = page->entries.items[first].finding;
	cleanup_free char *last = NULL;
	char *text = NULL, number[NUMBER_SIZE];
	bool any = false, memory = true;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (size_t i = first; i < end && i < first + MAX_LABELS && memory; i++) {
		char *one = label(&page->entries.items[i], brief);

		memory = one;
		if (one && *one && (!last || strcmp(last, one) != 0)) {
			fprintf(out, "%s%s", any ? ", " : "", one);
			any = true;
		}
		free(last);
		last = one;
	}
	if (end - first > MAX_LABELS)
		fprintf(out, " and %s more", format_number(end - first - MAX_LABELS, number));
	fprintf(out, "%s%s [%s]", any ? ": " : "", brief ? finding_summary(page->report, finding) : finding->message,
		finding->id);
	if (fclose(out) == 0 && memory)
		return text;
	free(text);
	return NULL;
}

/* Prints the word for the severity, once below a heading, and the space before the text. */
static void print_word(struct long_page *page, enum section section)
{
	const char *word = section == SECTION_FAILURE ? "failure" : "warning";

	if (page->word == section) {
		fprintf(page->out, "%*s", INDENT + WORD, "");
		return;
	}
	page->word = section;
	fprintf(page->out, "%*s%s%s%s%*s", INDENT, "",
		!page->colour		     ? ""
		: section == SECTION_FAILURE ? "\033[1;31m"
					     : "\033[1;33m",
		word, page->colour ? "\033[0m" : "", WORD - (int)strlen(word), "");
}

/* Prints the effects of one cause; those of one kind in one line. */
static int print_effects(const struct long_page *page, size_t first, size_t end)
{
	const struct margins margins = { page->out, page->width, INDENT + WORD + INDENT };

	for (size_t i = first, next; i < end; i = next) {
		cleanup_free char *text = NULL;

		next = i + 1;
		while (next < end &&
		       strcmp(page->entries.items[next].finding->id, page->entries.items[i].finding->id) == 0)
			next++;
		text = join(page, i, next, true);
		if (!text)
			return -ENOMEM;
		fprintf(page->out, "%*s", margins.indent, "");
		print_paragraph(&margins, "", INDENT, text);
	}
	return 0;
}

/* True if both entries fit in one line: warnings of one kind, without effects. */
static bool is_alike(const struct long_page *page, size_t first, size_t i)
{
	const struct entry *a = &page->entries.items[first], *b = &page->entries.items[i];

	return finding_section(a->finding) == SECTION_WARNING && strcmp(a->finding->id, b->finding->id) == 0 &&
	       strcmp(a->place, b->place) == 0 && entry_is_root(b) &&
	       entries_root_end(&page->entries, first) == first + 1 && entries_root_end(&page->entries, i) == i + 1 &&
	       !is_first(page, b->finding);
}

/* Prints a cause with its effects, or some warnings of one kind. Return: the index behind them, or -ENOMEM. */
static ssize_t print_cause(struct long_page *page, size_t first)
{
	const struct margins margins = { page->out, page->width, INDENT + WORD };
	const struct entry *entry = &page->entries.items[first];
	size_t end = entries_root_end(&page->entries, first), next = first + 1;
	bool brief = finding_section(entry->finding) == SECTION_WARNING;
	cleanup_free char *text = NULL;
	int r = 0;

	while (next < page->entries.n && is_alike(page, first, next))
		next++;
	text = join(page, first, next, brief);
	if (!text)
		return -ENOMEM;
	print_word(page, entry_section(entry->worst));
	print_paragraph(&margins, "", INDENT, text);
	if (is_first(page, entry->finding))
		r = print_steps(&margins, entry->finding->remedy);
	if (r == 0 && next == first + 1)
		r = print_effects(page, next, end);
	return r < 0 ? r : (ssize_t)(next > end ? next : end);
}

static int print_place(struct long_page *page, size_t first, size_t end)
{
	const char *place = page->entries.items[first].place;
	cleanup_free char *counts = format_counts(page, first, end);
	ssize_t next;

	if (!counts)
		return -ENOMEM;
	fprintf(page->out, "\n%s", page->colour ? "\033[1m" : "");
	text_put(page->out, place, strlen(place));
	fprintf(page->out, "%s: %s\n", page->colour ? "\033[0m" : "", counts);
	page->word = UINT32_MAX;
	for (size_t i = first; i < end; i = (size_t)next) {
		next = print_cause(page, i);
		if (next < 0)
			return (int)next;
	}
	return 0;
}

int print_long_page(const struct report *report, bool (*is_wanted)(const struct ejg_finding *finding, const void *data),
		    const void *data, FILE *out)
{
	struct long_page page = {
		.report = report,
		.out = out,
		.width = text_width(out),
		.colour = text_colour(out),
	};
	cleanup_entries struct entry_list entries = {};
	int r = entries_make(report, is_wanted, data, &entries);

	if (r < 0)
		return r;
	page.entries = entries;
	choose_first(&page);
	r = print_first(&page);
	if (r == 0)
		r = print_head(&page);
	for (size_t i = 0, end; i < entries.n && r == 0; i = end) {
		end = entries_place_end(&entries, i);
		r = print_place(&page, i, end);
	}
	return r;
}
