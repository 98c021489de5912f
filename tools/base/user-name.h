/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EJG_USER_NAME_H
#define EJG_USER_NAME_H

#include <sys/types.h>

/* "ejabberd", or the number of a user that has no name, as a new string; NULL without memory. */
char *user_name(uid_t uid);

#endif
