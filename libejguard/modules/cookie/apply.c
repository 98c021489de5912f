/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* apply: create, rotate, repair. Each reports what it did, or why it did not. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "libejguard/modules/cookie/cookie.h"

struct apply {
	struct audit *audit;
	struct cookie_place *place;
	struct cookie_file *file; /* in effect, or NULL */
};

static int put_cookie(struct apply *apply, struct cookie_file *file, bool replace, const char **ret_problem)
{
	struct audit *audit = apply->audit;
	struct cookie_state *state = ejg_call_state(audit->call);
	struct new_cookie new = {
		.name = strrchr(file->path, '/') + 1,
		.uid = audit->host.service.uid,
		.gid = audit->host.service.gid,
		.replace = replace,
	};
	cleanup_fd int folder = cookie_open_folder(audit, file, ret_problem);
	const char *step = NULL;
	int r = folder;

	if (folder >= 0) {
		new.folder = folder;
		r = write_cookie(audit->vault, &new, &step);
		state->changed |= r == 0;
	}
	if (r < 0 && !*ret_problem)
		*ret_problem = audit_text(audit, "%s: %s", step ? step : "its folder cannot be opened", strerror(-r));
	return r;
}

static void create(struct apply *apply)
{
	struct audit *audit = apply->audit;
	struct cookie_file *file = &apply->place->home;
	struct cookie_state *state = ejg_call_state(audit->call);
	const char *problem = forbids_create(audit, file);
	bool missing = !cookie_has_folder(file) && !file->link;
	int r = -EPERM;

	if (!problem)
		r = put_cookie(apply, file, false, &problem);
	/* Another process made one at the same time: check judges it. */
	if (r == -EEXIST)
		return;
	if (r == 0) {
		audit_say(audit, "created", NULL, &(struct ejg_place){ .file = file->path },
			  "was written: 256 random bits, owner %s, mode 0400; Erlang will use it instead of generating "
			  "a weak one",
			  audit->host.service.user);
		return;
	}
	state->not_created = true;
	audit_say(audit, "not-created", NULL,
		  &(struct ejg_place){ .file = file->path, .remedy = missing ? advise_home(audit, file->path) : NULL },
		  "was not written: %s", problem);
}

static const char *why(unsigned int reasons)
{
	return reasons & COOKIE_UNUSABLE  ? "Erlang refuses it"
	       : reasons & COOKIE_EXPOSED ? "others may know it"
					  : "it can be guessed";
}

/* Return: true if there is a new cookie. */
static bool rotate(struct apply *apply)
{
	struct audit *audit = apply->audit;
	const char *problem = forbids_rotate(audit, apply->file);

	if (!problem && put_cookie(apply, apply->file, true, &problem) == 0) {
		audit_say(audit, "rotated", NULL, &(struct ejg_place){ .file = apply->file->path },
			  "was replaced because %s: 256 random bits, owner %s, mode 0400; no copy of the old one was "
			  "kept",
			  why(audit->reasons), audit->host.service.user);
		return true;
	}
	audit_say(audit, "not-rotated", NULL,
		  &(struct ejg_place){ .file = apply->file->path, .remedy = advise_rotate(audit, apply->file->path) },
		  "should be replaced because %s, but was not: %s", why(audit->reasons), problem);
	return false;
}

/*
 * Checks that the open file is the one with the name in its folder now, and has no other name. Otherwise somebody could
 * swap links at the same time and make this process change another file of root through the descriptor.
 */
static bool is_still_there(struct audit *audit, const struct cookie_file *file)
{
	const char *problem = NULL;
	cleanup_fd int folder = cookie_open_folder(audit, file, &problem);
	struct stat st;

	return folder >= 0 && fstatat(folder, strrchr(file->path, '/') + 1, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(st.st_mode) && st.st_nlink == 1 && st.st_dev == file->walk.access.device &&
	       st.st_ino == file->walk.access.inode && st.st_uid == file->walk.access.owner;
}

static int mend(struct audit *audit, const struct cookie_file *file)
{
	struct access_change change;
	char path[32];
	int r;

	if (!is_still_there(audit, file))
		return -EAGAIN;
	r = access_reduce(file->walk.fd, 0400, &audit->host.service.trust, ACCESS_ROOT_TOO, &change);
	if (r != ACCESS_UNCHANGED && r != ACCESS_REDUCED)
		return r < 0 ? r : -EPERM;
	if (fchownat(file->walk.fd, "", audit->host.service.uid, audit->host.service.gid, AT_EMPTY_PATH) < 0)
		return -errno;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file->walk.fd);
	/* Masked entries have no effect now, but would have one again when the mask changes. */
	if (removexattr(path, "system.posix_acl_access") < 0 && errno != ENODATA && errno != EOPNOTSUPP)
		return -errno;
	/* If the owner's read permission is missing, this adds it: the only right that is added here. */
	return chmod(path, 0400) < 0 ? -errno : 0;
}

static void repair(struct apply *apply)
{
	struct audit *audit = apply->audit;
	struct cookie_state *state = ejg_call_state(audit->call);
	const struct cookie_file *file = apply->file;
	const char *problem = forbids_repair(audit, file);
	int r = problem ? 0 : mend(audit, file);

	if (r < 0)
		problem = r == -EAGAIN ? "another process replaced it meanwhile" : strerror(-r);
	if (problem) {
		audit_say(audit, "not-repaired", NULL, &(struct ejg_place){ .file = file->path },
			  "was not repaired: %s", problem);
		return;
	}
	state->changed = true;
	audit_say(audit, "repaired", NULL, &(struct ejg_place){ .file = file->path },
		  "had owner uid %u and mode %04o%s; now it has owner %s and mode 0400%s",
		  (unsigned int)file->walk.access.owner, (unsigned int)(file->walk.access.mode & 07777),
		  file->walk.access.acl ? " and an ACL" : "", audit->host.service.user,
		  audit->reasons & COOKIE_EXPOSED
			  ? "; anybody who read it before knows the cookie: rotate=weak replaces it"
			  : "");
}

static void say_would(struct apply *apply, const char *what)
{
	audit_say(apply->audit, "would-change", NULL,
		  &(struct ejg_place){ .file = (apply->file ? apply->file : &apply->place->home)->path }, "%s", what);
}

static void act(struct apply *apply, bool permissive)
{
	struct audit *audit = apply->audit;
	const struct cookie_config *config = audit->config;
	bool wanted = config->rotate == COOKIE_ROTATE_WEAK && audit->reasons;

	if (!apply->file) {
		/* A node with a cookie as an option neither reads nor makes a file. */
		if (audit->option)
			return;
		if (config->create && permissive)
			say_would(apply, "there is no cookie: a strong one would be written");
		else if (config->create)
			create(apply);
		return;
	}
	if (apply->file->error || apply->file->walk.fd < 0)
		return;
	if (wanted && permissive)
		say_would(apply, "would be replaced, if no node runs with it");
	else if (wanted && rotate(apply))
		return;
	if (!config->repair || !audit->mendable)
		return;
	if (permissive)
		say_would(apply, "its owner and mode would be repaired");
	else
		repair(apply);
}

int cookie_apply(struct ejg_call *call)
{
	struct audit audit;
	struct apply apply = { .audit = &audit };
	int r = audit_begin(call, true, &audit);

	if (r < 0)
		return ejg_call_error(call, r, NULL, "cannot look at the cookie: %s", strerror(-r));
	r = audit_look(&audit);
	audit.quiet = false;
	if (r == 0 && audit.places.n > 0) {
		apply.place = &audit.places.items[0];
		apply.file = cookie_place_effective(apply.place);
		act(&apply, ejg_call_mode(call) == EJG_PERMISSIVE);
	}
	audit_end(&audit);
	return r < 0 ? ejg_call_error(call, r, NULL, "cannot look at the cookie: %s", strerror(-r)) : 0;
}
