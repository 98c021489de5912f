/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Users and groups: of the system, from its name service, or of another root, from the files in its /etc. Unlike
 * getpwnam(3), no function here shares memory between calls.
 */
#ifndef EJG_UTIL_PASSWD_H
#define EJG_UTIL_PASSWD_H

#include <stdbool.h>
#include <stdlib.h>
#include <sys/types.h>

struct passwd_user {
	uid_t uid;
	gid_t gid;
	const char *name;
	const char *home;
	char *memory; /* holds the texts */
};

struct passwd_group {
	gid_t gid;
	const char *name;
	char *const *members; /* names, ended by NULL; without users whose primary group this is */
	char *memory;
};

/*
 * Looks up a user or group by name or number. root is the path of another root; NULL or "" for the system itself.
 * Return: 0; -ENOENT when there is no such entry, -EIO when the lookup fails, -ENOMEM. *ret is untouched on failure;
 * otherwise the caller frees it.
 */
int passwd_user_by_name(const char *root, const char *name, struct passwd_user *ret);
int passwd_user_by_id(const char *root, uid_t uid, struct passwd_user *ret);
int passwd_group_by_name(const char *root, const char *name, struct passwd_group *ret);
int passwd_group_by_id(const char *root, gid_t gid, struct passwd_group *ret);

/*
 * The id of a user by name or by number, as in User= of a unit: a number needs no entry. Return: 0; -ENOENT when there
 * is no such name, or the number is no user's; -EIO, -ENOMEM. *ret is untouched on failure.
 */
int passwd_uid(const char *root, const char *text, uid_t *ret);

/*
 * Calls fn for each user of /etc/passwd, not for users of other name services, which can list a whole organisation. An
 * entry is valid during the call only. Return: 0, what fn returned when it was not 0, -ENOENT, -EIO, -ENOMEM.
 */
int passwd_each_user(const char *root, int (*fn)(void *data, const struct passwd_user *user), void *data);

/*
 * The groups of a user, including the primary group. @max: more groups than this are an error. Return: how many,
 * -E2BIG, -EIO, -ENOMEM.
 */
int passwd_groups_of(const char *root, const struct passwd_user *user, gid_t *ret, size_t max);

/* True for the numbers from which systemd takes those of DynamicUser=; the group has the same. */
static inline bool passwd_is_dynamic(uid_t uid)
{
	return uid >= 61184 && uid <= 65519;
}

static inline void passwd_user_end(struct passwd_user *user)
{
	free(user->memory);
}
static inline void passwd_group_end(struct passwd_group *group)
{
	free(group->memory);
}
#define cleanup_passwd_user __attribute__((cleanup(passwd_user_end)))
#define cleanup_passwd_group __attribute__((cleanup(passwd_group_end)))

#endif
