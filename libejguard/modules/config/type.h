/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The texts of types, described in known-type.c: their parts, and the simple types. */
#ifndef EJG_CONFIG_TYPE_H
#define EJG_CONFIG_TYPE_H

#include <stdbool.h>

struct yml_node;

/* True if a type has this name. */
bool type_is(const char *type, const char *name);
/* The text in the parentheses of a type. */
const char *type_inside(const char *type);
/* The end of a part: a comma or a parenthesis of its list, or the end of the text. */
const char *type_end(const char *part);
/* The next part, or NULL. */
const char *type_next(const char *part);
/* True if a value is one of some words, which commas separate, or an old name of one. */
bool type_has_word(const char *words, const struct yml_node *value);
/* True if a value fits a simple type; always true for a type that contains types. */
bool type_fits_scalar(const char *type, const struct yml_node *value);
/* Return: 1 if the value is a text of the type's form, 0 if not, -1 if the type does not describe a text. */
int type_fits_text(const char *type, const struct yml_node *value);
/* Describes the form that such a type requires, for messages, or NULL. */
const char *type_describe_text(const char *type);

#endif
