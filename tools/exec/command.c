/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/util/cleanup.h"
#include "tools/exec/exec.h"

/* 0, EXEC_CANNOT or EXEC_NOT_FOUND. */
static int look_at(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno == ENOENT || errno == ENOTDIR ? EXEC_NOT_FOUND : EXEC_CANNOT;
	return S_ISREG(st.st_mode) && (st.st_mode & 0111) ? 0 : EXEC_CANNOT;
}

/* Searches like execvp(3), which has a default if PATH is not set: confstr(3), _CS_PATH. */
static int search(const char *command)
{
	const char *folders = getenv("PATH");
	int found = EXEC_NOT_FOUND;

	if (!folders)
		folders = "/bin:/usr/bin";
	for (const char *at = folders;; at++) {
		cleanup_free char *path = NULL;
		size_t length = strcspn(at, ":");
		int r;

		if (asprintf(&path, "%.*s%s%s", (int)length, at, length ? "/" : "", command) < 0) {
			path = NULL;
			return EXEC_CANNOT;
		}
		r = look_at(path);
		if (r == 0)
			return 0;
		if (r == EXEC_CANNOT)
			found = r;
		at += length;
		if (*at == '\0')
			return found;
	}
}

int exec_command_find(const char *command, struct report *report)
{
	int r = strchr(command, '/') ? look_at(command) : search(command);

	if (r == EXEC_NOT_FOUND)
		report_fail(report, 0, "the command '%s' was not found; write its full path", command);
	else if (r == EXEC_CANNOT)
		report_fail(report, 0,
			    "the command '%s' cannot be executed: it is not a program, or its folder cannot be read",
			    command);
	return r;
}
