/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/passwd.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>

#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/root.h"

enum {
	FIRST_SIZE = 4096,
	MAX_SIZE = 1024 * 1024, /* enough for a group of tens of thousands of members */
};

/* A lookup by name or, if name is NULL, by number. */
struct passwd_question {
	const char *root;
	const char *name;
	id_t id;
};

/* An entry of one of the two databases: only the types of the entries differ. */
union entry {
	struct passwd user;
	struct group group;
};

struct database {
	const char *path;
	/* Return: 0, or an errno; *ret_found is false when no such entry exists. */
	int (*ask)(const struct passwd_question *question, union entry *entry, char *buffer, size_t size,
		   bool *ret_found);
	int (*read)(FILE *file, union entry *entry, char *buffer, size_t size);
	bool (*matches)(const struct passwd_question *question, const union entry *entry);
};

static int ask_user(const struct passwd_question *question, union entry *entry, char *buffer, size_t size,
		    bool *ret_found)
{
	struct passwd *found = NULL;
	const int r = question->name ? getpwnam_r(question->name, &entry->user, buffer, size, &found)
				     : getpwuid_r(question->id, &entry->user, buffer, size, &found);

	*ret_found = found;
	return r;
}

static int read_user(FILE *file, union entry *entry, char *buffer, size_t size)
{
	struct passwd *found;

	return fgetpwent_r(file, &entry->user, buffer, size, &found);
}

static bool user_matches(const struct passwd_question *question, const union entry *entry)
{
	return question->name ? strcmp(entry->user.pw_name, question->name) == 0 : entry->user.pw_uid == question->id;
}

static int ask_group(const struct passwd_question *question, union entry *entry, char *buffer, size_t size,
		     bool *ret_found)
{
	struct group *found = NULL;
	const int r = question->name ? getgrnam_r(question->name, &entry->group, buffer, size, &found)
				     : getgrgid_r(question->id, &entry->group, buffer, size, &found);

	*ret_found = found;
	return r;
}

static int read_group(FILE *file, union entry *entry, char *buffer, size_t size)
{
	struct group *found;

	return fgetgrent_r(file, &entry->group, buffer, size, &found);
}

static bool group_matches(const struct passwd_question *question, const union entry *entry)
{
	return question->name ? strcmp(entry->group.gr_name, question->name) == 0 : entry->group.gr_gid == question->id;
}

static const struct database users = { "/etc/passwd", ask_user, read_user, user_matches };
static const struct database groups = { "/etc/group", ask_group, read_group, group_matches };

/* True for 0 and for the errors that getpwnam_r(3) lists as "not found". */
static bool means_absent(int error)
{
	return error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM;
}

static int find_in_system(const struct database *database, const struct passwd_question *question, union entry *ret,
			  char **ret_memory)
{
	int r = ERANGE;

	for (size_t size = FIRST_SIZE; r == ERANGE && size <= MAX_SIZE; size *= 4) {
		cleanup_free char *buffer = malloc(size);
		bool found;

		if (!buffer)
			return -ENOMEM;
		r = database->ask(question, ret, buffer, size, &found);
		if (r != 0 || !found)
			continue;
		*ret_memory = take_ptr(buffer);
		return 0;
	}
	return r == ENOMEM ? -ENOMEM : means_absent(r) ? -ENOENT : -EIO;
}

/* The database of another root, as a file. Return: 0, -ENOENT, -EIO, -ENOMEM. */
static int open_file(const struct database *database, const char *root, FILE **ret)
{
	cleanup_fd int fd = root_open_regular(root, database->path);
	FILE *file;

	if (fd < 0)
		return fd == -ENOENT || fd == -ENOTDIR ? -ENOENT : -EIO;
	file = fdopen(fd, "r");
	if (!file)
		return -ENOMEM;
	take_fd(fd);
	*ret = file;
	return 0;
}

static int find_in_file(const struct database *database, const struct passwd_question *question, union entry *ret,
			char **ret_memory)
{
	cleanup_free char *buffer = malloc(MAX_SIZE);
	cleanup_file FILE *file = NULL;
	int r = buffer ? open_file(database, question->root, &file) : -ENOMEM;

	if (r < 0)
		return r;
	while ((r = database->read(file, ret, buffer, MAX_SIZE)) == 0) {
		if (!database->matches(question, ret))
			continue;
		*ret_memory = take_ptr(buffer);
		return 0;
	}
	return r == ENOENT ? -ENOENT : -EIO;
}

static int find(const struct database *database, const struct passwd_question *question, union entry *ret,
		char **ret_memory)
{
	const bool elsewhere = question->root && *question->root;

	return elsewhere ? find_in_file(database, question, ret, ret_memory)
			 : find_in_system(database, question, ret, ret_memory);
}

static struct passwd_user user_of(const struct passwd *entry, char *memory)
{
	return (struct passwd_user){
		.uid = entry->pw_uid,
		.gid = entry->pw_gid,
		.name = entry->pw_name,
		.home = entry->pw_dir,
		.memory = memory,
	};
}

static int find_user(const struct passwd_question *question, struct passwd_user *ret)
{
	union entry entry;
	char *memory;
	int r = find(&users, question, &entry, &memory);

	if (r == 0)
		*ret = user_of(&entry.user, memory);
	return r;
}

static int find_group(const struct passwd_question *question, struct passwd_group *ret)
{
	union entry entry;
	char *memory;
	int r = find(&groups, question, &entry, &memory);

	if (r == 0)
		*ret = (struct passwd_group){
			.gid = entry.group.gr_gid,
			.name = entry.group.gr_name,
			.members = entry.group.gr_mem,
			.memory = memory,
		};
	return r;
}

int passwd_user_by_name(const char *root, const char *name, struct passwd_user *ret)
{
	return find_user(&(struct passwd_question){ .root = root, .name = name }, ret);
}

int passwd_user_by_id(const char *root, uid_t uid, struct passwd_user *ret)
{
	return find_user(&(struct passwd_question){ .root = root, .id = uid }, ret);
}

int passwd_uid(const char *root, const char *text, uid_t *ret)
{
	cleanup_passwd_user struct passwd_user user = { 0 };
	uint64_t number;
	int r;

	if (*text && text[strspn(text, "0123456789")] == '\0') {
		/* the last one, (uid_t)-1, means "no user" to the kernel */
		if (unsigned_parse(text, &number) < 0 || number >= UINT32_MAX)
			return -ENOENT;
		*ret = (uid_t)number;
		return 0;
	}
	r = passwd_user_by_name(root, text, &user);
	if (r == 0)
		*ret = user.uid;
	return r;
}

int passwd_group_by_name(const char *root, const char *name, struct passwd_group *ret)
{
	return find_group(&(struct passwd_question){ .root = root, .name = name }, ret);
}

int passwd_group_by_id(const char *root, gid_t gid, struct passwd_group *ret)
{
	return find_group(&(struct passwd_question){ .root = root, .id = gid }, ret);
}

int passwd_each_user(const char *root, int (*fn)(void *data, const struct passwd_user *user), void *data)
{
	cleanup_free char *buffer = malloc(MAX_SIZE);
	cleanup_file FILE *file = NULL;
	union entry entry;
	int r = buffer ? open_file(&users, root, &file) : -ENOMEM;

	if (r < 0)
		return r;
	while ((r = read_user(file, &entry, buffer, MAX_SIZE)) == 0) {
		const struct passwd_user user = user_of(&entry.user, NULL);

		r = fn(data, &user);
		if (r != 0)
			return r;
	}
	return r == ENOENT ? 0 : -EIO;
}

static bool is_member(const struct group *group, const char *name)
{
	for (char *const *member = group->gr_mem; *member; member++)
		if (strcmp(*member, name) == 0)
			return true;
	return false;
}

static int groups_in_file(const char *root, const struct passwd_user *user, gid_t *ret, size_t max)
{
	cleanup_free char *buffer = malloc(MAX_SIZE);
	cleanup_file FILE *file = NULL;
	union entry entry;
	size_t n = 0;
	int r = buffer ? open_file(&groups, root, &file) : -ENOMEM;

	if (r < 0 && r != -ENOENT)
		return r;
	if (max == 0)
		return -E2BIG;
	ret[n++] = user->gid;
	while (file && (r = read_group(file, &entry, buffer, MAX_SIZE)) == 0) {
		if (entry.group.gr_gid == user->gid || !is_member(&entry.group, user->name))
			continue;
		if (n == max)
			return -E2BIG;
		ret[n++] = entry.group.gr_gid;
	}
	return file && r != ENOENT ? -EIO : (int)n;
}

int passwd_groups_of(const char *root, const struct passwd_user *user, gid_t *ret, size_t max)
{
	int n = (int)max;

	if (root && *root)
		return groups_in_file(root, user, ret, max);
	return getgrouplist(user->name, user->gid, ret, &n) < 0 ? -E2BIG : n;
}
