/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lookup-attach NETNS PROGRAM PIN: attaches a pinned program to a network namespace, and pins the link; bpftool cannot.
 */
#include <bpf/bpf.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

int main(int argc, char **argv)
{
	cleanup_fd int netns = argc == 4 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	cleanup_fd int program = argc == 4 ? bpf_obj_get(argv[2]) : -1;
	cleanup_fd int link = bpf_link_create(program, netns, BPF_SK_LOOKUP, NULL);
	int r = link < 0 ? link : bpf_obj_pin(link, argv[3]);

	if (r < 0)
		fprintf(stderr, "lookup-attach: %s\n", strerror(-r));
	return r < 0;
}
