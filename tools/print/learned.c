/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The proposed stack: a file that ejguard reads, or JSON. */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/text.h"
#include "tools/print/json.h"
#include "tools/print/print.h"

enum { COMMENT_WIDTH = 80 };

/*
 * A reason has names of processes and hosts in it: nothing of it may end the comment. Each line of it is one, and has
 * whole words.
 */
static int print_reason(const char *reason, FILE *out)
{
	cleanup_free char *text = text_printable(reason);
	unsigned int column = 1;
	size_t n;

	if (!text)
		return -ENOMEM;
	fputc('#', out);
	for (const char *word = text; *word; word += n + strspn(word + n, " ")) {
		n = strcspn(word, " ");
		if (column > 1 && column + 1 + n > COMMENT_WIDTH) {
			fputs("\n#  ", out);
			column = 3;
		}
		fprintf(out, " %.*s", (int)n, word);
		column += 1 + n;
	}
	fputc('\n', out);
	return 0;
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
			if (print_reason(line->reasons[j], out) < 0)
				return -ENOMEM;
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
