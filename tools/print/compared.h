/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares the configuration with the running system. */
#ifndef EJG_TOOL_COMPARED_H
#define EJG_TOOL_COMPARED_H

#include <ejguard/facts.h>

/* One property as configured and as it is now, as text. */
struct compared {
	const char *name;
	char *configured;
	char *real;
};

enum { N_COMPARED = 6 };

struct compared_list {
	struct compared rows[N_COMPARED];
};

/* Return: 0, -ENOMEM; ret must be freed in either case. */
int compared_make(const struct ejg_facts *facts, const struct ejg_survey *survey, struct compared_list *ret);
void compared_free(struct compared_list *list);

#define cleanup_compared __attribute__((cleanup(compared_free)))

#endif
