/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The question of explain and the modules' answers, in both forms. */
#include <errno.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/text.h"
#include "tools/print/print.h"

static char *where_of(const struct ejg_answer *answer)
{
	char *text;
	int n;

	n = answer->line ? asprintf(&text, "%s:%u", answer->file, answer->line) : asprintf(&text, "%s", answer->file);
	return n < 0 ? NULL : text;
}

int print_answers(const struct report *report, FILE *out)
{
	static const char *const headings[] = { "MODULE", "DECISION", "RULE" };
	const struct ejg_answer *answer;
	struct table *table;
	int r = 0;

	table = table_new(out, headings, ARRAY_SIZE(headings), TABLE_NO_NUMBER);
	for (size_t i = 0; r == 0 && (answer = ejg_answer_get(report->handle, i)); i++) {
		cleanup_free char *where = where_of(answer);

		if (where)
			table_row(table,
				  (const char *[]){ answer->module, answer->allowed ? "allowed" : "refused",
						    answer->rule },
				  *where ? where : NULL);
		else
			r = -ENOMEM;
	}
	return table_print(table, NULL) < 0 ? -ENOMEM : r;
}
