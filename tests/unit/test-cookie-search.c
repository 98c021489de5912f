/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts of files that contain a cookie, or an option that sets one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "libejguard/modules/lib/cookie/search.h"
#include "libejguard/util/cleanup.h"

/* Hits as "2v 3s= 4s! 5s$ 6n": line and kind; the value is the cookie, another one, or computed. */
static void note(void *data, const struct search_hit *hit)
{
	char *text = data;

	sprintf(text + strlen(text), "%s%u%s%s", *text ? " " : "", hit->line,
		hit->kind == SEARCH_VALUE	? "v"
		: hit->kind == SEARCH_SETCOOKIE ? "s"
						: "n",
		hit->kind != SEARCH_SETCOOKIE ? ""
		: hit->same		      ? "="
		: hit->computed		      ? "$"
					      : "!");
}

static void test_cases(void **state)
{
	static const struct {
		const char *text;
		const char *hits;
	} cases[] = {
		{ "", "" },
		{ "\n\n\nS3CRETS3CRET", "4v" },
		{ "a S3CRETS3CRET b\r\n", "1v" },
		{ "# S3CRETS3CRET", "1v" },
		{ "{cookie, 'S3CRETS3CRET'}.", "1v" },
		{ "xS3CRETS3CRET S3CRETS3CRETx S3CRETS3CRET-2", "" },
		{ "xS3CRETS3CRET S3CRETS3CRET", "1v" },
		{ "S3CRET\nS3CRET", "" },
		{ "-setcookie S3CRETS3CRET", "1s=" },
		{ "-setcookie   \"S3CRETS3CRET\"", "1s=" },
		{ "ERL_OPTIONS=\"-setcookie S3CRETS3CRET -x\"", "1s=" },
		{ "ERL_OPTIONS='-x -setcookie other'", "1s!" },
		{ "ERL_OPTIONS=\"-setcookie $(cat COOKIE)\"", "1s$" },
		{ "ERL_OPTIONS=\"-setcookie $COOKIE\"", "1s$" },
		{ "ERL_OPTIONS=\"-setcookie `cat COOKIE`\"", "1s$" },
		{ "Environment=\"ERL_FLAGS=-setcookie other\"", "1s!" },
		{ "elixir --cookie other", "1s!" },
		{ "\t-setcookie\tother\n", "1s!" },
		{ "#-setcookie other", "" },
		{ "  # -setcookie other", "" },
		{ "-sname a # -setcookie other", "" },
		{ "#-setcookie S3CRETS3CRET", "1v" },
		{ "; -setcookie other", "" },
		{ "-setcookie\nother\n", "1s!" },
		{ "-setcookie # comment\n# comment\n  S3CRETS3CRET\n", "1s= 3v" },
		{ "ERL_OPTIONS=\"-setcookie \\\n other\"", "1s!" },
		{ "-setcookie\n-name a\n", "" },
		{ "ERL_OPTIONS=\"-x # -setcookie other\"", "1s!" },
		{ "ERL_OPTIONS='it' # -setcookie other", "" },
		{ "-setcookie", "" },
		{ "-setcookie -name a", "" },
		{ "-setcookies other", "" },
		{ "-xsetcookie other", "" },
		{ "x-setcookie other", "" },
		{ "-nocookie", "1n" },
		{ "ERL_OPTIONS=\"-nocookie\"", "1n" },
		{ "# -nocookie", "" },
		{ "-nocookies", "" },
		{ "-a#b -setcookie other", "1s!" },
	};
	struct cookie cookie;
	char hits[256];

	(void)state;
	(void)cookie_argument("S3CRETS3CRET", 12, &cookie);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		*hits = '\0';
		search_text(cases[i].text, strlen(cases[i].text), &cookie, true, false, note, hits);
		if (strcmp(hits, cases[i].hits) != 0)
			print_message("%s\n", cases[i].text);
		assert_string_equal(hits, cases[i].hits);
	}
}

static void test_switches(void **state)
{
	static const char text[] = "-setcookie S3CRETS3CRET\n\0S3CRETS3CRET\0\n\xff\xfe -nocookie";
	struct cookie cookie;
	char hits[256] = "";

	(void)state;
	(void)cookie_argument("S3CRETS3CRET", 12, &cookie);
	search_text(text, sizeof(text) - 1, NULL, false, false, note, hits);
	assert_string_equal(hits, "");
	search_text(text, sizeof(text) - 1, &cookie, false, false, note, hits);
	assert_string_equal(hits, "1v 2v");
	*hits = '\0';
	search_text(text, sizeof(text) - 1, NULL, true, false, note, hits);
	assert_string_equal(hits, "1s! 3n");
}

/* Of releases' start scripts. */
static void test_variables(void **state)
{
	static const struct {
		const char *text;
		const char *hits;
	} cases[] = {
		{ "Environment=RELEASE_COOKIE=other", "1s!" },
		{ "Environment=\"A=1\" \"RELEASE_COOKIE=S3CRETS3CRET\"", "1s=" },
		{ "export RELEASE_COOKIE='other'\n", "1s!" },
		{ "EMQX_NODE__COOKIE=S3CRETS3CRET", "1s=" },
		{ "RELEASE_COOKIE=\nS3CRETS3CRET", "2v" },
		{ "RELEASE_COOKIE=$(cat COOKIE)", "" },
		{ "export RELEASE_COOKIE", "" },
		{ "# RELEASE_COOKIE=other", "" },
		{ "XRELEASE_COOKIE=other", "" },
		{ "cookie = \"other\"", "" },
	};
	struct cookie cookie;
	char hits[256];

	(void)state;
	(void)cookie_argument("S3CRETS3CRET", 12, &cookie);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		*hits = '\0';
		search_text(cases[i].text, strlen(cases[i].text), &cookie, true, false, note, hits);
		if (strcmp(hits, cases[i].hits) != 0)
			print_message("%s\n", cases[i].text);
		assert_string_equal(hits, cases[i].hits);
	}
}

/* emqx.conf, vernemq.conf */
static void test_keys(void **state)
{
	static const struct {
		const char *text;
		const char *hits;
	} cases[] = {
		{ "node.cookie = \"other\"", "1s!" },
		{ "node {\n  name = \"a@b\"\n  cookie = \"other\"\n}", "3s!" },
		{ "node { cookie: other }", "1s!" },
		{ "distributed_cookie = vmq", "1s!" },
		{ "# node.cookie = other", "" },
		{ "node.cookie = ${COOKIE}", "" },
		{ "session.cookie = other", "" },
		{ "cookies = other", "" },
		{ "cookie =\nother", "" },
	};
	char hits[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		*hits = '\0';
		search_text(cases[i].text, strlen(cases[i].text), NULL, true, true, note, hits);
		if (strcmp(hits, cases[i].hits) != 0)
			print_message("%s\n", cases[i].text);
		assert_string_equal(hits, cases[i].hits);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_variables),
		cmocka_unit_test(test_switches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
