/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `ejguard exec` is made of: the command, the user, the cgroup, and the wait for its end. */
#ifndef EJG_TOOL_EXEC_H
#define EJG_TOOL_EXEC_H

#include <sys/types.h>

#include "tools/base/report.h"

/* As env(1): the command was found and cannot be executed, or was not found. */
enum { EXEC_CANNOT = 126, EXEC_NOT_FOUND = 127 };

/* The cgroup that the command is to live in. */
struct exec_cgroup {
	char *path;  /* absolute, the mount of cgroup2 included */
	char *home;  /* where this process came from; NULL when it cannot go back */
	int fd;	     /* the one that is guarded is the one that is entered, whatever the path leads to later */
	bool made;   /* by exec_cgroup_make() */
	bool inside; /* this process has entered it */
};
#define EXEC_CGROUP_NULL ((struct exec_cgroup){ .fd = -1 })
void exec_cgroup_done(struct exec_cgroup *cgroup);

/* Makes the cgroup, below the mount, unless it is there. Return: 0; -EBADMSG, -EOPNOTSUPP, ... with the message set. */
int exec_cgroup_make(const char *mount, const char *path, struct report *report, struct exec_cgroup *ret);
/* Moves this process into it. */
int exec_cgroup_enter(struct exec_cgroup *cgroup, struct report *report);
/* Removes the cgroup if it was made here and is empty. */
void exec_cgroup_remove(const struct exec_cgroup *cgroup);
/* Goes back, and removes it. */
void exec_cgroup_undo(struct exec_cgroup *cgroup);

/* The user that the command runs as. */
struct exec_user {
	char *name; /* NULL: the caller's */
	char *home;
	char *shell;
	uid_t uid;
	gid_t gid;
};
void exec_user_done(struct exec_user *user);

/* Looks a user up by name or number. Return: 0; -EINVAL with the message set. */
int exec_user_find(const char *name, struct report *report, struct exec_user *ret);
/* Becomes the user; of the capabilities CAP_SYS_ADMIN stays for the confinement that follows. */
int exec_user_become(const struct exec_user *user, struct report *report);
/* Gives up what exec_user_become() has left. */
int exec_user_seal(const struct exec_user *user, struct report *report);

/*
 * Finds the command as execvp(3) will.
 * Return: 0; EXEC_CANNOT or EXEC_NOT_FOUND with the message set.
 */
int exec_command_find(const char *command, struct report *report);

/*
 * Forks. In the child it returns 0. The parent stays until the command and everything else in the cgroup has ended; it
 * passes signals on, and exits with the command's status: it does not return.
 * Return: 0 in the child, or -EIO with the message set.
 */
int exec_wait(const struct exec_cgroup *cgroup, struct report *report);

#endif
