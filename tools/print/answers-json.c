/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The question of explain and the modules' answers, as JSON. */
#include <jansson.h>

#include "tools/print/json.h"

static const char *const actions[] = { [EJG_BIND] = "bind", [EJG_CONNECT] = "connect", [EJG_ACCEPT] = "accept" };

json_t *json_question(const struct report *report)
{
	const struct ejg_question *question = report->question;

	/* Members without a value are left out: json_pack(3), "*". */
	return json_pack("{s:s, s:o, s:i, s:o*}", "action", actions[question->action], "address",
			 json_text(question->address), "port", (int)question->port, "uid",
			 question->by_user ? json_integer(question->uid) : NULL);
}

json_t *json_answers(const struct report *report)
{
	const struct ejg_answer *answer;
	json_t *array = json_array();

	for (size_t i = 0; array && (answer = ejg_answer_get(report->handle, i)); i++)
		array = json_append(array,
				    json_pack("{s:o, s:b, s:o, s:o, s:I}", "module", json_text(answer->module),
					      "allowed", (int)answer->allowed, "rule", json_text(answer->rule), "file",
					      json_text(answer->file), "line", (json_int_t)answer->line));
	return array;
}
