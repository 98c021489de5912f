/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/changeable.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/modules/net/match.h"
#include "libejguard/modules/net/owners.h"
#include "libejguard/util/cleanup.h"

enum {
	EPMD_DEFAULT = 4369,  /* registered at IANA */
	FIRST_UNKNOWN = 1024, /* those below are for services of the system, and only root binds them */
	FIRST_PERSON = 1000,  /* Debian Policy, 9.2.2: users of lower numbers are services */
};

/* The source of one kind of ports. */
struct port_source {
	const char *setting; /* of the stack */
	const struct ejg_origin *origin;
	const char *who; /* can change its file; NULL: nobody but root, or the stack states the ports */
	const struct ejg_port_range *ports;
	size_t n_ports;
	const struct ejg_port_range *usual; /* the default, n_usual */
	size_t n_usual;
	bool by_them; /* they can have written these ports: that file is changeable, and not only its folder */
};

enum { SOURCE_EPMD, SOURCE_DIST, N_SOURCES };

struct port_sources {
	struct port_source items[N_SOURCES];
	struct ejg_port_range epmd, epmd_usual;
};

static void find_who(struct port_source *source, struct arena *arena, const struct ejg_facts *facts)
{
	const struct access_trust trust = { .root = facts->root };
	const struct ejg_origin *origin = source->origin;

	if (origin->kind == EJG_ORIGIN_STACK || origin->kind == EJG_ORIGIN_CALLER)
		return;
	/* A default has no file, but the service could add one, or a line of it, in its folder. */
	if (origin->file && *origin->file == '/')
		source->who = access_changeable_by(arena, &trust, origin->file);
	source->by_them = source->who;
	if (!source->who && facts->config_dir)
		source->who = access_changeable_by(arena, &trust, facts->config_dir);
}

static void find_sources(struct ejg_call *call, struct arena *arena, struct port_sources *ret)
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	const struct ejg_kind *kind = facts->kind;
	size_t n_usual = 0;

	while (kind && n_usual < ARRAY_SIZE(kind->usual) && kind->usual[n_usual].first)
		n_usual++;
	ret->epmd = (struct ejg_port_range){ facts->epmd_port, facts->epmd_port };
	ret->epmd_usual = (struct ejg_port_range){ EPMD_DEFAULT, EPMD_DEFAULT };
	ret->items[SOURCE_EPMD] =
		(struct port_source){ "epmd", &facts->epmd_origin, NULL, &ret->epmd, 1, &ret->epmd_usual, 1 };
	ret->items[SOURCE_DIST] = (struct port_source){ "dist",	       &facts->dist_origin,	  NULL,	  facts->dist,
							facts->n_dist, kind ? kind->usual : NULL, n_usual };
	for (size_t i = 0; i < N_SOURCES; i++)
		find_who(&ret->items[i], arena, facts);
}

static bool is_in(const struct ejg_port_range *ranges, size_t n, unsigned int port)
{
	for (size_t i = 0; i < n; i++)
		if (port >= ranges[i].first && port <= ranges[i].last)
			return true;
	return false;
}

/* Guards the default ports, except for those that the stack makes public. */
static void add_usual(const struct port_source *source, const struct ejg_facts *facts, struct policy_head *head)
{
	for (size_t i = 0; i < source->n_usual; i++)
		for (unsigned int p = source->usual[i].first; p <= source->usual[i].last; p++)
			if (!is_in(facts->public_ports, facts->n_public_ports, p)) {
				head->private_ports[p / 8] |= 1U << (p % 8);
				head->guarded_ports[p / 8] |= 1U << (p % 8);
			}
}

/* The first range of ports that only the policy in force guards; the stack can free one by making it public. */
static struct ejg_port_range find_freed(const struct ejg_facts *facts, const struct policy_head *former,
					const struct policy_head *head)
{
	struct ejg_port_range freed = { 0 };

	for (unsigned int p = 1; p < 65536; p++) {
		if (port_in(former->guarded_ports, p) && !port_in(head->guarded_ports, p) &&
		    !is_in(facts->public_ports, facts->n_public_ports, p)) {
			freed.first = freed.first ? freed.first : (uint16_t)p;
			freed.last = (uint16_t)p;
		} else if (freed.first) {
			break;
		}
	}
	return freed;
}

/*
 * Reads the policy in force, also one of a former version: an upgrade is no moment to forget what it guards. Return:
 * true if there is one. check reports a set that cannot be read, and an apply replaces it.
 */
static bool read_former(struct ejg_call *call, struct net_policy *ret)
{
	struct owner owner;
	bool read;

	if (!owner_open(ejg_call_facts(call)->service, &owner))
		return false;
	read = pins_read_policy(owner.policy, ret) == 0;
	owner_close(&owner);
	return read;
}

/* "port 22", "ports 4370-4375" */
#define PORTS_TEXT_SIZE sizeof("ports 65535-65535")

static const char *ports_text(const struct ejg_port_range *ports, char text[static PORTS_TEXT_SIZE])
{
	snprintf(text, PORTS_TEXT_SIZE, ports->first == ports->last ? "port %u" : "ports %u-%u", ports->first,
		 ports->last);
	return text;
}

static int refuse_freed(struct ejg_call *call, const struct port_source *source, const struct ejg_port_range *freed)
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	cleanup_free char *remedy = NULL;
	char ports[PORTS_TEXT_SIZE];

	if (asprintf(&remedy,
		     "write the real ports of epmd and the distribution into %s (set epmd, set dist): then no other "
		     "file changes them; or, if this change is yours, run: ejguard release %s",
		     facts->stack_file, facts->service) < 0)
		remedy = NULL;
	return ejg_call_error(call, -EBADMSG, remedy,
			      "%s would no longer be guarded, by a configuration (%s) that can be changed by %s",
			      ports_text(freed, ports), source->origin->file ? source->origin->file : facts->config_dir,
			      source->who);
}

/*
 * The role of an Erlang process that can be the service's own although its socket is in none of the service's cgroups:
 * it was started by hand. An epmd may be another service's, which shares it.
 */
static bool may_be_ours(const struct ejg_survey *survey, const struct ejg_listener *listener, bool epmd)
{
	for (size_t i = 0; listener->pid && i < survey->n_processes; i++) {
		const struct ejg_process *process = ejg_process_get(survey, i);

		if (process->pid == listener->pid)
			return process->relation != EJG_RELATION_STRANGER ||
			       (epmd && process->role == EJG_PROCESS_EPMD);
	}
	return false;
}

/* Of root or a service: a local user must not keep this service from its start by a listener of his own. */
static bool is_of_system(const struct ejg_listener *listener)
{
	return listener->uid < FIRST_PERSON;
}

/* A listener of another service on a port. */
static const struct ejg_listener *find_other(const struct ejg_survey *survey, unsigned int port, bool epmd)
{
	for (size_t i = 0; i < survey->n_listeners; i++) {
		const struct ejg_listener *listener = ejg_listener_get(survey, i);

		if (listener->port == port && !listener->in_service && is_of_system(listener) &&
		    !may_be_ours(survey, listener, epmd))
			return listener;
	}
	return NULL;
}

static void put_ports(FILE *out, const struct port_source *source)
{
	for (size_t i = 0; i < source->n_ports; i++)
		fprintf(out, source->ports[i].first == source->ports[i].last ? " %u" : " %u-%u", source->ports[i].first,
			source->ports[i].last);
}

/* The edit of the stack after which no other file decides, or NULL. */
static char *remedy_of(const struct ejg_facts *facts, const struct port_source *source)
{
	cleanup_free char *ports = NULL;
	char *remedy;
	size_t size;
	FILE *out = open_memstream(&ports, &size);

	if (!out)
		return NULL;
	put_ports(out, source);
	if (fclose(out) != 0 ||
	    asprintf(&remedy, "if you chose them, write into %s: set %s%s; if not, remove that line", facts->stack_file,
		     source->setting, ports) < 0)
		return NULL;
	return remedy;
}

/* Why a port must not become private unasked: who listens on it, NULL: it is a well-known one. NULL: no memory. */
static char *reason_of(const struct ejg_listener *listener)
{
	char *why;
	int r;

	if (!listener)
		r = asprintf(&why, "it is one of the well-known ports below %d", FIRST_UNKNOWN);
	else if (listener->unit)
		r = asprintf(&why, "%s listens there", listener->unit);
	else if (listener->pid)
		r = asprintf(&why, "process %d listens there, which is not the service's", (int)listener->pid);
	else
		r = asprintf(&why, "a process of user %u listens there, which is not the service's", listener->uid);
	return r < 0 ? NULL : why;
}

static int refuse_taken(struct ejg_call *call, const struct port_source *source, unsigned int port,
			const struct ejg_listener *listener)
{
	const struct ejg_origin *origin = source->origin;
	cleanup_free char *remedy = remedy_of(ejg_call_facts(call), source), *why = reason_of(listener);
	char line[16] = "";

	if (origin->line)
		snprintf(line, sizeof(line), ":%u", origin->line);
	return ejg_call_error(call, -EBADMSG, remedy,
			      "port %u would become private, by %s%s, which can be changed by %s; %s", port,
			      origin->file, line, source->who, why ? why : "");
}

/*
 * A service that adds ports by its own configuration must not shut out others, such as the administrator who comes by
 * ssh. Ports that are the default, or guarded by the policy in force, are not new.
 */
static int check_added(struct ejg_call *call, const struct port_source *source, const struct policy_head *former)
{
	const struct ejg_survey *survey = NULL;
	const bool epmd = strcmp(source->setting, "epmd") == 0;

	for (unsigned int port = 1; port < 65536 && source->by_them; port++) {
		const struct ejg_listener *listener;

		if (!is_in(source->ports, source->n_ports, port) || is_in(source->usual, source->n_usual, port) ||
		    (former && port_in(former->guarded_ports, port)))
			continue;
		if (port < FIRST_UNKNOWN)
			return refuse_taken(call, source, port, NULL);
		if (!survey)
			survey = ejg_call_survey(call);
		if (!survey)
			return ejg_call_error(call, -ENOMEM, NULL, "no memory");
		listener = find_other(survey, port, epmd);
		if (listener)
			return refuse_taken(call, source, port, listener);
	}
	return 0;
}

static int check_sources(struct ejg_call *call, const struct port_sources *sources, const struct policy_head *former,
			 const struct policy_head *head)
{
	struct ejg_port_range freed = { 0 };
	int r = 0;

	if (former)
		freed = find_freed(ejg_call_facts(call), former, head);
	for (size_t i = N_SOURCES; r == 0 && i-- > 0;) {
		if (!sources->items[i].who)
			continue;
		r = freed.first ? refuse_freed(call, &sources->items[i], &freed)
				: check_added(call, &sources->items[i], former);
	}
	return r;
}

static bool is_usual(const struct port_source *source)
{
	for (size_t i = 0; i < source->n_ports; i++)
		if (!is_in(source->usual, source->n_usual, source->ports[i].first) ||
		    !is_in(source->usual, source->n_usual, source->ports[i].last))
			return false;
	return true;
}

int changeable_keep_ports(struct ejg_call *call, struct net_policy *policy)
{
	cleanup_arena struct arena *arena = arena_new();
	const struct ejg_facts *facts = ejg_call_facts(call);
	struct policy_head *head = &policy->chunks[0].head, *in_force;
	struct net_policy former = {};
	struct port_sources sources;
	bool changeable = false;
	int r;

	if (!arena)
		return ejg_call_error(call, -ENOMEM, NULL, "no memory");
	find_sources(call, arena, &sources);
	if (arena_failed(arena))
		return ejg_call_error(call, -ENOMEM, NULL, "no memory");
	for (size_t i = 0; i < N_SOURCES; i++) {
		if (!sources.items[i].who)
			continue;
		changeable = true;
		add_usual(&sources.items[i], facts, head);
		/* What the service names itself may be another's port: its peers are not let in there. */
		if (i == SOURCE_EPMD && !is_usual(&sources.items[i]))
			head->shared_port = 0;
	}
	/* The guard is taken off on purpose, or there is none: nothing runs on an image. */
	if (!changeable || ejg_call_mode(call) != EJG_ENFORCE || (facts->root && *facts->root))
		return 0;
	in_force = read_former(call, &former) ? &former.chunks[0].head : NULL;
	r = check_sources(call, &sources, in_force && !(in_force->flags & POLICY_PERMISSIVE) ? in_force : NULL, head);
	net_policy_free(&former);
	return r;
}

static void report(struct ejg_call *call, const struct port_source *source)
{
	cleanup_free char *ports = NULL, *remedy = remedy_of(ejg_call_facts(call), source);
	struct ejg_place place = { .file = source->origin->file, .line = source->origin->line, .remedy = remedy };
	size_t size;
	FILE *out = open_memstream(&ports, &size);

	if (!out)
		return;
	put_ports(out, source);
	if (fclose(out) == 0)
		ejg_call_finding_at(call, "ports-changeable", source->setting, &place,
				    "%s, from a configuration that can be changed by %s", ports + 1, source->who);
}

void changeable_report_ports(struct ejg_call *call)
{
	cleanup_arena struct arena *arena = arena_new();
	struct port_sources sources;

	if (!arena)
		return;
	find_sources(call, arena, &sources);
	for (size_t i = 0; i < N_SOURCES; i++)
		if (sources.items[i].who && !is_usual(&sources.items[i]))
			report(call, &sources.items[i]);
}
