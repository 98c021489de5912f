/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The values of ejabberd.yml, as ejabberd's parser returns them (fast_yaml with plain_as_atom): plain and single-quoted
 * scalars are atoms, double-quoted ones strings, plain numbers numbers; anchors are ignored and an alias is the string
 * of its name; there are no merge keys; an empty list is an empty map.
 */
#ifndef EJG_LIB_YML_NODE_H
#define EJG_LIB_YML_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum yml_kind {
	YML_ATOM,
	YML_STRING,
	YML_INTEGER,
	YML_FLOAT,
	YML_LIST,
	YML_MAP,
	YML_UNKNOWN, /* depends on something that cannot be seen: text says what */
};

struct yml_node {
	enum yml_kind kind;
	const char *text; /* scalars: as written, ended by NUL; may contain NULs, so use length and not strlen() */
	size_t length;
	int64_t integer;
	const struct yml_node *const *items; /* LIST */
	const struct yml_pair *pairs;	     /* MAP */
	size_t n;			     /* of items or pairs */
	size_t weight;			     /* number of nodes below, plus one; shared ones count each time */
	const char *file;		     /* its position */
	uint32_t line;
	uint32_t column;
};

struct yml_pair {
	const struct yml_node *key;
	const struct yml_node *value;
};

/* The text of an atom or a string; NULL for other kinds, and for text that contains a NUL. */
const char *yml_text(const struct yml_node *node);
/* True for an atom or string with exactly this text. */
bool yml_is(const struct yml_node *node, const char *text);
/* on, yes, y, true: 1; off, no, n, false: 0; else -1 (yconf, bool()). */
int yml_bool(const struct yml_node *node);
/* An integer; false for other kinds. */
bool yml_integer(const struct yml_node *node, int64_t *ret);
/* True for a LIST or a MAP; an empty one is both, as for ejabberd. */
bool yml_is_list(const struct yml_node *node);
bool yml_is_map(const struct yml_node *node);

/* The first pair of a map with that key, or NULL. Accepts NULL. */
const struct yml_pair *yml_find(const struct yml_node *map, const char *key);
/* Its value, or NULL. */
const struct yml_node *yml_value(const struct yml_node *map, const char *key);

#endif
