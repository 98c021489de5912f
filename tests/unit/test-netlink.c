/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers of a kernel that a socket pair gives. */
#include "libejguard/util/netlink.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { ITEM = 100, NOTHING = 1 };

static int take(void *data, const struct nlmsghdr *message)
{
	assert_int_equal(message->nlmsg_type, ITEM);
	++*(int *)data;
	return 0;
}

/* A message of that type, with a number if that is not NOTHING, in a datagram of its own. */
static void give(int fd, uint16_t type, int number)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
	} message = {
		.header = { .nlmsg_type = type,
			    .nlmsg_len = number == NOTHING     ? NLMSG_LENGTH(0)
					 : type == NLMSG_ERROR ? sizeof(message)
							       : NLMSG_LENGTH(sizeof(int)) },
		.error = { .error = number },
	};

	assert_int_equal(send(fd, &message, message.header.nlmsg_len, 0), message.header.nlmsg_len);
}

static void test_end(void **state)
{
	static const struct {
		uint16_t type;
		int number, result;
	} cases[] = {
		{ NLMSG_DONE, NOTHING, 0 },
		{ NLMSG_DONE, 0, 0 },
		{ NLMSG_DONE, -ENOENT, -EOPNOTSUPP },
		{ NLMSG_DONE, -ENOMEM, -ENOMEM },
		{ NLMSG_ERROR, -ENOENT, -EOPNOTSUPP },
		{ NLMSG_ERROR, -EPERM, -EPERM },
		{ NLMSG_ERROR, 0, -EIO },
	};
	const struct nlmsghdr request = { .nlmsg_len = sizeof(request), .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int ends[2], n = 0;

		assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
		give(ends[1], ITEM, 0);
		give(ends[1], ITEM, NOTHING);
		give(ends[1], cases[i].type, cases[i].number);
		assert_int_equal(netlink_ask(ends[0], &request, take, &n), cases[i].result);
		assert_int_equal(n, 2);
		close(ends[0]);
		close(ends[1]);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
