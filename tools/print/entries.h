/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Failures and warnings, ordered for a long page: grouped by the file of their cause, the worst file first; in it
 * causes, the worst first; below each its effects.
 */
#ifndef EJG_TOOL_ENTRIES_H
#define EJG_TOOL_ENTRIES_H

#include "tools/print/finding-list.h"
#include "tools/print/relations.h"

struct entry {
	const struct ejg_finding *finding;
	const struct ejg_finding *cause; /* the finding above it on the page, or itself */
	const char *place;		 /* of its cause: the file, else the module; it is the heading */
	unsigned int badness;		 /* of itself: by severity, then by what an attacker needs; 0 is the worst */
	unsigned int worst;		 /* of its cause and all effects of it */
	unsigned int place_worst;
	size_t n_group; /* their number */
	size_t root;	/* the index of its cause among all findings, or its own */
	size_t index;	/* its own */
};

struct entry_list {
	struct entry *items;
	size_t n;
};

/* is_wanted: true if a finding is on the page. Return: 0, -ENOMEM. */
int entries_make(const struct report *report, bool (*is_wanted)(const struct ejg_finding *finding, const void *data),
		 const void *data, struct entry_list *ret);
void entries_free(struct entry_list *list);

static inline bool entry_is_root(const struct entry *entry)
{
	return entry->root == entry->index;
}

/* The section for a badness. */
enum section entry_section(unsigned int badness);

/* The index behind the last entry of the same place, or of the same cause. */
size_t entries_place_end(const struct entry_list *list, size_t first);
size_t entries_root_end(const struct entry_list *list, size_t first);

#define cleanup_entries __attribute__((cleanup(entries_free)))

#endif
