/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands of a unit, as `systemctl show` prints them: which of them are ours, and what runs before ours. */
#ifndef EJG_COMMANDS_H
#define EJG_COMMANDS_H

#include "tools/base/unit.h"

/*
 * The lists to ask for. Only the longer names come with the flags of a command ("+", "!"); units of type socket do not
 * have them.
 */
#define COMMAND_LISTS "ExecCondition,ExecConditionEx,ExecStartPre,ExecStartPreEx,ExecStart,ExecStopPostEx"

/* Adds text to a list of texts. Return: 0, -ENOMEM. */
int list_add(char **list, const char *between, const char *text, size_t n);

/*
 * Adds a command to the lists of a unit.
 * @name: of the list it is from; others are ignored
 * @guards: false before the first command; set when our command has come
 *
 * Return: 0, -ENOMEM.
 */
int commands_add(struct unit *unit, const char *name, const char *value, bool *guards);

#endif
