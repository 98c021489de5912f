/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lookup-redirect OBJECT PORT ADDRESS LISTENER: listens at ADDRESS and port LISTENER, and has a program of
 * redirect.bpf.c lead connections to PORT there, in this network namespace, until it ends. Says `listening` first.
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "libejguard/util/cleanup.h"

static int listen_at(const char *address, const char *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(atoi(port)) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (inet_pton(AF_INET, address, &at.sin_addr) != 1 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    listen(fd, 16) < 0) {
		perror("lookup-redirect");
		exit(1);
	}
	return fd;
}

static struct bpf_object *load(const char *path, const char *port)
{
	struct bpf_object *object = bpf_object__open(path);
	const unsigned short number = atoi(port);

	if (!object ||
	    bpf_map__set_initial_value(bpf_object__find_map_by_name(object, ".rodata"), &number, sizeof(number)) < 0 ||
	    bpf_object__load(object) < 0)
		exit(1);
	return object;
}

int main(int argc, char **argv)
{
	struct bpf_object *object = argc == 5 ? load(argv[1], argv[2]) : NULL;
	int listener = argc == 5 ? listen_at(argv[3], argv[4]) : -1, connection;
	cleanup_fd int netns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	cleanup_fd int link = -1;
	unsigned int zero = 0;
	unsigned long long value = listener;

	if (!object ||
	    bpf_map_update_elem(bpf_object__find_map_fd_by_name(object, "target"), &zero, &value, BPF_ANY) < 0)
		return 1;
	link = bpf_link_create(bpf_program__fd(bpf_object__find_program_by_name(object, "redirect")), netns,
			       BPF_SK_LOOKUP, NULL);
	if (link < 0)
		return 1;
	puts("listening");
	fflush(stdout);
	while ((connection = accept(listener, NULL, NULL)) >= 0)
		close(connection);
	return 1;
}
