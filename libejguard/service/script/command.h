/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recognises shell commands that set no variable. */
#ifndef EJG_SERVICE_SCRIPT_COMMAND_H
#define EJG_SERVICE_SCRIPT_COMMAND_H

#include "libejguard/service/script/shell.h"

/*
 * True if the command at *at, with its arguments and redirections, can set no variable: a separate program, or a
 * builtin such as ulimit. *at is moved to the end of the command. Variables that its arguments set (${NAME:=word}) are
 * set.
 */
bool command_sets_nothing(struct shell *shell, const char **at, const char *end);

/* Reads < FILE, > FILE, >> FILE, >& NUMBER at *at. Return: false when it is something else. */
bool command_redirection(struct shell *shell, const char **at, const char *end);

/* True for a builtin or keyword of a shell. */
bool command_is_builtin(const char *name);

#endif
