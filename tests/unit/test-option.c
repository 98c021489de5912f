/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/option.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tests/unit/scratch.h"

struct config {
	bool strict;
	uint16_t port;
	struct ejg_port_range range;
	unsigned int wildcard;
	uint64_t count;
	uint64_t size;
	uint64_t wait;
	const char *path;
	struct ejg_prefix_list listen;
	struct ejg_prefix_list peers;
	struct ejg_word_list words;
};

#define AT(member) .offset = offsetof(struct config, member), .help = "help for " #member

static const char *const choices[] = { "allow", "rewrite", "deny", NULL };
static const struct ejg_option table[] = {
	{ .name = "strict", .type = EJG_OPTION_BOOL, AT(strict) },
	{ .name = "port", .type = EJG_OPTION_PORT, .fallback = "4369", AT(port) },
	{ .name = "range", .type = EJG_OPTION_PORT_RANGE, AT(range) },
	{ .name = "wildcard", .type = EJG_OPTION_ENUM, .choices = choices, .fallback = "rewrite", AT(wildcard) },
	{ .name = "count", .type = EJG_OPTION_UNSIGNED, .min = 2, .max = 9, AT(count) },
	{ .name = "size", .type = EJG_OPTION_SIZE, .min = 1 << 10, .max = 1ULL << 41, AT(size) },
	{ .name = "wait", .type = EJG_OPTION_DURATION, .min = 500, AT(wait) },
	{ .name = "path", .type = EJG_OPTION_PATH, AT(path) },
	{ .name = "listen", .type = EJG_OPTION_ADDRESSES, .fallback = "127.0.0.1,::1", AT(listen) },
	{ .name = "peers",
	  .type = EJG_OPTION_ADDRESSES,
	  .flags = EJG_OPTION_REPEATABLE,
	  .fallback = "198.51.100.1",
	  AT(peers) },
	{ .name = "words", .type = EJG_OPTION_WORDS, AT(words) },
};

static const struct ejg_module module = {
	EJG_MODULE_HEADER,
	.name = "net",
	.options = table,
	.n_options = ARRAY_SIZE(table),
	.config_size = sizeof(struct config),
};

/* Binds the words of a line "option option...", with positions 1:10, 2:10, ... */
static int bind(struct scratch *scratch, const struct ejg_module *to, const char *line, void *config,
		enum ejg_mode *ret_mode)
{
	char *text = arena_strdup(scratch->arena, line), *rest = NULL;
	struct word *words = arena_array(scratch->arena, STACK_MAX_WORDS, sizeof(*words));
	struct guard_line guard_line = { .module = { "net", { "FILE", 1, 10 } }, .options = words };

	for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest), guard_line.n_options++)
		words[guard_line.n_options] = (struct word){ word, { "FILE", (uint32_t)guard_line.n_options + 2, 10 } };
	return option_bind(scratch->arena, scratch->report, to, &guard_line, config, ret_mode);
}

static void must_bind(struct scratch *scratch, const char *line, struct config *config)
{
	enum ejg_mode mode;

	*config = (struct config){ 0 };
	if (bind(scratch, &module, line, config, &mode) != 0)
		fail_msg("'%s': %s", line, report_first_failure(scratch->report));
	assert_int_equal(report_finding_count(scratch->report), 0);
}

static const char *listed(struct scratch *scratch, const struct ejg_prefix_list *list)
{
	char text[EJG_PREFIX_TEXT_SIZE];
	const char *all = "";

	for (size_t i = 0; i < list->n; i++)
		all = arena_printf(scratch->arena, "%s%s ", all, ejg_prefix_format(&list->items[i], text));
	return all;
}

static void fallbacks_stand_where_nothing_is_said(void **state)
{
	struct scratch *scratch = *state;
	struct config config;

	must_bind(scratch, "", &config);
	assert_false(config.strict);
	assert_int_equal(config.port, 4369);
	assert_int_equal(config.range.first, 0);
	assert_int_equal(config.wildcard, 1);
	assert_int_equal(config.count, 0);
	assert_null(config.path);
	assert_string_equal(listed(scratch, &config.listen), "127.0.0.1 ::1 ");
	assert_string_equal(listed(scratch, &config.peers), "198.51.100.1 ");
	assert_int_equal(config.words.n, 0);
}

static void values_of_every_type_are_read(void **state)
{
	struct scratch *scratch = *state;
	struct config config;

	must_bind(scratch,
		  "strict=yes port=65535 range=4370-4375 wildcard=deny count=9 size=2T wait=2h path=/var/lib/ejabberd "
		  "listen=10.0.0.0/8 words=b,a,ab",
		  &config);
	assert_true(config.strict);
	assert_int_equal(config.port, 65535);
	assert_int_equal(config.range.first, 4370);
	assert_int_equal(config.range.last, 4375);
	assert_int_equal(config.wildcard, 2);
	assert_int_equal(config.count, 9);
	assert_true(config.size == 1ULL << 41);
	assert_int_equal(config.wait, 7200000);
	assert_string_equal(config.path, "/var/lib/ejabberd");
	assert_string_equal(listed(scratch, &config.listen), "10.0.0.0/8 ");
	assert_int_equal(config.words.n, 3);
	assert_string_equal(config.words.items[0], "b");
	assert_string_equal(config.words.items[2], "ab");
	must_bind(scratch, "strict=no range=80 size=1024 wait=500ms path=/ count=2", &config);
	assert_int_equal(config.range.last, 80);
	assert_int_equal(config.size, 1024);
	assert_int_equal(config.wait, 500);
	must_bind(scratch, "size=1K wait=1min path=/a/.b/..c/d.", &config);
	assert_int_equal(config.size, 1024);
	assert_int_equal(config.wait, 60000);
	must_bind(scratch, "size=3M wait=1d", &config);
	assert_int_equal(config.size, 3 << 20);
	assert_int_equal(config.wait, 86400000);
	must_bind(scratch, "size=4G wait=18446744073709551615ms", &config);
	assert_true(config.size == 4ULL << 30);
	assert_true(config.wait == UINT64_MAX);
}

static void repeated_lists_add_up(void **state)
{
	struct scratch *scratch = *state;
	struct config config;

	must_bind(scratch, "peers=10.0.0.1,10.0.0.2 strict=yes peers=10.0.0.3 peers=10.0.0.4,10.0.0.5,10.0.0.6",
		  &config);
	assert_string_equal(listed(scratch, &config.peers), "10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 ");
}

static void the_mode_is_the_hosts(void **state)
{
	struct scratch *scratch = *state;
	struct config config = { 0 };
	enum ejg_mode mode = EJG_PERMISSIVE;

	assert_int_equal(bind(scratch, &module, "", &config, &mode), 0);
	assert_int_equal(mode, EJG_ENFORCE);
	assert_int_equal(bind(scratch, &module, "mode=permissive", &config, &mode), 0);
	assert_int_equal(mode, EJG_PERMISSIVE);
	assert_int_equal(bind(scratch, &module, "mode=enforce", &config, &mode), 0);
	assert_int_equal(mode, EJG_ENFORCE);
	mode = EJG_PERMISSIVE;
	assert_int_equal(bind(scratch, &module, "mode=enforce x=y", &config, &mode), -EBADMSG);
	assert_int_equal(mode, EJG_PERMISSIVE);
}

static const struct {
	const char *line;
	const char *id;
	const char *message;
} wrong[] = {
	{ "lsten=::1", "option-unknown", "unknown option 'lsten' for net; did you mean 'listen'?" },
	{ "LISTEN=::1", "option-unknown", "did you mean 'listen'?" },
	{ "mod=enforce", "option-unknown", "did you mean 'mode'?" },
	{ "xyzzy=1", "option-unknown", "unknown option 'xyzzy' for net; its options are: mode, strict, port" },
	{ "=1", "option-unknown", "unknown option '' for net" },
	{ "listen:::1", "option-unknown", "unknown option 'listen:::1'" },
	{ "net", "option-unknown", "unknown option 'net'" },
	{ "strict", "option-value", "option 'strict' of net has no value; write strict=VALUE" },
	{ "mode", "option-value", "option 'mode' of net has no value" },
	{ "strict=", "option-value", "option 'strict' of net: '' is neither 'yes' nor 'no'" },
	{ "strict=true", "option-value", "'true' is neither 'yes' nor 'no'" },
	{ "strict=Yes", "option-value", "'Yes' is neither" },
	{ "strict=yes=", "option-value", "'yes=' is neither" },
	{ "mode=permisive", "option-value", "'permisive' is none of: enforce, permissive; did you mean 'permissive'?" },
	{ "mode=off", "option-value", "option 'mode' of net: 'off' is none of: enforce, permissive" },
	{ "mode=", "option-value", "'' is none of: enforce, permissive" },
	{ "wildcard=drop", "option-value", "'drop' is none of: allow, rewrite, deny" },
	{ "wildcard=1", "option-value", "'1' is none of: allow, rewrite, deny" },
	{ "port=0", "option-value", "'0' is not a port (1 to 65535)" },
	{ "port=70000", "option-value", "'70000' is not a port (1 to 65535)" },
	{ "port=80-81", "option-value", "'80-81' is not a port (1 to 65535)" },
	{ "range=4375-4370", "option-value", "N not above M" },
	{ "range=80,81", "option-value", "'80,81' is not a port or a range" },
	{ "count=1", "option-value", "'1' is out of range (2 to 9)" },
	{ "count=10", "option-value", "'10' is out of range (2 to 9)" },
	{ "count=-3", "option-value", "'-3' is not a number" },
	{ "count=03", "option-value", "'03' is not a number" },
	{ "count=3K", "option-value", "'3K' is not a number" },
	{ "count=18446744073709551618", "option-value", "too large a number" },
	{ "size=1023", "option-value", "'1023' is out of range (1K to 2T)" },
	{ "size=3T", "option-value", "'3T' is out of range (1K to 2T)" },
	{ "size=16777216T", "option-value", "'16777216T' is too large" },
	{ "size=18446744073709551616", "option-value", "is too large" },
	{ "size=1k", "option-value", "'1k' is not a size" },
	{ "size=1KB", "option-value", "'1KB' is not a size" },
	{ "size=K", "option-value", "'K' is not a size" },
	{ "size=", "option-value", "'' is not a size" },
	{ "size=1.5G", "option-value", "'1.5G' is not a size" },
	{ "size=01K", "option-value", "'01K' is not a size" },
	{ "wait=499ms", "option-value", "'499ms' is less than 500ms" },
	{ "wait=0s", "option-value", "'0s' is less than 500ms" },
	{ "wait=30", "option-value", "'30' is not a duration" },
	{ "wait=30m", "option-value", "'30m' is not a duration" },
	{ "wait=s", "option-value", "'s' is not a duration" },
	{ "wait=18446744073709551615s", "option-value", "is too large" },
	{ "path=", "option-value", "'' is not an absolute path" },
	{ "path=etc", "option-value", "'etc' is not an absolute path" },
	{ "path=//", "option-value", "component" },
	{ "path=/etc/", "option-value", "component" },
	{ "path=/etc//x", "option-value", "component" },
	{ "path=/etc/../x", "option-value", "component" },
	{ "path=/etc/.", "option-value", "component" },
	{ "path=/..", "option-value", "component" },
	{ "listen=", "option-value", "the list is empty" },
	{ "listen=,", "option-value", "empty element" },
	{ "listen=::1,", "option-value", "empty element" },
	{ "listen=,::1", "option-value", "empty element" },
	{ "listen=::1,,::2", "option-value", "empty element" },
	{ "listen=127.0.0.1,::1,127.0.0.1", "option-value", "'127.0.0.1' is in the list already" },
	{ "listen=127.0.0.1,::ffff:127.0.0.1", "option-value", "'::ffff:127.0.0.1' is in the list already" },
	{ "listen=127.0.0.1/32,127.0.0.1", "option-value", "'127.0.0.1' is in the list already" },
	{ "listen=127.0.0.256", "option-value", "'127.0.0.256': not an address" },
	{ "listen=localhost", "option-value", "'localhost': not an address" },
	{ "listen=198.51.100.7/24", "option-value", "did you mean '198.51.100.0/24'?" },
	{ "listen=fe80::1%nosuch0", "option-value", "no such interface" },
	{ "words=", "option-value", "the list is empty" },
	{ "words=a,,b", "option-value", "empty element" },
	{ "words=a,b,a", "option-value", "'a' is in the list already" },
	{ "strict=yes strict=yes", "option-duplicate", "option 'strict' is already set at FILE:2:10" },
	{ "mode=enforce mode=enforce", "option-duplicate", "option 'mode' is already set" },
	{ "words=a words=b", "option-duplicate", "write one list, with commas" },
	{ "peers=10.0.0.1 peers=10.0.0.1", "option-value", "'10.0.0.1' is in the list already" },
};

static void wrong_values_say_what_would_be_right(void **state)
{
	struct scratch *scratch = *state;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct config config = { 0 };
		enum ejg_mode mode;

		report_clear(scratch->report);
		if (bind(scratch, &module, wrong[i].line, &config, &mode) != -EBADMSG)
			fail_msg("'%s' was accepted", wrong[i].line);
		assert_int_equal(report_finding_count(scratch->report), 1);
		assert_reported(scratch->report, wrong[i].id, wrong[i].message);
	}
}

static void all_wrong_words_are_reported_in_place(void **state)
{
	struct scratch *scratch = *state;
	struct config config = { 0 };
	enum ejg_mode mode;

	assert_int_equal(bind(scratch, &module, "strict=1 port=1 mode=x port=0 nothing", &config, &mode), -EBADMSG);
	assert_int_equal(report_finding_count(scratch->report), 4);
	for (size_t i = 0; i < 4; i++) {
		static const uint32_t lines[] = { 2, 4, 5, 6 };
		const struct ejg_finding *finding = report_finding(scratch->report, i);

		assert_string_equal(finding->file, "FILE");
		assert_int_equal(finding->line, lines[i]);
		assert_int_equal(finding->column, 10);
	}
}

static void required_options_must_be_there(void **state)
{
	static const struct ejg_option options[] = {
		{ .name = "path", .type = EJG_OPTION_PATH, .flags = EJG_OPTION_REQUIRED, AT(path) },
	};
	struct ejg_module needs = module;
	struct scratch *scratch = *state;
	struct config config = { 0 };
	enum ejg_mode mode;

	needs.options = options;
	needs.n_options = 1;
	assert_int_equal(bind(scratch, &needs, "path=/etc", &config, &mode), 0);
	assert_int_equal(bind(scratch, &needs, "mode=permissive", &config, &mode), -EBADMSG);
	assert_reported(scratch->report, "option-missing", "net needs the option 'path' (help for path)");
	assert_int_equal(report_finding(scratch->report, 0)->line, 1);
	/* A wrong value is one error, not two. */
	report_clear(scratch->report);
	assert_int_equal(bind(scratch, &needs, "path", &config, &mode), -EBADMSG);
	assert_int_equal(bind(scratch, &needs, "path=x", &config, &mode), -EBADMSG);
	assert_int_equal(report_finding_count(scratch->report), 2);
}

static void a_module_without_options_has_a_mode(void **state)
{
	const struct ejg_module plain = { EJG_MODULE_HEADER, .name = "plain" };
	struct scratch *scratch = *state;
	enum ejg_mode mode;

	assert_int_equal(bind(scratch, &plain, "mode=permissive", NULL, &mode), 0);
	assert_int_equal(mode, EJG_PERMISSIVE);
	assert_int_equal(bind(scratch, &plain, "strict=yes", NULL, &mode), -EBADMSG);
	assert_reported(scratch->report, "option-unknown", "unknown option 'strict' for plain; its options are: mode");
}

static void errors_are_counted_past_the_limit(void **state)
{
	struct scratch *scratch = *state;
	struct config config = { 0 };
	const char *line = "";
	enum ejg_mode mode;

	for (int i = 0; i < STACK_MAX_ERRORS + 3; i++)
		line = arena_printf(scratch->arena, "%sx%d=1 ", line, i);
	assert_int_equal(bind(scratch, &module, line, &config, &mode), -EBADMSG);
	assert_int_equal(report_finding_count(scratch->report), STACK_MAX_ERRORS + 1);
	assert_reported(scratch->report, "stack-limit", "3 more errors");
}

static const char *long_list(struct scratch *scratch, size_t n)
{
	char *text = arena_alloc(scratch->arena, n * 32 + 32), *at = text;

	at += sprintf(at, "words=");
	for (size_t i = 0; i < n; i++)
		at += sprintf(at, "%s%zx", i ? "," : "", i);
	*at++ = ' ';
	at += sprintf(at, "listen=");
	for (size_t i = 0; i < n; i++)
		at += sprintf(at, "%s::%zx", i ? "," : "", i);
	return text;
}

static void lists_are_limited(void **state)
{
	struct scratch *scratch = *state;
	struct config config;
	enum ejg_mode mode;

	must_bind(scratch, long_list(scratch, OPTION_MAX_LIST), &config);
	assert_int_equal(config.words.n, OPTION_MAX_LIST);
	assert_int_equal(config.listen.n, OPTION_MAX_LIST);
	assert_int_equal(bind(scratch, &module, long_list(scratch, OPTION_MAX_LIST + 1), &config, &mode), -EBADMSG);
	assert_int_equal(report_finding_count(scratch->report), 2);
	assert_reported(scratch->report, "option-value", "option 'words' of net: the list has more than 4096 elements");
}

static void paths_are_limited(void **state)
{
	struct scratch *scratch = *state;
	char path[5000] = "path=/";
	struct config config;
	enum ejg_mode mode;

	memset(path + 6, 'a', 4094);
	must_bind(scratch, path, &config);
	assert_int_equal(strlen(config.path), 4095);
	path[4100] = 'a';
	assert_int_equal(bind(scratch, &module, path, &config, &mode), -EBADMSG);
	assert_reported(scratch->report, "option-value", "too long for a path (at most 4095 bytes)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(fallbacks_stand_where_nothing_is_said),
		scratch_test(values_of_every_type_are_read),
		scratch_test(repeated_lists_add_up),
		scratch_test(the_mode_is_the_hosts),
		scratch_test(wrong_values_say_what_would_be_right),
		scratch_test(all_wrong_words_are_reported_in_place),
		scratch_test(required_options_must_be_there),
		scratch_test(a_module_without_options_has_a_mode),
		scratch_test(errors_are_counted_past_the_limit),
		scratch_test(lists_are_limited),
		scratch_test(paths_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
