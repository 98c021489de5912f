/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * spawn: measures the time and the peak memory of commands, in turns.
 *
 *   spawn ROUNDS < TABLE
 *
 * A line of the table: NAME, a command of the shell that makes the start equal (not timed), the command; tabs between
 * them. The command is executed directly, its words are separated by one blank. The time is from before the exec to the
 * exit, which is what a service manager waits for.
 */
#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "tests/bench/bench.h"

#define MAX_COMMANDS 16
#define MAX_WORDS 32

extern char **environ;

struct command {
	char *name, *before;
	char *words[MAX_WORDS + 1];
	double *wall, *cpu; /* milliseconds, by round */
	long peak;	    /* KiB */
};

static double milliseconds(const struct timeval *time)
{
	return time->tv_sec * 1000.0 + time->tv_usec / 1000.0;
}

static size_t read_table(struct command *commands, size_t rounds)
{
	char *line = NULL;
	size_t size = 0, n = 0;

	while (n < MAX_COMMANDS && getline(&line, &size, stdin) > 0) {
		struct command *command = &commands[n++];
		char *rest = line, *word;
		size_t w = 0;

		line[strcspn(line, "\n")] = '\0';
		*command = (struct command){ .name = strsep(&rest, "\t"), .before = strsep(&rest, "\t") };
		while (w < MAX_WORDS && (word = strsep(&rest, " ")))
			command->words[w++] = word;
		command->wall = calloc(rounds, sizeof(double));
		command->cpu = calloc(rounds, sizeof(double));
		if (!w || !command->wall || !command->cpu) {
			errno = EINVAL;
			fail("table");
		}
		line = NULL; /* the command keeps it */
		size = 0;
	}
	free(line);
	return n;
}

static void run(struct command *command, size_t round)
{
	struct rusage usage;
	uint64_t start;
	int status, r;
	pid_t pid;

	if (*command->before && system(command->before) != 0) {
		fprintf(stderr, "spawn: %s: what makes the start equal failed: %s\n", command->name, command->before);
		exit(1);
	}
	start = now_ns();
	/* Like vfork: nothing of this process is copied, and its memory, smaller than the child's, does not count. */
	r = posix_spawnp(&pid, command->words[0], NULL, NULL, command->words, environ);
	if (r) {
		errno = r;
		fail(command->words[0]);
	}
	if (wait4(pid, &status, 0, &usage) < 0)
		fail("wait");
	command->wall[round] = (now_ns() - start) / 1e6;
	command->cpu[round] = milliseconds(&usage.ru_utime) + milliseconds(&usage.ru_stime);
	if (usage.ru_maxrss > command->peak)
		command->peak = usage.ru_maxrss;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "spawn: %s: failed, wait status %#x\n", command->name, (unsigned int)status);
		exit(1);
	}
}

static void report(const struct command *commands, size_t n, size_t rounds)
{
	printf("  %-36s %8s  %-18s %-18s %7s %8s %9s\n", "ms from exec to exit", "median", "95 % of the median",
	       "quartiles", "least", "CPU", "peak MiB");
	for (size_t i = 0; i < n; i++) {
		struct summary wall = summarize(commands[i].wall, rounds), cpu = summarize(commands[i].cpu, rounds);

		printf("  %-36s %8.1f  %6.1f to %-8.1f %6.1f to %-8.1f %7.1f %8.1f %9.1f\n", commands[i].name,
		       wall.median, wall.low, wall.high, wall.first_quartile, wall.third_quartile, wall.least,
		       cpu.median, commands[i].peak / 1024.0);
	}
}

int main(int argc, char **argv)
{
	struct command commands[MAX_COMMANDS];
	size_t n, rounds = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;

	if (!rounds)
		return 2;
	n = read_table(commands, rounds);
	for (size_t round = 0; round < rounds; round++)
		for (size_t i = 0; i < n; i++)
			run(&commands[i], round);
	report(commands, n, rounds);
	return 0;
}
