/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs in place of another program: beam.smp, epmd.
 *
 *     pretend [--unit UNIT] [--user NAME] [--listen ADDRESS:PORT] [--env NAME=VALUE] [--names "NAME=PORT..."]...
 *             PROGRAM [ARGUMENT]...
 *
 * The options act in their order: `--unit epmd.socket --listen :::4369 --unit epmd.service --user epmd` makes the
 * socket in one cgroup and moves on to the other one. PROGRAM is its path; if no such file exists, this program is
 * copied to it. It runs in the background, with the arguments and only the environment in --env; pretend exits when it
 * has started. It accepts connections, and answers epmd's NAMES request with --names.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <error.h>
#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <limits.h>
#include <netdb.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Tells the copy what it is, and the names. */
#define VARIABLE "EJG_PRETEND"

enum { READY_FD = 9, FIRST_FD = 10, MAX_FDS = 16, MAX_ENV = 32, NAMES_REQUEST = 110 };

struct plan {
	char *environment[MAX_ENV + 2];
	size_t n_environment;
	const char *names;
	int n_fds;
};

static void enter_unit(const char *unit)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "/sys/fs/cgroup/%s%s/cgroup.procs", strchr(unit, '/') ? "" : "system.slice/",
		 unit);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		error(1, errno, "%s", path);
	close(fd);
}

static void become(const char *name)
{
	const struct passwd *user = getpwnam(name);

	if (!user)
		error(1, 0, "no user %s", name);
	if (setgroups(0, NULL) < 0 || setgid(user->pw_gid) < 0 || setuid(user->pw_uid) < 0)
		error(1, errno, "cannot become %s", name);
}

/* The descriptor gets a fixed number, where the copy expects it. */
static void listen_on(struct plan *plan, char *text)
{
	const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_PASSIVE, .ai_socktype = SOCK_STREAM };
	char *port = strrchr(text, ':');
	struct addrinfo *address;
	int fd, r;

	if (!port || plan->n_fds == MAX_FDS)
		error(1, 0, "%s: not of the form ADDRESS:PORT, or too many", text);
	*port++ = '\0';
	r = getaddrinfo(text, port, &hints, &address);
	if (r != 0)
		error(1, 0, "%s: %s", text, gai_strerror(r));
	fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) < 0 ||
	    bind(fd, address->ai_addr, address->ai_addrlen) < 0 || listen(fd, 16) < 0 ||
	    dup2(fd, FIRST_FD + plan->n_fds) < 0)
		error(1, errno, "cannot listen on %s port %s", text, port);
	plan->n_fds++;
	freeaddrinfo(address);
	close(fd);
}

static void read_options(struct plan *plan, int argc, char **argv)
{
	static const struct option options[] = {
		{ "unit", required_argument, NULL, 'c' },   { "user", required_argument, NULL, 'u' },
		{ "listen", required_argument, NULL, 'l' }, { "env", required_argument, NULL, 'e' },
		{ "names", required_argument, NULL, 'n' },  { NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == 'c')
			enter_unit(optarg);
		else if (option == 'u')
			become(optarg);
		else if (option == 'l')
			listen_on(plan, optarg);
		else if (option == 'n')
			plan->names = optarg;
		else if (option == 'e' && plan->n_environment < MAX_ENV)
			plan->environment[plan->n_environment++] = optarg;
		else
			error(1, 0, "see the head of pretend.c");
	}
}

/* Done first, because --user may not be allowed to. */
static void copy_to(const char *program)
{
	int from, to;

	to = open(program, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	if (to < 0 && errno == EEXIST)
		return;
	from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (from < 0 || to < 0 || sendfile(to, from, NULL, INT_MAX) <= 0 || fchmod(to, 0755) < 0)
		error(1, errno, "cannot copy myself to %s", program);
	close(from);
	close(to);
}

/* Finds the first word that is no option, without any other effect. */
static const char *find_program(int argc, char **argv)
{
	int i = 1;

	while (i < argc && strncmp(argv[i], "--", 2) == 0)
		i += 2;
	if (i >= argc)
		error(1, 0, "no program; see the head of pretend.c");
	return argv[i];
}

static void answer_names(int fd, uint16_t port)
{
	const char *names = getenv(VARIABLE);
	char name[256];
	int number, n;

	dprintf(fd, "%c%c%c%c", 0, 0, port >> 8, port & 0xff);
	while (sscanf(names, " %255[^=]=%d%n", name, &number, &n) == 2) {
		dprintf(fd, "name %s at port %d\n", name, number);
		names += n;
	}
}

/* Any client may connect: one that sends nothing is dropped after a second. */
static void serve(int listener)
{
	struct sockaddr_storage own;
	socklen_t size = sizeof(own);
	unsigned char request[3];
	int fd;

	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		return;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){ .tv_sec = 1 }, sizeof(struct timeval));
	if (recv(fd, request, sizeof(request), MSG_WAITALL) == sizeof(request) && request[2] == NAMES_REQUEST &&
	    getsockname(fd, (struct sockaddr *)&own, &size) == 0)
		answer_names(fd, ntohs(((struct sockaddr_in *)&own)->sin_port));
	close(fd);
}

static void run_on(void)
{
	struct pollfd fds[MAX_FDS];

	if (write(READY_FD, "", 1) < 0)
		error(1, errno, "write");
	close(READY_FD);
	for (int i = 0; i < MAX_FDS; i++)
		fds[i] = (struct pollfd){ fcntl(FIRST_FD + i, F_GETFD) < 0 ? -1 : FIRST_FD + i, POLLIN, 0 };
	for (;;) {
		if (poll(fds, MAX_FDS, -1) < 0 && errno != EINTR)
			error(1, errno, "poll");
		for (int i = 0; i < MAX_FDS; i++)
			if (fds[i].fd >= 0 && fds[i].revents)
				serve(fds[i].fd);
	}
}

static void start(int argc, char **argv)
{
	struct plan plan = { .names = "" };
	char *variable;

	read_options(&plan, argc, argv);
	if (asprintf(&variable, VARIABLE "=%s", plan.names) < 0)
		error(1, errno, "out of memory");
	plan.environment[plan.n_environment] = variable;
	execve(argv[optind], argv + optind, plan.environment);
	error(1, errno, "cannot execute %s", argv[optind]);
}

int main(int argc, char **argv)
{
	int pipe_fds[2];
	char byte;
	pid_t child;

	if (getenv(VARIABLE))
		run_on();
	copy_to(find_program(argc, argv));
	if (pipe2(pipe_fds, O_CLOEXEC) < 0)
		error(1, errno, "pipe2");
	child = fork();
	if (child < 0)
		error(1, errno, "fork");
	if (child == 0) {
		setsid();
		dup2(pipe_fds[1], READY_FD);
		start(argc, argv);
	}
	close(pipe_fds[1]);
	/* The copy writes a byte when it runs; end of file means that it failed. */
	return read(pipe_fds[0], &byte, 1) == 1 ? 0 : 1;
}
