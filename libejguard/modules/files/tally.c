/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/files/tally.h"

#include <string.h>

bool tally_add(struct tally *tally, const char *id)
{
	size_t i = 0;

	/* The ids are constants of this module: usually the pointers are equal. */
	while (i < tally->n_rows && tally->rows[i].id != id && strcmp(tally->rows[i].id, id) != 0)
		i++;
	if (i == TALLY_KINDS)
		return false;
	if (i == tally->n_rows)
		tally->rows[tally->n_rows++].id = id;
	return ++tally->rows[i].n <= TALLY_SHOWN;
}

bool tally_full(const struct tally *tally, const char *id)
{
	for (size_t i = 0; i < tally->n_rows; i++)
		if (tally->rows[i].id == id || strcmp(tally->rows[i].id, id) == 0)
			return tally->rows[i].n >= TALLY_SHOWN;
	return false;
}

bool progress_due(struct progress *progress)
{
	enum { CALLS = 16 }; /* each after some hundred objects */
	struct timespec now;

	if (++progress->calls % CALLS != 0)
		return false;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	if (progress->next.tv_sec == 0) {
		progress->next = now;
		progress->next.tv_sec++;
		return false;
	}
	if (now.tv_sec < progress->next.tv_sec ||
	    (now.tv_sec == progress->next.tv_sec && now.tv_nsec < progress->next.tv_nsec))
		return false;
	progress->next = now;
	progress->next.tv_sec++;
	return true;
}
