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

#endif
