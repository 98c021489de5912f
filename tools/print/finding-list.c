/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/print/finding-list.h"

#include <errno.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

/* A finding with the values that decide its position. */
struct ranked {
	const struct ejg_finding *finding;
	enum section section;
	size_t module; /* index of the first finding of its module */
	size_t kind;   /* index of the first finding of its id */
	size_t index;
};

/* True for a finding about something unseen, by its name, see ejguard-module(7): "cookie.unseen", "net.pins-unseen". */
static bool is_unseen(const struct ejg_finding *finding)
{
	static const char word[] = "unseen";
	size_t n = strlen(finding->id), n_word = sizeof(word) - 1;

	if (strcmp(finding->id, "core.module-unprivileged") == 0)
		return true;
	if (finding->severity != EJG_INFO || n <= n_word || strcmp(finding->id + n - n_word, word) != 0)
		return false;
	return finding->id[n - n_word - 1] == '.' || finding->id[n - n_word - 1] == '-';
}

enum section finding_section(const struct ejg_finding *finding)
{
	if (is_unseen(finding))
		return SECTION_UNSEEN;
	switch (finding->severity) {
	case EJG_OK:
		return SECTION_OK;
	case EJG_INFO:
		return SECTION_INFO;
	case EJG_WARNING:
		return SECTION_WARNING;
	default: /* an unknown severity counts as the worst */
		return SECTION_FAILURE;
	}
}

static int compare_numbers(size_t a, size_t b)
{
	return a < b ? -1 : a > b;
}

/* Whatever is wrong with a line of a stack: people correct a file from its top to its end. */
static bool is_line_of_stack(const struct ejg_finding *finding)
{
	return strcmp(finding->module, "core") == 0 && *finding->file && finding->line > 0;
}

static int compare_lines(const struct ejg_finding *a, const struct ejg_finding *b)
{
	int r = strcmp(a->file, b->file);

	if (r == 0)
		r = compare_numbers(a->line, b->line);
	return r ? r : compare_numbers(a->column, b->column);
}

static int compare_places(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;
	int r = compare_numbers(a->section, b->section);

	if (r == 0)
		r = compare_numbers(a->module, b->module);
	if (r == 0)
		r = compare_numbers(a->kind, b->kind);
	if (r == 0 && is_line_of_stack(a->finding))
		r = compare_lines(a->finding, b->finding);
	return r ? r : compare_numbers(a->index, b->index);
}

/* Sets module and kind. There are few modules and ids, and findings of one id are usually contiguous. */
static int rank(struct ranked *ranked, size_t n)
{
	cleanup_free size_t *kinds = calloc(n + 1, sizeof(*kinds));
	size_t n_kinds = 0, kind = 0, module, lines = n;

	if (!kinds)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct ejg_finding *finding = ranked[i].finding;

		if (n_kinds == 0 || strcmp(ranked[kinds[kind]].finding->id, finding->id) != 0)
			for (kind = 0; kind < n_kinds; kind++)
				if (strcmp(ranked[kinds[kind]].finding->id, finding->id) == 0)
					break;
		if (kind == n_kinds)
			kinds[n_kinds++] = i;
		ranked[i].kind = kinds[kind];
		if (is_line_of_stack(finding)) {
			lines = lines < n ? lines : i;
			ranked[i].kind = lines;
		}
		for (module = 0; strcmp(ranked[kinds[module]].finding->module, finding->module) != 0;)
			module++;
		ranked[i].module = kinds[module];
	}
	return 0;
}

int finding_list_make(const struct report *report, struct finding_list *ret)
{
	cleanup_free struct ranked *ranked = NULL;
	const struct ejg_finding *finding;
	struct finding_list list = {};
	size_t n = 0;

	while (report_finding(report, n))
		n++;
	ranked = calloc(n + 1, sizeof(*ranked));
	list.items = calloc(n + 1, sizeof(*list.items));
	for (; ranked && list.n < n && (finding = report_finding(report, list.n)); list.n++)
		ranked[list.n] =
			(struct ranked){ .finding = finding, .section = finding_section(finding), .index = list.n };
	if (!ranked || !list.items || rank(ranked, n) < 0) {
		free(list.items);
		return -ENOMEM;
	}
	qsort(ranked, n, sizeof(*ranked), compare_places);
	for (size_t i = 0; i < n; i++)
		list.items[i] = ranked[i].finding;
	*ret = list;
	return 0;
}

void finding_list_free(struct finding_list *list)
{
	free(list->items);
	*list = (struct finding_list){};
}

size_t finding_list_end(const struct finding_list *list, size_t first)
{
	const struct ejg_finding *finding = list->items[first];
	size_t i = first + 1;

	while (i < list->n && finding_section(list->items[i]) == finding_section(finding) &&
	       strcmp(list->items[i]->id, finding->id) == 0)
		i++;
	return i;
}

size_t finding_fold(const struct ejg_finding *const *findings, size_t n, bool all)
{
	return all || n <= FOLD_SHOWN + 1 || strcmp(findings[0]->module, "core") == 0 ? n : FOLD_SHOWN;
}

const char *finding_asker(const struct report *report)
{
	return report->verb->asker ? report->verb->asker : report->verb->name;
}

const char *finding_asked(const struct report *report)
{
	return report->service && strcmp(report->service, DEFAULT_SERVICE) != 0 ? report->service : "";
}

char *format_number(size_t number, char text[static NUMBER_SIZE])
{
	char *p = text + NUMBER_SIZE;

	*--p = '\0';
	for (unsigned int digits = 0; digits == 0 || number > 0; digits++, number /= 10) {
		if (digits > 0 && digits % 3 == 0)
			*--p = ',';
		*--p = (char)('0' + number % 10);
	}
	return p;
}

bool finding_tells(const char *message, const char *subject)
{
	size_t n = strlen(subject);

	return strncmp(message, subject, n) == 0 && (message[n] == ' ' || message[n] == ':' || message[n] == '\0');
}

const char *finding_summary(const struct report *report, const struct ejg_finding *finding)
{
	const struct ejg_module *module;

	for (size_t i = 0; report->handle && (module = ejg_module_get(report->handle, i)); i++) {
		if (strcmp(module->name, finding->module) != 0)
			continue;
		for (uint32_t j = 0; j < module->n_findings; j++)
			if (strcmp(module->findings[j].id, finding->id + strlen(module->name) + 1) == 0)
				return module->findings[j].summary;
	}
	return finding->message;
}
