/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The texts of types, as known-type.c describes them: their parts, and the types that have none. */
#ifndef EJG_CONFIG_TYPE_H
#define EJG_CONFIG_TYPE_H

#include <stdbool.h>

struct yml_node;

/* Whether a type has this name. */
bool type_is(const char *type, const char *name);
/* What is in the parentheses of a type that has them. */
const char *type_inside(const char *type);
/* The end of a part: a comma or a parenthesis of the list that it is in, or the end of the text. */
const char *type_end(const char *part);
/* The part behind it, or NULL. */
const char *type_next(const char *part);
/* Whether a value is one of some words, that are divided by commas, or what old configurations say for one. */
bool type_has_word(const char *words, const struct yml_node *value);
/* Whether a value is of a type that has no types in it; true for those that have. */
bool type_fits_scalar(const char *type, const struct yml_node *value);

#endif
