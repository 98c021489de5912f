/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * storm KIND,WHO,FROM,TO,PORT...: makes one kind of attempt in a tight loop, each word in a process of its own, until
 * SIGTERM. Then each prints the results of its attempts, and the exit status shows if one had a result that must not
 * occur.
 *
 *     serve    listens on TO and takes connections; WHO and FROM mean nothing
 *     accept   connects from FROM to a listener at TO that the guard stands before: refused is what gets no answer,
 *              or is told so (accept=netns)
 *     connect  connects to TO from behind the guard: refused is EPERM
 *     bind     binds TO: refused is EPERM
 *
 * WHO is always (nothing may be refused), never (nothing may succeed) or moved (either). Any other outcome is wrong.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "libejguard/util/cleanup.h"

enum {
	BATCH = 16,	    /* connections at once: otherwise a tight loop would mostly wait for refused ones */
	REFUSED_AFTER = 5,  /* ms without an answer, on a wire that answers within the system call */
	BACKLOG = 65535,    /* more than can wait for a stopped listener; storm_hosts raises the limit */
	FAILED_AFTER = 900, /* below the second after which a lost SYN is sent again */
};

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

struct worker {
	const char *kind, *who;
	char text[128];
	union address from, to;
	unsigned long ok, refused, wrong;
	int last;
};

static volatile sig_atomic_t ended;

static void on_end(int signal)
{
	(void)signal;
	ended = 1;
}

static bool read_address(const char *text, const char *port, union address *ret)
{
	*ret = (union address){};
	if (inet_pton(AF_INET, text, &ret->in.sin_addr) == 1) {
		ret->in.sin_family = AF_INET;
		ret->in.sin_port = htons(atoi(port));
		return true;
	}
	ret->in6.sin6_family = AF_INET6;
	ret->in6.sin6_port = htons(atoi(port));
	return inet_pton(AF_INET6, text, &ret->in6.sin6_addr) == 1;
}

static socklen_t size_of(const union address *address)
{
	return address->any.sa_family == AF_INET ? sizeof(address->in) : sizeof(address->in6);
}

static int open_socket(const union address *address, int flags)
{
	int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0), on = 1;

	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	return fd;
}

/* A client ends with a reset: no TIME_WAIT, which would use up the ports. */
static int open_client(const union address *address, int flags)
{
	const struct linger reset = { .l_onoff = 1 };
	int fd = open_socket(address, flags);

	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	return fd;
}

static void add(struct worker *w, int error)
{
	if (error == EINTR && ended)
		return;
	/* evict=yes ends connections that the earlier list allowed. */
	if (!strcmp(w->who, "moved") && (error == ECONNRESET || error == ECONNABORTED || error == EPIPE))
		error = EPERM;
	/*
	 * tcp_reset() of Linux says EPIPE of a connection that the listener has ended already: it was let in. Without
	 * TIME_WAIT (see kernel_settings) a late segment of it is answered with a reset, which slow machines show.
	 */
	if (error == EPIPE)
		error = 0;
	w->ok += error == 0;
	w->refused += error == EPERM;
	if (error && error != EPERM) {
		w->wrong++;
		w->last = error;
	}
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000;
}

/* 0, EPERM for no answer or a refusal, or the socket's error. `always` shows that there is a listener. */
static int outcome(int fd, short events)
{
	socklen_t size = sizeof(int);
	int error = 0;

	if (!events)
		return EPERM;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		return errno;
	return error == ECONNREFUSED ? EPERM : error;
}

static void wait_for_answers(const struct worker *w, struct pollfd *polls)
{
	bool always = !strcmp(w->who, "always");
	long end = now_ms() + (always ? FAILED_AFTER : REFUSED_AFTER), left;
	size_t answered = 0;

	/* Check once more after the end: a busy machine may have stopped this process in between. */
	do {
		struct pollfd waiting[BATCH];

		left = end - now_ms();
		for (size_t i = 0; i < BATCH; i++)
			waiting[i] = (struct pollfd){ .fd = polls[i].revents ? -1 : polls[i].fd, .events = POLLOUT };
		poll(waiting, BATCH, left > 0 ? left : 0);
		for (size_t i = 0; i < BATCH; i++)
			if (waiting[i].fd >= 0 && waiting[i].revents) {
				polls[i].revents = waiting[i].revents;
				answered++;
			}
	} while (answered < BATCH && left > 0);
}

static void accept_batch(struct worker *w)
{
	struct pollfd polls[BATCH];

	for (size_t i = 0; i < BATCH; i++) {
		polls[i] = (struct pollfd){ .fd = open_client(&w->to, SOCK_NONBLOCK) };
		if (polls[i].fd < 0 || bind(polls[i].fd, &w->from.any, size_of(&w->from)) < 0 ||
		    (connect(polls[i].fd, &w->to.any, size_of(&w->to)) < 0 && errno != EINPROGRESS)) {
			add(w, errno ? errno : EIO);
			close(polls[i].fd);
			polls[i].fd = -1;
		}
	}
	wait_for_answers(w, polls);
	for (size_t i = 0; i < BATCH; i++) {
		if (polls[i].fd < 0)
			continue;
		add(w, outcome(polls[i].fd, polls[i].revents));
		close(polls[i].fd);
	}
}

static void call_once(struct worker *w, int (*call)(int, const struct sockaddr *, socklen_t))
{
	cleanup_fd int fd = open_client(&w->to, 0);

	add(w, fd < 0 || call(fd, &w->to.any, size_of(&w->to)) < 0 ? errno : 0);
}

static void serve(struct worker *w)
{
	const struct timeval patience = { .tv_usec = 100000 }; /* the signal may come just before accept() */
	cleanup_fd int fd = open_socket(&w->to, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0 ||
	    bind(fd, &w->to.any, size_of(&w->to)) < 0 || listen(fd, BACKLOG) < 0) {
		add(w, errno);
		return;
	}
	while (!ended) {
		cleanup_fd int connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

		w->ok += connection >= 0;
	}
}

static int run_worker(struct worker *w)
{
	bool bad;

	if (!strcmp(w->kind, "serve"))
		serve(w);
	while (!ended) {
		if (!strcmp(w->kind, "accept"))
			accept_batch(w);
		else
			call_once(w, !strcmp(w->kind, "bind") ? bind : connect);
	}
	bad = w->wrong || (!strcmp(w->who, "always") && w->refused) || (!strcmp(w->who, "never") && w->ok) ||
	      w->ok + w->refused == 0;
	printf("%s %s ok=%lu refused=%lu wrong=%lu%s%s\n", bad ? "WRONG" : "right", w->text, w->ok, w->refused,
	       w->wrong, w->wrong ? " last=" : "", w->wrong ? strerrorname_np(w->last) : "");
	fflush(stdout);
	return bad;
}

static bool read_worker(const char *word, struct worker *w, char *room)
{
	char *part, *parts[5];
	int n = 0;

	snprintf(w->text, sizeof(w->text), "%s", word);
	strcpy(room, word);
	for (part = strtok(room, ","); part && n < 5; part = strtok(NULL, ","))
		parts[n++] = part;
	if (n != 5)
		return false;
	w->kind = parts[0];
	w->who = parts[1];
	return read_address(parts[2], "0", &w->from) && read_address(parts[3], parts[4], &w->to);
}

static pid_t start(const char *word)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct worker w = {};
		char room[128];

		_exit(strlen(word) < sizeof(room) && read_worker(word, &w, room) ? run_worker(&w) : 2);
	}
	return pid;
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = on_end };
	cleanup_free pid_t *pids = calloc(argc, sizeof(*pids));
	int status, bad = 0;

	sigaction(SIGTERM, &action, NULL); /* without SA_RESTART: the signal must end accept() */
	for (int i = 1; i < argc; i++)
		pids[i] = start(argv[i]);
	while (!ended)
		poll(NULL, 0, 100);
	for (int i = 1; i < argc; i++)
		kill(pids[i], SIGTERM);
	for (int i = 1; i < argc; i++)
		bad |= waitpid(pids[i], &status, 0) < 0 || status;
	return bad || argc < 2;
}
