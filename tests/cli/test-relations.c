/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which findings follow from which: for every rule of relations.c a pair for which it holds, and one for which it
 * nearly does. test-long-page.py holds that no rule is missing here, and that the modules still say the words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libejguard/util/cleanup.h"
#include "tools/print/relations.h"

static const struct ejg_finding *finding_a, *finding_b;

/* The report of these tests: two findings. */
const struct ejg_finding *report_finding(const struct report *report, size_t index)
{
	return index == 0 ? finding_a : index == 1 ? finding_b : NULL;
}

/* Where a pair is: the same for both, or such that only the right rule can hold. */
enum place { SAME_LINE, SAME_FILE, BELOW, APART };

struct pair {
	const char *cause, *effect;
	enum place place;     /* holds */
	enum place not_place; /* does not hold */
	const char *words;    /* in the effect's message; holds only with them. NULL: any */
	bool part;
};

static const struct pair pairs[] = {
	{ "files.folder-open", "files.spool-readable", BELOW, APART, "everybody may", false },
	{ "files.folder-open", "files.spool-writable", BELOW, APART, "everybody may", false },
	{ "files.folder-open", "files.folder-open", BELOW, APART, "everybody may", false },
	{ "files.folder-open", "config.key-readable", BELOW, APART, "everybody may", false },
	{ "files.folder-open", "leaks.copy-readable", BELOW, APART, "everybody may", false },
	{ "files.group-shared", "files.log-readable", APART, APART, "group shared may read it", false },
	{ "files.group-shared", "config.secret-readable", APART, APART, "group shared may read it", false },
	{ "files.owner-unexpected", "files.folder-writable", SAME_FILE, APART, NULL, false },
	{ "files.config-readable", "config.secret-readable", SAME_FILE, APART, NULL, false },
	{ "files.key-readable", "config.key-readable", SAME_FILE, APART, NULL, false },
	{ "files.log-readable", "leaks.log-readable", SAME_FILE, APART, NULL, false },
	{ "files.backup-readable", "leaks.copy-readable", SAME_FILE, APART, NULL, false },
	{ "files.cookie-readable", "leaks.copy-readable", SAME_FILE, APART, NULL, false },
	{ "cookie.mode", "files.cookie-readable", SAME_FILE, APART, NULL, false },
	{ "cookie.acl", "files.cookie-readable", SAME_FILE, APART, NULL, false },
	{ "cookie.setcookie", "cookie.well-known", SAME_LINE, SAME_FILE, NULL, false },
	{ "cookie.setcookie", "cookie.in-argv", APART, APART, NULL, false },
	{ "config.register-open", "config.admin-everybody", APART, APART, "and anybody may register: whoever", true },
	{ "config.register-web", "config.admin-everybody", APART, APART, "and anybody may register: whoever", true },
	{ "config.register-open", "config.admin-everybody", APART, APART, "on which anybody gets one (", true },
	{ "config.register-web", "config.admin-everybody", APART, APART, "on which anybody gets one (", true },
	{ "config.auth-anonymous", "config.admin-everybody", APART, APART, "on which anybody gets one (", true },
	{ "config.unjudged", "config.listener-unknown", APART, APART, NULL, false },
	{ "config.unjudged", "files.place-undetermined", APART, APART, NULL, false },
	{ "config.refused", "config.listener-unknown", APART, APART, NULL, false },
	{ "config.file-unreadable", "config.listener-unknown", APART, APART, NULL, false },
	{ "config.file-unreadable", "config.certfile-missing", SAME_FILE, APART, NULL, false },
	{ "net.no-cgroup", "net.not-loaded", APART, APART, NULL, false },
	{ "net.not-loaded", "net.not-attached", APART, APART, NULL, false },
	{ "net.not-loaded", "net.policy-differs", APART, APART, NULL, false },
	{ "net.not-loaded", "net.network-unguarded", APART, APART, NULL, false },
	{ "net.not-loaded", "net.connection-before", APART, APART, NULL, false },
	{ "host.not-loaded", "host.not-attached", APART, APART, NULL, false },
	{ "host.not-loaded", "host.policy-differs", APART, APART, NULL, false },
	{ "host.not-loaded", "host.listener-before", APART, APART, NULL, false },
	{ "node.node-outside", "net.listener-unguarded", APART, APART, NULL, false },
	{ "node.node-outside", "node.listener-unguarded", APART, APART, NULL, false },
	{ "node.epmd-stray", "node.registered-foreign", APART, APART, NULL, false },
	{ "node.epmd-stray", "node.node-unregistered", APART, APART, NULL, false },
};

static void put(struct ejg_finding *cause, struct ejg_finding *effect, const struct pair *pair, enum place place)
{
	const bool below = strcmp(pair->cause, "files.folder-open") == 0;

	*cause = (struct ejg_finding){ .id = pair->cause, .severity = EJG_FAILURE, .subject = "shared", .message = "" };
	*effect = (struct ejg_finding){ .id = pair->effect, .severity = EJG_FAILURE, .subject = "", .message = "" };
	cause->file = below ? "/srv/a" : "/srv/a/x";
	cause->message = below ? "everybody may enter it" : "";
	cause->line = 3;
	effect->file = place == APART ? "/srv/ab/x" : place == BELOW ? "/srv/a/x" : cause->file;
	effect->line = place == SAME_LINE ? 3 : 4;
}

static bool holds(const struct ejg_finding *cause, const struct ejg_finding *effect, bool part)
{
	struct relation_list list = { 0 };
	bool found;

	finding_a = cause;
	finding_b = effect;
	assert_int_equal(relations_find(NULL, &list), 0);
	found = list.n == 1 && list.items[0].cause == 0 && list.items[0].effect == 1 && list.items[0].part == part;
	if (!found)
		assert_int_equal(list.n, 0);
	relations_free(&list);
	return found;
}

static void test_pairs(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		const struct pair *pair = &pairs[i];
		struct ejg_finding cause, effect;

		put(&cause, &effect, pair, pair->place);
		effect.message = pair->words ? pair->words : "";
		if (!holds(&cause, &effect, pair->part))
			fail_msg("%s: %s does not follow", pair->cause, pair->effect);
		effect.message = "somebody may";
		if (pair->words && holds(&cause, &effect, pair->part))
			fail_msg("%s: %s follows without its words", pair->cause, pair->effect);
		put(&cause, &effect, pair, pair->not_place);
		effect.message = pair->words ? pair->words : "";
		if (pair->place != pair->not_place && holds(&cause, &effect, pair->part))
			fail_msg("%s: %s follows from far away", pair->cause, pair->effect);
	}
}

/* What reports no problem is neither a cause nor an effect, and another group's name that begins alike is another. */
static void test_near(void **state)
{
	struct ejg_finding cause, effect;

	put(&cause, &effect, &pairs[0], BELOW);
	effect.message = "everybody may";
	assert_true(holds(&cause, &effect, false));
	cause.severity = EJG_INFO;
	assert_false(holds(&cause, &effect, false));
	cause.severity = EJG_WARNING;
	effect.severity = EJG_OK;
	assert_false(holds(&cause, &effect, false));
	put(&cause, &effect, &(struct pair){ "files.group-shared", "files.log-readable", .place = APART }, APART);
	effect.message = "group shared-too may read it";
	assert_false(holds(&cause, &effect, false));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_pairs), cmocka_unit_test(test_near) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
