/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What permissive mode has recorded. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/learn/learn.h"

static const char *label(const struct ejg_event *event, const char *name)
{
	for (size_t i = 0; i < event->n_labels; i++)
		if (strcmp(event->labels[i].name, name) == 0)
			return event->labels[i].value;
	return "";
}

static int kind_of(const struct ejg_event *event)
{
	const char *hook = label(event, "hook"), *reason = label(event, "reason");

	if (strcmp(reason, "user") == 0)
		return LEARN_USER;
	if (strcmp(reason, "destination") == 0 && strncmp(hook, "connect", 7) == 0)
		return LEARN_OUT;
	if (strcmp(reason, "source") == 0)
		return LEARN_IN;
	return LEARN_OTHER;
}

int learn_record(struct learn *learn, const struct ejg_event *event)
{
	struct learn_record record = {}, *grown;

	/* A stack should not admit a client that was refused, of which only the network is known. */
	if (strcmp(label(event, "decision"), "let through") != 0 || strchr(label(event, "address"), '/'))
		return 0;
	record.kind = kind_of(event);
	if (record.kind == LEARN_OTHER)
		return 0;
	snprintf(record.address, sizeof(record.address), "%s", label(event, "address"));
	snprintf(record.user, sizeof(record.user), "%s", label(event, "user"));
	record.port = (uint16_t)strtoul(label(event, "port"), NULL, 10);
	grown = reallocarray(learn->records, learn->n_records + 1, sizeof(*grown));
	if (grown)
		learn->records = grown;
	record.message = grown ? strdup(event->message) : NULL;
	if (!record.message)
		return report_fail(learn->report, -ENOMEM, "out of memory");
	grown[learn->n_records++] = record;
	return 0;
}

bool learn_has_module(const struct learn *learn, const char *name)
{
	for (size_t i = 0; i < learn->n_modules; i++)
		if (strcmp(learn->modules[i]->name, name) == 0)
			return true;
	return false;
}

void learn_free(struct learn *learn)
{
	for (size_t i = 0; i < learn->n_records; i++)
		free(learn->records[i].message);
	for (size_t i = 0; i < learn->n_hosts; i++)
		free(learn->hosts[i].reason);
	for (size_t i = 0; i < learn->n_users; i++)
		free(learn->users[i].reason);
	free(learn->records);
	free(learn->hosts);
	free(learn->users);
	*learn = (struct learn){};
}
