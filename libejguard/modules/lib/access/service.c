/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The user that the service runs as, and whom it trusts. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/modules/lib/access/access.h"

enum { MAX_DATABASE_ENTRY = 1024 * 1024 }; /* a group of tens of thousands of members */

/* By the name or, without one, by the uid. */
static int find_entry(struct arena *arena, const char *name, uid_t uid, struct access_service *ret)
{
	char buffer[4096];
	struct passwd entry, *found = NULL;
	int r = name ? getpwnam_r(name, &entry, buffer, sizeof(buffer), &found)
		     : getpwuid_r(uid, &entry, buffer, sizeof(buffer), &found);

	if (r != 0 || !found)
		return 0;
	ret->uid = found->pw_uid;
	ret->gid = found->pw_gid;
	ret->home = found->pw_dir[0] == '/' ? arena_strdup(arena, found->pw_dir) : NULL;
	ret->known = true;
	return found->pw_dir[0] == '/' && !ret->home ? -ENOMEM : 0;
}

static int find_user(struct arena *arena, const struct ejg_facts *facts, const struct ejg_survey *survey,
		     struct access_service *service)
{
	const char *name = ejg_survey_value(survey, "user");
	int r = name ? find_entry(arena, name, 0, service) : 0;

	for (size_t i = 0; r == 0 && !service->known && i < survey->n_processes; i++) {
		const struct ejg_process *process = &survey->processes[i];

		if (process->role != EJG_PROCESS_NODE || !process->in_service)
			continue;
		r = find_entry(arena, NULL, process->uid, service);
		service->uid = process->uid;
		service->gid = process->gid;
		service->known = true;
	}
	if (r == 0 && !service->known)
		r = find_entry(arena, facts->service, 0, service);
	for (size_t i = 0; r == 0 && !service->known && i < facts->n_users; i++)
		if (facts->users[i] != 0)
			r = find_entry(arena, NULL, facts->users[i], service);
	return r;
}

/* Who else is in the group: listed there, or by the group of his entry in passwd. */
struct members {
	struct arena *arena;
	const struct access_service *service;
	const char *text;
	unsigned int n;
	bool failed;
};

enum { MAX_MEMBERS = 5 };

static void add_member(struct members *members, const char *name)
{
	struct passwd entry, *found = NULL;
	char buffer[4096];

	if (getpwnam_r(name, &entry, buffer, sizeof(buffer), &found) == 0 && found &&
	    (found->pw_uid == 0 || found->pw_uid == members->service->uid))
		return;
	if (members->n++ > MAX_MEMBERS)
		return;
	if (members->n > MAX_MEMBERS)
		name = "...";
	members->text = members->text ? arena_printf(members->arena, "%s, %s", members->text, name)
				      : arena_strdup(members->arena, name);
	members->failed = members->failed || !members->text;
}

/* An error is taken as it would be taken by a reader: nobody is known to be in the group. */
static void add_listed(struct members *members, gid_t gid)
{
	for (size_t size = 4096; size <= MAX_DATABASE_ENTRY; size *= 4) {
		cleanup_free char *buffer = malloc(size);
		struct group entry, *found = NULL;
		int r;

		if (!buffer) {
			members->failed = true;
			return;
		}
		r = getgrgid_r(gid, &entry, buffer, size, &found);
		if (r == ERANGE)
			continue;
		for (char **name = r == 0 && found ? found->gr_mem : NULL; name && *name; name++)
			add_member(members, *name);
		return;
	}
}

/* Of /etc/passwd alone: a directory of a whole organisation is not listed for this. */
static void add_primary(struct members *members, gid_t gid)
{
	cleanup_file FILE *file = fopen("/etc/passwd", "re");
	struct passwd entry, *found;
	char buffer[65536];

	while (file && fgetpwent_r(file, &entry, buffer, sizeof(buffer), &found) == 0)
		if (found->pw_gid == gid && found->pw_uid != 0 && found->pw_uid != members->service->uid)
			add_member(members, found->pw_name);
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
		char buffer[65536];
		struct group entry, *found = NULL;

		if (getgrnam_r(groups->items[i], &entry, buffer, sizeof(buffer), &found) == 0 && found)
			gids[n++] = found->gr_gid;
	}
	service->trust.groups = gids;
	service->trust.n_groups = n;
	return 0;
}

/* ssl-cert of Debian is such a group: an administrator has put the service into it to have it read a key. */
static int trust_key_readers(struct arena *arena, struct access_service *service)
{
	enum { MAX_GROUPS = 64 };
	gid_t *gids = arena_array(arena, service->trust.n_groups + MAX_GROUPS, sizeof(*gids)), theirs[MAX_GROUPS];
	size_t n = service->trust.n_groups;
	int n_theirs = MAX_GROUPS;

	if (!gids)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		gids[i] = service->trust.groups[i];
	/* With more groups than there is room for, none of them is trusted. */
	if (!service->known || getgrouplist(service->user, service->gid, theirs, &n_theirs) < 0)
		n_theirs = 0;
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
	struct access_service service = {};
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
		add_primary(&members, service.gid);
		service.group_members = members.text;
		service.user = access_user_name(arena, service.uid);
		service.group = access_group_name(arena, service.gid);
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
