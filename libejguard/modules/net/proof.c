/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/proof.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "libejguard/util/cleanup.h"
#include "libejguard/util/clock.h"

#define HELPER_TIMEOUT_MS 5000 /* the helper needs time, and may not run for seconds on a busy machine */
#define HELPER_TRIES 2

/* Made for the helper in a cgroup that may not contain processes itself. Removed when the helper has ended. */
#define PROVE_SUBGROUP "ejguard-proof"

uint64_t proof_count(const struct pins *pins, enum policy_hook hook)
{
	uint64_t value, total = 0;

	for (int reason = 0; reason < POLICY_N_REASONS; reason++)
		if (pins_read_counter(pins, POLICY_COUNTER(1, hook, reason), &value) == 0)
			total += value;
	return total;
}

struct prove_record proof_judge(bool permissive, bool refused, bool counted, int error)
{
	struct prove_record record = { .error = error };

	if (!refused && !permissive)
		record.result = PROVE_PASSED;
	else
		record.result = counted ? PROVE_REFUSED : permissive ? PROVE_PASSED : PROVE_UNCOUNTED;
	return record;
}

struct prove_record proof_unproven(int error)
{
	return (struct prove_record){ .result = PROVE_UNPROVEN, .error = error };
}

static int enter(const char *cgroup, const char *below)
{
	char path[PATH_MAX];
	cleanup_fd int fd = -1;

	if (snprintf(path, sizeof(path), "%s%s/cgroup.procs", cgroup, below) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return write(fd, "0", 1) == 1 ? 0 : -errno;
}

/* A cgroup that delegates controllers has processes only in its children (cgroups(7), "no internal processes"). */
int proof_enter(const struct ejg_cgroup *cgroup)
{
	char path[PATH_MAX];
	int r = enter(cgroup->path, "");

	if (r != -EBUSY)
		return r;
	if (snprintf(path, sizeof(path), "%s/" PROVE_SUBGROUP, cgroup->path) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return -errno;
	return enter(cgroup->path, "/" PROVE_SUBGROUP);
}

/* The records from the helper of one cgroup. */
struct proof {
	struct prove_record records[POLICY_N_HOOKS];
	size_t n, wanted;
	bool interrupted; /* the helper was killed or ran out of time */
};

/* Reads records until the helper is done or its time is up. Return: true if it is done. */
static bool read_records(struct proof *proof, int fd)
{
	int64_t end = clock_ms() + HELPER_TIMEOUT_MS;

	while (proof->n < proof->wanted) {
		int64_t left = end - clock_ms();
		struct pollfd p = { .fd = fd, .events = POLLIN };
		struct prove_record record;

		if (poll(&p, 1, left > 0 ? (int)left : 0) <= 0) {
			if (left <= 0)
				return true;
			continue;
		}
		/* A record is shorter than PIPE_BUF, so it is read as a whole (pipe(7)). */
		if (read(fd, &record, sizeof(record)) != sizeof(record))
			return false;
		if (record.hook < POLICY_N_HOOKS)
			proof->records[proof->n++] = record;
	}
	return false;
}

/* Kills the helper if it still runs, and reads its status. Return: true if it was interrupted. */
static bool was_interrupted(pid_t helper, bool done)
{
	int status = 0;
	pid_t ended = waitpid(helper, &status, WNOHANG);

	for (int tries = 0; ended == 0 && tries < 100; tries++) { /* it may be exiting */
		if (done || tries == 99)
			kill(helper, SIGKILL);
		nanosleep(&(const struct timespec){ .tv_nsec = 1000000 }, NULL);
		ended = waitpid(helper, &status, WNOHANG);
	}
	while (ended == 0 || (ended < 0 && errno == EINTR))
		ended = waitpid(helper, &status, 0);
	return !done && WIFSIGNALED(status);
}

/* Removes the folder that the helper may have made. The helper has ended, but the kernel may still be cleaning up. */
static void remove_subgroup(const struct ejg_cgroup *cgroup)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/" PROVE_SUBGROUP, cgroup->path) >= (int)sizeof(path))
		return;
	for (int tries = 0; tries < 50 && rmdir(path) < 0 && errno == EBUSY; tries++)
		nanosleep(&(const struct timespec){ .tv_nsec = 1000000 }, NULL);
}

static int run_helper(struct ejg_call *call, const struct ejg_cgroup *cgroup, const struct proof_attempts *attempts,
		      struct proof *ret)
{
	struct proof proof = { .wanted = __builtin_popcount(set_kind.hooks) };
	pid_t helper;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return ejg_call_error(call, -EIO, "close some files (file descriptors are used up), then try again",
				      "cannot make a pipe: %m");
	helper = fork();
	if (helper == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(fds[0]);
		attempts->make(attempts->data, cgroup, fds[1]);
		_exit(0);
	}
	close(fds[1]);
	if (helper > 0) {
		bool late = read_records(&proof, fds[0]);

		/* A helper that ends just after its time does not prove that the guard is silent. */
		proof.interrupted = was_interrupted(helper, proof.n == proof.wanted) || late;
		remove_subgroup(cgroup);
	}
	close(fds[0]);
	if (helper < 0)
		return ejg_call_error(call, -EIO, "see the limits on processes, then try again",
				      "cannot start the process of the self-test: %m");
	*ret = proof;
	return 0;
}

/* Reports one attempt. Return: true if it fails the proof. */
static bool report(struct ejg_call *call, const char *subject, const struct prove_record *record,
		   unsigned int *n_refused)
{
	const char *hook = policy_hooks[record->hook].name;

	switch (record->result) {
	case PROVE_REFUSED:
		(*n_refused)++;
		return false;
	case PROVE_GONE:
	case PROVE_NOTHING:
		return false;
	case PROVE_UNPROVEN:
		ejg_call_finding(call, "unproven", subject, "%s could not be tried: %s", hook, strerror(record->error));
		return false;
	case PROVE_UNCOUNTED:
		ejg_call_finding(call, "not-proven", subject, "%s: the attempt was refused, but not by this guard",
				 hook);
		return true;
	default:
		ejg_call_finding(call, "not-proven", subject, "%s: a forbidden attempt was not refused (%s)", hook,
				 record->error ? strerror(record->error) : "it succeeded");
		return true;
	}
}

int proof_report(struct ejg_call *call, const char *subject, const struct prove_record *records, size_t n)
{
	unsigned int n_refused = 0;
	bool failed = false;

	for (size_t i = 0; i < n; i++)
		failed |= report(call, subject, &records[i], &n_refused);
	if (failed)
		return EJG_NOT_HELD;
	if (!n_refused)
		return EJG_NOT_APPLICABLE;
	ejg_call_finding(call, "proven", subject, "%u forbidden attempt%s refused and counted", n_refused,
			 n_refused == 1 ? " was" : "s were");
	return EJG_HELD;
}

/*
 * Stopping or freezing the unit also stops the helper in it. That says nothing about the guard; a helper that ends
 * normally without records does.
 */
static bool judge_silence(struct ejg_call *call, const struct ejg_cgroup *cgroup, const struct proof *proof)
{
	if (access(cgroup->path, F_OK) < 0)
		return false;
	ejg_call_finding(call, proof->interrupted ? "unproven" : "not-proven", cgroup->path, "%s",
			 proof->interrupted ? "the self-test was interrupted: the unit was stopped or frozen meanwhile"
					    : "the self-test did not try every hook");
	return !proof->interrupted;
}

int proof_run(struct ejg_call *call, const struct ejg_cgroup *cgroup, const struct proof_attempts *attempts)
{
	struct proof proof = { .interrupted = true };

	for (int tries = 0; tries < HELPER_TRIES && proof.interrupted; tries++) {
		int r = run_helper(call, cgroup, attempts, &proof);

		if (r < 0)
			return r;
	}
	if (proof.n < proof.wanted && judge_silence(call, cgroup, &proof))
		return EJG_NOT_HELD;
	return proof_report(call, cgroup->path, proof.records, proof.n);
}

int prove_set(struct ejg_call *call, int (*prove)(struct ejg_call *call, const struct pins *pins))
{
	struct pins pins = PINS_NULL;
	enum pins_state state = PINS_ABSENT;
	int r = pins_open_own(call, &pins, &state);

	if (r < 0)
		return r;
	if (state == PINS_CURRENT) {
		r = prove(call, &pins);
	} else {
		ejg_call_finding_at(call, state == PINS_ABSENT ? "not-loaded" : "outdated", NULL,
				    &(struct ejg_place){ .file = pins.path }, "%s",
				    state == PINS_ABSENT ? set_kind.absent
							 : "damaged, or made by another version: it cannot be tested");
		r = EJG_NOT_HELD;
	}
	pins_close(&pins);
	return r;
}
