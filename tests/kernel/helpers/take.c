/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * take offer: makes a socket, prints its number, and waits. take PID NUMBER ADDRESS PORT: takes that socket of that
 * process (pidfd_getfd(2), which needs the rights of ptrace(2)) and connects it; prints ok, denied, or the error's
 * name. take sockmap: makes a BPF map of sockets, which passes data from one socket to another without any connect
 * hook.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "libejguard/util/cleanup.h"

static int offer(void)
{
	printf("%d\n", socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	fflush(stdout);
	return pause();
}

static int take(pid_t pid, int number, const struct sockaddr_in *address)
{
	cleanup_fd int process = syscall(SYS_pidfd_open, pid, 0);
	cleanup_fd int fd = process < 0 ? -1 : syscall(SYS_pidfd_getfd, process, number, 0);

	return fd < 0 || connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 ? errno : 0;
}

static int make_sockmap(void)
{
	const union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_SOCKMAP, .key_size = 4, .value_size = 4, .max_entries = 2
	};
	cleanup_fd int fd = syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));

	return fd < 0 ? errno : 0;
}

static int say(int error)
{
	puts(error == 0 ? "ok" : error == EPERM ? "denied" : strerrorname_np(error));
	return 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET };

	if (argc == 2 && strcmp(argv[1], "offer") == 0)
		return offer();
	if (argc == 2 && strcmp(argv[1], "sockmap") == 0)
		return say(make_sockmap());
	if (argc != 5 || inet_pton(AF_INET, argv[3], &address.sin_addr) != 1) {
		fprintf(stderr, "usage: take offer | take sockmap | take PID NUMBER ADDRESS PORT\n");
		return 2;
	}
	address.sin_port = htons(atoi(argv[4]));
	return say(take(atoi(argv[1]), atoi(argv[2]), &address));
}
