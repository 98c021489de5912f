/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What explain was asked and what the modules answered, in both forms. */
#include <errno.h>
#include <jansson.h>

#include "tools/text.h"
#include "tools/tool.h"

static const char *const actions[] = { [EJG_BIND] = "bind", [EJG_CONNECT] = "connect", [EJG_ACCEPT] = "accept" };

static char *where_of(const struct ejg_answer *answer)
{
	char *text;
	int n;

	n = answer->line ? asprintf(&text, "%s:%u", answer->file, answer->line) : asprintf(&text, "%s", answer->file);
	return n < 0 ? NULL : text;
}

int output_answers_text(const struct output *output, FILE *out)
{
	static const char *const headings[] = { "GUARD", "DECISION", "RULE" };
	const struct ejg_answer *answer;
	struct table *table;
	int r = 0;

	table = table_new(out, headings, ARRAY_SIZE(headings), TABLE_NO_NUMBER);
	for (size_t i = 0; r == 0 && (answer = ejg_answer_get(output->guard, i)); i++) {
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

json_t *output_question_json(const struct output *output)
{
	const struct ejg_question *question = output->question;

	return json_pack("{s:s, s:o, s:i, s:o}", "action", actions[question->action], "address",
			 json_text(question->address), "port", (int)question->port, "user",
			 json_nullable(question->user));
}

json_t *output_answers_json(const struct output *output)
{
	const struct ejg_answer *answer;
	json_t *array = json_array();

	for (size_t i = 0; array && (answer = ejg_answer_get(output->guard, i)); i++)
		array = json_append(array, json_pack("{s:o, s:b, s:o, s:o, s:I}", "module", json_text(answer->module),
						     "allowed", (int)answer->allowed, "rule", json_text(answer->rule),
						     "file", json_text(answer->file), "line",
						     (json_int_t)answer->line));
	return array;
}
