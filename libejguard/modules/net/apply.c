/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* prepare, apply and release: making the guard stand, and taking it off. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/modules/net/net.h"
#include "libejguard/util/cleanup.h"

int net_prepare(struct ejg_call *call)
{
	struct net_state *state = ejg_call_state(call);
	struct pins pins = PINS_NULL;
	enum pins_state pins_state;
	int r;

	state->policy_fd = state->previous_fd = -1;
	state->prepared = true;
	r = net_validate(call);
	if (r == 0)
		r = net_resolve_peers(call, true, &state->peers);
	if (r == 0)
		r = net_place_peers(call, &state->peers);
	if (r == 0)
		r = net_make_policy(call, &state->peers, &state->policy);
	if (r == 0)
		r = pins_probe(call);
	if (r == 0)
		r = pins_open(call, ejg_call_facts(call)->service, &pins, &pins_state);
	if (r < 0)
		return r;
	pins_close(&pins);
	/* Pins of our own making hold verified programs already; everything else is replaced by what is loaded here. */
	if (pins_state != PINS_CURRENT)
		r = programs_load(call, &state->loaded);
	if (r < 0)
		return r;
	state->policy_fd = pins_make_policy(&state->policy);
	if (state->policy_fd < 0)
		return ejg_call_error(call, state->policy_fd == -EPERM ? -EPERM : -EIO, "run it as root",
				      "cannot make the map of the policy: %s", strerror(-state->policy_fd));
	return 0;
}

/* Two services on one cgroup would refuse each other's peers: programs add up. */
static int refuse_shared_cgroups(struct ejg_call *call)
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	char other[64];

	for (size_t i = 0; i < facts->n_cgroups; i++)
		if (ejg_cgroup_get(facts, i)->id &&
		    links_other_service(facts->service, ejg_cgroup_get(facts, i)->id, other))
			return ejg_call_error(call, -EBADMSG,
					      "name the cgroup in the stack of one service only; its peers and ports "
					      "are then those of both",
					      "%s is guarded already, as part of the service '%s'",
					      ejg_cgroup_get(facts, i)->path, other);
	return 0;
}

static int attach_error(struct ejg_call *call, const struct ejg_cgroup *cgroup, int error)
{
	if (error == -EPERM)
		return ejg_call_error(call, -EPERM,
				      "run it as root; if it is: a program attached exclusively to this cgroup or one above "
				      "it shuts others out (see 'bpftool cgroup tree')",
				      "the kernel does not let the guard attach to %s", cgroup->path);
	if (error == -ENOENT)
		return ejg_call_error(call, -EIO, "try again", "the cgroup %s went away", cgroup->path);
	return ejg_call_error(call, -EIO, "see which programs are there\nrun: bpftool cgroup tree", "cannot attach to %s: %s",
			      cgroup->path, strerror(-error));
}

/* Attaches to all cgroups of the service and remembers what for the roll-back. */
static int attach_all(struct ejg_call *call, const struct pins *pins)
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	struct net_state *state = ejg_call_state(call);

	state->made = calloc(facts->n_cgroups + 1, sizeof(*state->made));
	if (!state->made)
		return ejg_call_error(call, -ENOMEM, NULL, "no memory");
	for (size_t i = 0; i < facts->n_cgroups; i++) {
		const struct ejg_cgroup *cgroup = ejg_cgroup_get(facts, i);
		uint32_t hooks = 0;
		int r;

		if (!cgroup->id)
			continue;
		r = links_attach(pins, cgroup, &hooks);
		/* Another unit of the service may stop at any time; only the caller's own cgroup cannot. */
		if (r == -ENOENT && !cgroup->own) {
			ejg_call_log(call, EJG_LOG_INFO, "the cgroup %s went away", cgroup->path);
			continue;
		}
		if (r < 0)
			return attach_error(call, cgroup, r);
		if (hooks)
			state->made[state->n_made++] = (struct net_made){ cgroup->id, hooks };
	}
	return 0;
}

/* Brings the policy of a set that is there up to date. Nothing is touched when it is. */
static int update_policy(struct ejg_call *call, const struct pins *pins)
{
	struct net_state *state = ejg_call_state(call);
	cleanup_fd int current = pins_get_policy(pins);
	int r;

	if (current < 0 && current != -ENOENT)
		return ejg_call_error(call, -EIO, "try again", "cannot read the policy below %s: %s", pins->path,
				      strerror(-current));
	if (current >= 0 && pins_policy_equals(current, &state->policy) == 1)
		return 0;
	r = pins_set_policy(pins, state->policy_fd);
	if (r < 0)
		return ejg_call_error(call, -EIO, NULL, "cannot replace the policy below %s: %s", pins->path,
				      strerror(-r));
	if (current >= 0)
		state->previous_fd = take_fd(current);
	return 0;
}

/* Undoes what this run did to a set that was there before. */
static void undo(struct ejg_call *call, const struct pins *pins)
{
	struct net_state *state = ejg_call_state(call);

	for (size_t i = 0; i < state->n_made; i++)
		links_remove(pins, state->made[i].cgroup_id, state->made[i].hooks);
	state->n_made = 0;
	if (state->previous_fd >= 0 && pins_set_policy(pins, state->previous_fd) < 0)
		ejg_call_log(call, EJG_LOG_ERROR, "cannot put the former policy back below %s", pins->path);
}

static int apply_to_current(struct ejg_call *call, const struct pins *pins)
{
	int r = update_policy(call, pins);

	if (r == 0)
		r = attach_all(call, pins);
	if (r < 0) {
		undo(call, pins);
		return r;
	}
	(void)pins_tidy(pins, ejg_call_facts(call)->service);
	return 0;
}

/* Only once the guard stands, so that nobody comes back meanwhile. What cannot be ended is for check to find. */
static void evict(struct ejg_call *call)
{
	const struct net_config *config = ejg_call_config(call);
	const struct net_state *state = ejg_call_state(call);

	if (config->evict && ejg_call_mode(call) == EJG_ENFORCE)
		net_evict(call, &state->policy);
}

static int apply_new_set(struct ejg_call *call, struct pins *pins, bool replaces)
{
	const char *service = ejg_call_facts(call)->service;
	struct net_state *state = ejg_call_state(call);
	int r = state->loaded ? 0 : programs_load(call, &state->loaded);

	if (r < 0)
		return r;
	r = pins_create(state->loaded, service, state->policy_fd, pins);
	if (r < 0)
		return ejg_call_error(call, r == -EPERM ? -EPERM : -EIO, "run it as root",
				      "cannot pin the guard below " PINS_ROOT ": %s", strerror(-r));
	r = attach_all(call, pins);
	if (r == 0) {
		r = pins_install(service, pins);
		if (r < 0)
			r = ejg_call_error(call, -EIO, "see what stands in " PINS_ROOT, "cannot put %s into place: %s", pins->path, strerror(-r));
	}
	if (r < 0) {
		(void)pins_remove(pins->path);
		pins_remove_root();
		return r;
	}
	/* After a take-over there is no way back: the new set only ever guards more than the old one did. */
	state->created = !replaces;
	state->n_made = 0;
	return 0;
}

/* Undoes what this run has changed. */
static int roll_back(struct ejg_call *call, const struct pins *pins)
{
	const struct net_state *state = ejg_call_state(call);
	int r = 0;

	if (state->created) {
		r = pins_remove(pins->path);
		pins_remove_root();
	} else {
		undo(call, pins);
	}
	return r;
}

/* For a boot before DNS works. What cannot be kept is no reason to fail: nothing that holds now depends on it. */
static void remember_peers(struct ejg_call *call)
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	const struct net_state *state = ejg_call_state(call);
	int r = state->peers.names.n ? names_save(facts, &state->peers.names) : 0;

	if (r < 0)
		ejg_call_finding_at(call, "peers-forgotten", NULL, &(struct ejg_place){ .file = facts->statedir },
				    "the addresses of peers cannot be kept: %s", strerror(-r));
}

int net_apply(struct ejg_call *call)
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	struct pins pins = PINS_NULL;
	enum pins_state pins_state;
	int r = refuse_shared_cgroups(call);

	if (r == 0)
		r = pins_open(call, facts->service, &pins, &pins_state);
	if (r < 0)
		return r;
	if (pins_state == PINS_NEWER)
		r = ejg_call_error(call, -EOPNOTSUPP, "use the newer ejguard, or let it release the guard first",
				   "%s was made by a newer ejguard (%.24s, layout %u)", pins.path, pins.meta.version,
				   pins.meta.layout);
	else if (pins_state == PINS_CURRENT)
		r = apply_to_current(call, &pins);
	else
		r = apply_new_set(call, &pins, pins_state == PINS_OUTDATED || pins_interrupted(facts->service));
	if (r == 0) {
		(void)links_prune(&pins);
		remember_peers(call);
		evict(call);
	}
	pins_close(&pins);
	return r;
}

static int release_run(struct ejg_call *call)
{
	const struct net_state *state = ejg_call_state(call);
	struct pins pins = PINS_NULL;
	enum pins_state pins_state;
	int r;

	if (state->keep)
		return EJG_NOT_APPLICABLE;
	r = pins_open(call, ejg_call_facts(call)->service, &pins, &pins_state);
	if (r == 0 && pins_state == PINS_CURRENT)
		r = roll_back(call, &pins);
	pins_close(&pins);
	return r;
}

static int release_all(struct ejg_call *call)
{
	static const char *const suffixes[] = { "", ":new", ":old" };
	const char *service = ejg_call_facts(call)->service;
	char path[PINS_PATH_SIZE];
	int r = pins_probe(call);

	if (r == -EOPNOTSUPP)
		return 0; /* no bpffs, no pins */
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(suffixes); i++) {
		pins_format(path, PINS_ROOT "/%s%s", service, suffixes[i]);
		r = pins_remove(path);
		if (r < 0)
			r = ejg_call_error(call, r == -EACCES ? -EPERM : r, "run it as root", "cannot remove %s: %s",
					   path, strerror(-r));
	}
	if (r == 0)
		pins_remove_root();
	return r;
}

int net_release(struct ejg_call *call, enum ejg_release_scope scope)
{
	return scope == EJG_RELEASE_RUN ? release_run(call) : release_all(call);
}
