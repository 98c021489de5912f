/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parses the command line by the tables of tools/base/verb.h. */
#ifndef EJG_TOOL_OPTIONS_H
#define EJG_TOOL_OPTIONS_H

#include <stdio.h>

#include "tools/base/report.h"

enum { MAX_OPTIONS = 20 };

/*
 * Reads the options from argv[1] on. With operands, the one other word is the operand; without, reading stops at the
 * first word that is not an option, and *ret_next is its index.
 *
 * Return: 0; -EINVAL or -ENOMEM, with the message set.
 */
int options_parse(const struct option_spec *options, size_t n_options, bool operands, int argc, char **argv,
		  struct arguments *arguments, struct report *report, int *ret_next);
/* A row of a help: a name in `width` columns, and beside it a text in as many lines as it takes. */
void help_print_row(FILE *out, unsigned int width, const char *name, const char *text);
void options_print_help(const struct option_spec *options, size_t n_options, FILE *out);

#endif
