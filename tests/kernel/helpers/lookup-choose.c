/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lookup-choose NETNS MAP: a listener in a network namespace, in a pinned sockmap, for a program that chooses it. It
 * says "ready", and answers each connection with a byte until it is ended.
 */
#include <bpf/bpf.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libejguard/util/cleanup.h"

static int fail(const char *what)
{
	perror(what);
	return 1;
}

int main(int argc, char **argv)
{
	const struct sockaddr_in address = { .sin_family = AF_INET,
					     .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
					     .sin_port = htons(9000) };
	cleanup_fd int netns = argc == 3 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	cleanup_fd int map = argc == 3 ? bpf_obj_get(argv[2]) : -1;
	cleanup_fd int listener = -1;
	const __u32 zero = 0;

	if (setns(netns, CLONE_NEWNET) < 0)
		return fail("setns");
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(listener, (const struct sockaddr *)&address, sizeof(address)) < 0 || listen(listener, 8) < 0)
		return fail("listen");
	if (bpf_map_update_elem(map, &zero, &listener, BPF_ANY) < 0)
		return fail("sockmap");
	puts("ready");
	fflush(stdout);
	for (;;) {
		cleanup_fd int fd = accept(listener, NULL, NULL);

		if (fd >= 0 && write(fd, "x", 1) < 0)
			continue;
	}
}
