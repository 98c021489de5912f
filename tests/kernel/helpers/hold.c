/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hold listen ADDRESS PORT...: takes connections on each and keeps them; says listening.
 * hold share ADDRESS PORT...: the same as listen, of ports that others have, too (SO_REUSEPORT).
 * hold take ADDRESS PORT...: takes one connection on each, keeps them, and listens no more; says listening, then taken.
 * hold connect FROM TO PORT: connects and keeps the connection; says connected (or pending, when there is no answer),
 * and ended when the other side or somebody between has ended it.
 *
 * FROM is an address, ADDRESS,PORT, or -.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libejguard/util/cleanup.h"

enum { MAX_LISTENERS = 16, PATIENCE = 700 };

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static union address read_address(const char *text, const char *port)
{
	union address address = {};

	if (inet_pton(AF_INET, text, &address.in.sin_addr) == 1) {
		address.in.sin_family = AF_INET;
		address.in.sin_port = htons(atoi(port));
	} else if (inet_pton(AF_INET6, text, &address.in6.sin6_addr) == 1) {
		address.in6.sin6_family = AF_INET6;
		address.in6.sin6_port = htons(atoi(port));
	} else {
		fprintf(stderr, "hold: %s is no address\n", text);
		exit(2);
	}
	return address;
}

static int failed(const char *what)
{
	printf("%s: %s\n", what, strerrorname_np(errno));
	return 1;
}

static void say(const char *word)
{
	puts(word);
	fflush(stdout);
}

static int take_all(struct pollfd *polls, nfds_t n)
{
	while (poll(polls, n, -1) > 0)
		for (nfds_t i = 0; i < n; i++)
			if (polls[i].revents)
				accept4(polls[i].fd, NULL, NULL, SOCK_CLOEXEC); /* kept until the end */
	return 0;
}

/* A byte to each, so that not all that was sent has been read. */
static int take_once(struct pollfd *polls, nfds_t n)
{
	for (nfds_t i = 0; i < n; i++) {
		int fd = accept4(polls[i].fd, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0 || send(fd, "x", 1, MSG_NOSIGNAL) != 1)
			return failed("accept");
		close(polls[i].fd);
	}
	say("taken");
	pause();
	return 0;
}

static int do_listen(char **words, bool once, bool share)
{
	struct pollfd polls[MAX_LISTENERS];
	nfds_t n = 0;
	int on = 1;

	for (; words[0] && words[1] && n < MAX_LISTENERS; words += 2, n++) {
		union address address = read_address(words[0], words[1]);

		polls[n] = (struct pollfd){ socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0), POLLIN, 0 };
		setsockopt(polls[n].fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		if (share)
			setsockopt(polls[n].fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
		if (address.any.sa_family == AF_INET6)
			setsockopt(polls[n].fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
		if (bind(polls[n].fd, &address.any, sizeof(address)) < 0 || listen(polls[n].fd, 64) < 0)
			return failed(words[0]);
	}
	say("listening");
	return once ? take_once(polls, n) : take_all(polls, n);
}

static int do_connect(char *from, const char *to, const char *port)
{
	union address remote = read_address(to, port), local;
	cleanup_fd int fd = socket(remote.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct pollfd p = { fd, POLLOUT, 0 };
	int on = 1;

	if (strcmp(from, "-")) {
		char *comma = strchr(from, ',');

		if (comma)
			*comma++ = '\0';
		local = read_address(from, comma ? comma : "0");
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		if (bind(fd, &local.any, sizeof(local)) < 0)
			return failed(from);
	}
	if (connect(fd, &remote.any, sizeof(remote)) < 0 && errno != EINPROGRESS)
		return failed(to);
	say(poll(&p, 1, PATIENCE) <= 0 ? "pending" : p.revents & (POLLERR | POLLHUP) ? "refused" : "connected");
	p.events = POLLRDHUP;
	poll(&p, 1, -1);
	say("ended");
	return 0;
}

int main(int argc, char **argv)
{
	if (argc >= 4 && !strcmp(argv[1], "listen"))
		return do_listen(argv + 2, false, false);
	if (argc >= 4 && !strcmp(argv[1], "share"))
		return do_listen(argv + 2, false, true);
	if (argc >= 4 && !strcmp(argv[1], "take"))
		return do_listen(argv + 2, true, false);
	if (argc == 5 && !strcmp(argv[1], "connect"))
		return do_connect(argv[2], argv[3], argv[4]);
	fprintf(stderr, "usage: hold listen|share|take ADDRESS PORT... | hold connect FROM TO PORT\n");
	return 2;
}
