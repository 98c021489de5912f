/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/systemd/next-boot.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "libejguard/util/cleanup.h"
#include "tools/systemd/dropin.h"
#include "tools/systemd/systemctl.h"
#include "tools/systemd/unit-file.h"
#include "tools/systemd/wanted.h"

struct reading {
	const struct report *report;
	bool is_main;
	bool guards;   /* a command of the files read so far guards the unit */
	bool confined; /* its command runs under the filter */
	bool as_root;  /* of its commands the unit's user runs only that of ExecStart= (PermissionsStartOnly=) */
};

/* True for what may be the guard in another form: quoted, behind another command, with words that systemd expands. */
static bool may_be_guard(const char *command)
{
	return !memchr(command, '-', strspn(command, "@-:+!|")) && strstr(command, EJG_SBINDIR "/ejguard") &&
	       strstr(command, "apply") && strstr(command, "--own");
}

/* True for `+/usr/sbin/ejguard apply --own ...`, unless it may fail: systemd says whether it is the guard now. */
static bool is_guard(const struct reading *reading, const char *command)
{
	static const char tool[] = EJG_SBINDIR "/ejguard ";
	const char *path = command + strspn(command, "@:+!|");

	if (strncmp(path, tool, strlen(tool)) != 0 || strpbrk(path, "%$\\\"';\t"))
		return may_be_guard(command);
	return wanted_guards(reading->report, path + strlen(tool), reading->is_main);
}

static int take_start_pre(void *data, const char *value)
{
	struct reading *reading = data;

	reading->guards = *value && (reading->guards || is_guard(reading, value));
	return 0;
}

static int take_start(void *data, const char *value)
{
	struct reading *reading = data;

	reading->confined = strstr(value, UNIT_CHAIN);
	return 0;
}

static int take_start_only(void *data, const char *value)
{
	static const char *const yes[] = { "1", "yes", "y", "true", "t", "on" };
	struct reading *reading = data;

	reading->as_root = false;
	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		reading->as_root |= strcasecmp(value, yes[i]) == 0;
	return 0;
}

/* True for what is gone after a boot; what generators make is made again. */
static bool is_volatile(const char *path)
{
	static const char run[] = "/run/", generators[] = "/run/systemd/generator";

	return strncmp(path, run, strlen(run)) == 0 && strncmp(path, generators, strlen(generators)) != 0;
}

/* Return: 0, -ENOENT when the file cannot be read, -ENOMEM. */
static int add_file(struct reading *reading, const struct unit *unit, const char *path)
{
	const char *section = unit_name_ends(unit->name, ".socket") ? "[Socket]" : "[Service]";
	cleanup_free char *text = NULL;
	int r = dropin_read(path, 0, &text);

	if (r == 0)
		r = unit_file_read(text, section, "ExecStartPre", take_start_pre, reading);
	if (r == 0)
		r = unit_file_read(text, section, "ExecStart", take_start, reading);
	if (r == 0)
		r = unit_file_read(text, section, "PermissionsStartOnly", take_start_only, reading);
	return r == 0 || r == -ENOMEM ? r : -ENOENT;
}

static int add_file_of(struct reading *reading, const struct unit *unit, const char *folder, const char *name)
{
	cleanup_free char *path = NULL;

	if (asprintf(&path, "%s%s", folder, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	return add_file(reading, unit, path);
}

/*
 * A fragment in /etc goes before the one that systemd has read; systemd does not notice that one came. Behind one that
 * a boot takes away comes the one of a package.
 */
static int add_fragment(struct reading *reading, const struct unit *unit, const char *path, bool with_volatile)
{
	static const char *const packaged[] = { "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
						"/lib/systemd/system" };
	const char *name = strrchr(path, '/');
	int r = -ENOENT;

	if (!name)
		return 0;
	if (strncmp(path, "/etc/", strlen("/etc/")) != 0)
		r = add_file_of(reading, unit, EJG_UNITDIR, name);
	if (r != -ENOENT)
		return r;
	if (with_volatile || !is_volatile(path))
		return add_file(reading, unit, path);
	for (size_t i = 0; i < ARRAY_SIZE(packaged) && r == -ENOENT; i++)
		r = add_file_of(reading, unit, packaged[i], name);
	return r;
}

/* Reads the fragment, which is the first line, and the drop-ins. */
static int read_files(struct reading *reading, const struct unit *unit, const char *files, bool with_volatile)
{
	cleanup_free char *copy = strdup(files);
	char *rest = copy, *path;
	int r;

	if (!copy)
		return -ENOMEM;
	r = add_fragment(reading, unit, strsep(&rest, "\n"), with_volatile);
	while (r == 0 && (path = strsep(&rest, " ")))
		if (*path && (with_volatile || !is_volatile(path)))
			r = add_file(reading, unit, path);
	return r;
}

int next_boot_look(const struct report *report, struct unit *unit, bool is_main)
{
	const struct reading nothing = { .report = report, .is_main = is_main };
	struct reading now = nothing, later = nothing;
	cleanup_free char *files = NULL;
	int r = systemctl_files(unit->name, &files);

	if (r == 0)
		r = read_files(&now, unit, files, true);
	if (r == 0)
		r = read_files(&later, unit, files, false);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	/* systemd does not say so. */
	if (now.as_root) {
		free(unit->early);
		unit->early = NULL;
	}
	unit->boot_guarded = now.guards && later.guards;
	if (!now.guards || (unit->confined && unit->chained && !now.confined))
		unit->boot = BOOT_STALE;
	else if (!later.guards)
		unit->boot = BOOT_VOLATILE;
	return 0;
}
