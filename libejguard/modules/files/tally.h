/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings of a tree of any size in limited memory: the first ones of each kind in full, and the number of others. */
#ifndef EJG_FILES_TALLY_H
#define EJG_FILES_TALLY_H

#include <ejguard/module.h>

#include <time.h>

struct arena;

enum {
	TALLY_KINDS = 64,
	TALLY_SHOWN = 10, /* of each kind in a place */
};

struct tally_row {
	const char *id;
	uint64_t n;
};

struct tally {
	struct tally_row rows[TALLY_KINDS]; /* of the current place */
	size_t n_rows;
	uint64_t files;
	uint64_t folders;
	uint64_t hidden;   /* others have rights to it and cannot reach it */
	uint64_t links;	   /* symbolic ones */
	uint64_t excluded; /* by the stack */
};

/* Counts another finding of a kind. Return: true if it should be reported in full. */
bool tally_add(struct tally *tally, const char *id);

/* True if another finding of that kind would only be counted. */
bool tally_full(const struct tally *tally, const char *id);

/* Times for progress messages. */
struct progress {
	struct timespec next;
	unsigned int calls;
};

/* True if a second has passed since the last message; reads the clock only now and then. */
bool progress_due(struct progress *progress);

#endif
