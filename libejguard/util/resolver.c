/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/resolver.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "libejguard/util/child.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/clock.h"

/* A message through the pipe: shorter than PIPE_BUF, so that one write is never split (pipe(7)). */
struct record {
	size_t index; /* of the name; n at the end, when all is done */
	struct ejg_prefix address;
};

struct resolver_question {
	const char *const *names;
	size_t n;
	int family;
	size_t max;
};

static bool send_record(int out, const struct record *record)
{
	return write(out, record, sizeof(*record)) == sizeof(*record);
}

static void send_addresses(int out, size_t index, const struct addrinfo *info, size_t max)
{
	for (size_t n = 0; info && n < max; info = info->ai_next, n++) {
		struct record record = { .index = index, .address.length = 128 };

		if (info->ai_family == AF_INET) {
			memset(record.address.bytes + 10, 0xff, 2);
			memcpy(record.address.bytes + 12,
			       &((const struct sockaddr_in *)(const void *)info->ai_addr)->sin_addr, 4);
		} else {
			memcpy(record.address.bytes,
			       &((const struct sockaddr_in6 *)(const void *)info->ai_addr)->sin6_addr, 16);
		}
		if (!send_record(out, &record))
			return;
	}
}

/* Resolves all names at the same time, so that one slow name delays no other, and sends each answer when it arrives. */
static void ask_all(const struct resolver_question *q, int out)
{
	const struct addrinfo hints = { .ai_family = q->family, .ai_socktype = SOCK_STREAM };
	const struct timespec patience = { .tv_nsec = 20000000 };
	struct gaicb *requests = calloc(q->n, sizeof(*requests));
	struct gaicb **waiting = calloc(q->n, sizeof(*waiting));
	size_t left = 0;

	if (!requests || !waiting)
		return;
	for (size_t i = 0; i < q->n; i++) {
		if (!q->names[i])
			continue;
		requests[i].ar_name = q->names[i];
		requests[i].ar_request = &hints;
		waiting[i] = &requests[i];
		left++;
	}
	/* getaddrinfo_a(3) skips NULL entries. */
	if (getaddrinfo_a(GAI_NOWAIT, waiting, (int)q->n, NULL) != 0)
		return;
	while (left) {
		/* This wakes only for requests that are pending when it begins, not for one that finished just
		 * before: so the wait has a timeout. */
		gai_suspend((const struct gaicb *const *)waiting, (int)q->n, &patience);
		for (size_t i = 0; i < q->n; i++) {
			if (!waiting[i] || gai_error(waiting[i]) == EAI_INPROGRESS)
				continue;
			if (gai_error(waiting[i]) == 0)
				send_addresses(out, i, waiting[i]->ar_result, q->max);
			waiting[i] = NULL;
			left--;
		}
	}
	send_record(out, &(struct record){ .index = q->n });
}

static int start_helper(const struct resolver_question *q, pid_t *ret_helper, int *ret_fd)
{
	int fds[2];
	pid_t helper;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	helper = fork(); /* not child_start(): the resolver needs the C library */
	if (helper == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* The memory may hold secrets: if a module of the resolver crashes, it must not leave a core file. */
		prctl(PR_SET_DUMPABLE, 0);
		ask_all(q, fds[1]);
		_exit(0);
	}
	if (helper < 0) {
		const int error = errno;

		close(fds[0]);
		close(fds[1]);
		return -error;
	}
	close(fds[1]);
	*ret_helper = helper;
	*ret_fd = fds[0];
	return 0;
}

static int read_records(const struct resolver_question *q, int fd, int64_t end,
			int (*fn)(void *data, size_t index, const struct ejg_prefix *address), void *data,
			bool *ret_done)
{
	struct record record;
	int64_t left;
	int r = 0;

	while (r == 0 && (left = end - clock_ms()) > 0) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		if (poll(&p, 1, (int)left) <= 0)
			continue;
		if (read(fd, &record, sizeof(record)) != sizeof(record))
			break;
		if (record.index >= q->n) {
			*ret_done = true;
			break;
		}
		r = fn(data, record.index, &record.address);
	}
	return r;
}

int resolver_ask(const char *const *names, size_t n, int family, size_t max, unsigned int patience_ms,
		 int (*fn)(void *data, size_t index, const struct ejg_prefix *address), void *data, bool *ret_done)
{
	const struct resolver_question q = { names, n, family, max };
	const int64_t end = clock_ms() + patience_ms;
	bool done = false;
	cleanup_fd int fd = -1;
	pid_t helper = -1;
	int status, r;

	r = start_helper(&q, &helper, &fd);
	if (r < 0)
		return r;
	r = read_records(&q, fd, end, fn, data, &done);
	kill(helper, SIGKILL);
	(void)child_wait(helper, &status);
	if (ret_done)
		*ret_done = done;
	return r;
}
