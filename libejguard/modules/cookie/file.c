/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks the properties of a cookie file: its type, its owner, and who else can read or replace it. */
#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "libejguard/modules/cookie/cookie.h"

#define SMB2_MAGIC 0xfe534d42 /* in linux/magic.h since 5.16 */
#define CIFS_MAGIC 0xff534d42

/*
 * A command for a cookie file. Nothing is done to what a link leads to: the service can make a link to a file of
 * root's, and the command would give it that file. The commands themselves follow no link that is made in between.
 */
static const char *advise_command(struct audit *audit, const struct cookie_file *file, const char *command)
{
	if (!file->link)
		return command;
	return audit_text(audit, "see who made this link, and put the file itself there\nrun: rm %s",
			  advise_quoted(audit, file->path));
}

/* The resolved path, for commands: it works with those that follow links and those that do not. */
static const char *quoted(struct audit *audit, const struct cookie_file *file)
{
	return advise_quoted(audit, file->walk.path ? file->walk.path : file->path);
}

static void judge_file_system(struct audit *audit, const struct cookie_file *file)
{
	struct statfs fs;

	if (fstatfs(file->walk.fd, &fs) < 0)
		return;
	switch ((unsigned int)fs.f_type) {
	case TMPFS_MAGIC:
	case RAMFS_MAGIC:
		audit_say(audit, "file-system", NULL, &(struct ejg_place){ .file = file->path },
			  "is in memory only: after a reboot Erlang generates another, weak one, unless create=yes "
			  "writes a strong one first");
		break;
	case NFS_SUPER_MAGIC:
	case SMB_SUPER_MAGIC:
	case SMB2_MAGIC:
	case CIFS_MAGIC:
		audit_say(
			audit, "file-system", NULL, &(struct ejg_place){ .file = file->path },
			"is on a network file system: its server can read it, and without encryption the network, too");
		break;
	default:
		break;
	}
}

static void judge_links(struct audit *audit, const struct cookie_file *file)
{
	if (file->link)
		audit_say(audit, "link", NULL, &(struct ejg_place){ .file = file->path },
			  "is a symbolic link to %s: Erlang follows it, but repair=yes does not", file->walk.path);
	if (file->walk.access.links > 1)
		audit_say(audit, "hard-link", NULL,
			  &(struct ejg_place){ .file = file->path,
					       .remedy = audit_text(audit,
								    "find the other names, and remove them\n"
								    "run: find / -xdev -samefile %s",
								    quoted(audit, file)) },
			  "has %llu names (hard links): the old cookie stays in the others when this one is replaced",
			  (unsigned long long)file->walk.access.links);
}

/* Erlang checks the mode only: it accepts a file that somebody else has placed there. */
static void judge_owner(struct audit *audit, const struct cookie_file *file, unsigned int *ret_reasons)
{
	uid_t owner = file->walk.access.owner;

	if (!audit->host.service.known) {
		audit_say(audit, "unseen", NULL, &(struct ejg_place){ .file = file->path },
			  "belongs to uid %u; this cannot be judged, because the service's user is not known",
			  (unsigned int)owner);
		return;
	}
	if (owner == audit->host.service.uid)
		return;
	if (owner == 0) {
		audit->mendable |= ret_reasons != NULL;
		audit_say(audit, "owner-root", NULL,
			  &(struct ejg_place){ .file = file->path,
					       .remedy = advise_command(audit, file,
									audit_text(audit, "run: chown -h %s:%s %s",
										   audit->host.service.user,
										   audit->host.service.group,
										   quoted(audit, file))) },
			  "belongs to root: a node of user %s cannot read it and does not start",
			  audit->host.service.user);
		return;
	}
	if (ret_reasons)
		*ret_reasons |= COOKIE_EXPOSED;
	audit_say(audit, "owner", NULL,
		  &(struct ejg_place){ .file = file->path, .remedy = advise_rotate(audit, file->path) },
		  "belongs to uid %u, who knows the cookie, can change it, and can take over the node with it",
		  (unsigned int)owner);
}

static void judge_permissions(struct audit *audit, const struct cookie_file *file, unsigned int *ret_reasons)
{
	const struct access *access = &file->walk.access;
	const struct access_trust *trust = &audit->host.service.trust;
	const char *path = quoted(audit, file);
	bool exposed = access_exposed(access, &file->walk.reach, trust) != 0;
	const char *who =
		access_describe(audit->host.arena, access, NULL, trust, ACCESS_READ | ACCESS_WRITE | ACCESS_EXECUTE);
	const char *reached = exposed ? "" : ", but the folders above keep these users out";
	const char *remedy = advise_command(audit, file, audit_text(audit, "run: chmod 0400 %s", path));

	if (ret_reasons && exposed)
		*ret_reasons |= COOKIE_EXPOSED;
	if (!(access->acl && who) && !(access->mode & 077) && (access->mode & 0400 || access->owner == 0))
		return;
	audit->mendable |= ret_reasons != NULL;
	if (access->acl)
		audit_say(audit, "acl", NULL,
			  &(struct ejg_place){
				  .file = file->path,
				  .remedy = advise_command(
					  audit, file,
					  audit_text(audit, "run: setfacl -P -b %s && chmod 0400 %s", path, path)) },
			  "has an ACL by which %s may use it%s; Erlang does not start with it", who ? who : "others",
			  reached);
	else if (access->mode & 077)
		audit_say(audit, "mode", NULL, &(struct ejg_place){ .file = file->path, .remedy = remedy },
			  "has mode %04o: others than its owner may use it%s; Erlang does not start with it",
			  (unsigned int)(access->mode & 07777), reached);
	else
		audit_say(audit, "mode", NULL, &(struct ejg_place){ .file = file->path, .remedy = remedy },
			  "has mode %04o: the node cannot read it and does not start",
			  (unsigned int)(access->mode & 07777));
}

/* A folder of somebody who is not trusted is given to root; the cookie's own folder to the service. */
static const char *advise_folder(struct audit *audit, const struct cookie_file *file, const struct access_step *step)
{
	const struct access_entry owner = { .kind = ACCESS_OWNER, .id = step->access.owner };
	const char *path = advise_quoted(audit, step->path), *give = "";
	bool last = step == &file->walk.steps[file->walk.n_steps - 1];

	if (!access_trusted(&audit->host.service.trust, &owner))
		give = audit_text(audit, "chown -h %s: %s && ", last ? advise_owner(audit) : "root", path);
	return audit_text(audit, "run: %s%s%s%schmod go-w %s", give, step->access.acl ? "setfacl -P -b " : "",
			  step->access.acl ? path : "", step->access.acl ? " && " : "", path);
}

static void judge_folders(struct audit *audit, const struct cookie_file *file)
{
	const struct access_step *step = access_replaceable(&file->walk, &audit->host.service.trust);
	const char *who;

	if (!step)
		return;
	who = access_describe(audit->host.arena, &step->access, NULL, &audit->host.service.trust, ACCESS_WRITE);
	audit_say(audit, "folder", NULL,
		  &(struct ejg_place){ .file = file->path, .remedy = advise_folder(audit, file, step) },
		  "can be replaced by %s, who may write to the folder %s and take over the node with another cookie",
		  who ? who : "others", step->path);
}

static bool say_unreadable(struct audit *audit, const struct cookie_file *file, int error, const char *problem)
{
	if (geteuid() != 0 && (error == -EACCES || error == -EPERM)) {
		audit->blind = true;
		audit_say(audit, "unseen", NULL, &(struct ejg_place){ .file = file->path },
			  "cannot be read without root's rights; run it as root");
	} else {
		audit_say(audit, "unreadable", NULL, &(struct ejg_place){ .file = file->path },
			  "cannot be read: %s; the node does not start with it", problem ? problem : strerror(-error));
	}
	return false;
}

static bool read_cookie(struct audit *audit, const struct cookie_file *file, bool first, struct cookie *ret)
{
	static const char *const problems[] = {
		[COOKIE_FORM_EMPTY] = "is empty",
		[COOKIE_FORM_LONG] = "has more than 255 characters",
		[COOKIE_FORM_CHARACTERS] = "has characters that are not printable ASCII",
	};
	enum cookie_form form;
	int r = cookie_file_read(&audit->host, file, ret, &form);

	if (r < 0)
		return say_unreadable(audit, file, r, NULL);
	if (form == COOKIE_FORM_GOOD)
		return true;
	if (first)
		audit->reasons |= COOKIE_UNUSABLE;
	audit_say(audit, "malformed", NULL,
		  &(struct ejg_place){ .file = file->path, .remedy = advise_remove(audit, file->path) },
		  "%s: Erlang does not start with it, and a node that runs has another one", problems[form]);
	return false;
}

bool judge_file(struct audit *audit, struct cookie_file *file, bool first, struct cookie *ret)
{
	unsigned int *reasons = first ? &audit->reasons : NULL;

	if (file->error)
		return say_unreadable(audit, file, file->error, file->problem);
	if (!S_ISREG(file->walk.access.mode)) {
		audit_say(audit, "type", NULL, &(struct ejg_place){ .file = file->path },
			  "is not a regular file: the node does not start with it");
		return false;
	}
	judge_links(audit, file);
	judge_owner(audit, file, reasons);
	judge_permissions(audit, file, reasons);
	judge_folders(audit, file);
	judge_file_system(audit, file);
	return read_cookie(audit, file, first, ret);
}
