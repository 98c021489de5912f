/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists what a policy would change in the one in force, for a dry run: a few lines for people. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/modules/net/changes.h"
#include "libejguard/modules/net/kind.h"
#include "libejguard/modules/net/match.h"
#include "libejguard/modules/net/ranges.h"
#include "libejguard/util/change-list.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/passwd.h"

enum { MAX_SHOWN = 20 }; /* of each kind, added and removed */

/* Prints the ranges of one list that the other list does not have. */
static void put_missing(FILE *out, char sign, const struct ranges *list, const struct ranges *other)
{
	char text[RANGE_TEXT_SIZE];
	size_t shown = 0, j = 0;

	for (size_t i = 0; i < list->n; i++) {
		while (j < other->n && range_compare(range_at(other, j), range_at(list, i)) < 0)
			j++;
		if (j < other->n && range_compare(range_at(other, j), range_at(list, i)) == 0)
			continue;
		if (shown++ < MAX_SHOWN)
			fprintf(out, " %c%s", sign, range_format(range_at(list, i), text));
	}
	if (shown > MAX_SHOWN)
		fprintf(out, " " CHANGE_LIST_REST, shown - MAX_SHOWN, sign);
}

/* Prints the scoped ranges, which are few; each belongs to its interface. */
static void put_missing_scoped(FILE *out, char sign, const struct policy_head *list, const struct policy_head *other)
{
	char text[RANGE_TEXT_SIZE];

	for (size_t i = 0; i < list->n_scoped; i++) {
		const struct policy_scoped *one = &list->scoped[i];
		bool found = false;

		for (size_t j = 0; j < other->n_scoped && !found; j++)
			found = other->scoped[j].ifindex == one->ifindex &&
				range_compare(&other->scoped[j].range, &one->range) == 0;
		if (!found)
			fprintf(out, " %c%s", sign, range_format_scoped(one, text));
	}
}

/* Prints the ports that are set in one map and not in the other, as ranges. */
static void put_missing_ports(FILE *out, char sign, const uint8_t *list, const uint8_t *other)
{
	uint8_t only[POLICY_PORT_BYTES];
	size_t shown = 0;

	for (size_t i = 0; i < sizeof(only); i++)
		only[i] = list[i] & ~other[i];
	for (uint32_t port = 1, last; port < 65536; port = last + 1) {
		last = port;
		if (!port_in(only, port))
			continue;
		while (last < 65535 && port_in(only, last + 1))
			last++;
		if (shown++ >= MAX_SHOWN)
			continue;
		fprintf(out, last > port ? " %c%u-%u" : " %c%u", sign, port, last);
	}
	if (shown > MAX_SHOWN)
		fprintf(out, " " CHANGE_LIST_REST, shown - MAX_SHOWN, sign);
}

struct changes {
	struct ejg_call *call;
	const struct net_policy *before;
	const struct net_policy *after;
	bool first; /* no policy was in force before */
};

static void put_peers(FILE *out, const struct changes *c)
{
	const struct ranges before = ranges_of_peers(c->before), after = ranges_of_peers(c->after);

	put_missing(out, '+', &after, &before);
	put_missing(out, '-', &before, &after);
	put_missing_scoped(out, '+', &c->after->chunks[0].head, &c->before->chunks[0].head);
	put_missing_scoped(out, '-', &c->before->chunks[0].head, &c->after->chunks[0].head);
}

static void put_listen(FILE *out, const struct changes *c)
{
	const struct ranges before = ranges_of_listen(c->before), after = ranges_of_listen(c->after);

	put_missing(out, '+', &after, &before);
	put_missing(out, '-', &before, &after);
}

/* Private ports of epmd and the distribution are also guarded as destinations. */
static void put_guarded(FILE *out, const struct changes *c)
{
	const uint8_t *before = c->before->chunks[0].head.guarded_ports,
		      *after = c->after->chunks[0].head.guarded_ports;

	put_missing_ports(out, '+', after, before);
	put_missing_ports(out, '-', before, after);
}

static bool is_strict(const struct net_policy *policy)
{
	return policy->chunks[0].head.flags & POLICY_STRICT;
}

/* With strict=yes every port that is not private is public. */
static void put_public(FILE *out, const struct changes *c)
{
	static const uint8_t all_ports[POLICY_PORT_BYTES] = { [0 ... POLICY_PORT_BYTES - 1] = 0xff };
	const uint8_t *before = c->before->chunks[0].head.private_ports,
		      *after = c->after->chunks[0].head.private_ports;

	if (!is_strict(c->after) || (!is_strict(c->before) && !c->first))
		return;
	if (c->first) {
		put_missing_ports(out, '+', all_ports, after);
		return;
	}
	put_missing_ports(out, '+', before, after);
	put_missing_ports(out, '-', after, before);
}

static void put_strict(FILE *out, const struct changes *c)
{
	if (is_strict(c->before) != is_strict(c->after))
		fprintf(out, is_strict(c->after)
				     ? " no -> yes: all ports except the public ones become private"
				     : " yes -> no: only the ports of epmd and the distribution stay private");
}

static void put_mode(FILE *out, const struct changes *c)
{
	static const char *const names[] = { "enforce", "permissive" };
	bool before = c->before->chunks[0].head.flags & POLICY_PERMISSIVE;
	bool after = c->after->chunks[0].head.flags & POLICY_PERMISSIVE;

	if (before != after)
		fprintf(out, " %s -> %s", names[before], names[after]);
}

static void put_wildcard(FILE *out, const struct changes *c)
{
	const uint32_t before = c->before->chunks[0].head.wildcard, after = c->after->chunks[0].head.wildcard;

	if (before != after && before <= POLICY_WILDCARD_REWRITE)
		fprintf(out, " %s -> %s", net_wildcard_words[before], net_wildcard_words[after]);
}

/* Nothing is known of a policy from before that field. */
static void put_shared(FILE *out, const struct changes *c)
{
	const struct policy_head *before = &c->before->chunks[0].head, *after = &c->after->chunks[0].head;

	if (!(before->flags & POLICY_SHARES) || before->shared_port == after->shared_port)
		return;
	if (after->shared_port)
		fprintf(out, " %u", after->shared_port);
	else
		fputs(" none", out);
}

static void put_missing_users(FILE *out, char sign, const struct policy_head *list, const struct policy_head *other)
{
	for (uint32_t i = 0; i < list->n_users && i < POLICY_MAX_USERS; i++) {
		cleanup_passwd_user struct passwd_user user = {};

		if (user_in(other, list->users[i]))
			continue;
		if (passwd_user_by_id(NULL, list->users[i], &user) == 0)
			fprintf(out, " %c%s", sign, user.name);
		else
			fprintf(out, " %c%u", sign, list->users[i]);
	}
}

static void put_users(FILE *out, const struct changes *c)
{
	put_missing_users(out, '+', &c->after->chunks[0].head, &c->before->chunks[0].head);
	put_missing_users(out, '-', &c->before->chunks[0].head, &c->after->chunks[0].head);
}

/* The tried stack file has another name than the one that it replaces: that is no change. */
static bool are_files_equal(const struct changes *c)
{
	const struct policy_head *before = &c->before->chunks[0].head, *after = &c->after->chunks[0].head;
	const char *tried = ejg_call_facts(c->call)->stack_file;

	for (size_t i = 0; i < POLICY_MAX_FILES; i++) {
		if (strcmp(before->files[i], after->files[i]) == 0)
			continue;
		if (!*before->files[i] || strncmp(after->files[i], tried, sizeof(after->files[i]) - 1) != 0)
			return false;
	}
	return true;
}

static bool are_equal(const struct changes *c)
{
	const struct policy_chunk *before = c->before->chunks, *after = c->after->chunks;
	const size_t n = c->after->n_chunks;

	return c->before->n_chunks == n && memcmp(before, after, offsetof(struct policy_head, files)) == 0 &&
	       are_files_equal(c) && memcmp(before + 1, after + 1, (n - 1) * sizeof(*after)) == 0;
}

static size_t note_changes(const struct changes *c)
{
	const struct {
		const char *subject;
		void (*put)(FILE *out, const struct changes *c);
	} kinds[] = {
		{ "mode", put_mode },
		{ "strict", put_strict },
		{ "peers", put_peers },
		{ "public ports", put_public },
		{ "epmd and distribution ports", put_guarded },
		{ set_kind.listen, put_listen },
		{ "users", put_users },
		{ "wildcard", put_wildcard },
		{ "port shared with other services", put_shared },
	};
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		cleanup_free char *text = NULL;
		size_t size = 0;
		FILE *out = open_memstream(&text, &size);

		if (!out)
			continue;
		kinds[i].put(out, c);
		if (fclose(out) != 0 || size == 0)
			continue;
		ejg_call_finding(c->call, "would-change", kinds[i].subject, "%s", text + 1);
		n++;
	}
	/* Only the lines of the stack differ that the policy reports as reasons. */
	if (n == 0 && !are_equal(c)) {
		ejg_call_finding(c->call, "would-change", "policy",
				 "the lines of the stack that it names, nothing that it decides");
		n++;
	}
	return n;
}

size_t net_note_changes(struct ejg_call *call, const struct net_policy *before, const struct net_policy *after)
{
	struct changes changes = { call, before, after, !before };
	struct net_policy none = { .n_chunks = 0 };
	size_t n;

	if (before)
		return note_changes(&changes);
	none.chunks = calloc(1, sizeof(*none.chunks));
	if (!none.chunks)
		return 0;
	changes.before = &none;
	n = note_changes(&changes);
	free(none.chunks);
	return n;
}
