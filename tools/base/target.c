/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/base/target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The colon before the port, or NULL. An IPv6 address without brackets has several colons, and so no port. */
static char *find_port(char *target)
{
	char *end = *target == '[' ? strchr(target, ']') : NULL, *colon = strchr(target, ':');

	if (*target == '[')
		return end && end[1] == ':' ? end + 1 : NULL;
	return colon && !strchr(colon + 1, ':') ? colon : NULL;
}

static const char *without_brackets(char *address)
{
	size_t n = strlen(address);

	if (n < 2 || *address != '[' || address[n - 1] != ']')
		return address;
	address[n - 1] = '\0';
	return address + 1;
}

int target_split(struct arguments *arguments, struct report *report)
{
	char *colon;

	if (arguments->n_words < 2)
		return 0;
	arguments->target = strdup(arguments->words[1]);
	if (!arguments->target)
		return report_fail(report, -ENOMEM, "out of memory");
	colon = find_port(arguments->target);
	if (colon) {
		if (arguments->operand)
			return report_fail_usage(report, "unexpected word '%s'", arguments->operand);
		if (arguments->n_words == 3)
			arguments->operand = arguments->words[2];
		*colon = '\0';
		arguments->words[2] = colon + 1;
		arguments->n_words = 3;
	}
	arguments->words[1] = without_brackets(arguments->target);
	return 0;
}
