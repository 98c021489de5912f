/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Verbs that change something run one at a time, and read everything that decides when it is their turn. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "libejguard/util/cleanup.h"
#include "tests/unit/handle-bed.h"

static const char stack[] = "required record id=%s log=%s/log\n";

/* A handle that has read the stack earlier, also for a watch, does not put the older stack into force. */
static void what_changed_is_read_again(void **state)
{
	struct scratch *scratch = *state;
	struct ejg *handle = open_stack(scratch, stack, "older", scratch->folder);
	const struct ejg_event *event = NULL;
	int fd;

	assert_int_equal(ejg_load(handle, NULL), 0);
	ejg_close(open_stack(scratch, stack, "newer", scratch->folder));
	assert_int_equal(ejg_check(handle), 0);
	assert_string_equal(recorded(scratch), "older check;older finish;");
	assert_int_equal(ejg_watch(handle, "record", &fd), 0);
	assert_int_equal(ejg_apply(handle, NULL), 0);
	assert_string_equal(recorded(scratch), "older watch;newer prepare;newer apply;newer check;newer finish;");
	ejg_close(open_stack(scratch, stack, "newest", scratch->folder));
	assert_int_equal(ejg_release(handle), 0);
	assert_string_equal(recorded(scratch), "newest release-all;newest finish;");
	assert_int_equal(ejg_watch_next(handle, "record", &event), 0);
	ejg_close(handle);
	assert_string_equal(recorded(scratch), "older watch_next;older finish;");
}

static void a_file_that_was_given_is_read_again(void **state)
{
	struct scratch *scratch = *state;
	struct ejg *handle = open_stack(scratch, stack, "installed", scratch->folder);
	char *file = arena_strdup(scratch->arena, scratch_path(scratch, "trial"));

	scratch_text(scratch, "trial", arena_printf(scratch->arena, stack, "older", scratch->folder));
	assert_int_equal(ejg_load(handle, file), 0);
	scratch_text(scratch, "trial", arena_printf(scratch->arena, stack, "newer", scratch->folder));
	*file = '\0';
	assert_int_equal(ejg_apply(handle, NULL), 0);
	assert_string_equal(recorded(scratch), "newer prepare;newer apply;newer check;newer finish;");
	scratch_text(scratch, "trial", "required absent\n");
	assert_int_equal(ejg_apply(handle, NULL), -EBADMSG);
	assert_string_equal(recorded(scratch), "");
	/* what was loaded before is still there */
	assert_int_equal(ejg_check(handle), 0);
	assert_string_equal(recorded(scratch), "newer check;newer finish;");
	ejg_close(handle);
}

static void without_the_lock_nothing_is_done(void **state)
{
	struct scratch *scratch = *state;
	struct ejg *handle = open_stack(scratch, stack, "a", scratch->folder);
	cleanup_fd int lock = -1;

	scratch_text(scratch, "run", "not a folder");
	assert_int_equal(ejg_apply(handle, NULL), -EIO);
	assert_found(handle, "core.lock-failed", "not a folder");
	assert_true(strstr(ejg_error(handle), "not a folder"));
	assert_int_equal(ejg_release(handle), -EIO);
	assert_string_equal(recorded(scratch), "");
	assert_int_equal(unlink(scratch_path(scratch, "run")), 0);
	assert_int_equal(ejg_apply(handle, NULL), 0);
	ejg_close(handle);
	/* and it is free again */
	lock = open(scratch_path(scratch, "run/test/lock"), O_RDWR | O_CLOEXEC);
	assert_true(lock >= 0);
	assert_int_equal(flock(lock, LOCK_EX | LOCK_NB), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(what_changed_is_read_again),
		scratch_test(a_file_that_was_given_is_read_again),
		scratch_test(without_the_lock_nothing_is_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
