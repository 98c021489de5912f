/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings of a service that ejabberdctl does not start, by the row of its kind. */
#ifndef EJG_SERVICE_KIND_READ_H
#define EJG_SERVICE_KIND_READ_H

#include "libejguard/service/base/settings-struct.h"

/*
 * Sets the variables of s from the places that the row lists, each by its name in struct ejg_setting; call it after the
 * unit was read. Return: 0, -ENOMEM.
 */
int kind_read(struct settings *s);

/* True if the service is started without a name, so that it has no distribution unless its code starts one. */
bool kind_is_alone(const struct settings *s);

/* The port in a variable, also behind an address: "127.0.0.1:44053". Return: true if it has a valid port. */
bool kind_port(const struct settings *s, const char *name, uint16_t *ret);

/* The number at the end of the node's name, left of the @; 0 without one. Return: true if the name is known. */
bool kind_number(const struct settings *s, unsigned int *ret);

#endif
