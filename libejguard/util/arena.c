/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/arena.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Each allocation is a separate block, not a part of a larger one, so that sanitizers and valgrind know its bounds. */
struct block {
	struct block *next;
	_Alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	struct block *blocks;
	bool failed;
};

struct arena *arena_new(void)
{
	return calloc(1, sizeof(struct arena));
}

struct arena *arena_free(struct arena *arena)
{
	struct block *next;

	if (!arena)
		return NULL;
	for (struct block *block = arena->blocks; block; block = next) {
		next = block->next;
		free(block);
	}
	free(arena);
	return NULL;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct block *block = NULL;

	/* No object is larger than PTRDIFF_MAX; a larger calloc() would only make sanitizers complain. */
	if (size <= PTRDIFF_MAX - sizeof(*block))
		block = calloc(1, sizeof(*block) + size);
	if (!block) {
		arena->failed = true;
		return NULL;
	}
	block->next = arena->blocks;
	arena->blocks = block;
	return block->bytes;
}

void *arena_array(struct arena *arena, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total)) {
		arena->failed = true;
		return NULL;
	}
	return arena_alloc(arena, total);
}

void *arena_grow(struct arena *arena, void *items, size_t n, size_t size)
{
	const size_t first = 4;
	size_t capacity;
	void *grown;

	/* The capacity is not stored: it is the smallest power of two, from `first` on, that holds n. */
	if (n > 0 && (n < first || (n & (n - 1)) != 0))
		return items;
	if (n == 0)
		capacity = first;
	else if (__builtin_mul_overflow(n, 2, &capacity))
		capacity = SIZE_MAX;

	grown = arena_array(arena, capacity, size);
	if (grown && n > 0)
		memcpy(grown, items, n * size);
	return grown;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

char *arena_strndup(struct arena *arena, const char *text, size_t n)
{
	size_t length = strnlen(text, n);
	char *copy = arena_alloc(arena, length + 1);

	if (copy)
		memcpy(copy, text, length);
	return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	char *text;
	va_list ap;

	va_start(ap, format);
	text = arena_vprintf(arena, format, ap);
	va_end(ap);
	return text;
}

char *arena_vprintf(struct arena *arena, const char *format, va_list ap)
{
	va_list again;
	char *text = NULL;
	int length;

	va_copy(again, ap);
	length = vsnprintf(NULL, 0, format, ap);
	if (length >= 0)
		text = arena_alloc(arena, (size_t)length + 1);
	else
		arena->failed = true;
	if (text)
		vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return text;
}

int arena_problem(struct arena *arena, const char **ret_problem, const char *format, ...)
{
	const char *problem;
	va_list ap;

	va_start(ap, format);
	problem = arena_vprintf(arena, format, ap);
	va_end(ap);
	if (!problem)
		return -ENOMEM;
	*ret_problem = problem;
	return -EBADMSG;
}

bool arena_failed(const struct arena *arena)
{
	return arena->failed;
}
