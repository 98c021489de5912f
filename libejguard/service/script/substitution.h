/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a command ends whose output a shell takes for a value. It stands on one line; others are not understood. */
#ifndef EJG_SERVICE_SCRIPT_SUBSTITUTION_H
#define EJG_SERVICE_SCRIPT_SUBSTITUTION_H

/* The closing parenthesis of a $( that is in front of `at`; NULL when it cannot be told, or when it sets something. */
const char *substitution_close(const char *at, const char *end);
/* The closing ` of one that is in front of `at`; NULL as above. */
const char *substitution_backquote(const char *at, const char *end);

#endif
