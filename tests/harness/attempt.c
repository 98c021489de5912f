/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * attempt: one attempt on a socket, and one word on stdout about how it ended.
 *
 *   attempt connect ADDR PORT [--udp] [--from ADDR] [--timeout MS]
 *   attempt bind    ADDR PORT [--udp]
 *   attempt listen  ADDR PORT SECONDS [--udp] [--v6only]
 *   attempt loop    ADDR PORT SECONDS [--from ADDR] [--timeout MS] [--names] [--pause MS]
 *
 * connect  --udp sends one datagram and waits for the answer of `listen --udp`
 * listen   says ok as soon as it listens, then takes connections or echoes datagrams; with --v6only :: leaves
 *          0.0.0.0 to others
 * loop     connects, closes and starts again; with --names each time asks epmd for its names, which keeps its queue
 *          of connections short; prints `ok=N failed=N last=WORD`, the word of the last failure
 *          --pause waits in between
 *
 * The word: ok, refused (ECONNREFUSED), denied (EPERM, EACCES), timeout, error:NAME. The exit status is 0
 * whenever there is one, so that a test compares words; 2 means that nothing was attempted.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Less than the second after which TCP repeats a lost SYN: one dropped packet is one timeout. */
#define DEFAULT_TIMEOUT_MS 700
/* For steps that no guard affects: long enough for a busy machine. */
#define NAMES_TIMEOUT_MS 10000

struct attempt {
	struct sockaddr_storage to, from;
	socklen_t to_len, from_len;
	int type;
	int timeout_ms;
	int pause_ms;
	int seconds;
	bool v6only;
	bool names;
};

static _Noreturn void usage(const char *what)
{
	fprintf(stderr, "attempt: %s\n", what);
	exit(2);
}

static const char *outcome(int err)
{
	static char other[64];

	switch (err) {
	case 0:
		return "ok";
	case ECONNREFUSED:
		return "refused";
	case EPERM:
	case EACCES:
		return "denied";
	case ETIMEDOUT:
		return "timeout";
	}
	snprintf(other, sizeof(other), "error:%s", strerrorname_np(err));
	return other;
}

static void say(int err)
{
	puts(outcome(err));
	fflush(stdout);
}

static long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/* 0, or a positive errno. */
static int wait_for(int fd, short events, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = events };
	int n = poll(&p, 1, timeout_ms > 0 ? timeout_ms : 0);

	if (n < 0)
		return errno;
	return n ? 0 : ETIMEDOUT;
}

static int open_socket(const struct attempt *a)
{
	int fd = socket(a->to.ss_family, a->type | SOCK_CLOEXEC, 0);

	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
	if (fd >= 0 && a->v6only)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){ 1 }, sizeof(int));
	return fd;
}

/* The error of the socket itself: the end of a connect, or an ICMP error for a datagram. */
static int pending_error(int fd)
{
	int err = 0;
	socklen_t len = sizeof(err);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len))
		return errno;
	return err;
}

/* epmd's NAMES_REQ: epmd answers and closes. The side that closes first keeps the port: that must be epmd. */
static int ask_names(int fd)
{
	char answer[4096];
	ssize_t n = 1;
	int err = 0;

	if (send(fd, "\0\1n", 3, MSG_NOSIGNAL) != 3)
		return errno;
	while (!err && n > 0) {
		err = wait_for(fd, POLLIN, NAMES_TIMEOUT_MS);
		if (!err)
			n = recv(fd, answer, sizeof(answer), 0);
		if (n < 0)
			err = errno;
	}
	return err;
}

static int finish_tcp(int fd, const struct attempt *a)
{
	int err = wait_for(fd, POLLOUT, a->timeout_ms);

	if (!err)
		err = pending_error(fd);
	if (!err && a->names)
		err = ask_names(fd);
	/* End with a reset: thousands of connections in a loop must not use up the ports by TIME_WAIT. */
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){ .l_onoff = 1 }, sizeof(struct linger));
	return err;
}

static int finish_udp(int fd, const struct attempt *a)
{
	char byte = '?';
	int err;

	if (send(fd, &byte, 1, 0) != 1)
		return errno;
	err = wait_for(fd, POLLIN, a->timeout_ms);
	if (!err && recv(fd, &byte, 1, 0) < 0)
		err = errno;
	return err;
}

static int connect_once(const struct attempt *a)
{
	struct attempt nonblocking = *a;
	int fd, err = 0;

	nonblocking.type |= SOCK_NONBLOCK;
	fd = open_socket(&nonblocking);
	if (fd < 0)
		return errno;
	if (a->from_len && bind(fd, (const struct sockaddr *)&a->from, a->from_len))
		err = errno;
	else if (connect(fd, (const struct sockaddr *)&a->to, a->to_len) && errno != EINPROGRESS)
		err = errno;
	else
		err = (a->type == SOCK_DGRAM ? finish_udp : finish_tcp)(fd, a);
	close(fd);
	return err;
}

static int do_connect(const struct attempt *a)
{
	say(connect_once(a));
	return 0;
}

static int do_loop(const struct attempt *a)
{
	long long end = now_ms() + a->seconds * 1000LL;
	unsigned long ok = 0, failed = 0;
	int last = 0;

	while (now_ms() < end) {
		int err = connect_once(a);

		if (err) {
			failed++;
			last = err;
		} else {
			ok++;
		}
		if (a->pause_ms)
			poll(NULL, 0, a->pause_ms);
	}
	printf("ok=%lu failed=%lu last=%s\n", ok, failed, outcome(last));
	return 0;
}

/* The bound socket, or a negative errno. */
static int bound_socket(const struct attempt *a)
{
	int fd = open_socket(a), err;

	if (fd < 0)
		return -errno;
	if (!bind(fd, (const struct sockaddr *)&a->to, a->to_len))
		return fd;
	err = errno;
	close(fd);
	return -err;
}

static int do_bind(const struct attempt *a)
{
	int fd = bound_socket(a);

	say(fd < 0 ? -fd : 0);
	if (fd >= 0)
		close(fd);
	return 0;
}

static void take_one(int fd, int type)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);
	char byte;

	if (type == SOCK_STREAM) {
		int conn = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

		if (conn >= 0)
			close(conn);
		return;
	}
	if (recvfrom(fd, &byte, 1, 0, (struct sockaddr *)&peer, &len) == 1)
		sendto(fd, &byte, 1, 0, (struct sockaddr *)&peer, len);
}

static int do_listen(const struct attempt *a)
{
	long long end = now_ms() + a->seconds * 1000LL;
	int fd = bound_socket(a), err = 0;

	if (fd < 0)
		err = -fd;
	else if (a->type == SOCK_STREAM && listen(fd, 64))
		err = errno;
	say(err);
	while (!err && now_ms() < end) {
		if (!wait_for(fd, POLLIN, (int)(end - now_ms())))
			take_one(fd, a->type);
	}
	if (fd >= 0)
		close(fd);
	return 0;
}

static socklen_t parse_address(const char *host, const char *port, struct sockaddr_storage *out)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV }, *ai;
	socklen_t len;

	if (getaddrinfo(host, port, &hints, &ai))
		usage("not a numeric address and port");
	len = ai->ai_addrlen;
	memcpy(out, ai->ai_addr, len);
	freeaddrinfo(ai);
	return len;
}

static int parse_number(const char *word)
{
	char *end;
	long n = strtol(word, &end, 10);

	if (*word == '\0' || *end != '\0' || n < 0 || n > 1000000)
		usage("not a number between 0 and 1000000");
	return (int)n;
}

/*
 * It is easy to start an attempt in the wrong place (one failed nsenter is enough), and from the machine's own network
 * namespace it would leave the machine. The harness passes that namespace; without it nothing is done.
 */
static void require_own_netns(void)
{
	const char *host = getenv("EJG_HOST_NETNS");
	struct stat st;

	if (!host || stat("/proc/self/ns/net", &st))
		usage("EJG_HOST_NETNS is not set: run this from the harness");
	if (strtoull(host, NULL, 10) == st.st_ino)
		usage("this is the machine's own network namespace: nothing is attempted here");
}

static const struct verb {
	const char *name;
	bool takes_seconds;
	int (*run)(const struct attempt *a);
} verbs[] = {
	{ "connect", false, do_connect },
	{ "bind", false, do_bind },
	{ "listen", true, do_listen },
	{ "loop", true, do_loop },
};

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	}
	usage("the verbs are connect, bind, listen and loop");
}

static void parse_options(struct attempt *a, char **argv)
{
	for (; *argv; argv++) {
		if (!strcmp(*argv, "--udp"))
			a->type = SOCK_DGRAM;
		else if (!strcmp(*argv, "--v6only"))
			a->v6only = true;
		else if (!strcmp(*argv, "--names"))
			a->names = true;
		else if (!strcmp(*argv, "--timeout") && argv[1])
			a->timeout_ms = parse_number(*++argv);
		else if (!strcmp(*argv, "--pause") && argv[1])
			a->pause_ms = parse_number(*++argv);
		else if (!strcmp(*argv, "--from") && argv[1])
			a->from_len = parse_address(*++argv, "0", &a->from);
		else
			usage("the options are --udp, --v6only, --names, --timeout MS, --pause MS and --from ADDR");
	}
}

int main(int argc, char **argv)
{
	struct attempt a = { .type = SOCK_STREAM, .timeout_ms = DEFAULT_TIMEOUT_MS };
	const struct verb *verb;

	if (argc < 4)
		usage("VERB ADDR PORT [SECONDS] [--udp] [--from ADDR] [--timeout MS]");
	verb = find_verb(argv[1]);
	require_own_netns();
	a.to_len = parse_address(argv[2], argv[3], &a.to);
	argv += 4;
	if (verb->takes_seconds) {
		if (!*argv)
			usage("this verb takes SECONDS");
		a.seconds = parse_number(*argv++);
	}
	parse_options(&a, argv);
	return verb->run(&a);
}
