/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Queries epmd (erts/doc/guides/erl_dist_protocol.md of Erlang/OTP). Any program may answer: each query has a limit on
 * time and size, and the answer is text that strangers wrote.
 */
#ifndef EJG_UTIL_EPMD_CLIENT_H
#define EJG_UTIL_EPMD_CLIENT_H

#include <ejguard/facts.h>

#define EPMD_NAME_MAX 255 /* epmd's limit for the bytes of a name */

/*
 * NAMES: all registered names. Gives the whole answer with its 4 bytes of epmd's port, ended by a NUL byte.
 * @size: size of the buffer, with the NUL byte
 * Return: its length; -ETIMEDOUT; -EFBIG when the answer is too long; or another negative errno.
 */
ssize_t epmd_client_names(const struct ejg_prefix *address, uint16_t port, unsigned int patience_ms, char *ret,
			  size_t size);

/*
 * PORT_PLEASE2: the port with which a name is registered. The list of all names is limited, so others can register
 * names until one no longer fits; this request is not affected.
 * Return: the port; 0 when it is not registered; a negative errno when no valid answer came in time.
 */
int epmd_client_port(const struct ejg_prefix *address, uint16_t port, unsigned int patience_ms, const char *name);

#endif
