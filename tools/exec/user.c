/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "libejguard/util/cleanup.h"
#include "tools/exec/exec.h"

void exec_user_done(struct exec_user *user)
{
	free(user->name);
	free(user->home);
	free(user->shell);
	*user = (struct exec_user){};
}

static const struct passwd *look_up(const char *name)
{
	const struct passwd *entry = getpwnam(name);
	unsigned long uid;
	char *end;

	if (entry || name[strspn(name, "0123456789")] != '\0')
		return entry;
	errno = 0;
	uid = strtoul(name, &end, 10);
	return errno || uid >= (uid_t)-1 ? NULL : getpwuid((uid_t)uid);
}

int exec_user_find(const char *name, struct report *report, struct exec_user *ret)
{
	const struct passwd *entry = look_up(name);
	struct exec_user user;

	if (!entry)
		return report_fail(report, -EINVAL, "there is no user '%s'; see: getent passwd", name);
	user = (struct exec_user){
		.name = strdup(entry->pw_name),
		.home = strdup(entry->pw_dir),
		.shell = strdup(entry->pw_shell),
		.uid = entry->pw_uid,
		.gid = entry->pw_gid,
	};
	if (!user.name || !user.home || !user.shell) {
		exec_user_done(&user);
		return report_fail(report, -ENOMEM, "out of memory");
	}
	*ret = user;
	return 0;
}

/* Sets permitted and effective to this one capability, or to none. */
static int set_capabilities(bool admin)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};

	if (admin)
		data[CAP_TO_INDEX(CAP_SYS_ADMIN)].permitted = data[CAP_TO_INDEX(CAP_SYS_ADMIN)].effective =
			CAP_TO_MASK(CAP_SYS_ADMIN);
	return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

static int set_environment(const struct exec_user *user)
{
	const char *const pairs[][2] = { { "HOME", user->home },
					 { "USER", user->name },
					 { "LOGNAME", user->name },
					 { "SHELL", *user->shell ? user->shell : "/bin/sh" } };

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		if (setenv(pairs[i][0], pairs[i][1], 1) < 0)
			return -errno;
	return 0;
}

static int fail(const struct exec_user *user, const char *what, int error, struct report *report)
{
	return report_fail(report, error == EPERM ? -EPERM : -EIO, "cannot become the user %s: %s: %s%s", user->name,
			   what, strerror(error), error == EPERM ? "; run it as root" : "");
}

const char *exec_user_switch(const struct exec_user *user)
{
	if (initgroups(user->name, user->gid) < 0)
		return "initgroups";
	if (setresgid(user->gid, user->gid, user->gid) < 0)
		return "setresgid";
	/* Otherwise the capability would be lost with the change of the user id (capabilities(7)). */
	if (user->uid != 0 && geteuid() == 0 && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return "PR_SET_KEEPCAPS";
	/*
	 * The saved id stays root's, to remove the cgroup if the command cannot be executed after all. execve(2)
	 * replaces it by the effective one.
	 */
	if (setresuid(user->uid, user->uid, geteuid() == 0 ? 0 : user->uid) < 0)
		return "setresuid";
	return NULL;
}

int exec_user_become(const struct exec_user *user, struct report *report)
{
	const char *failed;
	int r;

	if (!user->name)
		return 0;
	failed = exec_user_switch(user);
	if (failed)
		return fail(user, failed, errno, report);
	r = user->uid != 0 ? set_capabilities(true) : 0;
	if (r < 0 && r != -EPERM) /* EPERM: the process did not have it */
		return fail(user, "capset", -r, report);
	r = set_environment(user);
	return r < 0 ? fail(user, "setenv", -r, report) : 0;
}

int exec_user_seal(const struct exec_user *user, struct report *report)
{
	int r;

	if (!user->name || user->uid == 0)
		return 0;
	r = set_capabilities(false);
	if (r < 0)
		return fail(user, "capset", -r, report);
	/*
	 * Ambient capabilities would return at the exec. The kernel drops them with permitted ones; this is explicit.
	 */
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 && errno != EINVAL)
		return fail(user, "PR_CAP_AMBIENT", errno, report);
	if (prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) < 0)
		return fail(user, "PR_SET_KEEPCAPS", errno, report);
	return 0;
}
