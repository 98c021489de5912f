/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decides who is trusted, who can reach a file, and which rights they have. */
#include "libejguard/modules/lib/access/access.h"

#include <string.h>

#include "libejguard/util/passwd.h"

enum { MAX_DESCRIBED = 5 };

static bool is_user(const struct access_entry *entry)
{
	return entry->kind == ACCESS_OWNER || entry->kind == ACCESS_USER;
}

static void limit_entries(struct access_entry *entries, size_t n, mode_t allowed, const struct access_trust *trust)
{
	for (size_t i = 0; i < n; i++) {
		if (entries[i].kind == ACCESS_OWNER)
			continue;
		entries[i].rights &= access_trusted(trust, &entries[i]) ? allowed >> 3 & 7 : allowed & 7;
	}
}

void access_limit(struct access *access, mode_t allowed, const struct access_trust *trust)
{
	access->mode &= S_IFMT | allowed;
	limit_entries(access->entries, access->n_entries, allowed, trust);
	limit_entries(access->inherited, access->n_inherited, allowed, trust);
}

bool access_trusted(const struct access_trust *trust, const struct access_entry *entry)
{
	if (entry->kind == ACCESS_EVERYBODY)
		return false;
	if (entry->id == 0)
		return true;
	if (!trust)
		return false;
	if (is_user(entry)) {
		for (size_t i = 0; i < trust->n_users; i++)
			if (trust->users[i] == entry->id)
				return true;
		return false;
	}
	for (size_t i = 0; i < trust->n_groups; i++)
		if (trust->groups[i] == entry->id)
			return true;
	return false;
}

/* True if one process can match both entries: a user may be in any group, but is only one user. */
static bool compatible(const struct access_entry *a, const struct access_entry *b)
{
	return a->kind == ACCESS_EVERYBODY || b->kind == ACCESS_EVERYBODY || !is_user(a) || !is_user(b) ||
	       a->id == b->id;
}

static bool gets_to(const struct access_reach *reach, const struct access_entry *entry)
{
	if (!reach || reach->everybody)
		return true;
	for (size_t i = 0; i < reach->n; i++)
		if (compatible(&reach->who[i], entry))
			return true;
	return false;
}

struct access_reach access_reach_all(void)
{
	return (struct access_reach){ .everybody = true };
}

bool access_reached(const struct access_reach *reach)
{
	return reach->everybody || reach->n > 0;
}

/* Decided from the folder alone: a group that has fewer rights than everybody is assumed to pass. */
struct access_reach access_reach_enter(const struct access_reach *reach, const struct access *folder,
				       const struct access_trust *trust)
{
	struct access_reach inside = {};

	for (size_t i = 0; i < folder->n_entries; i++) {
		const struct access_entry *entry = &folder->entries[i];

		if (!(entry->rights & ACCESS_EXECUTE) || access_trusted(trust, entry) || !gets_to(reach, entry))
			continue;
		if (entry->kind == ACCESS_EVERYBODY)
			return *reach;
		if (inside.n == ACCESS_REACH_MAX)
			return (struct access_reach){ .everybody = true };
		inside.who[inside.n++] = *entry;
	}
	return inside;
}

static bool counts(const struct access_entry *entry, const struct access_reach *reach, const struct access_trust *trust)
{
	return !access_trusted(trust, entry) && gets_to(reach, entry);
}

unsigned int access_exposed(const struct access *access, const struct access_reach *reach,
			    const struct access_trust *trust)
{
	unsigned int rights = 0;

	for (size_t i = 0; i < access->n_entries; i++)
		if (counts(&access->entries[i], reach, trust))
			rights |= access->entries[i].rights;
	return rights;
}

unsigned int access_exposed_new(const struct access *folder, const struct access_trust *trust)
{
	unsigned int rights = 0;

	for (size_t i = 0; i < folder->n_inherited; i++)
		if (!access_trusted(trust, &folder->inherited[i]))
			rights |= folder->inherited[i].rights;
	return rights;
}

const char *access_user_name(struct arena *arena, const char *root, uid_t uid)
{
	cleanup_passwd_user struct passwd_user user = { 0 };

	if (passwd_user_by_id(root, uid, &user) == 0)
		return arena_strdup(arena, user.name);
	return arena_printf(arena, "%u", (unsigned int)uid);
}

const char *access_group_name(struct arena *arena, const char *root, gid_t gid)
{
	cleanup_passwd_group struct passwd_group group = { 0 };

	if (passwd_group_by_id(root, gid, &group) == 0)
		return arena_strdup(arena, group.name);
	return arena_printf(arena, "%u", (unsigned int)gid);
}

static const char *describe_entry(struct arena *arena, const char *root, const struct access *access,
				  const struct access_entry *entry)
{
	const char *name;

	if (entry->kind == ACCESS_EVERYBODY)
		return "everybody";
	name = is_user(entry) ? access_user_name(arena, root, entry->id) : access_group_name(arena, root, entry->id);
	if (!name)
		return NULL;
	if (entry->kind == ACCESS_OWNER)
		return arena_printf(arena, "its owner %s", name);
	return arena_printf(arena, "%s %s%s", is_user(entry) ? "user" : "group", name,
			    is_user(entry) || entry->id != access->group ? " (ACL)" : "");
}

const char *access_describe(struct arena *arena, const struct access *access, const struct access_reach *reach,
			    const struct access_trust *trust, unsigned int rights)
{
	const char *text = NULL;
	unsigned int n = 0;

	for (size_t i = access->n_entries; i-- > 0;) { /* everybody is the last entry, and covers the most users */
		const struct access_entry *entry = &access->entries[i];
		const char *one;

		if (!(entry->rights & rights) || !counts(entry, reach, trust))
			continue;
		if (++n > MAX_DESCRIBED)
			return arena_printf(arena, "%s and others", text);
		one = describe_entry(arena, trust ? trust->root : NULL, access, entry);
		if (!one)
			return NULL;
		text = text ? arena_printf(arena, "%s, %s", text, one) : one;
		if (!text || entry->kind == ACCESS_EVERYBODY)
			return text;
	}
	return text;
}

static bool can_replace(const struct access_step *step, const struct access_entry *entry,
			const struct access_trust *trust)
{
	const unsigned int change = ACCESS_WRITE | ACCESS_EXECUTE;
	const struct access_entry next = { .kind = ACCESS_OWNER, .id = step->next_owner };

	if ((entry->rights & change) != change || !counts(entry, &step->reach, trust))
		return false;
	/* In a sticky folder only its owner and the owner of the entry can rename or remove the entry (unlink(2)). */
	return !(step->access.mode & S_ISVTX) || entry->kind == ACCESS_OWNER || !step->next_exists ||
	       !access_trusted(trust, &next);
}

const struct access_step *access_replaceable(const struct access_path *path, const struct access_trust *trust)
{
	for (size_t i = 0; i < path->n_steps; i++) {
		const struct access_step *step = &path->steps[i];

		if (step->link)
			continue;
		for (size_t j = 0; j < step->access.n_entries; j++)
			if (can_replace(step, &step->access.entries[j], trust))
				return step;
	}
	return NULL;
}
