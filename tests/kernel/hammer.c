/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hammer: connections in a tight loop, each with a byte there and a byte back, so that no queue can overflow and a
 * connection that fails was refused by somebody.
 *
 *   hammer serve ADDR PORT
 *   hammer call FROM TO PORT TIMEOUT-MS
 *
 * serve says ready as soon as it listens. call goes on until SIGTERM, then prints `ok=N failed=N`; what SIGTERM
 * interrupts is not counted.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "libejguard/util/cleanup.h"

enum { BACKLOG = 4096 };

static volatile sig_atomic_t ended;

static void end(int signal_number)
{
	(void)signal_number;
	ended = 1;
}

static socklen_t parse(const char *host, const char *port, struct sockaddr_storage *ret)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV }, *info;
	socklen_t length;

	if (getaddrinfo(host, port, &hints, &info)) {
		fprintf(stderr, "hammer: %s port %s: not numeric\n", host, port);
		exit(2);
	}
	length = info->ai_addrlen;
	memcpy(ret, info->ai_addr, length);
	freeaddrinfo(info);
	return length;
}

/* Ends with a reset: otherwise TIME_WAIT would use up the ports. */
static int open_socket(int family, int flags)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){ .l_onoff = 1 }, sizeof(struct linger));
	return fd;
}

static int serve(const char *host, const char *port)
{
	struct sockaddr_storage address;
	socklen_t length = parse(host, port, &address);
	cleanup_fd int fd = open_socket(address.ss_family, 0);
	char byte;

	if (bind(fd, (const struct sockaddr *)&address, length) < 0 || listen(fd, BACKLOG) < 0) {
		perror("hammer: listen");
		return 1;
	}
	puts("ready");
	fflush(stdout);
	for (;;) {
		cleanup_fd int connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

		if (connection >= 0 && recv(connection, &byte, 1, 0) == 1)
			send(connection, &byte, 1, MSG_NOSIGNAL);
	}
}

static bool wait_for(int fd, short events, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = events };

	return poll(&p, 1, timeout_ms) == 1;
}

/* The handshake has a time limit; afterwards the listener may take any time. */
static bool call_once(const struct sockaddr_storage *from, const struct sockaddr_storage *to, socklen_t length,
		      int timeout_ms)
{
	cleanup_fd int fd = open_socket(to->ss_family, SOCK_NONBLOCK);
	char byte = 'x';

	if (bind(fd, (const struct sockaddr *)from, length) < 0)
		return false;
	if (connect(fd, (const struct sockaddr *)to, length) < 0 &&
	    (errno != EINPROGRESS || !wait_for(fd, POLLOUT, timeout_ms)))
		return false;
	return send(fd, &byte, 1, MSG_NOSIGNAL) == 1 && wait_for(fd, POLLIN, -1) && recv(fd, &byte, 1, 0) == 1;
}

static int call(char **argv)
{
	struct sockaddr_storage from, to;
	socklen_t length = parse(argv[1], argv[2], &to);
	int timeout_ms = atoi(argv[3]);
	unsigned long ok = 0, failed = 0;

	parse(argv[0], "0", &from);
	while (!ended) {
		bool connected = call_once(&from, &to, length, timeout_ms);

		if (connected)
			ok++;
		else if (!ended)
			failed++;
	}
	printf("ok=%lu failed=%lu\n", ok, failed);
	return 0;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = end };

	sigaction(SIGTERM, &action, NULL);
	if (argc == 4 && !strcmp(argv[1], "serve"))
		return serve(argv[2], argv[3]);
	if (argc == 6 && !strcmp(argv[1], "call"))
		return call(argv + 2);
	fprintf(stderr, "usage: hammer serve ADDR PORT | hammer call FROM TO PORT TIMEOUT-MS\n");
	return 2;
}
