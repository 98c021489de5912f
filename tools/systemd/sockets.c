/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/systemd/sockets.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "tools/systemd/dropin-findings.h"
#include "tools/systemd/systemctl.h"

/* What systemd says of one unit. */
struct block {
	const char *id, *names, *listen, *triggers;
	bool loaded, accepts;
};

struct search {
	struct report *report;
	const struct dropin_look *look;
};

static bool is_private_port(const struct ejg_facts *facts, uint16_t port)
{
	if (port == facts->epmd_port && !(facts->kind && facts->kind->without_epmd))
		return true;
	for (size_t i = 0; i < facts->n_dist; i++)
		if (port >= facts->dist[i].first && port <= facts->dist[i].last)
			return true;
	return false;
}

/* "[::]:4369 (Stream)", behind the port perhaps an interface: "[fe80::1]:4369%eth0 (Stream)". */
static bool is_wanted(const struct ejg_facts *facts, const char *listen)
{
	static const char stream[] = " (Stream)";
	const char *end = strstr(listen, stream);
	char text[EJG_PREFIX_TEXT_SIZE + 16];
	struct ejg_prefix address;
	uint16_t port;
	size_t n;

	if (!end || !strchr("[0123456789", *listen))
		return false;
	n = strcspn(listen, "%");
	n = n < (size_t)(end - listen) ? n : (size_t)(end - listen);
	if (n >= sizeof(text))
		return false;
	memcpy(text, listen, n);
	text[n] = '\0';
	return address_port_read(text, &address, &port) && is_private_port(facts, port) &&
	       !prefix_is_loopback(&address);
}

static bool is_of_service(const struct ejg_facts *facts, const char *names)
{
	for (; *names; names += strcspn(names, " "), names += strspn(names, " "))
		for (size_t i = 0; i < facts->n_cgroups; i++) {
			const char *name = ejg_cgroup_get(facts, i)->name;

			if (strlen(name) == strcspn(names, " ") && strncmp(name, names, strlen(name)) == 0)
				return true;
		}
	return false;
}

static void read_line(const struct ejg_facts *facts, struct block *block, char *line)
{
	char *value = strchr(line, '=');

	if (!value)
		return;
	*value++ = '\0';
	if (strcmp(line, "Id") == 0)
		block->id = value;
	else if (strcmp(line, "Names") == 0)
		block->names = value;
	else if (strcmp(line, "LoadState") == 0)
		block->loaded = strcmp(value, "loaded") == 0;
	else if (strcmp(line, "Triggers") == 0)
		block->triggers = value;
	else if (strcmp(line, "Accept") == 0)
		block->accepts = strcmp(value, "yes") == 0;
	else if (strcmp(line, "Listen") == 0 && !block->listen && is_wanted(facts, value))
		block->listen = value;
}

int sockets_read(const struct ejg_facts *facts, char *answer,
		 int (*take)(void *data, const char *name, const char *listen), void *data)
{
	struct block block = {};
	char *line;
	int r = 0;

	while (r == 0 && (line = strsep(&answer, "\n"))) {
		read_line(facts, &block, line);
		if (*line && answer)
			continue;
		if (block.id && block.loaded && block.listen && !is_of_service(facts, block.id) &&
		    !(block.names && is_of_service(facts, block.names)))
			r = take(data, block.id, block.listen);
		block = (struct block){};
	}
	return r;
}

/* A unit of another service of ejguard has that one's guard, which knows the same port. */
static bool has_guard(const struct unit *unit)
{
	return unit->applies && strstr(unit->applies, "apply --own");
}

/* A finding about a unit: both texts are freed. Nothing is said of one that is guarded, if that is asked. */
struct found {
	const struct ejg_finding *finding;
	const char *subject;
	const char *unit; /* whose guard and starters count */
	bool may_be_guarded;
	char *message, *remedy;
};

static int add_finding(struct search *s, const struct found *found, bool starts)
{
	struct ejg_finding finding = *found->finding;

	finding.module = "ejguard";
	finding.subject = found->subject;
	finding.message = found->message;
	finding.remedy = found->remedy;
	if (!starts)
		finding.severity = EJG_INFO;
	else
		s->report->persistence = UNIT_START_UNGUARDED;
	if (finding.severity > s->look->most)
		finding.severity = s->look->most;
	return finding.severity >= s->look->least ? report_note(s->report, &finding) : 0;
}

/* If systemd does not answer, nothing is known of the unit, and nothing is said. */
static int note(struct search *s, struct found *found)
{
	struct unit_list list = { .items = calloc(1, sizeof(struct unit)), .n = 1 };
	cleanup_free char *message = found->message, *remedy = found->remedy;
	int r = 0;

	if (list.items) {
		list.items->name = strdup(found->unit);
		list.items->path = strdup("");
	}
	if (!list.items || !list.items->name || !list.items->path || !message || !remedy)
		r = report_fail(s->report, -ENOMEM, "out of memory");
	else if (systemctl_ask(list.items) == 0 && !(found->may_be_guarded && has_guard(list.items)))
		r = add_finding(s, found, list.items->starts);
	if (!list.items)
		list.n = 0;
	unit_list_free(&list);
	return r;
}

/* A new string, or NULL. */
__attribute__((format(printf, 1, 2))) static char *format(const char *form, ...)
{
	char *text;
	va_list ap;
	int n;

	va_start(ap, form);
	n = vasprintf(&text, form, ap);
	va_end(ap);
	return n < 0 ? NULL : text;
}

static int take(void *data, const char *name, const char *listen)
{
	struct found found = {
		.finding = &dropin_unnamed_socket,
		.subject = name,
		.unit = name,
		.may_be_guarded = true,
		.message = format("it listens at %.*s, which the guard is to keep private, and the stack does not name "
				  "it: it starts unguarded",
				  (int)strcspn(listen, " "), listen),
		.remedy = format("%s", dropin_unnamed_socket.remedy),
	};

	return note(data, &found);
}

/* True if the stack names the slice of the instances of a template: "/system.slice/system-NAME.slice". */
static bool has_slice(const struct ejg_facts *facts, const char *socket)
{
	const size_t n = strlen(socket) - strlen(".socket");
	cleanup_free char *slice = format("/system-%.*s.slice", (int)n, socket);

	for (size_t i = 0; slice && i < facts->n_cgroups; i++)
		if (strstr(ejg_cgroup_get(facts, i)->name, slice))
			return true;
	return false;
}

/* Accept=yes: each connection starts an instance of a template, which no stack can name. */
static int note_instances(struct search *s, const char *socket)
{
	const int n = (int)(strlen(socket) - strlen(".socket"));
	struct found found = {
		.finding = &dropin_socket_starts,
		.subject = socket,
		.unit = socket,
		.message =
			format("with Accept=yes it starts an instance of %.*s@.service for each connection, which the "
			       "stack does not name: it starts unguarded",
			       n, socket),
		.remedy = format("set Accept=no in the unit, and let one service take the connections"),
	};

	return note(s, &found);
}

static int note_started(struct search *s, const char *socket, const char *service)
{
	struct found found = {
		.finding = &dropin_socket_starts,
		.subject = socket,
		.unit = service,
		.may_be_guarded = true,
		.message = format("it starts %s, which the stack does not name: it starts unguarded", service),
		.remedy = format("add %s to 'set cgroups' of the stack\nrun: ejguard enable", service),
	};

	return note(s, &found);
}

/* The names of a unit, which systemd tells by any of them. */
static bool is_other_name(const struct ejg_facts *facts, const char *unit)
{
	cleanup_free char *answer = NULL;
	struct block block = {};
	char *rest, *line;

	if (systemctl_triggers(unit, &answer) < 0)
		return false;
	for (rest = answer; (line = strsep(&rest, "\n"));)
		read_line(facts, &block, line);
	return block.names && is_of_service(facts, block.names);
}

/* What a socket unit of the service starts. */
static int look_at_started(struct search *s, const struct ejg_facts *facts, const char *socket)
{
	cleanup_free char *answer = NULL;
	struct block block = {};
	char *rest, *line;
	int r = 0;

	if (systemctl_triggers(socket, &answer) < 0)
		return 0;
	for (rest = answer; (line = strsep(&rest, "\n"));)
		read_line(facts, &block, line);
	if (!block.loaded || !block.triggers)
		return 0;
	if (block.accepts)
		return has_slice(facts, socket) ? 0 : note_instances(s, socket);
	for (rest = (char *)block.triggers; r == 0 && (line = strsep(&rest, " "));)
		if (*line && !is_of_service(facts, line) && !is_other_name(facts, line))
			r = note_started(s, socket, line);
	return r;
}

/* A service that runs in none of systemd's units, such as a container, has its own network, or its own epmd. */
static bool has_units(const struct ejg_facts *facts)
{
	for (size_t i = 0; i < facts->n_cgroups; i++)
		if (unit_can_guard(ejg_cgroup_get(facts, i)->name))
			return true;
	return false;
}

int sockets_note(struct report *report, const struct dropin_look *look)
{
	const struct ejg_facts *facts = ejg_facts_get(report->handle);
	struct search s = { .report = report, .look = look };
	cleanup_free char *answer = NULL;
	int r = 0;

	if (!facts || !has_units(facts) || systemctl_sockets(&answer) < 0)
		return 0;
	r = sockets_read(facts, answer, take, &s);
	for (size_t i = 0; r == 0 && i < facts->n_cgroups; i++) {
		const char *name = ejg_cgroup_get(facts, i)->name;

		if (unit_can_guard(name) && unit_name_ends(name, ".socket"))
			r = look_at_started(&s, facts, name);
	}
	return r;
}
