/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An arena: memory that is allocated in pieces and freed together. The data of a handle, a stack or a report comes from
 * one, so a structure of many strings has one owner.
 *
 * The arena records a failed allocation: a caller may make many allocations and call arena_failed() once, as long as it
 * checks each pointer that it writes through.
 */
#ifndef EJG_UTIL_ARENA_H
#define EJG_UTIL_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct arena;

/* A new arena, or NULL without memory. */
struct arena *arena_new(void);

/* Frees the arena and all memory from it; accepts NULL, returns NULL. */
struct arena *arena_free(struct arena *arena);

/* size zeroed bytes, aligned for any type, or NULL. */
void *arena_alloc(struct arena *arena, size_t size);

/* n zeroed elements of size bytes, or NULL (also on overflow). */
void *arena_array(struct arena *arena, size_t n, size_t size);

/*
 * Makes room for one more element in an array that grows: items has n elements; the result has room for n + 1, with the
 * first n copied. Doubles, so that appending is cheap; the old array stays valid. NULL without memory.
 */
void *arena_grow(struct arena *arena, void *items, size_t n, size_t size);

/* Copy of a string, of its first n bytes, or of formatted text; NULL without memory. */
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t n);
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list ap) __attribute__((format(printf, 2, 0)));

/* Formats the reason of a refusal into *ret_problem. Return: -EBADMSG; or -ENOMEM with *ret_problem untouched. */
int arena_problem(struct arena *arena, const char **ret_problem, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* True if an allocation has failed since the arena was made. */
bool arena_failed(const struct arena *arena);

static inline void arena_free_ptr(struct arena **arena)
{
	arena_free(*arena);
}
#define cleanup_arena __attribute__((cleanup(arena_free_ptr)))

#endif
