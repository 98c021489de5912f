/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EJG_USER_NAME_H
#define EJG_USER_NAME_H

#include <sys/types.h>

/*
 * "ejabberd", or the number of a user that has no name, as a new string; NULL without memory. @root: of the facts; an
 * image has users of its own, whose numbers mean others here.
 */
char *user_name(const char *root, uid_t uid);

#endif
