/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of `ejguard exec`: the command, the user, the cgroup, and the wait for the end. */
#ifndef EJG_TOOL_EXEC_H
#define EJG_TOOL_EXEC_H

#include <sys/types.h>

#include "tools/base/report.h"

/* As env(1): the command was found and cannot be executed, or was not found. */
enum { EXEC_CANNOT = 126, EXEC_NOT_FOUND = 127 };

/* The cgroup for the command. */
struct exec_cgroup {
	char *path;  /* absolute, including the mount of cgroup2 */
	char *home;  /* the previous cgroup of this process; NULL when it cannot go back */
	int fd;	     /* ensures that the guarded cgroup is entered, even if the path changes */
	bool made;   /* created by exec_cgroup_make() */
	bool inside; /* this process has entered it */
};
#define EXEC_CGROUP_NULL ((struct exec_cgroup){ .fd = -1 })
void exec_cgroup_done(struct exec_cgroup *cgroup);

/* Creates the cgroup below the mount, unless it exists. Return: 0; -EBADMSG, -EOPNOTSUPP, ... with the message set. */
int exec_cgroup_make(const char *mount, const char *path, struct report *report, struct exec_cgroup *ret);
/* Moves this process into it. */
int exec_cgroup_enter(struct exec_cgroup *cgroup, struct report *report);
/* Removes the cgroup if it was created here and is empty. */
void exec_cgroup_remove(const struct exec_cgroup *cgroup);
/* Goes back to the previous cgroup, and removes the new one. */
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
/* Switches this process's ids, but the saved one, to the user's. Return: NULL, or the failed step, with errno set. */
const char *exec_user_switch(const struct exec_user *user);
/* Switches to the user; of the capabilities CAP_SYS_ADMIN is kept for the confinement. */
int exec_user_become(const struct exec_user *user, struct report *report);
/* Drops the capability that exec_user_become() kept. */
int exec_user_seal(const struct exec_user *user, struct report *report);

/*
 * Finds the command in the same way as execvp(3), with the rights of the user (NULL: of the caller).
 * Return: 0; EXEC_CANNOT, EXEC_NOT_FOUND or a negative errno with the message set.
 */
int exec_command_find(const char *command, const struct exec_user *user, struct report *report);

/*
 * Forks. In the child it returns 0. The parent waits until the command and all other processes in the cgroup have
 * ended; it forwards signals, and exits with the command's status: it does not return.
 * Return: 0 in the child, or -EIO with the message set.
 */
int exec_wait(const struct exec_cgroup *cgroup, struct report *report);

#endif
