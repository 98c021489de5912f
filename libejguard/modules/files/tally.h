/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings of a tree of any size in bounded memory: of each kind the first ones in full, and how many more there are.
 */
#ifndef EJG_FILES_TALLY_H
#define EJG_FILES_TALLY_H

#include <ejguard/module.h>

#include <time.h>

struct arena;

enum {
	TALLY_KINDS = 64,
	TALLY_SHOWN = 10, /* of a kind in a place */
};

struct tally_row {
	const char *id;
	uint64_t n;
};

struct tally {
	struct tally_row rows[TALLY_KINDS]; /* of the place that is looked at */
	size_t n_rows;
	uint64_t files;
	uint64_t folders;
	uint64_t hidden;   /* others have rights to it and do not get there */
	uint64_t links;	   /* symbolic ones */
	uint64_t excluded; /* by the stack */
};

/* Counts one more of a kind. Return: whether it is to be told in full. */
bool tally_add(struct tally *tally, const char *id);

/* Whether another one of that kind would only be counted. */
bool tally_full(const struct tally *tally, const char *id);

/* When to tell how far it is. */
struct progress {
	struct timespec next;
	unsigned int calls;
};

/* Whether a second has passed since it last said so; asks the clock only now and then. */
bool progress_due(struct progress *progress);

#endif
