/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Access rights of files, read and reduced by descriptor. Shared by the modules that keep files private.
 *
 * A path is walked component by component (util/walk.h), so the file that was checked is the file that is changed. No
 * file is opened for its content, so a FIFO, a device or a lease does no harm. Needs /proc: the ACL and mode of an
 * O_PATH descriptor are accessed through /proc/self/fd (proc(5)).
 *
 * 	struct access_path file;
 * 	r = access_walk(arena, NULL, "/etc/ejabberd/ejabberd.yml", ACCESS_FOLLOW, &service.trust, &file, &problem);
 * 	if (r == 0 && access_exposed(&file.access, &file.reach, &service.trust) & ACCESS_READ)
 * 		... access_describe(arena, &file.access, &file.reach, &service.trust, ACCESS_READ) may read file.path
 * 	step = access_replaceable(&file, &service.trust);
 * 	if (step)
 * 		... whoever may write step->path can put another file in its place
 */
#ifndef EJG_LIB_ACCESS_ACCESS_H
#define EJG_LIB_ACCESS_ACCESS_H

#include <ejguard/module.h>

#include <limits.h>
#include <sys/stat.h>

#include "libejguard/util/arena.h"
#include "libejguard/util/cleanup.h"

/* Rights as in a mode and in an ACL. For a folder: list it; with both others: create, rename and remove; pass
 * through it. */
enum access_rights {
	ACCESS_EXECUTE = 1,
	ACCESS_WRITE = 2,
	ACCESS_READ = 4,
};

enum access_kind {
	ACCESS_OWNER, /* can give himself any right */
	ACCESS_USER,  /* named in the ACL */
	ACCESS_GROUP, /* the file's group, or one named in the ACL */
	ACCESS_EVERYBODY,
};

/* A user or group and its rights, limited by the ACL's mask. */
struct access_entry {
	enum access_kind kind;
	uint32_t id; /* uid or gid; 0 for everybody */
	unsigned int rights;
};

/* The type of a file, and the rights of all users to it. */
struct access {
	dev_t device;
	ino_t inode;
	mode_t mode; /* type, permission and special bits */
	uid_t owner;
	gid_t group;
	uint64_t links;
	uint64_t size;
	bool acl;		      /* has an ACL with more entries than its mode */
	struct access_entry *entries; /* the owner, and all others with any right */
	size_t n_entries;
	struct access_entry
		*inherited; /* of a folder: rights in its default ACL for new files in it, without the owner's */
	size_t n_inherited;
};

/* The users and groups that may know the service's secrets. Root is always trusted. */
struct access_trust {
	const uid_t *users;
	size_t n_users;
	const gid_t *groups;
	size_t n_groups;
	const char *root; /* root directory for the names of users and groups; NULL or "": the system */
};

/*
 * The users that are not trusted and can reach a file through the folders above it. Limited: when there are too many,
 * it is everybody. If one folder admits a group and the next one another group, users that are in both are assumed to
 * exist.
 */
enum { ACCESS_REACH_MAX = 8 };
struct access_reach {
	bool everybody;
	size_t n;
	struct access_entry who[ACCESS_REACH_MAX];
};

/* A folder or symbolic link on the path to a file. */
struct access_step {
	const char *path; /* without links, "." and ".." */
	const char *next; /* the name that was looked up in it; NULL for a link */
	bool link;
	struct access access;
	struct access_reach reach; /* who can reach it */
	bool next_exists;
	uid_t next_owner; /* owner of that name, if it exists */
};

/* A file that may not exist, and the path to it. Everything but the descriptor is in the arena. */
struct access_path {
	int fd;			   /* O_PATH; -1 when it does not exist */
	const char *path;	   /* without links, "." and ".." */
	struct access access;	   /* zero when it does not exist */
	struct access_reach reach; /* who can reach it */
	struct access_step *steps; /* from / down */
	size_t n_steps;
};

#define ACCESS_PATH_NULL ((struct access_path){ .fd = -1 })

static inline void access_path_end(const struct access_path *path)
{
	ejg_close_fd(&path->fd);
}
#define cleanup_access_path __attribute__((cleanup(access_path_end)))

enum access_walk_flags {
	ACCESS_FOLLOW = 1 << 0, /* follow a symbolic link at the end too; else open the link itself */
};

/*
 * Reads the access of an open file (O_PATH or any other). A symbolic link has no ACL.
 *
 * Return: 0; -ENOENT without /proc, -EACCES, -EIO, -ENOMEM. *ret untouched on failure.
 */
int access_read(struct arena *arena, int fd, struct access *ret);

/*
 * Walks an absolute path from / down (util/walk.h). A path that does not exist is no error: ret->fd is then -1 and the
 * last step is the folder that would contain it. The reach lists users that are not in `trust`; with NULL only root is
 * trusted.
 * @root: another root directory for the path, NULL or "" for the system's
 *
 * Return: 0; -EACCES (an unprivileged caller without access), -ELOOP, -ENOTDIR, -ENAMETOOLONG, -EINVAL for a path that
 * is not absolute, -EIO, -ENOMEM. On failure *ret is untouched and *ret_problem is one sentence that names the
 * component.
 */
int access_walk(struct arena *arena, const char *root, const char *path, unsigned int flags,
		const struct access_trust *trust, struct access_path *ret, const char **ret_problem);

/*
 * Opens a folder to list it, with links followed. NULL: it is not a folder or does not exist, or it cannot be opened
 * for the reason in *ret_error (negative errno). *ret_path, from the arena, is its path without links.
 */
DIR *access_folder(struct arena *arena, const char *root, const char *path, const char **ret_path, int *ret_error);

/* Limits an access as a reduction (below) to these bits would. */
void access_limit(struct access *access, mode_t allowed, const struct access_trust *trust);

/* True for an entry of a user or group that the service trusts. */
bool access_trusted(const struct access_trust *trust, const struct access_entry *entry);

/* The reach of /, and the reach of a folder's content: the users of its own reach that may pass the folder. */
struct access_reach access_reach_all(void);
struct access_reach access_reach_enter(const struct access_reach *reach, const struct access *folder,
				       const struct access_trust *trust);
/* True if anybody who is not trusted can reach it. */
bool access_reached(const struct access_reach *reach);

/*
 * The rights to a file that users who are not trusted have and can use, because they can reach it. With NULL for reach:
 * the rights that the file itself grants. An owner who is not trusted has all rights.
 */
unsigned int access_exposed(const struct access *access, const struct access_reach *reach,
			    const struct access_trust *trust);
/* The rights to new files in a folder that its default ACL gives to users who are not trusted. */
unsigned int access_exposed_new(const struct access *folder, const struct access_trust *trust);

/*
 * Text for these users and groups: "everybody", "group www-data, user backup (ACL)". At most five are named.
 * Return: text from the arena; NULL without memory, or when there are none.
 */
const char *access_describe(struct arena *arena, const struct access *access, const struct access_reach *reach,
			    const struct access_trust *trust, unsigned int rights);

/*
 * The first step at which a user who is not trusted can replace the next component: a folder that he owns or may write
 * to, unless it is sticky and the next component exists and belongs to a trusted user. A folder that he cannot reach
 * does not count.
 */
const struct access_step *access_replaceable(const struct access_path *path, const struct access_trust *trust);

/*
 * The users that are not trusted and can change a file, or put another one in its place. NULL: there are none, or it
 * cannot be determined. The text is in the arena.
 */
const char *access_changeable_by(struct arena *arena, const struct access_trust *trust, const char *path);

/*
 * The users, other than root and the configured user itself, who can change the file that names the service's user:
 * that user then counts as not configured. NULL: there are none. *ret is written only when there are some.
 */
const char *access_user_doubt(struct arena *arena, const struct ejg_facts *facts, const struct ejg_survey *survey,
			      const struct ejg_setting **ret);

/* The result of a reduction. */
enum access_result {
	ACCESS_UNCHANGED, /* nothing had to be removed */
	ACCESS_REDUCED,
	ACCESS_REFUSED_TYPE,  /* neither a regular file nor a folder (a socket with ACCESS_SOCKETS) */
	ACCESS_REFUSED_OWNER, /* its owner is not trusted: another user may have placed or linked the file here */
	ACCESS_REFUSED_LINKS, /* a file with other names (hard links): other uses of it are not known here */
};

struct access_change {
	mode_t before; /* permission and special bits; with an ACL the group's bits are its mask (acl(5)) */
	mode_t after;
	bool acl; /* entries of the ACL, or of the default ACL, were removed or masked */
};

enum access_reduce_flags {
	ACCESS_SOCKETS = 1 << 0,  /* also reduce unix sockets: their write permission says who may connect (unix(7)) */
	ACCESS_DRY = 1 << 1,	  /* only report what would change */
	ACCESS_ROOT_TOO = 1 << 2, /* accept a file of root too; else only files of trusted users */
};

/*
 * Removes permissions by descriptor, never adds any (but see ejguard-files(8), CAVEATS, for an owner who changes the
 * mode in the same instant). The new mode has the bits that are in the old mode and in `allowed`. A group that is not
 * trusted, and users and groups in the ACL that are not trusted, keep the rights that `allowed` has for everybody. So
 * 0770 is "only those who are trusted", 0775 "nobody else writes", 0600 "only the owner, whoever is trusted". A file
 * that needs no change is left as it is.
 * @fd:      of the file, O_PATH or any other
 * @allowed: permission and special bits that may stay
 * @trust:   trusted users (owners) and groups
 *
 * Return: an enum access_result; -EPERM (immutable, or not privileged), -EROFS, -ENOENT without /proc, -EIO, -ENOMEM.
 * *ret is written when it is not negative.
 */
int access_reduce(int fd, mode_t allowed, const struct access_trust *trust, unsigned int flags,
		  struct access_change *ret);

/* The service's user, and whom it trusts: that user, and its group if nobody else is in it. */
struct access_service {
	bool known; /* false: the user is unknown; trust is then root only */
	uid_t uid;
	gid_t gid;
	const char *user;	   /* login name, or the number */
	const char *home;	   /* its home folder by passwd(5), or NULL */
	const char *group;	   /* name, or the number */
	const char *group_members; /* others in the group: "www-data, backup"; NULL: nobody, and it is trusted */
	struct access_trust trust;
	struct access_trust key_readers;   /* plus the user's other groups: it shares keys with them on purpose */
	const struct ejg_setting *doubted; /* names another user, who does not count; NULL: there is none */
	const char *doubt;		   /* who can change the file of that setting */
};

/*
 * Finds the user that the service runs as: the survey's. If a file names it that another user can change, who may be a
 * compromised service, the user with the service's name instead, else the first of the facts' users that is not root.
 */
int access_service_find(struct arena *arena, const struct ejg_facts *facts, const struct ejg_survey *survey,
			const struct ejg_word_list *groups, struct access_service *ret);

/*
 * Checks that the service itself can reach a file and has all these rights to it: the service must not lose access to
 * its own files. True if the service's user is not known. Return: 1, 0, -EIO, -ENOMEM.
 */
int access_service_may(const struct access_service *service, const struct access_path *path, unsigned int rights);

/* The name of a user or a group, or the number if it has no name. NULL: no memory. */
const char *access_user_name(struct arena *arena, const char *root, uid_t uid);
const char *access_group_name(struct arena *arena, const char *root, gid_t gid);

#endif
