/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/handle-bed.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libejguard/util/cleanup.h"

/* The tests do not depend on the processes of this machine. */
static const char facts[] = "set cgroups auto\n";

void install_module(struct scratch *scratch, const char *name)
{
	cleanup_free char *from = NULL, *to = NULL, *bytes = NULL;
	cleanup_file FILE *file = NULL;
	struct stat st;

	assert_true(asprintf(&from, TEST_MODULES "/%s.so", name) > 0);
	assert_true(asprintf(&to, "modules/%s.so", name) > 0);
	file = fopen(from, "re");
	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &st), 0);
	bytes = malloc((size_t)st.st_size);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, (size_t)st.st_size, file), st.st_size);
	scratch_write(scratch, to, bytes, (size_t)st.st_size);
}

struct ejg *open_stack(struct scratch *scratch, const char *format, ...)
{
	struct ejg_options options = { .size = sizeof(options), .service = "test" };
	cleanup_free char *body = NULL, *text = NULL;
	struct ejg *handle = NULL;
	va_list ap;

	va_start(ap, format);
	assert_true(vasprintf(&body, format, ap) >= 0);
	va_end(ap);
	assert_true(asprintf(&text, "%s%s", facts, body) >= 0);
	if (access(scratch_path(scratch, "conf"), F_OK) < 0) {
		scratch_mkdir(scratch, "conf");
		scratch_mkdir(scratch, "modules");
		install_module(scratch, "record");
		install_module(scratch, "record_two");
		install_module(scratch, "record_proof");
		install_module(scratch, "irreversible");
		install_module(scratch, "good");
	}
	scratch_text(scratch, "conf/test", text);
	options.confdir = arena_strdup(scratch->arena, scratch_path(scratch, "conf"));
	options.moduledir = arena_strdup(scratch->arena, scratch_path(scratch, "modules"));
	options.rundir = arena_strdup(scratch->arena, scratch_path(scratch, "run"));
	assert_int_equal(ejg_open(&options, &handle), 0);
	return handle;
}

const char *recorded(struct scratch *scratch)
{
	cleanup_file FILE *file = fopen(scratch_path(scratch, "log"), "re");
	static char text[4096];
	size_t n = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	text[n] = '\0';
	for (char *c = text; *c; c++)
		*c = *c == '\n' ? ';' : *c;
	unlink(scratch->path);
	return text;
}

void assert_found(const struct ejg *handle, const char *id, const char *text)
{
	const struct ejg_finding *finding;

	for (size_t i = 0; (finding = ejg_finding_get(handle, i)); i++) {
		if (strcmp(finding->id, id) == 0 && strstr(finding->message, text))
			return;
	}
	for (size_t i = 0; (finding = ejg_finding_get(handle, i)); i++)
		print_error("found: %s: %s\n", finding->id, finding->message);
	fail_msg("not found: %s: %s", id, text);
}
