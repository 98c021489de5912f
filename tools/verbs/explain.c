/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard explain: the decision about an attempt, and its rule. */
#include <errno.h>
#include <string.h>

#include "tools/exec/exec.h"
#include "tools/verbs/verbs.h"

static int read_action(const char *word, struct report *report, uint32_t *ret)
{
	static const char *const names[] = { [EJG_BIND] = "bind", [EJG_CONNECT] = "connect", [EJG_ACCEPT] = "accept" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], word) == 0) {
			*ret = (uint32_t)i;
			return 0;
		}
	return report_fail_usage(report, "'%s' is not bind, connect or accept", word);
}

/* The ports of "epmd" and "dist" come from the facts; for several ranges the first port is used. */
static int read_port_name(const char *word, struct report *report, uint16_t *ret)
{
	const struct ejg_facts *facts = ejg_facts_get(report->handle);

	if (strcmp(word, "epmd") == 0) {
		*ret = facts->epmd_port;
		return 0;
	}
	if (facts->dist_state != EJG_DIST_FIXED || facts->n_dist == 0)
		return report_fail(
			report, -EBADMSG,
			"the distribution ports of %s are not known: %s; write a port, or: set dist FIRST-LAST",
			facts->service, facts->dist_note ? facts->dist_note : "they are random");
	*ret = facts->dist[0].first;
	return 0;
}

static bool is_port_name(const char *word)
{
	return strcmp(word, "epmd") == 0 || strcmp(word, "dist") == 0;
}

static int read_port(const char *word, struct report *report, uint16_t *ret)
{
	size_t n = strspn(word, "0123456789");
	unsigned long port = n > 0 && n <= 5 && word[n] == '\0' && word[0] != '0' ? strtoul(word, NULL, 10) : 0;

	if (is_port_name(word))
		return read_port_name(word, report, ret);
	if (port == 0 || port > UINT16_MAX)
		return report_fail_usage(report, "'%s' is not a port; write 1 to 65535, epmd or dist", word);
	*ret = (uint16_t)port;
	return 0;
}

static int read_person(const struct arguments *arguments, struct report *report, struct ejg_question *question)
{
	struct exec_user user;
	int r;

	if (!arguments->user)
		return 0;
	if (question->action == EJG_ACCEPT)
		return report_fail_usage(report, "--user is only possible with bind and connect");
	r = exec_user_find(arguments->user, report, &user);
	if (r < 0)
		return r;
	question->by_user = true;
	question->uid = user.uid;
	exec_user_done(&user);
	return 0;
}

int verb_explain(const struct arguments *arguments, struct report *report)
{
	struct ejg_question *question = &report->asked;
	int r;

	*question = (struct ejg_question){
		.size = sizeof(*question),
		.address = arguments->words[1],
	};
	r = read_action(arguments->words[0], report, &question->action);
	if (r == 0)
		r = read_person(arguments, report, question);
	if (r == 0 && (arguments->file || is_port_name(arguments->words[2])))
		r = ejg_load(report->handle, arguments->file);
	if (r == 0)
		r = read_port(arguments->words[2], report, &question->port);
	if (r < 0)
		return r;
	report->question = question;
	return ejg_explain(report->handle, question);
}
