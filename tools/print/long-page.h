/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The form that failures and warnings have on the page when they are many. */
#ifndef EJG_TOOL_LONG_PAGE_H
#define EJG_TOOL_LONG_PAGE_H

#include "tools/base/report.h"

/* From so many on, where what is folded counts as it is shown. */
enum { LONG_PAGE = 13 };

/* is_wanted: whether a finding is on the page. Return: 0, -ENOMEM. */
int print_long_page(const struct report *report, bool (*is_wanted)(const struct ejg_finding *finding, const void *data),
		    const void *data, FILE *out);

#endif
