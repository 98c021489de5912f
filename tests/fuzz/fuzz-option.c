/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options of a module that has one of every type; each line of the input is a word of the guard's line. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/core/option.h"
#include "libejguard/util/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct config {
	bool bool_;
	uint16_t port;
	struct ejg_port_range range;
	unsigned int enum_;
	uint64_t number;
	uint64_t size;
	uint64_t duration;
	const char *path;
	struct ejg_prefix_list addresses;
	struct ejg_word_list words;
};

#define AT(member) .offset = offsetof(struct config, member), .help = "one of every type"

static const char *const choices[] = { "allow", "rewrite", "deny", NULL };
static const struct ejg_option options[] = {
	{ .name = "b", .type = EJG_OPTION_BOOL, AT(bool_) },
	{ .name = "p", .type = EJG_OPTION_PORT, .fallback = "4369", AT(port) },
	{ .name = "r", .type = EJG_OPTION_PORT_RANGE, AT(range) },
	{ .name = "e", .type = EJG_OPTION_ENUM, .choices = choices, AT(enum_) },
	{ .name = "n", .type = EJG_OPTION_UNSIGNED, .min = 1, .max = 1000, .fallback = "1", AT(number) },
	{ .name = "s", .type = EJG_OPTION_SIZE, .max = 1ULL << 40, AT(size) },
	{ .name = "d", .type = EJG_OPTION_DURATION, .min = 10, .fallback = "1s", AT(duration) },
	{ .name = "f", .type = EJG_OPTION_PATH, AT(path) },
	{ .name = "a", .type = EJG_OPTION_ADDRESSES, .flags = EJG_OPTION_REPEATABLE, AT(addresses) },
	{ .name = "w", .type = EJG_OPTION_WORDS, .flags = EJG_OPTION_REQUIRED, AT(words) },
};
static const struct ejg_module module = {
	EJG_MODULE_HEADER,
	.name = "fuzz",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.config_size = sizeof(struct config),
};

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_config(const struct config *config)
{
	require(config->port > 0 && config->enum_ < 3 && config->number >= 1 && config->number <= 1000);
	require(config->range.first <= config->range.last);
	require(config->size <= 1ULL << 40 && config->duration >= 10);
	require(!config->path || config->path[0] == '/');
	require(config->addresses.n <= OPTION_MAX_LIST && config->words.n >= 1 && config->words.n <= OPTION_MAX_LIST);
	for (size_t i = 0; i < config->words.n; i++)
		require(config->words.items[i][0] != '\0' && !strchr(config->words.items[i], ','));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_arena struct arena *arena = arena_new();
	struct guard_line line = { .module = { "fuzz", { "FILE", 1, 10 } } };
	struct report *report = report_new();
	struct config config = { 0 };
	struct word *words = NULL;
	enum ejg_mode mode;
	char *text, *rest;
	int r;

	require(arena && report);
	text = rest = size ? arena_strndup(arena, (const char *)data, size) : arena_strdup(arena, "");
	for (char *word = strsep(&rest, "\n"); word; word = strsep(&rest, "\n"), line.n_options++) {
		words = arena_grow(arena, words, line.n_options, sizeof(*words));
		words[line.n_options] = (struct word){ word, { "FILE", 1, (uint32_t)(word - text) + 1 } };
	}
	line.options = words;
	r = option_bind(arena, report, &module, &line, &config, &mode);
	require(r == 0 || r == -EBADMSG);
	require((r == 0) == (report_finding_count(report) == 0));
	require(report_finding_count(report) <= STACK_MAX_ERRORS + 1);
	if (r == 0)
		check_config(&config);
	report_free(report);
	return 0;
}
