/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions that several rules use. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/modules/node/node.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"

/* The remedy of the kind, if the declared one names ejabberd's files; NULL for the declared one. */
static const char *remedy_of_kind(const struct node *node, const char *id)
{
	static const struct {
		const char *id;
		size_t remedy;
	} rows[] = {
		{ "name-", offsetof(struct ejg_kind, name_remedy) },
		{ "host-loopback", offsetof(struct ejg_kind, name_remedy) },
		{ "host-public", offsetof(struct ejg_kind, name_remedy) },
		{ "range-none", offsetof(struct ejg_kind, range_remedy) },
		{ "range-ignored", offsetof(struct ejg_kind, range_remedy) },
		{ "range-empty", offsetof(struct ejg_kind, range_remedy) },
		{ "range-invalid", offsetof(struct ejg_kind, range_remedy) },
		{ "range-epmd", offsetof(struct ejg_kind, range_remedy) },
		{ "range-privileged", offsetof(struct ejg_kind, range_remedy) },
		{ "range-public", offsetof(struct ejg_kind, range_remedy) },
		{ "interface-", offsetof(struct ejg_kind, interface_remedy) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows) && !ejg_kind_is(node->facts, "ejabberd"); i++)
		if (strncmp(id, rows[i].id, strlen(rows[i].id)) == 0)
			return *(const char *const *)(const void *)((const char *)node->facts->kind + rows[i].remedy);
	return NULL;
}

const char *node_tool(const struct node *node)
{
	if (ejg_kind_is(node->facts, "ejabberd"))
		return "ejabberdctl";
	return node->facts->kind->tool ? node->facts->kind->tool : "its tools";
}

void node_say(const struct node *node, const char *id, const char *subject, const struct ejg_setting *where,
	      const char *remedy, const char *format, ...)
{
	struct ejg_place place = { .remedy = remedy ? remedy : remedy_of_kind(node, id) };
	char message[1024], short_subject[128];
	va_list ap;

	if (where && where->origin.file) {
		place.file = where->origin.file;
		place.line = where->origin.line;
	}
	va_start(ap, format);
	vsnprintf(message, sizeof(message), format, ap);
	va_end(ap);
	snprintf(short_subject, sizeof(short_subject), NODE_TEXT, subject ? subject : "");
	if (ejg_call_finding_at(node->call, id, short_subject, &place, "%s", message) == EJG_FAILURE)
		*node->failed = true;
}

bool node_is_written(const struct ejg_setting *setting)
{
	return setting->origin.file && setting->origin.kind != EJG_ORIGIN_SCRIPT &&
	       setting->origin.kind != EJG_ORIGIN_DEFAULT;
}

const char *node_edit(const struct node *node, const char *assignment, const struct ejg_setting *where,
		      char text[static NODE_REMEDY_SIZE])
{
	const char *file =
		where && node_is_written(where) ? where->origin.file : node_value(node, "EJABBERDCTL_CONFIG_PATH");

	if (!ejg_kind_is(node->facts, "ejabberd"))
		return NULL;
	/* a line break in the name would add a step to the remedy */
	if (file && !strchr(file, '\n'))
		snprintf(text, NODE_REMEDY_SIZE, "edit: %.200s: %s\nrestart the service", file, assignment);
	else
		snprintf(text, NODE_REMEDY_SIZE, "edit: %.200s/ejabberdctl.cfg: %s\nrestart the service",
			 node->facts->config_dir ? node->facts->config_dir : "/etc/ejabberd", assignment);
	return text;
}

const char *node_value(const struct node *node, const char *name)
{
	const char *value = ejg_survey_value(node->survey, name);

	return value && *value ? value : NULL;
}

bool node_is_local(const struct node *node)
{
	static const uint8_t loopback[16] = { [15] = 1 };
	const struct erl_address *address = &node->interface;

	if (!node->has_interface || address->is_ipv6 != node->ipv6)
		return false;
	return address->is_ipv6 ? memcmp(address->bytes, loopback, 16) == 0 : address->bytes[0] == 127;
}

bool node_trusts(const struct node *node, uid_t uid)
{
	for (size_t i = 0; i < node->world->n_trusted; i++)
		if (node->world->trusted[i] == uid)
			return true;
	return false;
}

bool node_trusts_listener(const struct node *node, const struct ejg_listener *listener)
{
	return listener->in_service || node_trusts(node, listener->uid);
}

const struct ejg_process *node_process(const struct node *node, pid_t pid)
{
	for (size_t i = 0; pid > 0 && i < node->survey->n_processes; i++)
		if (ejg_process_get(node->survey, i)->pid == pid)
			return ejg_process_get(node->survey, i);
	return NULL;
}

const char *node_own_head(const struct node *node)
{
	return node->name_known ? node->name.head : node->facts->service;
}

size_t node_head(const char *name)
{
	return strcspn(name, "@");
}

bool node_is_service(const struct ejg_process *process)
{
	return process->role == EJG_PROCESS_NODE && process->relation == EJG_RELATION_OURS;
}

size_t node_argument(const struct ejg_process *process, const char *argument, const char **ret_value)
{
	size_t n = 0;

	*ret_value = NULL;
	for (size_t i = 0; i < process->n_arguments; i++) {
		/* Arguments behind -extra are not for the emulator (init(3erl)). */
		if (strcmp(process->arguments[i], "-extra") == 0)
			break;
		if (strcmp(process->arguments[i], argument) != 0)
			continue;
		if (n++ == 0 && i + 1 < process->n_arguments)
			*ret_value = process->arguments[i + 1];
	}
	return n;
}

/* True for a fixed port: the other nodes know it without epmd. */
static bool has_one_port(const struct node *node)
{
	return node->without_epmd && node->range.first && node->range.first == node->range.last;
}

uint16_t node_dist_port(const struct node *node, const struct ejg_process *process)
{
	const size_t head = process->node ? node_head(process->node) : 0;
	const char *value;
	uint16_t port;

	if (node_argument(process, "-erl_epmd_port", &value) == 1 && value && port_parse(value, &port) == 0)
		return port;
	if (has_one_port(node))
		return node->range.first;
	for (size_t i = 0; head && !node->foreign_epmd && i < node->survey->n_epmd_names; i++) {
		const struct ejg_epmd_name *entry = ejg_epmd_name_get(node->survey, i);

		if (strlen(entry->name) == head && strncmp(entry->name, process->node, head) == 0)
			return entry->port;
	}
	return 0;
}

bool node_started_range(const struct ejg_process *process, struct ejg_port_range *ret)
{
	struct ejg_port_range range = { 0 };
	uint16_t port;

	for (size_t i = 0; i + 1 < process->n_arguments; i++) {
		const char *name = process->arguments[i];

		if (port_parse(process->arguments[i + 1], &port) < 0)
			continue;
		/* Of several the first counts. */
		if (range.first == 0 && strcmp(name, "inet_dist_listen_min") == 0)
			range.first = port;
		else if (range.last == 0 && strcmp(name, "inet_dist_listen_max") == 0)
			range.last = port;
		else if (strcmp(name, "-erl_epmd_port") == 0)
			range = (struct ejg_port_range){ port, port };
	}
	if (range.first == 0 || range.last < range.first)
		return false;
	*ret = range;
	return true;
}

const char *node_address(const struct ejg_listener *listener, char text[static NODE_ADDRESS_SIZE])
{
	char address[EJG_PREFIX_TEXT_SIZE];

	ejg_prefix_format(&listener->address, address);
	snprintf(text, NODE_ADDRESS_SIZE, strchr(address, ':') ? "[%s]:%u" : "%s:%u", address, listener->port);
	return text;
}
