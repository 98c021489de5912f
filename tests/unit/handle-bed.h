/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Handles of real stack files and real modules in a scratch folder. */
#ifndef EJG_TEST_HANDLE_BED_H
#define EJG_TEST_HANDLE_BED_H

#include "tests/unit/scratch.h"

/* Writes the stack and opens a handle of the scratch folder. */
struct ejg *open_stack(struct scratch *scratch, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* One more module of tests/modules, after open_stack(). */
void install_module(struct scratch *scratch, const char *name);

/* Returns the log of the recording modules in one line, and clears it. */
const char *recorded(struct scratch *scratch);

/* Asserts that the report has a finding of that whole id whose message contains the text. */
void assert_found(const struct ejg *handle, const char *id, const char *text);

#endif
