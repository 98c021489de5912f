/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Configuration files of keys and values: `nodename = VerneMQ@127.0.0.1` (cuttlefish), and HOCON's blocks, `node { name
 * = "emqx@127.0.0.1" }`, whose keys are joined by dots.
 */
#ifndef EJG_SERVICE_KIND_KEYS_H
#define EJG_SERVICE_KIND_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libejguard/util/arena.h"

enum { KEYS_MAX = 4096 };

struct key_value {
	const char *key;     /* "node.name"; NULL: any key may be set by another file from here on, see why */
	const char *text;    /* NULL: not known */
	const char *why;     /* constant text: why not; else NULL */
	const char *include; /* cuttlefish's `include PATTERN`; then key is NULL */
	uint32_t line;
};

/*
 * The values in text, in their order: the last one of a key counts. At most KEYS_MAX values and as many blocks are
 * read.
 * @flat:        cuttlefish: a value is the rest of its line, and braces and // are a part of it
 * @ret_problem: constant text: why not all of it was read; or NULL
 *
 * Return: 0, -ENOMEM.
 */
int keys_read(struct arena *arena, const char *text, size_t size, bool flat, struct key_value **ret, size_t *ret_n,
	      const char **ret_problem);

#endif
