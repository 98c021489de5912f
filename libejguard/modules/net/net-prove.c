/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* prove: runs the attempts of prove.c in a helper process and judges what it reports. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "libejguard/modules/net/net.h"
#include "libejguard/modules/net/prove.h"
#include "libejguard/util/cleanup.h"

#define HELPER_TIMEOUT_MS 5000

/* Counts how often each hook of each cgroup was reported, so that silence is no proof. */
struct judgement {
	struct ejg_call *call;
	const struct ejg_facts *facts;
	uint32_t *seen; /* by cgroup: bit HOOK */
	bool failed;
};

static void judge(struct judgement *j, const struct prove_record *record)
{
	const char *cgroup, *hook;

	if (record->cgroup >= j->facts->n_cgroups || record->hook >= POLICY_N_HOOKS)
		return;
	j->seen[record->cgroup] |= 1U << record->hook;
	cgroup = j->facts->cgroups[record->cgroup].path;
	hook = pins_hooks[record->hook].name;
	switch (record->result) {
	case PROVE_REFUSED:
	case PROVE_GONE:
	case PROVE_NOTHING:
		return;
	case PROVE_UNPROVEN:
		ejg_call_finding(j->call, "unproven", cgroup, "%s could not be tried: %s", hook, strerror(record->error));
		return;
	case PROVE_UNCOUNTED:
		ejg_call_finding(j->call, "not-proven", cgroup, "%s: the attempt was refused, but not by this guard", hook);
		break;
	default:
		ejg_call_finding(j->call, "not-proven", cgroup, "%s: a forbidden attempt was not refused (%s)", hook,
				 record->error ? strerror(record->error) : "it went through");
		break;
	}
	j->failed = true;
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000;
}

/* Reads records until the helper is done or its time is up. */
static void read_records(struct judgement *j, int fd)
{
	long end = now_ms() + HELPER_TIMEOUT_MS, left;
	struct prove_record record;

	while ((left = end - now_ms()) > 0) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		if (poll(&p, 1, left) < 0 && errno != EINTR)
			return;
		/* A record is shorter than PIPE_BUF, so that it comes whole (pipe(7)). */
		if (p.revents && read(fd, &record, sizeof(record)) != sizeof(record))
			return;
		if (p.revents)
			judge(j, &record);
	}
}

static void check_silence(struct judgement *j)
{
	for (size_t i = 0; i < j->facts->n_cgroups; i++) {
		if (!j->facts->cgroups[i].id || j->seen[i] == (1U << POLICY_N_HOOKS) - 1)
			continue;
		ejg_call_finding(j->call, "not-proven", j->facts->cgroups[i].path, "the helper did not try every hook");
		j->failed = true;
	}
}

static int run_helper(struct judgement *j, const struct pins *pins, const struct net_policy *policy)
{
	int fds[2];
	pid_t helper;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return ejg_call_error(j->call, -EIO, NULL, "cannot make a pipe: %m");
	helper = fork();
	if (helper == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(fds[0]);
		prove_in_helper(j->facts, pins, policy, fds[1]);
		_exit(0);
	}
	close(fds[1]);
	if (helper > 0) {
		read_records(j, fds[0]);
		kill(helper, SIGKILL);
		while (waitpid(helper, NULL, 0) < 0 && errno == EINTR)
			;
	}
	close(fds[0]);
	if (helper < 0)
		return ejg_call_error(j->call, -EIO, NULL, "cannot start the helper of the proof: %m");
	check_silence(j);
	return 0;
}

static int prove_current(struct ejg_call *call, const struct pins *pins)
{
	struct judgement j = { .call = call, .facts = ejg_call_facts(call) };
	cleanup_free uint32_t *seen = calloc(j.facts->n_cgroups + 1, sizeof(*seen));
	cleanup_fd int fd = pins_get_policy(pins);
	struct net_policy policy = {};
	int r;

	if (!seen)
		return ejg_call_error(call, -ENOMEM, NULL, "no memory");
	r = fd < 0 ? fd : pins_read_policy(fd, &policy);
	if (r < 0)
		return ejg_call_error(call, -EIO, "run: ejguard apply", "cannot read the policy below %s: %s", pins->path,
				      strerror(-r));
	j.seen = seen;
	r = run_helper(&j, pins, &policy);
	net_policy_free(&policy);
	if (r < 0)
		return r;
	if (!j.failed)
		ejg_call_finding(call, "proven", j.facts->service, "forbidden attempts were refused and counted");
	return j.failed ? EJG_NOT_HELD : EJG_HELD;
}

int net_prove(struct ejg_call *call)
{
	struct pins pins = PINS_NULL;
	enum pins_state state = PINS_ABSENT;
	int r = pins_probe(call);

	if (r == 0)
		r = pins_open(call, ejg_call_facts(call)->service, &pins, &state);
	if (r == 0 && state != PINS_CURRENT) {
		ejg_call_finding(call, "not-loaded", pins.path, "nothing guards the service");
		r = EJG_NOT_HELD;
	} else if (r == 0) {
		r = prove_current(call, &pins);
	}
	pins_close(&pins);
	return r;
}
