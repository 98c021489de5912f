/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The proposed stack: a file that ejguard reads, or JSON. */
#include <jansson.h>
#include <string.h>

#include "tools/base/text.h"
#include "tools/print/json.h"
#include "tools/print/print.h"

/* A reason has names of processes and hosts in it: nothing of it may end the comment. */
static void print_reason(const char *reason, FILE *out)
{
	fputs("# ", out);
	text_put(out, reason, strlen(reason));
	fputc('\n', out);
}

int print_learned(const struct report *report, FILE *out)
{
	fprintf(out,
		"# Proposed by ejguard learn %s. It allows what was seen, and nothing else: read it, remove\n"
		"# what should not be, then: ejguard check --file FILE %s\n",
		report->service, report->service);
	for (size_t i = 0; i < report->learned.n; i++) {
		const struct learned_line *line = &report->learned.lines[i];

		if (line->n_reasons > 0)
			fputc('\n', out);
		for (size_t j = 0; j < line->n_reasons; j++)
			print_reason(line->reasons[j], out);
		if (line->text)
			fprintf(out, "%s\n", line->text);
	}
	return 0;
}

json_t *json_learned(const struct report *report)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < report->learned.n; i++) {
		const struct learned_line *line = &report->learned.lines[i];

		array = json_append(array, json_pack("{s:o, s:o}", "line", json_nullable(line->text), "reasons",
						     json_words((const char *const *)line->reasons, line->n_reasons)));
	}
	return array;
}
