/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* check: is every cgroup guarded, by the policy of the stack, and does anything listen past the guard? */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/modules/net/net.h"
#include "libejguard/util/cgroup-name.h"
#include "libejguard/util/cleanup.h"

struct check {
	struct ejg_call *call;
	const struct ejg_facts *facts;
	const struct net_policy *policy;
	bool trial; /* the stack is judged as it would be after an apply */
	bool failed;
};

static void fail(struct check *check, const char *id, const char *subject, const char *message)
{
	ejg_call_finding(check->call, id, subject, "%s", message);
	check->failed = true;
}

/* What an apply of a stack that is tried would mend, or do besides. */
static void note_change(struct check *check, const char *subject, const char *change)
{
	ejg_call_finding(check->call, "would-change", subject, "%s", change);
}

static void fail_pins(struct check *check, const char *id, const struct pins *pins, const char *message)
{
	ejg_call_finding_at(check->call, id, NULL, &(struct ejg_place){ .file = pins->path }, "%s", message);
	check->failed = true;
}

/* What an apply would mend is no failure of a stack that is tried. */
static void fail_or_change(struct check *check, const char *id, const char *subject, const char *message,
			   const char *change)
{
	if (check->trial)
		note_change(check, subject, change);
	else
		fail(check, id, subject, message);
}

/* Whether the cgroup that the facts saw is still there. */
static bool exists(const struct ejg_cgroup *cgroup)
{
	struct stat st;

	return cgroup->id && stat(cgroup->path, &st) == 0 && st.st_ino == cgroup->id;
}

static int check_cgroup(struct check *check, const struct pins *pins, const struct ejg_cgroup *cgroup)
{
	int state;

	if (!exists(cgroup)) {
		ejg_call_finding(check->call, "cgroup-absent", cgroup->name, "is not there now; its start attaches the guard");
		return 0;
	}
	state = links_state(pins, cgroup->id);
	if (state < 0)
		return ejg_call_error(check->call, -EIO, NULL, "cannot read the links of %s: %s", cgroup->path,
				      strerror(-state));
	if (state == LINKS_ABSENT)
		fail_or_change(check, "not-attached", cgroup->path, "is not guarded", "would be guarded");
	else if (state == LINKS_PARTIAL)
		fail_or_change(check, "partly-attached", cgroup->path, "is not guarded at every hook",
			       "would be guarded at every hook");
	else
		ejg_call_finding(check->call, "guarding", cgroup->path, "is guarded at every hook");
	return 0;
}

struct extra {
	struct check *check;
	const struct pins *pins;
	size_t n_living;
};

/* Cgroups that were guarded by their path (ejg_apply_options.cgroups) are held to the same as those of the stack. */
static void check_extra(void *data, uint64_t id)
{
	struct extra *extra = data;
	char path[PATH_MAX];
	int state;

	for (size_t i = 0; i < extra->check->facts->n_cgroups; i++)
		if (ejg_cgroup_get(extra->check->facts, i)->id == id)
			return;
	cgroup_name(extra->check->facts->cgroup_mount, id, path);
	if (!*path)
		return;
	state = links_state(extra->pins, id);
	if (state == LINKS_ABSENT)
		return;
	extra->n_living++;
	if (state != LINKS_INTACT)
		fail(extra->check, "partly-attached", path, "is not guarded at every hook");
}

static int check_cgroups(struct check *check, const struct pins *pins)
{
	struct extra extra = { check, pins, 0 };
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < check->facts->n_cgroups; i++) {
		r = check_cgroup(check, pins, ejg_cgroup_get(check->facts, i));
		n += exists(ejg_cgroup_get(check->facts, i));
	}
	if (r == 0)
		r = links_each(pins, check_extra, &extra);
	if (r == 0 && n + extra.n_living == 0)
		fail_or_change(check, "no-cgroup", check->facts->service,
			       "none of its cgroups exists: nothing is guarded",
			       "none of its cgroups exists now: the start of its units would attach the guard");
	return r;
}

static int try_policy(struct check *check, int fd)
{
	struct net_policy current = {};
	int r = pins_read_policy(fd, &current);

	if (r == 0)
		net_note_changes(check->call, &current, check->policy);
	net_policy_free(&current);
	return r == -EUCLEAN ? 1 : r < 0 ? r : 1;
}

static int check_policy(struct check *check, const struct pins *pins)
{
	cleanup_fd int fd = pins_get_policy(pins);
	int r;

	if (fd == -ENOENT) {
		if (check->trial)
			note_change(check, "policy", "there is none, and every attempt is refused: there would be one");
		else
			fail_pins(check, "policy-missing", pins, "no policy is in force: every attempt is refused");
		return 0;
	}
	r = fd < 0 ? fd : check->trial ? try_policy(check, fd) : pins_policy_equals(fd, check->policy);
	if (r < 0)
		return ejg_call_error(check->call, r == -EPERM ? -EPERM : -EIO, "run it as root",
				      "cannot read the policy below %s: %s", pins->path, strerror(-r));
	if (r == 0)
		fail_pins(check, "policy-differs", pins, "the stack has changed since the policy was applied");
	return 0;
}

/* Nothing is applied: would it hold here? */
static int check_absent(struct check *check)
{
	struct bpf_object *loaded = NULL;
	int r;

	fail_or_change(check, "not-loaded", check->facts->service, "nothing guards the service",
		       "nothing guards the service now");
	r = programs_load(check->call, &loaded);
	if (r < 0)
		return r;
	programs_unload(loaded);
	ejg_call_finding(check->call, "would-load", NULL, "this kernel accepts the programs");
	return 0;
}

static int check_pins(struct check *check)
{
	struct pins pins = PINS_NULL;
	enum pins_state state;
	int r = pins_open(check->call, check->facts->service, &pins, &state);

	if (r < 0)
		return r;
	switch (state) {
	case PINS_ABSENT:
		r = check_absent(check);
		break;
	case PINS_OUTDATED:
		if (check->trial)
			note_change(check, "programs", "damaged, or made by another version: would be replaced");
		else
			fail_pins(check, "outdated", &pins,
				  "damaged, or made by another version: still guarding what it guards");
		break;
	case PINS_NEWER:
		fail_pins(check, "newer", &pins, "made by a newer ejguard, which this one cannot read");
		break;
	case PINS_CURRENT:
		r = check_policy(check, &pins);
		if (r == 0)
			r = check_cgroups(check, &pins);
		break;
	}
	pins_close(&pins);
	return r;
}

/* Only sockets fail it: the guard stands, and undoing it would let more in. */
static int check_network(struct check *check, struct net_state *state)
{
	struct netns_list networks = {};
	int r = net_find_networks(check->call, &networks);

	if (r < 0)
		return r;
	check->failed |= net_check_ports(check->call, check->policy, &networks);
	if (net_check_sockets(check->call, check->policy, &networks)) {
		state->keep = !check->failed;
		check->failed = true;
	}
	netns_free(&networks);
	return 0;
}

int net_check(struct ejg_call *call)
{
	struct net_state *state = ejg_call_state(call);
	struct net_policy policy = {};
	struct check check = {
		.call = call,
		.facts = ejg_call_facts(call),
		.policy = state->prepared ? &state->policy : &policy, /* after an apply what it prepared */
		.trial = ejg_call_trial(call),
	};
	int r = state->prepared ? 0 : net_expect_policy(call, &policy);

	if (r == 0)
		r = pins_probe(call);
	if (r == 0)
		r = check_pins(&check);
	if (r == 0)
		net_report_foreign(call, true);
	if (r == 0)
		r = check_network(&check, state);
	net_policy_free(&policy);
	return r < 0 ? r : check.failed ? EJG_NOT_HELD : EJG_HELD;
}
