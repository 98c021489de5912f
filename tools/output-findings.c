/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings as text: by module, the worst first, each with where it stands and what to do. */
#include <errno.h>
#include <string.h>

#include "tools/text.h"
#include "tools/tool.h"

enum { MESSAGE_INDENT = 11 };

/* A finding with what decides its place: modules by their worst finding, then as they came. */
struct place {
	const struct ejg_finding *finding;
	enum ejg_severity worst;
	size_t group;
	size_t index;
};

struct style {
	FILE *out;
	bool colour;
	unsigned int width;
};

static int compare_places(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	if (a->worst != b->worst)
		return a->worst > b->worst ? -1 : 1;
	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	if (a->finding->severity != b->finding->severity)
		return a->finding->severity > b->finding->severity ? -1 : 1;
	return a->index < b->index ? -1 : 1;
}

/* Gives each finding the group of its module; n is the number of findings, modules are few. */
static void set_groups(struct place *places, size_t n)
{
	size_t *firsts = NULL, n_groups = 0, group;

	firsts = calloc(n, sizeof(*firsts));
	if (!firsts)
		return; /* all in one group: the order is by severity then */
	for (size_t i = 0; i < n; i++) {
		for (group = 0; group < n_groups; group++)
			if (strcmp(places[firsts[group]].finding->module, places[i].finding->module) == 0)
				break;
		if (group == n_groups)
			firsts[n_groups++] = i;
		places[i].group = group;
		if (places[i].finding->severity > places[firsts[group]].worst)
			places[firsts[group]].worst = places[i].finding->severity;
	}
	for (size_t i = 0; i < n; i++)
		places[i].worst = places[firsts[places[i].group]].worst;
	free(firsts);
}

static const char *severity_colour(enum ejg_severity severity)
{
	switch (severity) {
	case EJG_OK:
		return "\033[32m";
	case EJG_WARNING:
		return "\033[33m";
	case EJG_FAILURE:
		return "\033[31m";
	default:
		return "";
	}
}

static int format_place(const struct ejg_finding *finding, char **ret)
{
	int n;

	if (finding->line && finding->column)
		n = asprintf(ret, "%s:%u:%u", finding->file, finding->line, finding->column);
	else if (finding->line)
		n = asprintf(ret, "%s:%u", finding->file, finding->line);
	else
		n = asprintf(ret, "%s", finding->file);
	return n < 0 ? -ENOMEM : 0;
}

/* One paragraph, its lines indented like the first, which holds prefix already. */
static void print_indented(const struct style *style, const char *prefix, const char *text)
{
	struct paragraph paragraph = { .out = style->out, .width = style->width };

	fprintf(style->out, "%*s%s", MESSAGE_INDENT, "", prefix);
	paragraph.indent = paragraph.column = MESSAGE_INDENT + (unsigned int)strlen(prefix);
	paragraph_add(&paragraph, text);
	paragraph_end(&paragraph);
}

static int print_finding(const struct style *style, const struct ejg_finding *finding)
{
	struct paragraph paragraph = {
		.out = style->out, .width = style->width, .indent = MESSAGE_INDENT, .column = MESSAGE_INDENT
	};
	const char *severity = ejg_severity_name(finding->severity);
	cleanup_free char *text = NULL, *place = NULL;

	if (asprintf(&text, "%s%s%s [%s]", finding->subject, *finding->subject ? ": " : "", finding->message,
		     finding->id) < 0) {
		text = NULL;
		return -ENOMEM;
	}
	if (format_place(finding, &place) < 0) {
		place = NULL;
		return -ENOMEM;
	}
	fprintf(style->out, "  %s%-*s%s", style->colour ? severity_colour(finding->severity) : "", MESSAGE_INDENT - 2,
		severity, style->colour ? "\033[0m" : "");
	paragraph_add(&paragraph, text);
	paragraph_end(&paragraph);
	if (*place)
		print_indented(style, "", place);
	if (*finding->remedy)
		print_indented(style, "remedy: ", finding->remedy);
	return 0;
}

int output_findings(const struct output *output, bool no_failures, FILE *out)
{
	const struct style style = { .out = out, .colour = text_colour(out), .width = text_width(out) };
	cleanup_free struct place *places = NULL;
	size_t n_all = 0, n = 0;
	const struct ejg_finding *finding;
	int r = 0;

	while (output_finding(output, n_all))
		n_all++;
	places = calloc(n_all + 1, sizeof(*places));
	if (!places)
		return -ENOMEM;
	for (size_t i = 0; i < n_all && (finding = output_finding(output, i)); i++) {
		if (!output_wants(output, finding->severity) || (no_failures && finding->severity == EJG_FAILURE))
			continue;
		places[n] = (struct place){ .finding = finding, .index = n };
		n++;
	}
	set_groups(places, n);
	qsort(places, n, sizeof(*places), compare_places);
	for (size_t i = 0; i < n && r == 0; i++) {
		if (i == 0 || strcmp(places[i].finding->module, places[i - 1].finding->module) != 0) {
			text_put(out, places[i].finding->module, strlen(places[i].finding->module));
			fputc('\n', out);
		}
		r = print_finding(&style, places[i].finding);
	}
	return r;
}
