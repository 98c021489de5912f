/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings of a service that ejabberdctl does not start, by the row of its kind. */
#ifndef EJG_SERVICE_KIND_READ_H
#define EJG_SERVICE_KIND_READ_H

#include "libejguard/service/settings-struct.h"

/*
 * Gives the variables of s what the row's places come to, each by the name of struct ejg_setting; after the unit was
 * read. Return: 0, -ENOMEM.
 */
int kind_read(struct settings *s);

/* The port that a variable holds, which may stand behind an address: "127.0.0.1:44053". Return: whether it does. */
bool kind_port(const struct settings *s, const char *name, uint16_t *ret);

/* The number at the end of the node's name, left of the @; 0 without one. Return: whether the name is known. */
bool kind_number(const struct settings *s, unsigned int *ret);

#endif
