/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the message of a finding would-change ends where a list is too long: modules write it, the tool reads it. */
#ifndef EJG_UTIL_CHANGE_LIST_H
#define EJG_UTIL_CHANGE_LIST_H

#define CHANGE_LIST_REST "and %zu more with %c" /* the sign: + or - */

#endif
