/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Masks cookies in text of the host before it reaches a report: those of -setcookie (erl), --cookie (iex), -c
 * (erl_call), of variables such as RELEASE_COOKIE, and of Erlang or Elixir text that calls set_cookie. Anything that
 * may be a cookie counts as one. All data about a service passes through here, and no other code masks.
 */
#ifndef EJG_SERVICE_BASE_COOKIE_MASK_H
#define EJG_SERVICE_BASE_COOKIE_MASK_H

#include <stdbool.h>
#include <stddef.h>

#include "libejguard/util/arena.h"

/* The text that replaces a cookie. */
#define COOKIE_MASK "***"

/*
 * Copies a text that a shell or erl splits into arguments (ERL_OPTIONS, ERL_FLAGS), with its cookies masked. *ret_found
 * becomes true if it had one, and is untouched otherwise; ret_found may be NULL. Return: the copy, NULL without memory.
 */
const char *cookie_mask_text(struct arena *arena, const char *text, bool *ret_found);

/*
 * Copies arguments, each ended by NUL, of size bytes, with their cookies masked; a NUL byte follows the last. The copy
 * ends with NULL. Return: 0, -ENOMEM.
 */
int cookie_mask_arguments(struct arena *arena, const char *text, size_t size, bool erl_call, const char ***ret,
			  size_t *ret_n, bool *ret_found);

#endif
