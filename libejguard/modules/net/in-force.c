/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/in-force.h"

#include <stdio.h>
#include <stdlib.h>

#include "libejguard/modules/net/match.h"
#include "libejguard/modules/net/names.h"
#include "libejguard/modules/net/ranges.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/passwd.h"

enum { MAX_SHOWN = 32 }; /* of each list */

struct in_force {
	const struct ejg_facts *facts;
	const struct pins *pins;
	const struct net_policy *policy;
	const struct policy_head *head;
	struct name_list names; /* the last known addresses of peers */
};

static void put_rest(FILE *out, size_t n)
{
	if (n > MAX_SHOWN)
		fprintf(out, " and %zu more", n - MAX_SHOWN);
}

static void put_mode(FILE *out, const struct in_force *p)
{
	fputs(p->head->flags & POLICY_PERMISSIVE ? " permissive: refuses nothing" : " enforcing", out);
	if (set_kind.hooks & 1U << POLICY_LOOKUP)
		fprintf(out, ", accept=%s", pins_has(p->pins, POLICY_LOOKUP) ? "netns" : "cgroup");
	if (p->head->wildcard != POLICY_WILDCARD_ALLOW && p->head->wildcard <= POLICY_WILDCARD_REWRITE)
		fprintf(out, ", wildcard=%s", net_wildcard_words[p->head->wildcard]);
	fprintf(out, "; made by ejguard %.24s", p->pins->meta.version);
}

/* Prints the ports of a map; those whose bit is `value`. */
static void put_ports(FILE *out, const uint8_t *ports, bool value)
{
	size_t n = 0;

	for (uint32_t port = 1, last; port < 65536; port = last + 1) {
		last = port;
		if (port_in(ports, port) != value)
			continue;
		while (last < 65535 && port_in(ports, last + 1) == value)
			last++;
		if (n++ < MAX_SHOWN)
			fprintf(out, last > port ? " %u-%u" : " %u", port, last);
	}
	put_rest(out, n);
}

static void put_public(FILE *out, const struct in_force *p)
{
	if (p->head->flags & POLICY_STRICT)
		put_ports(out, p->head->private_ports, false);
	else if (set_kind.hooks & 1U << POLICY_LOOKUP)
		fputs(" all that are not private", out);
}

/* The port of epmd by its name, if the facts are still those of the policy; the others belong to the distribution. */
static void put_private(FILE *out, const struct in_force *p)
{
	const uint16_t epmd = p->facts->epmd_port;
	uint8_t others[POLICY_PORT_BYTES];
	bool any = false;

	for (size_t i = 0; i < sizeof(others); i++)
		others[i] = p->head->guarded_ports[i];
	if (port_in(others, epmd)) {
		fprintf(out, " %u (epmd)", epmd);
		others[epmd / 8] &= ~(1U << epmd % 8);
	}
	for (size_t i = 0; i < sizeof(others); i++)
		any |= others[i] != 0;
	if (any) {
		put_ports(out, others, true);
		fputs(" (distribution)", out);
	}
	if (p->head->flags & POLICY_STRICT)
		fputs(", and all others that are not public", out);
}

/* The names of the stack, with those of their last known addresses that the policy has. */
static size_t put_names(FILE *out, const struct in_force *p)
{
	const struct decision d = net_decision(p->policy);
	size_t n = 0;

	for (size_t i = 0; i < p->facts->n_peers; i++) {
		const struct ejg_peer *peer = ejg_peer_get(p->facts, i);
		size_t n_addresses = 0;

		if (!peer->name || n++ >= MAX_SHOWN)
			continue;
		fprintf(out, " %s (", peer->name);
		for (size_t k = 0; k < p->names.n; k++) {
			const struct policy_address address = net_address(&p->names.items[k].address);
			char text[EJG_PREFIX_TEXT_SIZE];

			if (p->names.items[k].peer == i && find_peer(&d, &address, 0))
				fprintf(out, "%s%s", n_addresses++ ? " " : "",
					ejg_prefix_format(&p->names.items[k].address, text));
		}
		fputs(n_addresses ? ")" : "no address)", out);
	}
	return n;
}

/* True if the range is nothing but the address of a name. */
static bool is_named(const struct in_force *p, const struct policy_range *range)
{
	for (size_t k = 0; k < p->names.n; k++) {
		const struct policy_address address = net_address(&p->names.items[k].address);

		if (range_compare(range, &(struct policy_range){ .first = address, .last = address }) == 0)
			return true;
	}
	return false;
}

static void put_peers(FILE *out, const struct in_force *p)
{
	const struct ranges ranges = ranges_of_peers(p->policy);
	char text[RANGE_TEXT_SIZE];
	size_t n;

	if (!(set_kind.hooks & 1U << POLICY_LOOKUP))
		return;
	n = put_names(out, p);
	for (size_t i = 0; i < ranges.n; i++)
		if (!is_named(p, range_at(&ranges, i)) && n++ < MAX_SHOWN)
			fprintf(out, " %s", range_format(range_at(&ranges, i), text));
	for (size_t i = 0; i < p->head->n_scoped && i < POLICY_MAX_SCOPED; i++)
		if (n++ < MAX_SHOWN)
			fprintf(out, " %s", range_format_scoped(&p->head->scoped[i], text));
	put_rest(out, n);
	if (n == 0)
		fputs(" none", out);
}

/* ::1 and 127.0.0.0/8, or 127.0.0.1 of these: the two first ones of the sorted list. */
static bool has_loopback(const struct ranges *ranges)
{
	return ranges->n >= 2 && is_loopback(&range_at(ranges, 0)->first) && is_loopback(&range_at(ranges, 1)->first) &&
	       !is_mapped(&range_at(ranges, 0)->first) && (range_at(ranges, 1)->first.low & 0xffffff) <= 1;
}

static void put_listen(FILE *out, const struct in_force *p)
{
	const struct ranges ranges = ranges_of_listen(p->policy);
	const bool loopback = has_loopback(&ranges);
	char text[RANGE_TEXT_SIZE];

	if (loopback)
		fputs(" loopback", out);
	for (size_t i = loopback ? 2 : 0; i < ranges.n; i++)
		fprintf(out, " %s", range_format(range_at(&ranges, i), text));
}

static void put_users(FILE *out, const struct in_force *p)
{
	for (uint32_t i = 0; i < p->head->n_users && i < POLICY_MAX_USERS; i++) {
		cleanup_passwd_user struct passwd_user user = {};

		if (passwd_user_by_id(NULL, p->head->users[i], &user) == 0)
			fprintf(out, " %s", user.name);
		else
			fprintf(out, " %u", p->head->users[i]);
	}
}

void in_force_report(struct ejg_call *call, const struct pins *pins, const struct net_policy *policy)
{
	const struct {
		const char *subject;
		void (*put)(FILE *out, const struct in_force *p);
	} parts[] = {
		{ "mode", put_mode },		{ "peers", put_peers },		  { "users", put_users },
		{ "public ports", put_public }, { "private ports", put_private }, { set_kind.listen, put_listen },
	};
	struct in_force p = { ejg_call_facts(call), pins, policy, &policy->chunks[0].head, {} };

	if (names_load(p.facts, &p.names) < 0)
		ejg_call_log(call, EJG_LOG_WARNING, "cannot read the last known addresses of peers");
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		cleanup_free char *text = NULL;
		size_t size = 0;
		FILE *out = open_memstream(&text, &size);

		if (!out)
			continue;
		parts[i].put(out, &p);
		if (fclose(out) == 0 && size > 0)
			ejg_call_finding_at(call, "policy", parts[i].subject, &(struct ejg_place){ .file = pins->path },
					    "%s", text + 1);
	}
	names_free(&p.names);
}
