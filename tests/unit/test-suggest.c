/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "libejguard/util/suggest.h"
#include "tests/unit/scratch.h"

static const char *const controls[] = { "required", "requisite", "optional", "set", "include", NULL };
static const char *const options[] = { "listen", "strict", "wildcard", "mode", NULL };
static const char *const one[] = { "x", "", "ab", NULL };
static const char *const none[] = { NULL };

static const struct {
	const char *word;
	const char *const *names;
	const char *meant;
} cases[] = {
	{ "required", controls, "required" },
	{ "requird", controls, "required" },
	{ "reuqired", controls, "required" },
	{ "REQUIRED", controls, "required" },
	{ "requisit", controls, "requisite" },
	{ "optinal", controls, "optional" },
	{ "ste", controls, "set" },
	{ "Set", controls, "set" },
	{ "inclued", controls, "include" },
	{ "sufficient", controls, NULL },
	{ "net", controls, "set" },
	{ "", controls, NULL },
	{ "[set]", controls, "set" },
	{ "lsten", options, "listen" },
	{ "listne", options, "listen" },
	{ "strickt", options, "strict" },
	{ "wild-card", options, "wildcard" },
	{ "modus", options, "mode" },
	{ "peers", options, NULL },
	{ "y", one, NULL },
	{ "b", one, "ab" },
	{ "ac", one, "ab" },
	{ "anything", none, NULL },
	{ "w\xc3\xaeldcard", options, "wildcard" },
};

static void finds_what_was_meant(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *meant = suggest(cases[i].word, cases[i].names);

		if (!meant != !cases[i].meant || (meant && strcmp(meant, cases[i].meant) != 0))
			fail_msg("'%s': suggested '%s', not '%s'", cases[i].word, meant ? meant : "nothing",
				 cases[i].meant ? cases[i].meant : "nothing");
	}
}

static void long_words_are_no_slips(void **state)
{
	char word[66], name[66];
	const char *const names[] = { name, NULL };

	memset(word, 'a', sizeof(word));
	memset(name, 'a', sizeof(name));
	word[63] = name[63] = '\0';
	assert_ptr_equal(suggest(word, names), name);
	word[63] = 'a';
	word[64] = '\0';
	assert_null(suggest(word, names));
	word[63] = '\0';
	name[63] = 'a';
	name[65] = '\0';
	assert_null(suggest(word, names));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_was_meant),
		cmocka_unit_test(long_words_are_no_slips),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
