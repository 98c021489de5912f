/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/systemd/execstart.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "libejguard/util/cookie-name.h"
#include "tools/systemd/dropin.h"
#include "tools/systemd/systemctl.h"
#include "tools/systemd/unit-file.h"

#define BLANKS " \t"

void execstart_free(struct execstart *execstart)
{
	free(execstart->command);
	*execstart = (struct execstart){};
}

static int assign(void *data, const char *value)
{
	struct execstart *execstart = data;
	char *copy = NULL;

	execstart->assigned = true;
	if (!*value) {
		free(execstart->command);
		execstart->command = NULL;
		execstart->n = 0;
		return 0;
	}
	copy = strdup(value);
	if (!copy)
		return -ENOMEM;
	free(execstart->command);
	execstart->command = copy;
	execstart->n++;
	return 0;
}

int execstart_read(struct execstart *execstart, const char *text)
{
	return unit_file_read(text, "[Service]", "ExecStart", assign, execstart);
}

/* The end of a word, which may contain blanks in quotes or behind a backslash, as in systemd's extract_first_word(). */
static const char *skip_word(const char *p)
{
	char quote = '\0';

	for (; *p && (quote || !strchr(BLANKS, *p)); p++) {
		if (*p == '\\' && p[1])
			p++;
		else if (quote ? *p == quote : *p == '"' || *p == '\'')
			quote = quote ? '\0' : *p;
	}
	return p;
}

/* True if an unquoted semicolon is a word of its own: it separates commands in systemd.service(5). */
static bool has_semicolon(const char *command)
{
	for (const char *p = command, *end; *p; p = end + strspn(end, BLANKS)) {
		end = skip_word(p);
		if (end - p == 1 && *p == ';')
			return true;
	}
	return false;
}

/* True for an absolute path: systemd searches other commands, and expands variables only in later words. */
static bool is_plain_path(const char *command)
{
	const char *end = skip_word(command);

	command += *command == '"' || *command == '\'';
	return *command == '/' && !memchr(command, '$', (size_t)(end - command));
}

const char *execstart_problem(const struct execstart *execstart)
{
	if (execstart->n == 0)
		return "it has no ExecStart=";
	if (execstart->n > 1 || has_semicolon(execstart->command))
		return "it has several commands in ExecStart=, and only one can be run under a filter";
	if (strchr("@-:+!|", *execstart->command))
		return "its ExecStart= begins with one of @ - : + ! |, which would not mean the same for a command "
		       "that runs "
		       "another one";
	if (!is_plain_path(execstart->command))
		return "its ExecStart= does not begin with an absolute path without $, which would not mean the same "
		       "for a "
		       "command that runs another one";
	return NULL;
}

/*
 * True if the text after a name is a cookie. What systemd or a shell puts in later, from a variable or a file, is not
 * in the command itself; nor is --cookie-file a name that a cookie follows, or the next option a cookie.
 */
static bool is_value(const char *end)
{
	const char *value = cookie_name_skip(end);

	if (value == end && *end && !strchr(BLANKS, *end))
		return false;
	if (value == end && value[strspn(value, BLANKS)] == '-')
		return false;
	value += strspn(value, BLANKS "'\"");
	return *value && *value != '$';
}

bool execstart_has_cookie(const char *command)
{
	for (const char *at = command; (at = cookie_name_find(at));)
		if (is_value(at))
			return true;
	return strstr(command, COOKIE_CALL "(");
}

/* The name of a drop-in decides its order, whatever its folder. */
static int compare_with_ours(const char *path)
{
	const char *name = strrchr(path, '/');

	return strcmp(name ? name + 1 : path, DROPIN_NAME);
}

/* Adds the settings of one file, unless it comes after our drop-in, whose effect it would undo. */
static int add_file(struct report *report, const char *unit, const char *path, bool is_dropin, struct execstart *all)
{
	struct execstart own = {};
	cleanup_free char *text = NULL;
	int r = dropin_read(path, 0, &text);

	if (r < 0)
		return report_fail(report, dropin_errno(r), "cannot read %s, a file of %s: %s; run it as root", path,
				   unit, strerror(-r));
	if (is_dropin && compare_with_ours(path) == 0 && dropin_is_ours(text))
		return 0; /* in another folder */
	r = execstart_read(&own, text);
	if (r == 0 && own.assigned && is_dropin && compare_with_ours(path) > 0)
		r = report_fail(report, -EBADMSG,
				"%s sets ExecStart= and is read after ejguard's drop-in, whose command it would take "
				"away; give it "
				"a name that sorts before " DROPIN_NAME,
				path);
	execstart_free(&own);
	if (r == 0)
		r = execstart_read(all, text);
	return r == -ENOMEM ? report_fail(report, r, "out of memory") : r;
}

/* The fragment is the first line. */
static int add_files(struct report *report, const char *unit, const char *dropin, char *files, struct execstart *all)
{
	const char *fragment = strsep(&files, "\n");
	char *path;
	int r = *fragment ? add_file(report, unit, fragment, false, all) : 0;

	while (r == 0 && (path = strsep(&files, " ")))
		if (*path && strcmp(path, dropin) != 0)
			r = add_file(report, unit, path, true, all);
	return r;
}

int execstart_find(struct report *report, const char *unit, const char *dropin, char **ret)
{
	struct execstart all = {};
	cleanup_free char *files = NULL;
	const char *problem;
	int r;

	if (!systemctl_available())
		return report_fail(
			report, -EOPNOTSUPP,
			"systemd does not run here, so what %s starts cannot be known; run it where systemd does",
			unit);
	r = systemctl_files(unit, &files);
	if (r < 0)
		return report_fail(report, r, "systemd does not tell the files of %s; run: systemctl cat %s", unit,
				   unit);
	r = add_files(report, unit, dropin, files, &all);
	problem = r == 0 ? execstart_problem(&all) : NULL;
	if (problem)
		r = report_fail(report, -EBADMSG, "%s cannot be started under the filter: %s; see: systemctl cat %s",
				unit, problem, unit);
	if (r == 0)
		*ret = take_ptr(all.command);
	execstart_free(&all);
	return r;
}
