/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whole stacks: the input is the service's stack file and, after each byte 0xff, a file that it may include by the
 * names a, b, c. They are real files, in /tmp.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/core/stack-file.h"
#include "libejguard/util/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = { "ejabberd", "a", "b", "c" };
static char folder[] = "/tmp/ejguard-fuzz-XXXXXX";

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void clean_up(void)
{
	char path[sizeof(folder) + 16];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
	rmdir(folder);
}

static void write_files(const uint8_t *data, size_t size)
{
	static bool made;

	if (!made) {
		require(mkdtemp(folder) != NULL);
		made = atexit(clean_up) == 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const uint8_t *end = i + 1 < ARRAY_SIZE(names) && size > 0 ? memchr(data, 0xff, size) : NULL;
		size_t n = end ? (size_t)(end - data) : size;
		char path[sizeof(folder) + 16];
		cleanup_fd int fd = -1;

		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		require(fd >= 0 && write(fd, data, n) == (ssize_t)n);
		data += end ? n + 1 : n;
		size -= end ? n + 1 : n;
	}
}

static void check_word(const struct word *word)
{
	require(word->position.file[0] == '/' && word->position.line >= 1 && word->position.column >= 1);
	require(strlen(word->text) <= STACK_MAX_LINE);
}

static void check_stack(const struct stack *stack)
{
	require(stack->n_lines >= 1 && stack->n_lines <= STACK_MAX_MODULES && stack->n_settings <= 7);
	for (size_t i = 0; i < stack->n_lines; i++) {
		check_word(&stack->lines[i].module);
		for (size_t j = 0; j < stack->lines[i].n_options; j++)
			check_word(&stack->lines[i].options[j]);
		for (size_t j = 0; j < i; j++)
			require(strcmp(stack->lines[i].module.text, stack->lines[j].module.text) != 0);
	}
	for (size_t i = 0; i < stack->n_settings; i++) {
		require(stack->settings[i].n_values >= 1);
		for (size_t j = 0; j < stack->settings[i].n_values; j++)
			check_word(&stack->settings[i].values[j]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct stack_source source = { "ejabberd", folder, NULL, NULL, NULL };
	cleanup_arena struct arena *arena = arena_new();
	struct report *report = report_new();
	const struct stack *stack;
	int r;

	require(arena && report);
	write_files(data, size);
	r = stack_read(arena, report, &source, &stack, NULL);
	require(r == 0 || r == -EBADMSG);
	require((r == 0) == (report_finding_count(report) == 0));
	require(report_finding_count(report) <= STACK_MAX_ERRORS + 1);
	if (r == 0)
		check_stack(stack);
	report_free(report);
	return 0;
}
