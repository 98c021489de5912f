/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/inspect.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/modules/net/changes.h"
#include "libejguard/util/cleanup.h"

void inspection_say(struct inspection *check, const char *id, const char *subject, const char *format, ...)
{
	const struct ejg_place place = { .file = subject ? NULL : check->set };
	cleanup_free char *message = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&message, format, ap) < 0)
		message = NULL;
	va_end(ap);
	if (ejg_call_finding_at(check->call, id, subject, &place, "%s", message ? message : "out of memory") ==
	    EJG_FAILURE)
		check->failed = true;
}

void inspection_fail_or_change(struct inspection *check, const char *id, const char *subject, const char *message,
			       const char *change)
{
	if (check->trial)
		inspection_say(check, "would-change", subject, "%s", change);
	else
		inspection_say(check, id, subject, "%s", message);
}

static int try_policy(struct inspection *check, int fd)
{
	struct net_policy current = {};
	int r = pins_read_policy(fd, &current);

	if (r == 0)
		net_note_changes(check->call, &current, check->policy);
	net_policy_free(&current);
	return r == -EUCLEAN ? 1 : r < 0 ? r : 1;
}

static int check_policy(struct inspection *check, const struct pins *pins)
{
	cleanup_fd int fd = pins_get_policy(pins);
	int r;

	if (fd == -ENOENT) {
		if (check->trial)
			inspection_say(check, "would-change", "policy",
				       "no policy is in force now (%s); there would be one", set_kind.without_policy);
		else
			inspection_say(check, "policy-missing", NULL, "no policy is in force; now %s",
				       set_kind.without_policy);
		return 0;
	}
	r = fd < 0 ? fd : check->trial ? try_policy(check, fd) : pins_policy_equals(fd, check->policy);
	if (r < 0)
		return ejg_call_error(check->call, r == -EPERM ? -EPERM : -EIO, "run it as root",
				      "cannot read the policy below %s: %s", pins->path, strerror(-r));
	if (r == 0)
		inspection_say(check, "policy-differs", NULL,
			       "the stack, or the host, has changed since the policy was applied");
	return 0;
}

/* Checks the hooks of the set: another way to decide who is accepted needs other programs. */
static void check_hooks(struct inspection *check, const struct pins *pins)
{
	/* A trial compares with the hooks of an apply, even if other hooks would do. */
	if (check->hooks_fit && !check->trial ? check->hooks_fit(check->call, pins->meta.hooks)
					      : pins->meta.hooks == check->hooks)
		return;
	if (check->trial)
		inspection_say(check, "would-change", "accept", "%s",
			       pins_has(pins, POLICY_LOOKUP) ? "netns -> cgroup" : "cgroup -> netns");
	else
		inspection_say(check, "policy-differs", NULL,
			       "the stack has changed since the policy was applied: accept=");
}

/* Nothing is applied: checks that it would work here. */
static int check_absent(struct inspection *check)
{
	struct programs loaded = {};
	char now[64];
	int r;

	snprintf(now, sizeof(now), "%s now", set_kind.absent);
	inspection_fail_or_change(check, "not-loaded", ejg_call_facts(check->call)->service, set_kind.absent, now);
	r = programs_load(check->call, check->hooks, &loaded);
	if (r < 0)
		return r;
	programs_unload(&loaded);
	if (check->trial) {
		net_note_changes(check->call, NULL, check->policy);
		r = check->absent ? check->absent(check) : 0;
	}
	if (r < 0)
		return r;
	inspection_say(check, "would-load", NULL, "this kernel accepts the programs");
	return 0;
}

int inspect_pins(struct inspection *check)
{
	int r = pins_open(check->call, ejg_call_facts(check->call)->service, &check->pins, &check->state);

	if (r < 0)
		return r;
	check->set = check->state == PINS_ABSENT ? NULL : check->pins.path;
	switch (check->state) {
	case PINS_ABSENT:
		r = check_absent(check);
		break;
	case PINS_OUTDATED:
		if (check->trial)
			inspection_say(check, "would-change", "programs",
				       "damaged, or made by another version: would be replaced");
		else
			inspection_say(check, "outdated", NULL,
				       "damaged, or made by another version; it still guards as before");
		break;
	case PINS_NEWER:
		inspection_say(check, "newer", NULL, "made by a newer ejguard; this version cannot read it");
		break;
	case PINS_CURRENT:
		check_hooks(check, &check->pins);
		r = check_policy(check, &check->pins);
		if (r == 0)
			r = check->links(check, &check->pins);
		break;
	}
	check->set = NULL;
	return r;
}
