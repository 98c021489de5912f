/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* link-update LINK PROGRAM: makes a pinned link run another pinned program; bpftool cannot. */
#include <bpf/bpf.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	int link = argc == 3 ? bpf_obj_get(argv[1]) : -1, program = argc == 3 ? bpf_obj_get(argv[2]) : -1, r;

	r = link < 0 ? link : program < 0 ? program : bpf_link_update(link, program, NULL);
	if (r < 0)
		fprintf(stderr, "link-update: %s\n", strerror(-r));
	return r < 0;
}
