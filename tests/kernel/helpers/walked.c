/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * walked OBJECT: loads each program of a BPF object by itself, and prints "PROGRAM INSTRUCTIONS", how many the verifier
 * has walked. A program that the kernel does not take is left out.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATISTICS 4 /* BPF_LOG_STATS (Linux 5.2): nothing but the last lines of the log */

static int no_print(enum libbpf_print_level level, const char *format, va_list ap)
{
	(void)level, (void)format, (void)ap;
	return 0;
}

static void walk(const char *path, const char *name)
{
	static char log[65536];
	struct bpf_object *object = bpf_object__open(path);
	struct bpf_program *program;
	const char *count;

	if (!object)
		return;
	bpf_object__for_each_program(program, object)
		bpf_program__set_autoload(program, strcmp(bpf_program__name(program), name) == 0);
	program = bpf_object__find_program_by_name(object, name);
	bpf_program__set_log_buf(program, log, sizeof(log));
	bpf_program__set_log_level(program, STATISTICS);
	if (bpf_object__load(object) == 0) {
		count = strstr(log, "processed ");
		if (count)
			printf("%s %d\n", name, atoi(count + strlen("processed ")));
	}
	bpf_object__close(object);
}

int main(int argc, char **argv)
{
	struct bpf_object *object;
	struct bpf_program *program;

	if (argc != 2)
		return 2;
	libbpf_set_print(no_print);
	object = bpf_object__open(argv[1]);
	if (!object) {
		fprintf(stderr, "%s: %m\n", argv[1]);
		return 1;
	}
	bpf_object__for_each_program(program, object) walk(argv[1], bpf_program__name(program));
	bpf_object__close(object);
	return 0;
}
