/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Questions to epmd (erts/doc/guides/erl_dist_protocol.md of Erlang/OTP). Who answers may be anybody: each question has
 * a time and a size, and what comes back is text that strangers wrote.
 */
#ifndef EJG_UTIL_EPMD_CLIENT_H
#define EJG_UTIL_EPMD_CLIENT_H

#include <ejguard/facts.h>

#define EPMD_NAME_MAX 255 /* bytes of a name, as epmd has it */

/*
 * NAMES: all names. The whole answer, its head of 4 bytes (epmd's port) included, ended by a NUL byte.
 * @size: room, with that byte
 * Return: its length; -ETIMEDOUT; -EFBIG when there is no end to it; or another negative errno.
 */
ssize_t epmd_client_names(const struct ejg_prefix *address, uint16_t port, unsigned int patience_ms, char *ret,
			  size_t size);

/*
 * PORT_PLEASE2: the port with which a name is registered. The list of all names has a bound, and so strangers can push
 * a name out of it; this question they cannot drown.
 * Return: the port; 0 when it is not registered; a negative errno when there was no such answer in time.
 */
int epmd_client_port(const struct ejg_prefix *address, uint16_t port, unsigned int patience_ms, const char *name);

#endif
