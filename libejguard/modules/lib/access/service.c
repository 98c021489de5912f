/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the user that the service runs as, and whom it trusts. */
#include <errno.h>
#include <string.h>

#include "libejguard/modules/lib/access/access.h"
#include "libejguard/util/passwd.h"

static int take_user(struct arena *arena, const struct passwd_user *user, struct access_service *ret)
{
	ret->uid = user->uid;
	ret->gid = user->gid;
	ret->home = user->home[0] == '/' ? arena_strdup(arena, user->home) : NULL;
	ret->known = true;
	return user->home[0] == '/' && !ret->home ? -ENOMEM : 0;
}

/* If a uid has several entries, takes the configured one or the one with the service's name. */
static int find_entry(struct arena *arena, const struct ejg_facts *facts, const struct ejg_survey *survey,
		      struct access_service *service)
{
	const char *names[] = { service->doubted ? NULL : ejg_survey_value(survey, "user"), facts->service };
	const uid_t uid = service->uid;
	int r = -ENOENT;

	for (size_t i = 0; r != -ENOMEM && i <= ARRAY_SIZE(names); i++) {
		cleanup_passwd_user struct passwd_user user = { 0 };

		if (i == ARRAY_SIZE(names))
			r = passwd_user_by_id(facts->root, uid, &user);
		else if (names[i])
			r = passwd_user_by_name(facts->root, names[i], &user);
		if (r == 0 && user.uid == uid)
			return take_user(arena, &user, service);
	}
	return r == -ENOMEM ? r : 0;
}

/* The user of a running node does not replace a doubtful one: whoever chose that one has started it so. */
static int find_fallback(const struct ejg_facts *facts, struct access_service *service)
{
	int r = passwd_uid(facts->root, facts->service, &service->uid);

	service->known = r == 0;
	for (size_t i = 0; !service->known && i < facts->n_users; i++) {
		service->known = facts->users[i] != 0;
		service->uid = facts->users[i];
	}
	return r == -ENOMEM ? r : 0;
}

/* The survey has the user. A user without an entry has the group of the running node. */
static int find_user(struct arena *arena, const struct ejg_facts *facts, const struct ejg_survey *survey,
		     struct access_service *service)
{
	int r = 0;

	service->doubt = access_user_doubt(arena, facts, survey, &service->doubted);
	if (service->doubt) {
		r = find_fallback(facts, service);
	} else {
		service->known = survey->user_known;
		service->uid = survey->user;
	}
	if (arena_failed(arena))
		return -ENOMEM;
	if (r < 0 || !service->known)
		return r;
	if (passwd_is_dynamic(service->uid))
		service->gid = service->uid;
	for (size_t i = 0; i < survey->n_processes; i++) {
		const struct ejg_process *process = ejg_process_get(survey, i);

		if (process->role == EJG_PROCESS_NODE && process->in_service && process->uid == service->uid)
			service->gid = process->gid;
	}
	return find_entry(arena, facts, survey, service);
}

/* The other members of the group: listed there, or with it as their primary group. */
struct members {
	struct arena *arena;
	const struct access_service *service;
	const char *text;
	unsigned int n;
	bool failed;
};

enum { MAX_MEMBERS = 5 };

static void add_name(struct members *members, const char *name)
{
	if (members->n++ > MAX_MEMBERS)
		return;
	if (members->n > MAX_MEMBERS)
		name = "...";
	members->text = members->text ? arena_printf(members->arena, "%s, %s", members->text, name)
				      : arena_strdup(members->arena, name);
	members->failed = members->failed || !members->text;
}

static void add_member(struct members *members, const char *name)
{
	cleanup_passwd_user struct passwd_user user = { 0 };
	const int r = passwd_user_by_name(members->service->trust.root, name, &user);

	if (r == 0 && (user.uid == 0 || user.uid == members->service->uid))
		return;
	members->failed = members->failed || r == -ENOMEM;
	add_name(members, name);
}

/* An error counts as an empty group, as for any other reader of the database. */
static void add_listed(struct members *members, gid_t gid)
{
	cleanup_passwd_group struct passwd_group group = { 0 };
	const int r = passwd_group_by_id(members->service->trust.root, gid, &group);

	members->failed = members->failed || r == -ENOMEM;
	for (char *const *name = r == 0 ? group.members : NULL; name && *name; name++)
		add_member(members, *name);
}

static int add_if_primary(void *data, const struct passwd_user *user)
{
	struct members *members = data;

	if (user->gid == members->service->gid && user->uid != 0 && user->uid != members->service->uid)
		add_name(members, user->name);
	return 0;
}

static int trust_groups(struct arena *arena, const struct ejg_word_list *groups, struct access_service *service)
{
	size_t n = 0, n_named = groups ? groups->n : 0;
	gid_t *gids = arena_array(arena, n_named + 1, sizeof(*gids));

	if (!gids)
		return -ENOMEM;
	if (service->known && !service->group_members)
		gids[n++] = service->gid;
	for (size_t i = 0; i < n_named; i++) {
		cleanup_passwd_group struct passwd_group group = { 0 };
		const int r = passwd_group_by_name(service->trust.root, groups->items[i], &group);

		if (r == -ENOMEM)
			return r;
		if (r == 0)
			gids[n++] = group.gid;
	}
	service->trust.groups = gids;
	service->trust.n_groups = n;
	return 0;
}

/* Debian's ssl-cert is such a group: an administrator adds the service to it so that it can read a key. */
static int trust_key_readers(struct arena *arena, struct access_service *service)
{
	enum { MAX_GROUPS = 64 };
	gid_t *gids = arena_array(arena, service->trust.n_groups + MAX_GROUPS, sizeof(*gids)), theirs[MAX_GROUPS];
	const struct passwd_user user = { .gid = service->gid, .name = service->user };
	size_t n = service->trust.n_groups;
	int n_theirs;

	if (!gids)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		gids[i] = service->trust.groups[i];
	/* With more groups than fit, none of them is trusted. */
	n_theirs = service->known ? passwd_groups_of(service->trust.root, &user, theirs, MAX_GROUPS) : 0;
	if (n_theirs == -ENOMEM)
		return n_theirs;
	for (int i = 0; i < n_theirs; i++)
		if (theirs[i] != service->gid)
			gids[n++] = theirs[i];
	service->key_readers = service->trust;
	service->key_readers.groups = gids;
	service->key_readers.n_groups = n;
	return 0;
}

int access_service_find(struct arena *arena, const struct ejg_facts *facts, const struct ejg_survey *survey,
			const struct ejg_word_list *groups, struct access_service *ret)
{
	struct access_service service = { .trust.root = facts->root };
	uid_t *uid = arena_alloc(arena, sizeof(*uid));
	int r;

	if (!uid)
		return -ENOMEM;
	r = find_user(arena, facts, survey, &service);
	if (r < 0)
		return r;
	if (service.known) {
		struct members members = { .arena = arena, .service = &service };

		add_listed(&members, service.gid);
		if (passwd_each_user(facts->root, add_if_primary, &members) == -ENOMEM)
			return -ENOMEM;
		service.group_members = members.text;
		service.user = access_user_name(arena, facts->root, service.uid);
		service.group = access_group_name(arena, facts->root, service.gid);
		if (members.failed || !service.user || !service.group)
			return -ENOMEM;
		*uid = service.uid;
		service.trust.users = uid;
		service.trust.n_users = 1;
	}
	r = trust_groups(arena, groups, &service);
	if (r == 0)
		r = trust_key_readers(arena, &service);
	if (r < 0)
		return r;
	*ret = service;
	return 0;
}

/* A process of the service, with the ids that the kernel checks. */
struct asker {
	uid_t uid;
	gid_t groups[64];
	size_t n_groups;
};

static bool has_group(const struct asker *asker, gid_t gid)
{
	for (size_t i = 0; i < asker->n_groups; i++)
		if (asker->groups[i] == gid)
			return true;
	return false;
}

/* By acl(5): the owner's entry, else a named user's, else those of all groups together, else everybody's. */
static unsigned int rights_of(const struct asker *asker, const struct access *access)
{
	unsigned int rights = 0;
	bool listed = has_group(asker, access->group);

	if (access->owner == asker->uid)
		return access->mode >> 6 & 7;
	for (size_t i = 0; i < access->n_entries; i++)
		if (access->entries[i].kind == ACCESS_USER && access->entries[i].id == asker->uid)
			return access->entries[i].rights;
	for (size_t i = 0; i < access->n_entries; i++) {
		if (access->entries[i].kind != ACCESS_GROUP || !has_group(asker, access->entries[i].id))
			continue;
		listed = true;
		rights |= access->entries[i].rights;
	}
	return listed ? rights : access->mode & 7;
}

int access_service_may(const struct access_service *service, const struct access_path *path, unsigned int rights)
{
	const struct passwd_user user = { .gid = service->gid, .name = service->user };
	struct asker asker = { .uid = service->uid };
	int n;

	if (!service->known || service->uid == 0)
		return 1;
	n = passwd_groups_of(service->trust.root, &user, asker.groups, ARRAY_SIZE(asker.groups));
	if (n < 0)
		return n == -E2BIG ? 1 : n;
	asker.n_groups = (size_t)n;
	for (size_t i = 0; i < path->n_steps; i++)
		if (!path->steps[i].link && !(rights_of(&asker, &path->steps[i].access) & ACCESS_EXECUTE))
			return 0;
	return (rights_of(&asker, &path->access) & rights) == rights;
}
