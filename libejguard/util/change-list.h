/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of a too long message of "would-change": modules write it, the tool parses it. */
#ifndef EJG_UTIL_CHANGE_LIST_H
#define EJG_UTIL_CHANGE_LIST_H

#define CHANGE_LIST_REST "and %zu more with %c" /* the sign: + or - */

#endif
