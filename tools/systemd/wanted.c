/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/systemd/wanted.h"

#include <errno.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "libejguard/util/epmd-unit.h"
#include "tools/base/handle.h"
#include "tools/systemd/dropin.h"
#include "tools/systemd/execstart.h"

const char *wanted_main_unit(const struct ejg_facts *facts)
{
	const char *first = NULL;

	for (size_t i = 0; i < facts->n_cgroups; i++) {
		const char *name = ejg_cgroup_get(facts, i)->name;
		size_t n = strlen(facts->service);

		if (!unit_can_guard(name) || !unit_name_ends(name, ".service"))
			continue;
		if (strncmp(name, facts->service, n) == 0 && strcmp(name + n, ".service") == 0)
			return name;
		if (!first && !is_epmd_unit(name))
			first = name;
	}
	return first;
}

/* The command line of a unit, quoted for systemd. */
static char *make_command(const struct report *report, bool whole_stack)
{
	const struct arguments *arguments = report->arguments;
	const char *service = report->service;
	const bool users = handle_has_module(report, USERS_GUARD);
	cleanup_free char *tool = dropin_quote(EJG_SBINDIR "/ejguard");
	cleanup_free char *confdir = dropin_quote(arguments->confdir ? arguments->confdir : "");
	cleanup_free char *moduledir = dropin_quote(arguments->moduledir ? arguments->moduledir : "");
	char *command;

	if (!tool || !confdir || !moduledir)
		return NULL;
	if (asprintf(&command, "%s%s%s%s%s apply --own%s %s%s", tool, arguments->confdir ? " --confdir " : "",
		     arguments->confdir ? confdir : "", arguments->moduledir ? " --moduledir " : "",
		     arguments->moduledir ? moduledir : "",
		     whole_stack ? ""
		     : users	 ? " --only " NETWORK_GUARD " --only " USERS_GUARD
				 : " --only " NETWORK_GUARD,
		     *service == '-' ? "-- " : "", service) < 0)
		return NULL;
	return command;
}

/* True if the unit should start under the filter: every later enable keeps that, and disable ends it. */
static bool is_chained(const struct report *report, const char *unit, const char *path)
{
	cleanup_free char *old = NULL;

	if (!unit_name_ends(unit, ".service") || !handle_has_module(report, CONFINEMENT))
		return false;
	return report->arguments->seccomp || (dropin_read(path, 0, &old) == 0 && strstr(old, UNIT_CHAIN));
}

/* The command that a drop-in of ours starts under the filter. */
static int find_chained(struct report *report, const char *path, char **ret)
{
	static const char before[] = " -- ";
	cleanup_free char *old = NULL;
	const char *command = dropin_read(path, 0, &old) == 0 ? strstr(old, UNIT_CHAIN) : NULL;

	command = command ? strstr(command, before) : NULL;
	if (!command)
		return report_fail(report, -EBADMSG,
				   "%s does not say which command it starts under the filter; remove it", path);
	command += strlen(before);
	*ret = strndup(command, strcspn(command, "\n"));
	return *ret ? 0 : report_fail(report, -ENOMEM, "out of memory");
}

/*
 * The unit's own command, run by ejguard exec. For a unit of another system it is taken from the existing drop-in,
 * because its files are not on this system. Return: 0, -ENOMEM or the error of execstart_find().
 */
static int chain(struct report *report, const char *unit, const char *path, char **dropin)
{
	const struct arguments *arguments = report->arguments;
	cleanup_free char *tool = dropin_quote(EJG_SBINDIR "/ejguard");
	cleanup_free char *confdir = dropin_quote(arguments->confdir ? arguments->confdir : "");
	cleanup_free char *moduledir = dropin_quote(arguments->moduledir ? arguments->moduledir : "");
	cleanup_free char *own = NULL;
	char *text;
	int r = arguments->unitdir ? find_chained(report, path, &own) : execstart_find(report, unit, path, &own);

	if (r < 0)
		return r;
	if (execstart_has_cookie(own))
		return report_fail(report, -EBADMSG,
				   "the command of %s has the cookie in ExecStart=, and the drop-in, which everybody "
				   "may read, would "
				   "repeat it; put the cookie into the file .erlang.cookie in the home of the unit's "
				   "user, and take "
				   "it out of ExecStart=",
				   unit);
	if (!tool || !confdir || !moduledir ||
	    asprintf(&text,
		     "%s# Its command, which comes from the other files of the unit, starts under the filter of the "
		     "stack.\n"
		     "[Service]\nExecStart=\nExecStart=%s%s%s%s%s" UNIT_CHAIN "--service %s -- %s\n",
		     *dropin, tool, arguments->confdir ? " --confdir " : "", arguments->confdir ? confdir : "",
		     arguments->moduledir ? " --moduledir " : "", arguments->moduledir ? moduledir : "",
		     report->service, own) < 0)
		return report_fail(report, -ENOMEM, "out of memory");
	free(*dropin);
	*dropin = text;
	return 0;
}

int wanted_dropin(struct report *report, const char *unit, const char *path, bool is_main, char **ret)
{
	const struct arguments *arguments = report->arguments;
	const char *folder = arguments->templatedir ? arguments->templatedir : EJG_DATADIR "/systemd";
	cleanup_free char *command = make_command(report, is_main), *template = NULL, *text = NULL;
	int r;

	if (asprintf(&template, "%s/%s.conf.in", folder, strrchr(unit, '.') + 1) < 0)
		template = NULL;
	if (!command || !template)
		return report_fail(report, -ENOMEM, "out of memory");
	r = dropin_render(report, template, command, &text);
	if (r == 0 && is_chained(report, unit, path))
		r = chain(report, unit, path, &text);
	if (r == 0)
		*ret = take_ptr(text);
	return r;
}

bool wanted_lacks_users(const char *text, const char *wanted)
{
	static const char users[] = " --only " USERS_GUARD;
	const char *at = strstr(wanted, users);
	size_t n = at ? (size_t)(at - wanted) : 0;

	return at && strncmp(text, wanted, n) == 0 && strcmp(text + n, at + strlen(users)) == 0;
}

/* The rest of a command's words. Without quotes: systemd prints none. */
struct words {
	const char *at;
	size_t n; /* length of the last word */
};

static bool next_word(struct words *words)
{
	words->at += words->n;
	words->at += strspn(words->at, " ");
	words->n = strcspn(words->at, " ");
	return words->n > 0;
}

static bool is_word(const struct words *words, const char *text)
{
	return strlen(text) == words->n && strncmp(words->at, text, words->n) == 0;
}

/* Compares an option's value with ours; a folder may have blanks in its name. */
static bool is_same_folder(struct words *words, const char *folder)
{
	const size_t n = folder ? strlen(folder) : 0;

	words->at += words->n;
	words->n = 0;
	if (!folder || *words->at++ != ' ' || strncmp(words->at, folder, n) != 0)
		return false;
	words->n = n;
	return words->at[n] == ' ' || words->at[n] == '\0';
}

static bool is_harmless(const struct words *words)
{
	static const char *const options[] = { "-q", "--quiet", "-v", "--verbose", "--json", "--no-proof", "--" };

	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (is_word(words, options[i]))
			return true;
	return false;
}

static bool is_guard(const struct words *words)
{
	return is_word(words, NETWORK_GUARD) || is_word(words, USERS_GUARD);
}

bool wanted_guards(const struct report *report, const char *words, bool is_main)
{
	const struct arguments *arguments = report->arguments;
	bool confdir = !arguments->confdir, moduledir = !arguments->moduledir, apply = false, own = false;
	bool only_network = false, only_users = false;
	bool service = strcmp(report->service, DEFAULT_SERVICE) == 0;
	struct words w = { .at = words };

	while (next_word(&w)) {
		if (is_word(&w, "--confdir") && is_same_folder(&w, arguments->confdir))
			confdir = true;
		else if (is_word(&w, "--moduledir") && is_same_folder(&w, arguments->moduledir))
			moduledir = true;
		else if (is_word(&w, "apply") && !apply)
			apply = true;
		else if (is_word(&w, "--own"))
			own = true;
		else if (apply && is_word(&w, report->service))
			service = true;
		else if (is_word(&w, "--only") && !is_main && next_word(&w) && is_guard(&w))
			*(is_word(&w, USERS_GUARD) ? &only_users : &only_network) = true;
		else if (!is_harmless(&w))
			return false;
	}
	return confdir && moduledir && apply && own && service && (!only_users || only_network) &&
	       (!only_network || only_users || !handle_has_module(report, USERS_GUARD));
}
