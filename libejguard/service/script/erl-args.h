/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The distribution range among arguments of erl. */
#ifndef EJG_SERVICE_SCRIPT_ERL_ARGS_H
#define EJG_SERVICE_SCRIPT_ERL_ARGS_H

#include <ejguard/facts.h>

enum erl_args_result {
	ERL_ARGS_NONE,	  /* nothing here concerns the distribution port */
	ERL_ARGS_RANGE,	  /* *ret is the range */
	ERL_ARGS_UNCLEAR, /* something here does, and is not of the plain form */
};

/*
 * Looks for the distribution range among arguments of erl: `-kernel inet_dist_listen_min N inet_dist_listen_max M`,
 * which is the plain form. arguments_file: the text is a file for -args_file, with comments and quotes, and not the
 * value of a variable that the shell splits at blanks.
 *
 * Return: 0 or -ENOMEM.
 */
int erl_args_read(const char *text, size_t size, bool arguments_file, enum erl_args_result *ret_result,
		  struct ejg_port_range *ret_range);

#endif
