/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The layout of failures and warnings when there are many. */
#ifndef EJG_TOOL_LONG_PAGE_H
#define EJG_TOOL_LONG_PAGE_H

#include "tools/base/report.h"

/* The minimum number of findings, after folding. */
enum { LONG_PAGE = 13 };

/* is_wanted: true if a finding is on the page. Return: 0, -ENOMEM. */
int print_long_page(const struct report *report, bool (*is_wanted)(const struct ejg_finding *finding, const void *data),
		    const void *data, FILE *out);

#endif
