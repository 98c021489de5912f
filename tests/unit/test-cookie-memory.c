/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * After a check and after an apply the process's memory contains no copy of the cookie, neither of the old nor of the
 * new one. The search pattern is kept masked, so that it does not find itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ejguard/ejguard.h>

#include "libejguard/util/cleanup.h"
#include "tests/unit/cookie-generator.h"
#include "tests/unit/valgrind.h"

enum { MASK = 0x5a, NEEDLE = 20, MAX_MAP = 1 << 29 }; /* larger: the shadow of a sanitizer */

struct bed {
	char folder[32];
	unsigned char masked[NEEDLE];
	size_t n_found;
};

static char *path_of(const struct bed *bed, const char *name, char path[static 64])
{
	snprintf(path, 64, "%s/%s", bed->folder, name);
	return path;
}

static void write_file(const char *path, const char *text, size_t n, mode_t mode)
{
	cleanup_fd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), n);
	assert_int_equal(fchmod(fd, mode), 0);
}

static void mask(struct bed *bed, const char *text)
{
	for (size_t i = 0; i < NEEDLE; i++)
		bed->masked[i] = (unsigned char)text[i] ^ MASK;
}

static int setup(void **state)
{
	struct bed *bed = calloc(1, sizeof(*bed));
	char cookie[21], path[64];
	uint64_t seed;

	assert_int_equal(getentropy(&seed, sizeof(seed)), 0);
	strcpy(bed->folder, "/tmp/ejguard-XXXXXX");
	assert_non_null(mkdtemp(bed->folder));
	assert_int_equal(chmod(bed->folder, 0755), 0);
	generate_cookie(seed, cookie);
	mask(bed, cookie);
	write_file(path_of(bed, "cookie", path), cookie, NEEDLE, 0400);
	explicit_bzero(cookie, sizeof(cookie));
	if (geteuid() == 0)
		assert_int_equal(chown(path, 65534, 65534), 0);
	*state = bed;
	return 0;
}

static int teardown(void **state)
{
	struct bed *bed = *state;
	static const char *const names[] = { "cookie",	     "ejabberd", "run/ejabberd/lock", "run/ejabberd/applied",
					     "run/ejabberd", "run" };
	char path[64];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		remove(path_of(bed, names[i], path));
	remove(bed->folder);
	free(bed);
	return 0;
}

static void search(struct bed *bed, const unsigned char *bytes, size_t n)
{
	for (size_t i = 0; i + NEEDLE <= n; i++) {
		size_t j = 0;

		while (j < NEEDLE && bytes[i + j] == (bed->masked[j] ^ MASK))
			j++;
		bed->n_found += j == NEEDLE;
	}
}

/* Read by the kernel: valgrind would report every byte that was never written. */
static void search_map(struct bed *bed, int memory, uintptr_t first, uintptr_t last)
{
	static unsigned char window[1 << 16];

	for (uintptr_t at = first; at < last; at += sizeof(window) - NEEDLE + 1) {
		size_t n = last - at < sizeof(window) ? last - at : sizeof(window);
		ssize_t got = pread(memory, window, n, (off_t)at);

		search(bed, window, got > 0 ? (size_t)got : 0);
		explicit_bzero(window, n);
	}
}

/* All that can be read and written: heap, stack, data, maps. */
static size_t count_in_memory(struct bed *bed)
{
	cleanup_file FILE *maps = fopen("/proc/self/maps", "re");
	cleanup_fd int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	char line[512];

	assert_non_null(maps);
	assert_true(memory >= 0);
	bed->n_found = 0;
	while (fgets(line, sizeof(line), maps)) {
		uintptr_t first, last;
		char rights[5];

		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s", &first, &last, rights) == 3 && rights[0] == 'r' &&
		    rights[1] == 'w' && !strstr(line, "[v") && last - first < MAX_MAP)
			search_map(bed, memory, first, last);
	}
	return bed->n_found;
}

static struct ejg *open_handle(const struct bed *bed, const char *module, const char *options)
{
	char stack[256], path[64], rundir[64], moduledir[512];
	const struct ejg_options how = {
		.size = sizeof(how),
		.confdir = bed->folder,
		.moduledir = moduledir,
		.rundir = path_of(bed, "run", rundir),
		.statedir = rundir,
	};
	struct ejg *handle = NULL;
	int n = snprintf(stack, sizeof(stack), "set users root nobody\nrequired %s file=%s/cookie %s\n", module,
			 bed->folder, options);

	snprintf(moduledir, sizeof(moduledir), MODULE_DIR "/%s", module);
	write_file(path_of(bed, "ejabberd", path), stack, (size_t)n, 0644);
	assert_int_equal(ejg_open(&how, &handle), 0);
	return handle;
}

static bool has(const struct ejg *handle, const char *id)
{
	for (size_t i = 0; i < ejg_finding_count(handle); i++)
		if (strcmp(ejg_finding_get(handle, i)->id, id) == 0)
			return true;
	return false;
}

/* The search finds a copy that was planted. */
static void test_control(void **state)
{
	struct bed *bed = *state;
	char *planted = malloc(NEEDLE);

	for (size_t i = 0; i < NEEDLE; i++)
		planted[i] = (char)(bed->masked[i] ^ MASK);
	assert_true(count_in_memory(bed) > 0);
	explicit_bzero(planted, NEEDLE);
	free(planted);
	assert_int_equal(count_in_memory(bed), 0);
}

static void test_check(void **state)
{
	struct bed *bed = *state;
	struct ejg *handle = open_handle(bed, "cookie", "");

	(void)ejg_check(handle);
	assert_true(has(handle, "cookie.generated"));
	assert_int_equal(count_in_memory(bed), 0);
	ejg_close(handle);
	assert_int_equal(count_in_memory(bed), 0);
}

static void test_search(void **state)
{
	struct bed *bed = *state;
	struct ejg *handle = open_handle(bed, "leaks", "");

	(void)ejg_check(handle);
	assert_false(has(handle, "leaks.no-cookie"));
	assert_true(has(handle, "leaks.none") || has(handle, "leaks.copy"));
	assert_int_equal(count_in_memory(bed), 0);
	ejg_close(handle);
	assert_int_equal(count_in_memory(bed), 0);
}

static void test_apply(void **state)
{
	struct bed *bed = *state;
	struct ejg *handle;
	char fresh[64], path[64];
	cleanup_fd int fd = -1;

	if (geteuid() != 0)
		skip(); /* the cookie's owner must be a user that the stack names */
	handle = open_handle(bed, "cookie", "rotate=weak");
	(void)ejg_apply(handle, NULL);
	if (!has(handle, "cookie.rotated")) {
		print_message("a node may run here: %s\n", ejg_error(handle));
		ejg_close(handle);
		skip();
	}
	assert_int_equal(count_in_memory(bed), 0);
	fd = open(path_of(bed, "cookie", path), O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, fresh, sizeof(fresh)), 64);
	mask(bed, fresh);
	explicit_bzero(fresh, sizeof(fresh));
	assert_int_equal(count_in_memory(bed), 0);
	ejg_close(handle);
}

int main(void)
{
	static const struct CMUnitTest control[] = {
		cmocka_unit_test_setup_teardown(test_control, setup, teardown),
	};
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_check, setup, teardown),
		cmocka_unit_test_setup_teardown(test_search, setup, teardown),
		cmocka_unit_test_setup_teardown(test_apply, setup, teardown),
	};
	int failed = cmocka_run_group_tests(control, NULL, NULL);

	/* valgrind's emulation keeps copies of registers; and it reports glibc's search for a module's libraries as an
	 * error.
	 */
	return is_under_valgrind() ? failed : failed + cmocka_run_group_tests(tests, NULL, NULL);
}
