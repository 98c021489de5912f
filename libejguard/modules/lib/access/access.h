/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who may do what with a file, read and reduced by descriptor. Shared by the modules that hold files private.
 *
 * A file is reached component by component (util/walk.h): what was looked at is what is judged, and what was judged is
 * what is changed. Nothing here opens a file's content, so that a FIFO, a device or a lease does no harm. Needs /proc:
 * an O_PATH descriptor's ACL and mode are reached through /proc/self/fd (proc(5)).
 *
 *	struct access_path file;
 *	r = access_walk(arena, NULL, "/etc/ejabberd/ejabberd.yml", ACCESS_FOLLOW, &service.trust, &file, &problem);
 *	if (r == 0 && access_exposed(&file.access, &file.reach, &service.trust) & ACCESS_READ)
 *		... access_describe(arena, &file.access, &file.reach, &service.trust, ACCESS_READ) may read file.path
 *	step = access_replaceable(&file, &service.trust);
 *	if (step)
 *		... whoever may write step->path can put another file in its place
 */
#ifndef EJG_LIB_ACCESS_ACCESS_H
#define EJG_LIB_ACCESS_ACCESS_H

#include <ejguard/module.h>

#include <limits.h>
#include <sys/stat.h>

#include "libejguard/util/arena.h"
#include "libejguard/util/cleanup.h"

/* Rights as in a mode and in an ACL. Of a folder: list it; with both others: create, rename and remove; pass through
 * it. */
enum access_rights {
	ACCESS_EXECUTE = 1,
	ACCESS_WRITE = 2,
	ACCESS_READ = 4,
};

enum access_kind {
	ACCESS_OWNER, /* may give himself any right */
	ACCESS_USER,  /* named in the ACL */
	ACCESS_GROUP, /* the file's group, or one named in the ACL */
	ACCESS_EVERYBODY,
};

/* Somebody and his rights, after the ACL's mask. */
struct access_entry {
	enum access_kind kind;
	uint32_t id; /* uid or gid; 0 for everybody */
	unsigned int rights;
};

/* What a file is and who has which rights to it. */
struct access {
	dev_t device;
	ino_t inode;
	mode_t mode; /* type, permission and special bits */
	uid_t owner;
	gid_t group;
	uint64_t links;
	uint64_t size;
	bool acl;		      /* it has an ACL that says more than its mode */
	struct access_entry *entries; /* the owner, and everybody else who has a right at all */
	size_t n_entries;
	struct access_entry *
		inherited; /* of a folder: rights that its default ACL gives to the files made in it, but the owner's */
	size_t n_inherited;
};

/* Whom the service trusts with its secrets. Root is always trusted. */
struct access_trust {
	const uid_t *users;
	size_t n_users;
	const gid_t *groups;
	size_t n_groups;
	const char *root; /* where users and groups have their names; NULL or "": the system */
};

/*
 * Those who are not trusted and get as far as a file by the folders above it. Bounded: when there are too many, it is
 * everybody. Where group memberships decide (the one folder lets a group in, the next one another group), those who are
 * in both are taken to exist.
 */
enum { ACCESS_REACH_MAX = 8 };
struct access_reach {
	bool everybody;
	size_t n;
	struct access_entry who[ACCESS_REACH_MAX];
};

/* A folder or symbolic link that was passed on the way to a file. */
struct access_step {
	const char *path; /* without links, "." and ".." */
	const char *next; /* the name that was looked up in it; NULL for a link */
	bool link;
	struct access access;
	struct access_reach reach; /* who gets to it */
	bool next_exists;
	uid_t next_owner; /* of what that name was, when it exists */
};

/* A file, or where it would be, and the way to it. All but the descriptor lives in the arena. */
struct access_path {
	int fd;			   /* O_PATH; -1 when it does not exist */
	const char *path;	   /* without links, "." and ".." */
	struct access access;	   /* zero when it does not exist */
	struct access_reach reach; /* who gets to it */
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
	ACCESS_FOLLOW = 1 << 0, /* follow a symbolic link at the end too; else the link itself is opened */
};

/*
 * Reads the access of an open file (O_PATH or any other). The name-less ACL of a symbolic link is that it has none.
 *
 * Return: 0; -ENOENT without /proc, -EACCES, -EIO, -ENOMEM. *ret untouched on failure.
 */
int access_read(struct arena *arena, int fd, struct access *ret);

/*
 * Walks an absolute path from / down (util/walk.h). A path that does not exist is no error: ret->fd is then -1 and the
 * last step is the folder in which it would have to be. Who gets there counts those whom `trust` does not hold; with
 * NULL root alone is trusted.
 * @root: another root that the path is below, NULL or "" for the system's
 *
 * Return: 0; -EACCES (an unprivileged caller may not pass), -ELOOP, -ENOTDIR, -ENAMETOOLONG, -EINVAL for a path that is
 * not absolute, -EIO, -ENOMEM. On failure *ret is untouched and *ret_problem is one sentence that names the component.
 */
int access_walk(struct arena *arena, const char *root, const char *path, unsigned int flags,
		const struct access_trust *trust, struct access_path *ret, const char **ret_problem);

/*
 * Opens a folder to be listed, links followed. NULL: it is none, it does not exist, or *ret_error (negative errno) says
 * why it cannot be opened. *ret_path, from the arena, is its path without links.
 */
DIR *access_folder(struct arena *arena, const char *root, const char *path, const char **ret_path, int *ret_error);

/* What a reduction (below) to these bits would leave of an access. */
void access_limit(struct access *access, mode_t allowed, const struct access_trust *trust);

/* Whether an entry is one of those whom the service trusts. */
bool access_trusted(const struct access_trust *trust, const struct access_entry *entry);

/* The reach of /, and that of a folder's content: those of the reach who may pass the folder. */
struct access_reach access_reach_all(void);
struct access_reach access_reach_enter(const struct access_reach *reach, const struct access *folder,
				       const struct access_trust *trust);
/* Whether anybody who is not trusted gets there. */
bool access_reached(const struct access_reach *reach);

/*
 * The rights that those who are not trusted have to a file and can use, because they get to it. Pass NULL for reach to
 * ask what the file itself grants. The owner, when he is not trusted, has all.
 */
unsigned int access_exposed(const struct access *access, const struct access_reach *reach,
			    const struct access_trust *trust);
/* The rights to files made in a folder from now on that its default ACL gives to those who are not trusted. */
unsigned int access_exposed_new(const struct access *folder, const struct access_trust *trust);

/*
 * Who that is, for people: "everybody", "group www-data, user backup (ACL)". At most five are named.
 * Return: text from the arena; NULL without memory, or when it is nobody.
 */
const char *access_describe(struct arena *arena, const struct access *access, const struct access_reach *reach,
			    const struct access_trust *trust, unsigned int rights);

/*
 * The first step at which somebody who is not trusted can put something else in the place of what the path names: a
 * folder that he owns or may write, unless it is sticky and the next component exists and is a trusted user's. A folder
 * that he cannot get to does not count.
 */
const struct access_step *access_replaceable(const struct access_path *path, const struct access_trust *trust);

/* What became of a reduction. */
enum access_result {
	ACCESS_UNCHANGED, /* there was nothing to take away */
	ACCESS_REDUCED,
	ACCESS_REFUSED_TYPE,  /* neither a regular file nor a folder (a socket with ACCESS_SOCKETS) */
	ACCESS_REFUSED_OWNER, /* its owner is none of the trusted users: another's file that was planted or linked here
			       */
	ACCESS_REFUSED_LINKS, /* a file with further names: what it protects elsewhere is not known here */
};

struct access_change {
	mode_t before; /* permission and special bits; with an ACL the group's bits are its mask (acl(5)) */
	mode_t after;
	bool acl; /* entries of the ACL, or of the default ACL, were taken away or masked */
};

enum access_reduce_flags {
	ACCESS_SOCKETS =
		1 << 0,	     /* a unix socket may be reduced too: who may connect is its write permission (unix(7)) */
	ACCESS_DRY = 1 << 1, /* say what would become of it; change nothing */
	ACCESS_ROOT_TOO = 1 << 2, /* a file of root's is expected here; else only the trusted users' are */
};

/*
 * Takes permissions away by descriptor, never gives any (but see ejguard-files(8), CAVEATS, for an owner who changes
 * the mode in the same instant). What stays of the mode is what both it and `allowed` have; a
 * group that is not trusted, and whoever the ACL names and is not trusted, keeps what `allowed` leaves to everybody. So
 * 0770 is "nobody but those who are trusted", 0775 "nobody else writes", 0600 "the owner alone, whatever is trusted".
 * An access that is all right is left alone.
 * @fd:      of the file, O_PATH or any other
 * @allowed: permission and special bits that may stay
 * @trust:   trusted users (owners) and groups
 *
 * Return: an enum access_result; -EPERM (immutable, or not privileged), -EROFS, -ENOENT without /proc, -EIO, -ENOMEM.
 * *ret is written when it is not negative.
 */
int access_reduce(int fd, mode_t allowed, const struct access_trust *trust, unsigned int flags,
		  struct access_change *ret);

/* The user that the service runs as, and whom it trusts: that user, and its group when nobody else is in it. */
struct access_service {
	bool known; /* false: nothing says who it is; trust is then root alone */
	uid_t uid;
	gid_t gid;
	const char *user;  /* login name, or the number */
	const char *home;  /* its home folder by passwd(5), or NULL */
	const char *group; /* name, or the number */
	const char
		*group_members; /* others who are in the group: "www-data, backup"; NULL: nobody, and it is trusted */
	struct access_trust trust;
	struct access_trust key_readers; /* and the further groups of the user: who put it there shares keys with it */
};

/*
 * Who the service runs as: the survey's `user`, else its running node, else the user of the service's name, else the
 * first of the facts' users that is not root.
 * @groups: names of further groups to trust, or NULL
 *
 * Return: 0, -ENOMEM. *ret untouched on failure.
 */
int access_service_find(struct arena *arena, const struct ejg_facts *facts, const struct ejg_survey *survey,
			const struct ejg_word_list *groups, struct access_service *ret);

/*
 * Whether the service itself has all these rights to a file and gets there: what nobody else may read must not be kept
 * from the service, either. A service that is not known is taken to. Return: 1, 0, -EIO, -ENOMEM.
 */
int access_service_may(const struct access_service *service, const struct access_path *path, unsigned int rights);

/* The name of a user or a group, or the number where it has none. NULL: no memory. */
const char *access_user_name(struct arena *arena, const char *root, uid_t uid);
const char *access_group_name(struct arena *arena, const char *root, gid_t gid);

#endif
