/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * For tests with the real erl: reads cookies from standard input, one a line, and writes for each "generated" or "not".
 * With an argument it is the generator itself: cookie-generated SEED... writes the cookie of each seed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/modules/lib/cookie/form.h"
#include "libejguard/modules/lib/cookie/seed.h"
#include "tests/unit/cookie-generator.h"

int main(int argc, char **argv)
{
	struct seed_work work;
	struct cookie cookie;
	char line[512];

	for (int i = 1; i < argc; i++) {
		generate_cookie(strtoull(argv[i], NULL, 10), line);
		puts(line);
	}
	while (argc == 1 && fgets(line, sizeof(line), stdin))
		puts(cookie_read(line, strlen(line), &cookie) == COOKIE_FORM_GOOD && cookie_is_capitals(&cookie) &&
				     seed_recover(cookie.text, &work)
			     ? "generated"
			     : "not");
	return 0;
}
