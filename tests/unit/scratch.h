/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the unit tests: cmocka with its headers, and a folder of files that a test makes and removes. */
#ifndef EJG_TEST_SCRATCH_H
#define EJG_TEST_SCRATCH_H

/* clang-format off: cmocka.h needs these before it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <sys/types.h>

#include "libejguard/core/report.h"

/* An arena, a report and an empty folder below /tmp that trusted_open() trusts. */
struct scratch {
	struct arena *arena;
	struct report *report;
	char folder[32];
	char path[256]; /* of scratch_path() */
};

/* For cmocka_unit_test_setup_teardown(). */
int scratch_setup(void **state);
int scratch_teardown(void **state);

/* FOLDER/NAME, valid until the next call. */
const char *scratch_path(struct scratch *scratch, const char *name);
/* Writes a file of mode 0644, in folders that exist. */
void scratch_write(struct scratch *scratch, const char *name, const void *bytes, size_t n);
void scratch_text(struct scratch *scratch, const char *name, const char *text);
void scratch_mkdir(struct scratch *scratch, const char *name);

/* Asserts that the report has a failure of that id whose message contains the text. */
void assert_reported(struct report *report, const char *id, const char *text);

#define scratch_test(function) cmocka_unit_test_setup_teardown(function, scratch_setup, scratch_teardown)

#endif
