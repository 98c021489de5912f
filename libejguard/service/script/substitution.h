/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the end of a command substitution. It has to be on one line. */
#ifndef EJG_SERVICE_SCRIPT_SUBSTITUTION_H
#define EJG_SERVICE_SCRIPT_SUBSTITUTION_H

/* The closing parenthesis of the $( just before `at`; NULL when it is not found, or when the text sets something. */
const char *substitution_close(const char *at, const char *end);
/* The closing ` of the one just before `at`; NULL as above. */
const char *substitution_backquote(const char *at, const char *end);

#endif
