/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the distribution range in arguments of erl. */
#ifndef EJG_SERVICE_SCRIPT_ERL_ARGS_H
#define EJG_SERVICE_SCRIPT_ERL_ARGS_H

#include "libejguard/service/base/erl-words.h"

enum erl_args_result {
	ERL_ARGS_NONE,	  /* nothing here concerns the distribution port */
	ERL_ARGS_RANGE,	  /* *ret_range is the range */
	ERL_ARGS_UNCLEAR, /* something concerns it, in another form than the plain one */
};

/*
 * Finds the distribution range in arguments of erl. The plain form is `-kernel inet_dist_listen_min N
 * inet_dist_listen_max M`, also behind several -kernel, in any order, and between other keys. *ret_where is the word
 * that decides, or NULL.
 */
enum erl_args_result erl_args_read(const struct erl_words *words, struct ejg_port_range *ret_range,
				   const struct erl_word **ret_where);

#endif
