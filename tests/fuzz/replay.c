/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs a fuzz target over the files of its corpus: an ordinary test, for compilers without libFuzzer. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "libejguard/util/cleanup.h"

enum { MAX_FILE = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *folder, const char *name)
{
	cleanup_free uint8_t *bytes = malloc(MAX_FILE);
	cleanup_free uint8_t *exact = NULL;
	cleanup_free char *path = NULL;
	cleanup_file FILE *file = NULL;
	size_t size;

	if (!bytes || asprintf(&path, "%s/%s", folder, name) < 0)
		return -1;
	file = fopen(path, "re");
	if (!file)
		return -1;
	size = fread(bytes, 1, MAX_FILE, file);
	/* A block of exactly the input's size, so that a read past its end is found. */
	exact = realloc(take_ptr(bytes), size ? size : 1);
	return exact ? LLVMFuzzerTestOneInput(exact, size) : -1;
}

int main(int argc, char **argv)
{
	cleanup_dir DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
	const struct dirent *entry;
	unsigned int n = 0;

	if (!folder) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	while ((entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		if (replay_file(argv[1], entry->d_name) != 0) {
			fprintf(stderr, "cannot run %s/%s\n", argv[1], entry->d_name);
			return 1;
		}
		n++;
	}
	printf("%u inputs\n", n);
	return n > 0 ? 0 : 1;
}
