/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * threads all|rest|enter|leave|chain FILE ADDRESS PORT: listens there, takes connections and keeps them; says
 * listening.
 *
 * all: in a second thread. rest: the same, and the first thread ends. enter: the second thread enters the network
 * namespace FILE before. leave: the process enters it, makes the listener there, and goes back. chain: each process
 * starts the next one and ends, until FILE exists.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char **words;

static void need(int result, const char *what)
{
	if (result >= 0)
		return;
	printf("%s: %s\n", what, strerrorname_np(errno));
	exit(1);
}

static void enter(const char *file)
{
	need(setns(open(file, O_RDONLY | O_CLOEXEC), CLONE_NEWNET), file);
}

static int make_listener(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(words[4])) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	inet_pton(AF_INET, words[3], &address.sin_addr);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	need(bind(fd, (const struct sockaddr *)&address, sizeof(address)), "bind");
	need(listen(fd, 64), "listen");
	puts("listening");
	fflush(stdout);
	return fd;
}

static void *take(void *data)
{
	int fd;

	if (strcmp(words[1], "enter") == 0)
		enter(words[2]);
	fd = make_listener();
	while (accept4(fd, NULL, NULL, SOCK_CLOEXEC) >= 0)
		;
	return data;
}

static int follow(void)
{
	make_listener();
	while (access(words[2], F_OK) < 0) {
		pid_t next = fork();

		need(next, "fork");
		if (next > 0)
			_exit(0);
	}
	return 0;
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc != 5) {
		fprintf(stderr, "usage: threads all|rest|enter|leave|chain FILE ADDRESS PORT\n");
		return 2;
	}
	words = argv;
	if (strcmp(argv[1], "chain") == 0)
		return follow();
	if (strcmp(argv[1], "leave") == 0) {
		int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), fd;

		enter(argv[2]);
		fd = make_listener();
		need(setns(own, CLONE_NEWNET), "setns");
		while (accept4(fd, NULL, NULL, SOCK_CLOEXEC) >= 0)
			;
		return 0;
	}
	if (pthread_create(&thread, NULL, take, NULL))
		return 1;
	if (strcmp(argv[1], "rest") == 0)
		pthread_exit(NULL);
	pthread_join(thread, NULL);
	return 0;
}
