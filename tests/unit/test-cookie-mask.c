/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/base/cookie-mask.h"

#include <string.h>

#include "libejguard/util/cleanup.h"
#include "libejguard/util/cookie-name.h"
#include "tests/unit/scratch.h"

/* "S3" is a cookie, or a part of one, in all of them. */
static const struct {
	const char *text;
	const char *masked;
	bool found;
} texts[] = {
	{ "", "", false },
	{ "+K true -heart", "+K true -heart", false },
	{ "-setcookie S3", "-setcookie ***", true },
	{ "ERL_FLAGS=-setcookie S3 -heart", "ERL_FLAGS=-setcookie *** -heart", true },
	{ "-a -setcookie  S3\t+K true", "-a -setcookie ***\t+K true", true },
	{ "-setcookie S3\n-heart", "-setcookie ***\n-heart", true },
	{ "-setcookie 'S3 -S3' -heart", "-setcookie *** -heart", true },
	{ "-setcookie \"S3 -S3\" -heart", "-setcookie *** -heart", true },
	{ "-setcookie \"S3\\\" -S3\" -heart", "-setcookie *** -heart", true },
	{ "-setcookie 'S3\\' -heart", "-setcookie *** -heart", true },
	{ "-setcookie S3\\ -S3 -heart", "-setcookie *** -heart", true },
	{ "-setcookie 'S3 -heart", "-setcookie ***", true },
	{ "-setcookie -S3 -heart", "-setcookie *** -heart", true },
	{ "-setcookie +S3", "-setcookie ***", true },
	{ "-setcookie a@b S3 -heart", "-setcookie *** -heart", true },
	{ "'-setcookie' S3 -heart", "'-setcookie *** -heart", true },
	{ "\"-setcookie\" \"S3\"", "\"-setcookie ***", true },
	{ "-setcookie S3 -setcookie S3 -x", "-setcookie *** -setcookie *** -x", true },
	{ "-setcookie -setcookie S3", "-setcookie ***", true },
	{ "--cookie S3 --sname a", "--cookie *** --sname a", true },
	{ "--cookie=S3 --sname a", "--cookie *** --sname a", true },
	{ "-setcookie", "-setcookie", false },
	{ "-setcookie  ", "-setcookie", false },
	{ "-eval 'erlang:set_cookie(S3)'", "***", true },
	{ "-kernel x -setcookieS3 y", "-kernel x -setcookie *** y", true },
	{ "-eval Node.set_cookie(:S3)", "***", true },
	{ "-set\"cookie\" S3 -heart", "-set\"cookie *** -heart", true },
	{ "-set\\cookie S3", "***", true },
	{ "'setcookie' S3 -heart", "'setcookie *** -heart", true },
	{ "-env RELEASE_COOKIE S3 -heart", "-env RELEASE_COOKIE *** -heart", true },
	{ "env RELEASE_COOKIE=S3 erl", "env RELEASE_COOKIE *** erl", true },
	{ "ERL_COOKIE_FILE=/x -heart", "ERL_COOKIE_FILE=/x -heart", false },
	{ "cat /var/lib/ejabberd/.erlang.cookie x", "cat /var/lib/ejabberd/.erlang.cookie x", false },
	{ "--erlang-cookie S3 -n x", "--erlang-cookie *** -n x", true },
	{ "e@h cookie = S3 }", "e@h cookie ***", true },
	{ "e@h; node.cookie = -S3", "e@h; node.cookie ***", true },
	{ "V@h distributed_cookie: -S3", "V@h distributed_cookie ***", true },
	{ "a@b erlang_cookie: S3", "a@b erlang_cookie ***", true },
	{ "-env COOKIE S3 -heart", "-env COOKIE *** -heart", true },
	{ "-foo cookie S3 -heart", "-foo cookie *** -heart", true },
	{ "-setcookie =a@b S3 -heart", "-setcookie *** -heart", true },
	{ "-setcookie ${COOKIE:-S3}", "-setcookie ***", true },
	{ "echo ${COOKIE:-S3}", "echo ${COOKIE ***", true },
	{ "echo ${RELEASE_COOKIE-S3} x", "echo ${RELEASE_COOKIE *** x", true },
	{ "echo ${COOKIE-S3}", "echo ${COOKIE ***", true },
	{ "echo ${COOKIE+'S3 S3'} x", "echo ${COOKIE *** x", true },
	{ "echo ${COOKIE?S3} x", "echo ${COOKIE *** x", true },
	{ "echo ${COOKIE=S3} x", "echo ${COOKIE *** x", true },
	{ "echo ${COOKIE:=S3} ${COOKIE:+S3} ${COOKIE:?S3}", "echo ${COOKIE *** ${COOKIE *** ${COOKIE ***", true },
	{ "COOKIE+=S3 x", "COOKIE *** x", true },
	{ "RELEASE_COOKIE+='S3 S3' x", "RELEASE_COOKIE *** x", true },
	{ "ls cookie-jar cookie? cookie+x a", "ls cookie-jar cookie? cookie+x a", false },
	{ "x {cookie-b} $cookie-b ${RELEASE_COOKIE} y", "x {cookie-b} $cookie-b ${RELEASE_COOKIE} y", false },
	{ "x ${COOKIES-b} ${COOKIE_FILE-/y} z", "x ${COOKIES-b} ${COOKIE_FILE-/y} z", false },
	{ "{cookie, 'S3 S3'}", "{cookie ***", true },
	{ "{\"cookie\": \"S3 S3\"}", "{\"cookie ***", true },
	{ "%{cookie => :S3}", "%{cookie ***", true },
	{ "ls /etc/cookie x cookie.bak y cookies z", "ls /etc/cookie x cookie.bak y cookies z", false },
};

static void test_texts(void **state)
{
	struct scratch *scratch = *state;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		bool found = false;
		const char *masked = cookie_mask_text(scratch->arena, texts[i].text, &found);

		if (strstr(masked, "S3"))
			fail_msg("'%s': '%s'", texts[i].text, masked);
		if (strcmp(masked, texts[i].masked) != 0 || found != texts[i].found)
			fail_msg("'%s': '%s', not '%s'", texts[i].text, masked, texts[i].masked);
	}
}

/* Arguments are separated by '|' here. */
static void test_arguments(void **state)
{
	static const struct {
		const char *text;
		bool erl_call;
		const char *masked;
		bool found;
	} cases[] = {
		{ "a||b", false, "a||b", false },
		{ "a|-setcookie|S3|-x", false, "a|-setcookie|***|-x", true },
		{ "a|-setcookie|-S3|-x", false, "a|-setcookie|***|-x", true },
		{ "a|-setcookie|n@h|S3|-x", false, "a|-setcookie|***|***|-x", true },
		{ "a|-setcookie|S3 -x|b|+K|true", false, "a|-setcookie|***|***|+K|true", true },
		{ "a|-setcookie", false, "a|-setcookie", false },
		{ "a|-setcookie||-x", false, "a|-setcookie|***|-x", true },
		{ "a|--cookie|S3", false, "a|--cookie|***", true },
		{ "a|--cookie=S3|b", false, "a|--cookie ***|b", true },
		{ "a|-c|S3|-x", true, "a|-c|***|-x", true },
		{ "a|-c|plain|-x", false, "a|-c|plain|-x", false },
		{ "a|--erl|-x -setcookie S3|b", false, "a|--erl|-x -setcookie ***|b", true },
		{ "a|-eval|x:set_cookie(S3).|b", false, "a|-eval|***|b", true },
		{ "a|-run|erlang|set_cookie|n@h|S3|-x", false, "a|-run|erlang|***|***|***|-x", true },
		{ "a|-env|RELEASE_COOKIE|S3|-x", false, "a|-env|RELEASE_COOKIE|***|-x", true },
		{ "a|-env|RELEASE_COOKIES|b|-x", false, "a|-env|RELEASE_COOKIES|b|-x", false },
		{ "a|--erlang-cookie|S3|-x", false, "a|--erlang-cookie|***|-x", true },
		{ "a|-env|COOKIE|S3|-x", false, "a|-env|COOKIE|***|-x", true },
		{ "a|-foo|cookie|S3|-x", false, "a|-foo|cookie|***|-x", true },
		{ "a|node.cookie|=|-S3|-x", false, "a|node.cookie|=|***|-x", true },
		{ "a|distributed_cookie:|-S3|-x", false, "a|distributed_cookie:|***|-x", true },
		{ "a|/x/.erlang.cookie|b", false, "a|/x/.erlang.cookie|b", false },
	};
	struct scratch *scratch = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *text = arena_strdup(scratch->arena, cases[i].text), *joined = arena_strdup(scratch->arena, "");
		const size_t size = strlen(text);
		const char **arguments;
		size_t n = 0;
		bool found;

		for (size_t j = 0; j < size; j++)
			text[j] = text[j] == '|' ? '\0' : text[j];
		assert_int_equal(
			cookie_mask_arguments(scratch->arena, text, size, cases[i].erl_call, &arguments, &n, &found),
			0);
		assert_null(arguments[n]);
		for (size_t j = 0; j < n; j++)
			joined = arena_printf(scratch->arena, "%s%s%s", joined, j > 0 ? "|" : "", arguments[j]);
		if (strcmp(joined, cases[i].masked) != 0 || found != cases[i].found)
			fail_msg("'%s': '%s', not '%s'", cases[i].text, joined, cases[i].masked);
	}
}

/* What sets a cookie, in each form, is known to what hides it. */
static void test_all_names(void **state)
{
	static const char *const forms[] = { "x %s S3",	  "x %s=S3",	"x %s = S3", "x %s: S3",
					     "x '%s' S3", "\"%s\": S3", "%s -S3" };
	struct scratch *scratch = *state;

	for (const struct cookie_name *known = cookie_names; known->name; known++)
		for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
			const char *before = strchr(forms[i], '%'), *after = before + 2, *masked;
			bool found = false;

			masked = cookie_mask_text(scratch->arena,
						  arena_printf(scratch->arena, "%.*s%s%s", (int)(before - forms[i]),
							       forms[i], known->name, after),
						  &found);
			if (!found || strstr(masked, "S3"))
				fail_msg("%s in '%s': '%s'", known->name, forms[i], masked);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = { scratch_test(test_texts), scratch_test(test_arguments),
					    scratch_test(test_all_names) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
