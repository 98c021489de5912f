/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/names.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "libejguard/util/cleanup.h"
#include "libejguard/util/clock.h"

int names_add(struct name_list *list, size_t peer, const struct ejg_prefix *address)
{
	/* Doubled when n is a power of two: appending stays cheap. */
	if (!(list->n & (list->n - 1))) {
		size_t room = list->n ? 2 * list->n : 1;
		struct name_address *items = reallocarray(list->items, room, sizeof(*items));

		if (!items)
			return -ENOMEM;
		list->items = items;
	}
	list->items[list->n++] = (struct name_address){ peer, *address };
	return 0;
}

static void send_addresses(int out, size_t peer, const struct addrinfo *info)
{
	for (size_t n = 0; info && n < NAMES_MAX_ADDRESSES; info = info->ai_next, n++) {
		struct name_address record = { .peer = peer, .address.length = 128 };

		if (info->ai_family == AF_INET) {
			memset(record.address.bytes + 10, 0xff, 2);
			memcpy(record.address.bytes + 12,
			       &((const struct sockaddr_in *)(const void *)info->ai_addr)->sin_addr, 4);
		} else {
			memcpy(record.address.bytes,
			       &((const struct sockaddr_in6 *)(const void *)info->ai_addr)->sin6_addr, 16);
		}
		if (write(out, &record, sizeof(record)) != sizeof(record))
			return;
	}
}

/*
 * In the helper: asks for all names at once, so that one that does not answer holds up no other one, and hands on what
 * comes as it comes.
 */
static void resolve_in_helper(const struct ejg_facts *facts, const bool *wanted, int out)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	const struct timespec patience = { .tv_nsec = 20000000 };
	struct gaicb *requests = calloc(facts->n_peers, sizeof(*requests));
	struct gaicb **waiting = calloc(facts->n_peers, sizeof(*waiting));
	size_t left = 0;

	if (!requests || !waiting)
		return;
	for (size_t i = 0; i < facts->n_peers; i++) {
		if (!wanted[i])
			continue;
		requests[i].ar_name = ejg_peer_get(facts, i)->name;
		requests[i].ar_request = &hints;
		waiting[i] = &requests[i];
		left++;
	}
	/* Entries that are NULL are passed over (getaddrinfo_a(3)). */
	if (getaddrinfo_a(GAI_NOWAIT, waiting, facts->n_peers, NULL) != 0)
		return;
	while (left) {
		/* It waits for those that are under way when it begins, not for those done just before: hence not for ever. */
		gai_suspend((const struct gaicb *const *)waiting, facts->n_peers, &patience);
		for (size_t i = 0; i < facts->n_peers; i++) {
			if (!waiting[i] || gai_error(waiting[i]) == EAI_INPROGRESS)
				continue;
			if (gai_error(waiting[i]) == 0)
				send_addresses(out, i, waiting[i]->ar_result);
			waiting[i] = NULL;
			left--;
		}
	}
}

static int read_records(const struct ejg_facts *facts, int fd, struct name_list *list)
{
	int64_t end = clock_ms() + NAMES_TIMEOUT_MS, left;
	struct name_address record;
	int r = 0;

	while (r == 0 && (left = end - clock_ms()) > 0) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		if (poll(&p, 1, (int)left) <= 0)
			continue;
		/* A record is shorter than PIPE_BUF, so that it comes whole (pipe(7)). */
		if (read(fd, &record, sizeof(record)) != sizeof(record))
			break;
		if (record.peer < facts->n_peers)
			r = names_add(list, record.peer, &record.address);
	}
	return r;
}

int names_resolve(const struct ejg_facts *facts, const bool *wanted, struct name_list *ret)
{
	struct name_list list = {};
	pid_t helper;
	int fds[2], r;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	helper = fork();
	if (helper == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		resolve_in_helper(facts, wanted, fds[1]);
		_exit(0);
	}
	r = helper < 0 ? -errno : 0;
	close(fds[1]);
	if (helper > 0) {
		r = read_records(facts, fds[0], &list);
		kill(helper, SIGKILL);
		while (waitpid(helper, NULL, 0) < 0 && errno == EINTR)
			;
	}
	close(fds[0]);
	if (r < 0) {
		names_free(&list);
		return r;
	}
	*ret = list;
	return 0;
}

void names_free(struct name_list *list)
{
	free(list->items);
	*list = (struct name_list){};
}
