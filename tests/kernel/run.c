/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One attempt: a process for each end. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "tests/kernel/attempts.h"

enum {
	/* A dropped packet is repeated after a second: this time shows one lost packet. */
	DROP_TIMEOUT = 250,
	/* On an emulated machine packets are slow. */
	DROP_TIMEOUT_SLOW = 900,
	/* Allowed attempts get all the time that a busy machine may need. */
	PATIENCE = 5000,
	PATIENCE_SLOW = 30000,
};

static bool is_slow(void)
{
	const char *slow = getenv("EJG_SLOW");

	return slow && atoi(slow) > 3;
}

static int patience(void)
{
	return is_slow() ? PATIENCE_SLOW : PATIENCE;
}

static int enter_network(const char *path)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 || setns(fd, CLONE_NEWNET) < 0 ? errno : 0;
}

/* The timer kills the process wherever it is: no call needs a time limit. */
static void set_timer(int timeout_ms)
{
	const struct itimerval timer = {
		.it_value = { .tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000 },
	};

	setitimer(ITIMER_REAL, &timer, NULL);
}

/* The exit status of an end is its error. */
static pid_t start(const struct end *end, int report_fd)
{
	pid_t pid = fork();
	int r;

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	r = enter_network(end->netns);
	set_timer(end->timeout_ms);
	if (r == 0) {
		if (report_fd >= 0)
			r = end_serve(end, report_fd);
		else
			r = end->remote ? end_call(end) : end_bind(end);
	}
	_exit(r);
}

static int finish(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return errno;
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGALRM ? ETIMEDOUT : EINTR;
	return WEXITSTATUS(status);
}

static int put_range_back(void)
{
	return set_ephemeral_range(false);
}

/* Calls fn in a process in the host's network. */
static int run_in_host(const struct world *world, int (*fn)(void))
{
	pid_t pid = fork();
	int r;

	if (pid == 0) {
		r = enter_network(world->host);
		_exit(r ? r : fn());
	}
	return finish(pid);
}

static int run_alone(const struct end *end)
{
	return finish(start(end, -1));
}

/* Starts a server. Return: 0 and its port and process, or the error with which it ended. */
static int start_server(const struct end *end, uint16_t *ret_port, pid_t *ret_pid)
{
	int report[2];
	ssize_t n;
	pid_t pid;

	if (pipe2(report, O_CLOEXEC) < 0)
		return errno;
	pid = start(end, report[1]);
	close(report[1]);
	n = read(report[0], ret_port, sizeof(*ret_port));
	close(report[0]);
	if (n != sizeof(*ret_port))
		return finish(pid);
	*ret_pid = pid;
	return 0;
}

static int run_pair(const struct end *server, struct end *client)
{
	pid_t pid = -1;
	int r = start_server(server, &client->remote_port, &pid);

	if (r)
		return r;
	r = run_alone(client);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return r;
}

static struct end subject_end(const struct world *world, const struct attempt *attempt, enum variant variant)
{
	const char *cgroup = variant == N_VARIANTS ? world->control : world->guarded;

	if (attempt->person && !attempt->person->member)
		cgroup = world->elsewhere;
	return (struct end){
		.world = world,
		.ways = attempt->ways,
		.family = attempt->family,
		.netns = world->host,
		.cgroup = cgroup,
		.person = attempt->person,
		.verify = variant == N_VARIANTS,
		.timeout_ms = patience(),
		.variant = variant,
	};
}

static struct end other_end(const struct world *world, const struct place *place, uint64_t ways, int family)
{
	const char *const networks[] = {
		[ON_REMOTE] = world->remote,
		[ON_HOST] = world->host,
		[ON_JOINER] = world->joiner,
	};

	return (struct end){
		.world = world,
		.ways = ways,
		.family = family,
		.netns = networks[place->where],
		.cgroup = world->elsewhere,
		.timeout_ms = patience(),
		.variant = N_VARIANTS,
	};
}

/* The address to which a client with the ways `bound` or `no-port` is bound. */
static const struct place *own_place(const struct place *remote)
{
	if (remote->link_local)
		return place_find("own-link");
	return place_find(remote->family == AF_INET ? "own4" : "own6");
}

static bool is_dropped(const struct attempt *attempt, enum variant variant)
{
	return attempt_expectation(attempt, variant).error == ETIMEDOUT;
}

static int run_connect(const struct attempt *attempt, struct end *subject)
{
	const uint64_t same = WAY_BIT(WAY_MPTCP) | WAY_BIT(WAY_UDP);
	struct end server = other_end(subject->world, attempt->address, attempt->ways & same, AF_INET6);

	/* Not for all: before 6.2 a listener with MPTCP does not have this option. */
	if (attempt->ways & WAYS_FAST_OPEN)
		server.ways |= WAY_BIT(WAY_TFO);
	/* A server answers a datagram from the address to which it was sent only if it is bound to that. */
	server.local = has(&server, WAY_UDP) ? attempt->address : place_find("any6");
	server.local_port = attempt->port;
	server.waits_for_join = has(subject, WAY_ANNOUNCED);
	subject->remote = attempt->address;
	if (is_dropped(attempt, subject->variant) && !has(subject, WAY_ANNOUNCED))
		subject->timeout_ms = is_slow() ? DROP_TIMEOUT_SLOW : DROP_TIMEOUT;
	if (has(subject, WAY_BOUND) || has(subject, WAY_NO_PORT))
		subject->local = own_place(attempt->address);
	/* Not own4, from which a rule of this host sends 127.0.0.1 to the wire (attempts.sh). */
	if (has(subject, WAY_BOUND4))
		subject->local = place_find("other4");
	return run_pair(&server, subject);
}

static int run_accept(const struct attempt *attempt, struct end *subject)
{
	struct end client = other_end(subject->world, attempt->from, attempt->client_ways, attempt->to->family);

	if (has(&client, WAY_MAPPED))
		client.family = AF_INET6;
	if (has(&client, WAY_BEFORE))
		client.variant = subject->variant;
	client.verify = subject->verify;
	client.local = attempt->from;
	client.remote = attempt->to;
	if (is_dropped(attempt, subject->variant) && !has(&client, WAY_JOIN))
		client.timeout_ms = is_slow() ? DROP_TIMEOUT_SLOW : DROP_TIMEOUT;
	subject->waits_for_join = has(&client, WAY_JOIN);
	subject->local = attempt->address;
	subject->local_port = attempt->port;
	return run_pair(subject, &client);
}

int run_attempt(const struct world *world, const struct attempt *attempt, enum variant variant)
{
	struct end subject = subject_end(world, attempt, variant);
	int r = EINVAL;

	switch (attempt->verb) {
	case VERB_BIND:
		subject.local = attempt->address;
		subject.local_port = attempt->port;
		r = run_alone(&subject);
		break;
	case VERB_CONNECT:
		r = run_connect(attempt, &subject);
		break;
	case VERB_ACCEPT:
		r = run_accept(attempt, &subject);
		break;
	}
	/* Only root can restore it. */
	if (attempt->person && attempt->ways & WAY_BIT(WAY_PORT_RANGE))
		(void)run_in_host(world, put_range_back);
	return r;
}
