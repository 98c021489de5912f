/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks a file or folder, and reports what is wrong with it. */
#include "libejguard/modules/files/judge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>

#include "libejguard/modules/files/mend.h"
#include "libejguard/util/quote.h"

enum {
	OTHERS_READ_OR_WRITE = 066,
	CREATE = ACCESS_WRITE | ACCESS_EXECUTE, /* in a folder */
};

static bool is_service(const struct files *files, uid_t uid)
{
	const struct access_entry owner = { .kind = ACCESS_OWNER, .id = uid };

	return access_trusted(&files->trust[TRUST_SERVICE], &owner);
}

static bool is_service_group(const struct files *files, gid_t gid)
{
	const struct access_entry group = { .kind = ACCESS_GROUP, .id = gid };

	return access_trusted(&files->trust[TRUST_SERVICE], &group);
}

/* True for a regular file with one name and without set-id bits that belongs to the service or root. */
static bool is_ordinary(const struct files *files, const struct object *object)
{
	const struct statx *st = &object->st;

	return S_ISREG(st->stx_mode) && st->stx_nlink == 1 && !(st->stx_mode & (S_ISUID | S_ISGID)) &&
	       is_service(files, st->stx_uid);
}

/*
 * True if the mode is sufficient without another system call: others have no right, or cannot reach the object. With
 * an ACL the group bits are its mask (acl(5); posix_acl_equiv_mode() of the kernel): if they are 0, it gives no
 * rights.
 */
static bool is_quiet(struct files *files, const struct object *object)
{
	const mode_t mode = object->st.stx_mode;

	if (!is_ordinary(files, object))
		return false;
	if (!(mode & OTHERS_READ_OR_WRITE))
		return true;
	if (files->repair || files->dry || access_reached(&object->reach[TRUST_SERVICE]))
		return false;
	if ((mode & 06) || (mode & 060 && !is_service_group(files, object->st.stx_gid)))
		files->tally.hidden++;
	return true;
}

/* The rights that others have and can use: for each right, users who are trusted with it do not count. */
static unsigned int exposed(const struct files *files, const struct object *object, const struct access *access,
			    bool usable)
{
	const struct file_policy *policy = &file_policies[object->group];
	const enum file_trust reader = policy->reader;
	unsigned int read = access_exposed(access, usable ? &object->reach[reader] : NULL, &files->trust[reader]);
	unsigned int write =
		access_exposed(access, usable ? &object->reach[TRUST_SERVICE] : NULL, &files->trust[TRUST_SERVICE]);

	return (read & (ACCESS_READ | ACCESS_EXECUTE)) | (write & ACCESS_WRITE);
}

/* Text for these users. */
static const char *who(const struct files *files, const struct object *object, const struct access *access,
		       unsigned int rights)
{
	const enum file_trust trust = rights & ACCESS_WRITE ? TRUST_SERVICE : file_policies[object->group].reader;
	const char *text = access_describe(files->scratch, access, &object->reach[trust], &files->trust[trust], rights);

	return text ? text : "others";
}

static void tell_exposed(struct files *files, struct object *object, int fd, const struct access *access)
{
	const struct file_policy *policy = &file_policies[object->group];
	const unsigned int rights = exposed(files, object, access, true);
	const unsigned int mode = object->st.stx_mode & 07777;

	if (rights & ACCESS_WRITE && files_count(files, policy->writable))
		files_tell(files, policy->writable, object->path, object->where, mend_remedy(files, object, fd),
			   "%s: %s may write it (mode %04o%s)", policy->what, who(files, object, access, ACCESS_WRITE),
			   mode, access->acl ? ", ACL" : "");
	if (rights & ACCESS_READ && policy->readable && !(object->group == GROUP_CERTIFICATE && !mend_has_key(fd)) &&
	    files_count(files, policy->readable))
		files_tell(files, policy->readable, object->path, object->where, mend_remedy(files, object, fd),
			   "%s: %s may read it (mode %04o%s)", policy->what, who(files, object, access, ACCESS_READ),
			   mode, access->acl ? ", ACL" : "");
	if (!(rights & (ACCESS_READ | ACCESS_WRITE)) &&
	    exposed(files, object, access, false) & (ACCESS_WRITE | (policy->readable ? ACCESS_READ : 0)))
		files->tally.hidden++;
}

static void tell_socket(struct files *files, struct object *object, int fd, const struct access *access)
{
	/* Write permission on a socket is permission to connect: unix(7). */
	if (object->given || !(exposed(files, object, access, true) & ACCESS_WRITE) ||
	    !files_count(files, "socket-open"))
		return;
	files_tell(files, "socket-open", object->path, object->where, mend_remedy(files, object, fd),
		   "%s may connect to this socket (mode %04o)", who(files, object, access, ACCESS_WRITE),
		   object->st.stx_mode & 07777);
}

static void tell_owner(struct files *files, const struct object *object)
{
	const char *owner, *user, *quoted;

	if (is_service(files, object->st.stx_uid) || !files_count(files, "owner-unexpected"))
		return;
	owner = access_user_name(files->scratch, files->facts->root, object->st.stx_uid);
	user = files->service.known ? files->service.user : "root";
	quoted = quote_shell(files->scratch, object->path);
	if (owner && quoted)
		files_tell(
			files, "owner-unexpected", object->path, object->where,
			arena_printf(files->scratch,
				     "find out whose it is and why it is here; then remove it, or change its owner:\n"
				     "run: chown -h %s %s",
				     user, quoted),
			"%s  belongs to %s, who can change it and its mode",
			S_ISDIR(object->st.stx_mode) ? "this folder" : "this file", owner);
}

/* A program of root's that nobody else may change is the same under each of its names: perl has two on Debian. */
static bool is_fixed_program(const struct object *object)
{
	return object->group == GROUP_CODE && object->st.stx_uid == 0 && !(object->st.stx_mode & 022);
}

/* Reports a type of file that ejabberd never creates. */
static void tell_kind(struct files *files, const struct object *object)
{
	const mode_t mode = object->st.stx_mode;
	const char *quoted = quote_shell(files->scratch, object->path);

	if (!quoted)
		return;
	if ((S_ISFIFO(mode) || S_ISCHR(mode) || S_ISBLK(mode)) && files_count(files, "special"))
		files_tell(files, "special", object->path, object->where, NULL, "is a %s",
			   S_ISFIFO(mode) ? "FIFO" : "device");
	if (S_ISREG(mode) && object->st.stx_nlink > 1 && !is_fixed_program(object) && files_count(files, "linked"))
		files_tell(files, "linked", object->path, object->where,
			   arena_printf(files->scratch,
					"find its other names, and remove those that do not belong there:\n"
					"run: find / -xdev -samefile %s",
					quoted),
			   "has %u names (hard links): the folders here do not protect the other names, and repair=yes "
			   "does not change it",
			   object->st.stx_nlink);
	if (S_ISREG(mode) && (mode & S_ISUID || (mode & S_ISGID && mode & S_IXGRP)) && files_count(files, "setuid"))
		files_tell(files, "setuid", object->path, object->where,
			   arena_printf(files->scratch, "run: chmod ug-s %s", quoted),
			   "runs with the rights of its %s (mode %04o)", mode & S_ISUID ? "owner" : "group",
			   mode & 07777);
}

/* Opens the object that was checked; 1 if the name is now another one. */
static int open_same(const struct object *object, int *ret)
{
	cleanup_fd int fd = -1;
	struct statx st;

	fd = *object->name ? openat(object->dir, object->name, O_PATH | O_NOFOLLOW | O_CLOEXEC)
			   : fcntl(object->dir, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? 1 : -errno;
	if (statx(fd, "", AT_EMPTY_PATH, JUDGE_STATX, &st) < 0)
		return -errno;
	if (st.stx_ino != object->st.stx_ino || st.stx_dev_major != object->st.stx_dev_major ||
	    st.stx_dev_minor != object->st.stx_dev_minor)
		return 1;
	*ret = take_fd(fd);
	return 0;
}

/* Reports an object that could not be checked: it never counts as correct. */
static int tell_failed(struct files *files, const struct object *object, int error)
{
	const bool unseen = !files->privileged && (error == -EACCES || error == -EPERM);
	const char *id = unseen ? "unseen" : "unreadable";

	if (error == -ENOMEM)
		return error;
	if (files_count(files, id))
		files_tell(files, id, object->path, object->where, NULL, "its permissions cannot be read: %s",
			   strerror(-error));
	return 0;
}

/*
 * Checked by name, because opening every file would take too long. A link that is placed there during the check is not
 * followed.
 */
static bool has_acl(const struct object *object)
{
	char path[NAME_MAX + 32];

	if (!*object->name)
		return true;
	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", object->dir, object->name);
	return lgetxattr(path, "system.posix_acl_access", NULL, 0) > 0 || (errno != ENODATA && errno != ENOTSUP);
}

/*
 * True if the mode is sufficient: the rights of everybody are certain, and without an ACL the group bits are the
 * group's rights. Then *ret is the access.
 */
static bool is_plain(const struct object *object, struct access_entry entries[3], struct access *ret)
{
	const unsigned int others = object->st.stx_mode & 7, group = object->st.stx_mode >> 3 & 7;

	if (group & ~others & (ACCESS_READ | ACCESS_WRITE) && has_acl(object))
		return false;
	entries[0] = (struct access_entry){ ACCESS_OWNER, object->st.stx_uid, 7 };
	entries[1] = (struct access_entry){ ACCESS_GROUP, object->st.stx_gid, group };
	entries[2] = (struct access_entry){ ACCESS_EVERYBODY, 0, others };
	*ret = (struct access){ .entries = entries, .n_entries = 3 };
	return true;
}

/* Handles objects without opening them: correct ones, and kinds of findings that were reported often enough. */
static bool count_only(struct files *files, const struct object *object)
{
	const struct file_policy *policy = &file_policies[object->group];
	const unsigned int forbidden = ACCESS_WRITE | (policy->readable ? ACCESS_READ : 0);
	struct access_entry entries[3];
	struct access access;
	unsigned int granted, rights;

	if (!is_ordinary(files, object) || object->group == GROUP_CERTIFICATE || !is_plain(object, entries, &access))
		return false;
	granted = exposed(files, object, &access, false) & forbidden;
	if (!granted)
		return true;
	rights = exposed(files, object, &access, true) & forbidden;
	if (files->repair || files->dry || (rights & ACCESS_WRITE && !tally_full(&files->tally, policy->writable)) ||
	    (rights & ACCESS_READ && !tally_full(&files->tally, policy->readable)))
		return false;
	if (rights & ACCESS_WRITE)
		files_count(files, policy->writable);
	if (rights & ACCESS_READ)
		files_count(files, policy->readable);
	files->tally.hidden += !rights;
	return true;
}

/* A link is never followed; its target is checked if a setting names it. */
static int tell_link(struct files *files, const struct object *object)
{
	int r = is_service(files, object->st.stx_uid) ? 0 : files_fresh(files);

	if (r == 0)
		tell_owner(files, object);
	return r;
}

/* Reads the rights, and applies a planned repair to them. Return: as access_read(). */
static int read_access(struct files *files, const struct object *object, int fd, struct access *ret)
{
	int r = access_read(files->scratch, fd, ret);

	if (r == 0)
		foresee_limit(files, object, ret);
	return r;
}

int judge_file(struct files *files, struct object *object)
{
	cleanup_fd int fd = -1;
	struct access access;
	int r;

	files->tally.files++;
	if (is_quiet(files, object))
		return 0;
	object->group = *object->name ? file_group_of(object->group, object->name, false) : object->group;
	if (S_ISLNK(object->st.stx_mode)) {
		files->tally.links++;
		return tell_link(files, object);
	}
	if (count_only(files, object))
		return 0;
	r = files_fresh(files);
	if (r == 0)
		r = open_same(object, &fd);
	if (r == 0)
		r = mend(files, object, fd);
	if (r == 0)
		r = read_access(files, object, fd, &access);
	if (r != 0)
		return r < 0 ? tell_failed(files, object, r) : 0;
	tell_kind(files, object);
	tell_owner(files, object);
	if (S_ISSOCK(object->st.stx_mode))
		tell_socket(files, object, fd, &access);
	else
		tell_exposed(files, object, fd, &access);
	return 0;
}

static bool has_default_acl(int fd)
{
	return fgetxattr(fd, "system.posix_acl_default", NULL, 0) > 0;
}

/* True if only the service creates files there, all closed to others: the folder reveals only their names. */
static bool holds_closed(const struct files *files, const struct object *object)
{
	return files->closes && (object->group == GROUP_LOG || object->group == GROUP_SPOOL);
}

static void tell_folder(struct files *files, struct object *object, int fd, const struct access *access)
{
	const struct file_policy *policy = &file_policies[object->group];
	const unsigned int rights = exposed(files, object, access, true);
	const unsigned int mode = object->st.stx_mode & 07777;

	const char *id = NULL;

	if ((rights & CREATE) == CREATE)
		id = "folder-writable";
	else if (rights & (ACCESS_READ | ACCESS_EXECUTE) && policy->readable && object->group != GROUP_UPLOAD &&
		 !holds_closed(files, object))
		id = "folder-open";
	if (id && !files_count(files, id))
		id = NULL;
	if (id && (rights & CREATE) == CREATE)
		files_tell(files, "folder-writable", object->path, object->where, mend_remedy(files, object, fd),
			   "%s: %s may make%s files in this folder (mode %04o%s)", policy->what,
			   who(files, object, access, ACCESS_WRITE),
			   mode & S_ISVTX ? " and link" : ", rename and remove", mode, access->acl ? ", ACL" : "");
	else if (id)
		files_tell(files, "folder-open", object->path, object->where, mend_remedy(files, object, fd),
			   "%s: %s may %s this folder (mode %04o%s): its files are only protected by their own modes",
			   policy->what, who(files, object, access, ACCESS_READ | ACCESS_EXECUTE),
			   rights & ACCESS_EXECUTE ? "enter" : "list", mode, access->acl ? ", ACL" : "");
	if (access_exposed_new(access, &files->trust[policy->reader]) &
		    (ACCESS_WRITE | (policy->readable ? ACCESS_READ : 0)) &&
	    files_count(files, "default-acl"))
		files_tell(files, "default-acl", object->path, object->where, mend_remedy(files, object, fd),
			   "%s: its default ACL gives others rights to every file that is created in it", policy->what);
}

int judge_folder(struct files *files, struct object *object, int fd, struct access_reach inside[N_TRUSTS])
{
	struct access access;
	int r;

	files->tally.folders++;
	memset(inside, 0, N_TRUSTS * sizeof(*inside));
	if (is_service(files, object->st.stx_uid) && !(object->st.stx_mode & 077) && !has_default_acl(fd))
		return 0;
	r = files_fresh(files);
	if (r == 0)
		r = mend(files, object, fd);
	if (r == 0)
		r = read_access(files, object, fd, &access);
	if (r < 0) {
		memcpy(inside, object->reach, N_TRUSTS * sizeof(*inside));
		return tell_failed(files, object, r);
	}
	tell_owner(files, object);
	tell_folder(files, object, fd, &access);
	for (size_t i = 0; i < N_TRUSTS; i++)
		inside[i] = access_reach_enter(&object->reach[i], &access, &files->trust[i]);
	return 0;
}
