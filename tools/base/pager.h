/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pages that are longer than the terminal are shown by a pager. */
#ifndef EJG_PAGER_H
#define EJG_PAGER_H

#include "tools/base/report.h"

struct pager {
	int screen; /* standard output, while it goes to the page; -1: there is no pager */
	int page;
	int sigpipe; /* the caller's */
};

/* Collects standard output from here on, if it is a terminal and the verb prints pages. */
struct pager pager_begin(const struct report *report);
/* Shows what was collected, by a pager if it is longer than the terminal, and waits for that. */
void pager_end(struct pager *pager);

#endif
