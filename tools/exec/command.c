/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "libejguard/util/cleanup.h"
#include "tools/exec/exec.h"

/* The program that runs a script: its first line, "#!PROGRAM [ARGUMENT]" (execve(2)). False if there is none. */
static bool read_interpreter(const char *path, char *interpreter, size_t size)
{
	cleanup_file FILE *file = fopen(path, "re");
	char *start;

	if (!file || !fgets(interpreter, (int)size, file) || strncmp(interpreter, "#!", 2) != 0)
		return false;
	start = interpreter + 2 + strspn(interpreter + 2, " \t");
	start[strcspn(start, " \t\n")] = '\0';
	memmove(interpreter, start, strlen(start) + 1);
	return true;
}

/* 0, EXEC_CANNOT or EXEC_NOT_FOUND. */
static int look_at_program(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno == ENOENT || errno == ENOTDIR ? EXEC_NOT_FOUND : EXEC_CANNOT;
	return S_ISREG(st.st_mode) && access(path, X_OK) == 0 ? 0 : EXEC_CANNOT;
}

static int look_at(const char *path)
{
	char interpreter[256]; /* the kernel reads as much: BINPRM_BUF_SIZE of linux/binfmts.h */
	int r = look_at_program(path);

	return r == 0 && read_interpreter(path, interpreter, sizeof(interpreter)) ? look_at_program(interpreter) : r;
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

static int look_for(const char *command)
{
	return strchr(command, '/') ? look_at(command) : search(command);
}

/* What root finds, the user may not be allowed to execute. Return: as look_for(), or a negative errno. */
static int look_for_as(const struct exec_user *user, const char *command, struct report *report)
{
	int status;
	pid_t child = fork();

	if (child < 0)
		return report_fail(report, -EIO, "cannot fork: %s", strerror(errno));
	if (child == 0)
		_exit(exec_user_switch(user) ? 0 : look_for(command)); /* exec_user_become() will say why */
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return report_fail(report, -EIO, "cannot wait for a process: %s", strerror(errno));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

int exec_command_find(const char *command, const struct exec_user *user, struct report *report)
{
	int r = user && user->name ? look_for_as(user, command, report) : look_for(command);

	if (r == EXEC_NOT_FOUND)
		report_fail(report, 0,
			    "the command '%s', or the program that runs it, was not found; write its full path",
			    command);
	else if (r == EXEC_CANNOT)
		report_fail(report, 0,
			    "the command '%s' cannot be executed: it is not a program, or %s may not execute it or "
			    "read its "
			    "folder",
			    command, user && user->name ? user->name : "you");
	return r;
}
