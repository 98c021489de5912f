/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/denials.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "libejguard/modules/net/links.h"
#include "libejguard/modules/net/match.h"
#include "libejguard/modules/net/net.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cgroup-name.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/passwd.h"

static int compare(const void *a, const void *b)
{
	return memcmp(&((const struct denial *)a)->key, &((const struct denial *)b)->key,
		      sizeof(struct policy_denial_key));
}

/* Appends the rows of one table. Rows that change during the read may be missing: the next read has them. */
static int read_table(int fd, struct denial_list *list)
{
	cleanup_free struct policy_denial_key *keys = calloc(POLICY_MAX_DENIALS, sizeof(*keys));
	cleanup_free struct policy_denial *rows = calloc(POLICY_MAX_DENIALS, sizeof(*rows));
	uint64_t batch = 0;
	bool first = true;
	int r = 0;

	if (!keys || !rows)
		return -ENOMEM;
	while (r == 0) {
		uint32_t n = POLICY_MAX_DENIALS;
		struct denial *items;

		r = bpf_map_lookup_batch(fd, first ? NULL : &batch, &batch, keys, rows, &n, NULL);
		first = false;
		if (r < 0 && r != -ENOENT) /* -ENOENT marks the last batch */
			return r;
		items = reallocarray(list->items, list->n + n + 1, sizeof(*items));
		if (!items)
			return -ENOMEM;
		list->items = items;
		for (uint32_t i = 0; i < n; i++)
			list->items[list->n++] = (struct denial){ keys[i], rows[i] };
	}
	return 0;
}

int denials_read(const struct pins *pins, struct denial_list *ret)
{
	struct denial_list list = {};
	int r = read_table(pins->maps[SET_INSIDERS], &list);

	if (r == 0 && set_kind.maps & 1U << SET_OUTSIDERS)
		r = read_table(pins->maps[SET_OUTSIDERS], &list);
	if (r < 0) {
		denials_free(&list);
		return r;
	}
	qsort(list.items, list.n, sizeof(*list.items), compare);
	*ret = list;
	return 0;
}

void denials_free(struct denial_list *list)
{
	free(list->items);
	*list = (struct denial_list){};
}

static int compare_last(const void *a, const void *b)
{
	uint64_t x = ((const struct denial *)a)->row.last, y = ((const struct denial *)b)->row.last;

	return x < y ? 1 : x > y ? -1 : 0;
}

void denials_sort_newest(struct denial_list *list)
{
	if (list->n)
		qsort(list->items, list->n, sizeof(*list->items), compare_last);
}

const struct denial *denials_find(const struct denial_list *list, const struct policy_denial_key *key)
{
	const struct denial wanted = { .key = *key };

	return list->n ? bsearch(&wanted, list->items, list->n, sizeof(wanted), compare) : NULL;
}

static uint64_t now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

uint64_t denial_realtime(uint64_t boottime)
{
	return now_ns(CLOCK_REALTIME) - now_ns(CLOCK_BOOTTIME) + boottime;
}

static void format_user(uint32_t uid, char text[static 64])
{
	cleanup_passwd_user struct passwd_user user = { 0 };

	if (passwd_user_by_id(NULL, uid, &user) == 0)
		snprintf(text, 64, "%.63s", user.name);
	else
		snprintf(text, 64, "%u", uid);
}

/*
 * "198.51.100.9", or of refused packets from outside the network that their rows are folded to. An address that was let
 * through and ends like a network is shown as one: nobody then takes more for seen than was.
 */
static bool is_folded(const struct policy_denial_key *key, bool ipv4)
{
	return key->uid == POLICY_NO_UID && (key->address.low & (ipv4 ? 0xffULL : ~0ULL)) == 0;
}

static void format_address(const struct policy_denial_key *key, char text[static 64])
{
	uint64_t words[2] = { htobe64(key->address.high), htobe64(key->address.low) };
	bool ipv4 = is_mapped(&key->address);

	if (ipv4)
		inet_ntop(AF_INET, (const char *)words + 12, text, INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET6, words, text, INET6_ADDRSTRLEN);
	if (is_folded(key, ipv4))
		strcat(text, ipv4 ? "/24" : "/64");
}

/* A lookup runs before the listener is known, so it has no cgroup. */
static void format_cgroup(const char *mount, const struct policy_denial_key *key, char text[static PATH_MAX])
{
	*text = '\0';
	if (key->cgroup)
		cgroup_name(mount, key->cgroup, text);
	if (key->cgroup && !*text)
		strcpy(text, "(removed)");
}

/* The reason of a refusal, for people; labels have the word of policy_reasons. */
static const char *const reasons[POLICY_N_REASONS] = {
	[POLICY_NO_POLICY] = "no policy is in force",
	[POLICY_BIND_ADDRESS] = "the address is not in listen=",
	[POLICY_BIND_WILDCARD] = "wildcard=deny",
	[POLICY_BIND_REWRITE] = "wildcard=rewrite is impossible here",
	[POLICY_DESTINATION] = "not a peer",
	[POLICY_SOURCE] = "not a peer",
	[POLICY_LOCAL_ADDRESS] = "sent to an address that is not in listen=",
	[POLICY_MALFORMED] = "malformed packet",
	[POLICY_USER] = "the user may not use private ports",
};

static void add_label(struct denial_words *words, const char *name, const char *value)
{
	words->labels[words->n_labels++] = (struct ejg_label){ name, value };
}

/* The meaning of a private port, by the facts of now. */
static const char *name_port(const struct ejg_facts *facts, uint16_t port)
{
	if (port == facts->epmd_port)
		return " (epmd)";
	return port_in_ranges(facts->dist, facts->n_dist, port) ? " (distribution)" : "";
}

void denial_describe(const struct ejg_facts *facts, const struct denial *denial, struct denial_words *ret)
{
	const struct policy_denial_key *key = &denial->key;
	const char *hook = key->hook < POLICY_N_HOOKS ? policy_hooks[key->hook].name : "unknown";
	const char *reason = key->reason < POLICY_N_REASONS ? policy_reasons[key->reason] : "unknown";
	const char *name = name_port(facts, key->port);
	const char *why =
		key->reason < POLICY_N_REASONS && reasons[key->reason] ? reasons[key->reason] : "unknown reason";

	ret->n_labels = 0;
	format_address(key, ret->address);
	snprintf(ret->port, sizeof(ret->port), "%u", key->port);
	format_cgroup(facts->cgroup_mount, key, ret->cgroup);
	cgroup_unit(ret->cgroup, ret->unit);
	add_label(ret, "hook", hook);
	add_label(ret, "reason", reason);
	add_label(ret, "address", ret->address);
	add_label(ret, "port", ret->port);
	add_label(ret, "decision", denial->row.passed ? "let through" : "refused");
	if (*ret->cgroup)
		add_label(ret, "cgroup", ret->cgroup);
	add_label(ret, "unit", ret->unit);
	if (key->uid == POLICY_NO_UID) {
		snprintf(ret->line, sizeof(ret->line), "from %s%s to port %s%s%s%.256s: %s, %llu packet%s",
			 strchr(ret->address, '/') ? "the network " : "", ret->address, ret->port, name,
			 *ret->cgroup ? " of " : "", ret->cgroup, why, (unsigned long long)denial->row.count,
			 denial->row.count == 1 ? "" : "s");
		return;
	}
	format_user(key->uid, ret->user);
	snprintf(ret->uid, sizeof(ret->uid), "%u", key->uid);
	snprintf(ret->pid, sizeof(ret->pid), "%u", denial->row.pid);
	snprintf(ret->command, sizeof(ret->command), "%.16s", denial->row.command);
	add_label(ret, "user", ret->user);
	add_label(ret, "uid", ret->uid);
	add_label(ret, "pid", ret->pid);
	add_label(ret, "command", ret->command);
	snprintf(ret->line, sizeof(ret->line), "%s %s port %s%s by %s[%s] as %s in %.256s: %s, %llu time%s", hook,
		 ret->address, ret->port, name, ret->command, ret->pid, ret->user, ret->cgroup, why,
		 (unsigned long long)denial->row.count, denial->row.count == 1 ? "" : "s");
}
