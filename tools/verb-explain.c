/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard explain: what would be decided about an attempt, and by which rule? */
#include <errno.h>
#include <string.h>

#include "tools/tool.h"

static int read_action(const char *word, struct output *output, enum ejg_action *ret)
{
	static const char *const names[] = { [EJG_BIND] = "bind", [EJG_CONNECT] = "connect", [EJG_ACCEPT] = "accept" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], word) == 0) {
			*ret = (enum ejg_action)i;
			return 0;
		}
	return output_fail(output, -EINVAL, "'%s' is none of bind, connect and accept; try ejguard explain --help", word);
}

static int read_port(const char *word, struct output *output, uint16_t *ret)
{
	size_t n = strspn(word, "0123456789");
	unsigned long port = n > 0 && n <= 5 && word[n] == '\0' && word[0] != '0' ? strtoul(word, NULL, 10) : 0;

	if (port == 0 || port > UINT16_MAX)
		return output_fail(output, -EINVAL, "'%s' is no port of 1 to 65535; try ejguard explain --help", word);
	*ret = (uint16_t)port;
	return 0;
}

static int explain(const struct arguments *arguments, struct output *output)
{
	struct ejg_question *question = &output->asked;
	int r;

	output->service = service_name(arguments);
	*question = (struct ejg_question){
		.size = sizeof(*question),
		.address = arguments->words[1],
		.user = arguments->user,
	};
	r = read_action(arguments->words[0], output, &question->action);
	if (r == 0)
		r = read_port(arguments->words[2], output, &question->port);
	if (r == 0)
		r = guard_open(arguments, output);
	if (r < 0)
		return r;
	output->question = question;
	return ejg_explain(output->guard, question);
}

static const struct option_spec options[] = {
	{ "user", 0, OPTION_WORD, "NAME", offsetof(struct arguments, user), "a local user who tries, by name or number" },
};

const struct verb verb_explain = {
	.name = "explain",
	.operand = "bind|connect|accept ADDRESS PORT [SERVICE]",
	.n_words = 3,
	.summary = "Tells what would be decided about an attempt, and by which rule",
	.done = "allowed",
	.failed = "NOT allowed",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.run = explain,
};
