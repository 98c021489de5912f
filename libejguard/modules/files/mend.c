/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/files/mend.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "libejguard/util/quote.h"

/*
 * The rights of everybody that the service itself needs for a file of root or of another user: it reads the file as
 * everybody, or as a member of a group with other members (also by SupplementaryGroups=). Without these rights it would
 * not start.
 */
static mode_t used_mode(const struct files *files, const struct object *object)
{
	const struct access_service *service = &files->service;
	const mode_t mode = object->st.stx_mode, read = ACCESS_READ | ACCESS_EXECUTE;

	if (!service->known || object->st.stx_uid == service->uid)
		return 0;
	switch (object->group) {
	case GROUP_CONFIG:
	case GROUP_KEY:
	case GROUP_CERTIFICATE:
		break;
	case GROUP_LOG:
	case GROUP_SPOOL:
	case GROUP_UPLOAD:
		if (S_ISDIR(mode))
			break;
		return 0;
	default:
		return 0;
	}
	if (object->st.stx_gid == service->gid)
		return service->group_members ? mode >> 3 & read : 0;
	return (mode | mode >> 3) & read;
}

/*
 * The bits of a mode that may stay: all of the owner and of a trusted group; for others those that the policy allows.
 */
static mode_t allowed_mode(const struct files *files, const struct object *object)
{
	const struct file_policy *policy = &file_policies[object->group];
	const struct access_entry group = { .kind = ACCESS_GROUP, .id = object->st.stx_gid };
	const bool reads_only = !access_trusted(&files->trust[TRUST_SERVICE], &group);
	mode_t allowed = policy->readable ? 0770 : 0775;

	if (S_ISSOCK(object->st.stx_mode))
		allowed = 0770;
	/*
	 * Erlang refuses a cookie with any right for the group (auth:check_attributes/4). A release's belongs to
	 * another owner, and its script reads it through the group.
	 */
	if (object->group == GROUP_COOKIE && !S_ISDIR(object->st.stx_mode) &&
	    (!files->service.known || object->st.stx_uid == files->service.uid))
		allowed = 0700;
	if (reads_only)
		allowed &= ~(mode_t)020;
	return S_ISDIR(object->st.stx_mode) ? allowed | S_ISGID | S_ISVTX : allowed;
}

static unsigned int reduce_flags(const struct files *files, const struct object *object)
{
	return (object->root_too ? ACCESS_ROOT_TOO : 0) | (files->dry ? ACCESS_DRY : 0);
}

static void tell_change(struct files *files, struct object *object, const struct access_change *change)
{
	const char *id = files->dry ? "would-repair" : "repaired";

	if (!files->dry) {
		files->changed++;
		object->st.stx_mode = (object->st.stx_mode & S_IFMT) | change->after;
		ejg_call_log(files->call, EJG_LOG_INFO, "repaired %s: mode %04o, was %04o%s", object->path,
			     change->after, change->before, change->acl ? "; ACL restricted" : "");
	}
	if (!files_count(files, id))
		return;
	files_tell(files, id, object->path, object->where, NULL, "mode %04o %s %04o%s",
		   files->dry ? change->before : change->after, files->dry ? "would become" : "was",
		   files->dry ? change->after : change->before, change->acl ? ", ACL restricted" : "");
}

static void tell_refused(struct files *files, const struct object *object, const char *why)
{
	const char *quoted = quote_shell(files->scratch, object->path);

	if (quoted && files_count(files, "not-repaired"))
		files_tell(files, "not-repaired", object->path, object->where,
			   arena_printf(files->scratch, "find out what it is\nrun: ls -l %s", quoted), "%s", why);
}

/* Obstacles that only an attempt would show otherwise; NULL: none. */
static const char *forbids_change(int fd)
{
	struct statvfs fs;
	struct statx st;

	if (fstatvfs(fd, &fs) == 0 && fs.f_flag & ST_RDONLY)
		return "others have rights to it, but it cannot be repaired: its file system is read-only";
	if (statx(fd, "", AT_EMPTY_PATH, 0, &st) == 0 && st.stx_attributes & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND))
		return "others have rights to it, but it cannot be repaired: it is immutable (chattr)";
	return NULL;
}

int mend(struct files *files, struct object *object, int fd)
{
	const enum file_trust reader = file_policies[object->group].reader;
	mode_t allowed = allowed_mode(files, object);
	struct access_change change;
	const char *why;
	int r;

	if ((!files->repair && !files->dry) || S_ISLNK(object->st.stx_mode) || object->group == GROUP_SOCKET ||
	    (object->group == GROUP_CERTIFICATE && !S_ISDIR(object->st.stx_mode) && !mend_has_key(fd)))
		return 0;
	if (object->root_too)
		allowed |= used_mode(files, object);
	r = access_reduce(fd, allowed, &files->trust[reader], reduce_flags(files, object), &change);
	switch (r) {
	case ACCESS_REDUCED:
		why = files->foresee ? forbids_change(fd) : NULL;
		if (why) {
			tell_refused(files, object, why);
			return 0;
		}
		tell_change(files, object, &change);
		return files->foresee ? foresee_mend(files, object, allowed) : 0;
	case ACCESS_REFUSED_OWNER:
		tell_refused(files, object,
			     "others have rights to it, but it is not repaired: its owner is not the service's user, "
			     "so it may be another user's file that was linked or put here");
		return 0;
	case ACCESS_REFUSED_LINKS:
		tell_refused(files, object,
			     "others have rights to it, but it is not repaired: it has other names (hard links)");
		return 0;
	case -ENOMEM:
		return r;
	default:
		if (r < 0)
			tell_refused(files, object,
				     arena_printf(files->scratch,
						  "others have rights to it, but it cannot be repaired: %s",
						  strerror(-r)));
		return 0;
	}
}

/* First gives the service its own right: by its group, or, if the group has other members, as the owner. */
static const char *remedy_give(struct files *files, const struct object *object, const char *quoted, bool acl)
{
	const struct access_service *service = &files->service;
	const bool folder = S_ISDIR(object->st.stx_mode);
	const mode_t owner = object->st.stx_mode & 0700;
	const char *remove =
		acl ? arena_printf(files->scratch, "setfacl -P -b %s%s && ", folder ? "-k " : "", quoted) : "";

	if (!remove)
		return NULL;
	if (service->group_members)
		return arena_printf(files->scratch, "run: %schown -h %s %s && chmod %04o %s", remove, service->user,
				    quoted, owner | (folder ? 0500 : 0400), quoted);
	return arena_printf(files->scratch, "run: %schgrp -h %s %s && chmod %04o %s", remove, service->group, quoted,
			    owner | (folder ? 0050 : 0040), quoted);
}

const char *mend_remedy(struct files *files, const struct object *object, int fd)
{
	const enum file_trust reader = file_policies[object->group].reader;
	const char *quoted = quote_shell(files->scratch, object->path);
	struct access_change change;
	int r = access_reduce(fd, allowed_mode(files, object), &files->trust[reader],
			      ACCESS_ROOT_TOO | ACCESS_DRY | ACCESS_SOCKETS, &change);

	if (r != ACCESS_REDUCED || !quoted)
		return NULL;
	if (used_mode(files, object) & ((change.before & ~change.after) | (change.before & ~change.after) >> 3))
		return remedy_give(files, object, quoted, change.acl);
	if (change.acl)
		return arena_printf(files->scratch, "run: setfacl -P -b %s%s && chmod %04o %s",
				    S_ISDIR(object->st.stx_mode) ? "-k " : "", quoted, change.after, quoted);
	return arena_printf(files->scratch, "run: chmod %04o %s", change.after, quoted);
}

bool mend_has_key(int fd)
{
	enum { CHUNK = 65536, CHUNKS = 16 };
	static const char word[] = "PRIVATE KEY-----";
	cleanup_free char *text = malloc(CHUNK + sizeof(word));
	cleanup_fd int content = -1;
	size_t kept = 0;
	bool found = false;
	struct stat st;
	char path[32];

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return true;
	/* Opens exactly this file, without waiting for a lease of its owner (fcntl(2)). */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	content = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (content < 0 || !text)
		return true;
	for (int i = 0; i < CHUNKS && !found; i++) {
		ssize_t n = read(content, text + kept, CHUNK);
		size_t total = kept + (n > 0 ? (size_t)n : 0);

		if (n <= 0)
			break;
		found = memmem(text, total, word, strlen(word)) != NULL;
		/* The word may be split across two chunks. */
		kept = total < strlen(word) ? total : strlen(word) - 1;
		memmove(text, text + total - kept, kept);
	}
	explicit_bzero(text, CHUNK + sizeof(word));
	return found;
}
