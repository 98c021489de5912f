/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands of ejguard itself that a remedy names. */
#ifndef EJG_UTIL_OWN_COMMANDS_H
#define EJG_UTIL_OWN_COMMANDS_H

#include "libejguard/util/arena.h"

/*
 * The text with the service behind each command that names none: without it, "ejguard apply" acts on the default
 * service. Commands with operands or with values of options stay as they are.
 * @text: NULL: none
 *
 * Return: the text itself or text from the arena; NULL without memory, or where the text is NULL.
 */
const char *own_commands_name(struct arena *arena, const char *text, const char *service);

#endif
