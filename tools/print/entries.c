/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/print/entries.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

enum { NEEDS = NEED_OTHER + 1, MAX_CHAIN = 8 };

enum section entry_section(unsigned int badness)
{
	return (enum section)(badness / NEEDS);
}

static unsigned int badness_of(const struct ejg_finding *finding)
{
	return finding_section(finding) * NEEDS + finding_need(finding);
}

static int compare(size_t a, size_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_places(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	return strcmp(a->place, b->place);
}

static int compare_entries(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	int r = compare(a->place_worst, b->place_worst);

	if (r == 0)
		r = strcmp(a->place, b->place);
	if (r == 0)
		r = compare(a->worst, b->worst);
	if (r == 0 && entry_section(a->worst) == SECTION_WARNING)
		r = strcmp(a->cause->id, b->cause->id);
	if (r == 0)
		r = compare(a->root, b->root);
	if (r == 0)
		r = compare(!entry_is_root(a), !entry_is_root(b));
	if (r == 0)
		r = compare(a->badness, b->badness);
	if (r == 0)
		r = strcmp(a->finding->id, b->finding->id);
	if (r == 0)
		r = strcmp(a->finding->file, b->finding->file);
	return r ? r : compare(a->index, b->index);
}

/* The finding below which each one is printed: its index in roots, SIZE_MAX for one that is not on the page. */
static void find_roots(const struct relation_list *relations, size_t *roots)
{
	for (size_t i = 0; i < relations->n; i++) {
		const struct relation *relation = &relations->items[i];
		size_t below = relation->part ? relation->cause : relation->effect;
		size_t above = relation->part ? relation->effect : relation->cause;

		if (roots[below] == below && roots[above] != SIZE_MAX)
			roots[below] = above;
	}
}

static size_t root_of(const size_t *roots, size_t index)
{
	for (unsigned int i = 0; i < MAX_CHAIN && roots[index] != index; i++)
		index = roots[index];
	return index;
}

/* Sets the members that depend on other entries: worst, place and place_worst. worst: one for each finding. */
static void rank(const struct report *report, struct entry_list *list, unsigned int *worst)
{
	for (size_t i = 0; i < list->n; i++) {
		struct entry *entry = &list->items[i];

		if (entry->badness < worst[entry->root])
			worst[entry->root] = entry->badness;
	}
	for (size_t i = 0; i < list->n; i++) {
		struct entry *entry = &list->items[i];

		entry->worst = worst[entry->root];
		entry->cause = report_finding(report, entry->root);
		entry->place = *entry->cause->file ? entry->cause->file : entry->cause->module;
	}
	qsort(list->items, list->n, sizeof(*list->items), compare_places);
	for (size_t i = 0, end; i < list->n; i = end) {
		unsigned int place_worst = UINT32_MAX;

		for (end = i; end < list->n && compare_places(&list->items[i], &list->items[end]) == 0; end++)
			if (list->items[end].worst < place_worst)
				place_worst = list->items[end].worst;
		for (size_t j = i; j < end; j++)
			list->items[j].place_worst = place_worst;
	}
}

/* Adds the findings that are on the page, each as its own root. */
static void fill(const struct report *report, bool (*is_wanted)(const struct ejg_finding *finding, const void *data),
		 const void *data, struct entry_list *list, size_t *roots)
{
	const struct ejg_finding *finding;

	for (size_t i = 0; (finding = report_finding(report, i)); i++) {
		bool loud = finding_section(finding) == SECTION_FAILURE || finding_section(finding) == SECTION_WARNING;

		roots[i] = SIZE_MAX;
		if (!loud || !is_wanted(finding, data))
			continue;
		roots[i] = i;
		list->items[list->n++] =
			(struct entry){ .finding = finding, .badness = badness_of(finding), .index = i };
	}
}

int entries_make(const struct report *report, bool (*is_wanted)(const struct ejg_finding *finding, const void *data),
		 const void *data, struct entry_list *ret)
{
	cleanup_relations struct relation_list relations = {};
	cleanup_entries struct entry_list list = {};
	cleanup_free unsigned int *worst = NULL;
	cleanup_free size_t *roots = NULL;
	size_t n = 0;
	int r;

	while (report_finding(report, n))
		n++;
	list.items = calloc(n + 1, sizeof(*list.items));
	roots = calloc(n + 1, sizeof(*roots));
	worst = calloc(n + 1, sizeof(*worst));
	if (!list.items || !roots || !worst)
		return -ENOMEM;
	r = relations_find(report, &relations);
	if (r < 0)
		return r;
	fill(report, is_wanted, data, &list, roots);
	find_roots(&relations, roots);
	memset(worst, 0xff, n * sizeof(*worst));
	for (size_t i = 0; i < list.n; i++)
		list.items[i].root = root_of(roots, list.items[i].index);
	rank(report, &list, worst);
	qsort(list.items, list.n, sizeof(*list.items), compare_entries);
	for (size_t i = 0, end; i < list.n; i = end) {
		end = entries_root_end(&list, i);
		for (size_t j = i; j < end; j++)
			list.items[j].n_group = end - i;
	}
	*ret = list;
	list = (struct entry_list){};
	return 0;
}

void entries_free(struct entry_list *list)
{
	free(list->items);
	*list = (struct entry_list){};
}

size_t entries_place_end(const struct entry_list *list, size_t first)
{
	size_t i = first + 1;

	while (i < list->n && strcmp(list->items[i].place, list->items[first].place) == 0)
		i++;
	return i;
}

size_t entries_root_end(const struct entry_list *list, size_t first)
{
	size_t i = first + 1;

	while (i < list->n && list->items[i].root == list->items[first].root)
		i++;
	return i;
}
