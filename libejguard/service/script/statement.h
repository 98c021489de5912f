/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Statements that both the start script and ejabberdctl.cfg use. */
#ifndef EJG_SERVICE_SCRIPT_STATEMENT_H
#define EJG_SERVICE_SCRIPT_STATEMENT_H

#include "libejguard/service/script/shell.h"

enum truth { FALSE, TRUE, UNKNOWN };

/* The length of the name if an assignment NAME= begins there; else 0. */
size_t statement_assigned(const char *at, const char *end);

/*
 * Expands the word behind NAME=, with the given length of the name; *at is moved behind it. Return: false when it is
 * not understood.
 */
bool statement_value(struct shell *shell, const char **at, const char *end, size_t length, struct word_value *ret);

/*
 * Sets the variable to the value, by the shell's mode. @value: if its why is set, the value is
 * unknown
 */
void statement_set(struct shell *shell, const char *name, const struct word_value *value, bool exported);

/*
 * The names of `export NAME NAME=word ...`, up to an end of the statement. Return: false when they are not understood;
 * *at is then somewhere inside.
 */
bool statement_export(struct shell *shell, const char **at, const char *end);

/* The test between [ and ]; *at is moved behind it if its result is known. */
enum truth statement_test(struct shell *shell, const char **at, const char *end);

#endif
