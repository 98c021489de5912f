/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/install.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/util/cgroup-name.h"
#include "libejguard/util/cleanup.h"

static bool is_in_force(const struct pins *pins, const struct net_policy *policy)
{
	cleanup_fd int fd = pins_get_policy(pins);

	return fd >= 0 && pins_policy_equals(fd, policy) == 1;
}

void install_begin(struct set_change *ret)
{
	*ret = (struct set_change){ .policy_fd = -1, .previous_fd = -1, .pins = PINS_NULL };
}

int install_prepare(struct ejg_call *call, const struct net_policy *policy, uint32_t hooks, struct set_change *ret)
{
	bool current;
	int r = pins_open_own(call, &ret->pins, &ret->state);

	ret->policy = policy;
	ret->hooks = hooks;
	if (r < 0)
		return r;
	current = ret->state == PINS_CURRENT && ret->pins.meta.hooks == hooks;
	ret->in_force = current && is_in_force(&ret->pins, policy);
	if (ret->in_force)
		return 0;
	ret->policy_fd = pins_make_policy(policy);
	if (ret->policy_fd < 0)
		return ejg_call_error(call, ret->policy_fd == -EPERM ? -EPERM : -EIO,
				      "run it as root; if it is, see ejguard(8), EXIT STATUS 4",
				      "cannot make the map of the policy: %s", strerror(-ret->policy_fd));
	/* A current set has verified programs already; the programs loaded here replace those of any other set. */
	return current ? 0 : programs_load_over(call, hooks, ret->policy_fd, &ret->loaded);
}

void install_free(struct set_change *change)
{
	ejg_close_fd(&change->policy_fd);
	ejg_close_fd(&change->previous_fd);
	pins_close(&change->pins);
	programs_unload(&change->loaded);
	free(change->made);
}

static int attach_error(struct ejg_call *call, const struct ejg_cgroup *cgroup, int error)
{
	if (error == -EPERM)
		return ejg_call_error(call, -EPERM,
				      "run it as root; if you did, another program is attached exclusively to this "
				      "cgroup or one above it\nrun: bpftool cgroup tree",
				      "the kernel does not let the guard attach to %s", cgroup->path);
	if (error == -ENOENT)
		return ejg_call_error(call, -EIO, "try again", "the cgroup %s was removed", cgroup->path);
	return ejg_call_error(call, -EIO, "see which programs are there\nrun: bpftool cgroup tree",
			      "cannot attach to %s: %s", cgroup->path, strerror(-error));
}

/* Attaches to one existing cgroup, and records what for the roll-back. */
static int attach_one(struct ejg_call *call, const struct pins *pins, struct set_change *change,
		      const struct ejg_cgroup *cgroup)
{
	uint32_t hooks = 0;
	int r = links_attach(pins, cgroup, &hooks);

	/* Another unit of the service may stop at any time; the caller's own cgroup cannot disappear. */
	if (r == -ENOENT && !cgroup->own) {
		ejg_call_log(call, EJG_LOG_INFO, "the cgroup %s was removed", cgroup->path);
		return 0;
	}
	if (r < 0)
		return attach_error(call, cgroup, r);
	if (hooks)
		change->made[change->n_made++] = (struct set_made){ cgroup->id, hooks };
	return 0;
}

struct guarded {
	uint64_t *ids;
	size_t n;
	bool no_memory;
};

static void take_guarded(void *data, uint64_t id)
{
	struct guarded *guarded = data;
	uint64_t *ids = reallocarray(guarded->ids, guarded->n + 1, sizeof(*ids));

	if (!ids) {
		guarded->no_memory = true;
		return;
	}
	guarded->ids = ids;
	guarded->ids[guarded->n++] = id;
}

/* Finds the cgroups with links in a set of the service, including a set that an interrupted take-over renamed. */
static int find_guarded(struct ejg_call *call, struct guarded *ret)
{
	static const char *const suffixes[] = { "", ":old" };

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		struct pins pins = PINS_NULL;
		int r;

		pins_format(pins.path, PINS_ROOT "/%s%s%s", ejg_call_facts(call)->service, set_kind.suffix,
			    suffixes[i]);
		r = links_each(&pins, take_guarded, ret);
		if (r < 0)
			return ejg_call_error(call, -EIO, "try again", "cannot read the links below %s: %s", pins.path,
					      strerror(-r));
	}
	return ret->no_memory ? ejg_call_error(call, -ENOMEM, NULL, "no memory") : 0;
}

/*
 * Keeps cgroups guarded that the stack no longer names, at every hook of the set: moving the links alone would leave
 * out hooks that the former set did not have. Removed cgroups only have sockets left.
 */
static int attach_guarded(struct ejg_call *call, const struct pins *pins, struct set_change *change,
			  const struct guarded *guarded)
{
	const char *mount = ejg_call_facts(call)->cgroup_mount;
	char name[PATH_MAX], path[2 * PATH_MAX];
	int r = 0;

	for (size_t i = 0; r == 0 && i < guarded->n; i++) {
		const struct ejg_cgroup cgroup = { .path = path, .id = guarded->ids[i] };

		if (cgroup_name(mount, cgroup.id, name) < 0 || !*name)
			continue;
		snprintf(path, sizeof(path), "%s%s", mount, name);
		r = attach_one(call, pins, change, &cgroup);
	}
	return r;
}

/* Attaches to all cgroups. */
static int attach_all(struct ejg_call *call, const struct pins *pins, struct set_change *change)
{
	struct guarded guarded = {};
	int r = find_guarded(call, &guarded);

	if (r == 0) {
		change->made = calloc(change->n_cgroups + guarded.n + 1, sizeof(*change->made));
		r = change->made ? 0 : ejg_call_error(call, -ENOMEM, NULL, "no memory");
	}
	for (size_t i = 0; r == 0 && i < change->n_cgroups; i++) {
		const struct ejg_cgroup *cgroup =
			ejg_element(change->cgroups, change->n_cgroups, change->cgroup_size, i);

		if (cgroup->id)
			r = attach_one(call, pins, change, cgroup);
	}
	if (r == 0)
		r = attach_guarded(call, pins, change, &guarded);
	free(guarded.ids);
	return r;
}

/* Updates the policy of an existing set. Changes nothing if it is up to date. */
static int update_policy(struct ejg_call *call, const struct pins *pins, struct set_change *change)
{
	cleanup_fd int current = -1;
	int r;

	if (change->in_force) {
		(void)pins_clear_hidden(pins);
		return 0;
	}
	current = pins_get_policy(pins);
	if (current < 0 && current != -ENOENT)
		return ejg_call_error(call, -EIO, "try again", "cannot read the policy below %s: %s", pins->path,
				      strerror(-current));
	/* Before the change: one that fails half-way may have put the new policy in force. */
	if (current >= 0)
		change->previous_fd = take_fd(current);
	r = pins_set_policy(pins, change->policy_fd);
	return r < 0 ? ejg_call_error(call, -EIO, NULL, "cannot replace the policy below %s: %s", pins->path,
				      strerror(-r))
		     : 0;
}

/* Undoes the changes of this run to a set that existed before. */
static void undo(struct ejg_call *call, const struct pins *pins, struct set_change *change)
{
	for (size_t i = 0; i < change->n_made; i++)
		links_remove(pins, change->made[i].cgroup_id, change->made[i].hooks);
	change->n_made = 0;
	if (change->undo)
		change->undo(call, pins);
	if (change->previous_fd >= 0 && pins_set_policy(pins, change->previous_fd) < 0)
		ejg_call_log(call, EJG_LOG_ERROR, "cannot restore the former policy below %s", pins->path);
}

/* True if the new policy only allows more than the one in force. */
static bool is_laxer(const struct pins *pins, const struct set_change *change)
{
	cleanup_fd int fd = pins_get_policy(pins);
	struct net_policy former = {};
	const bool laxer = fd >= 0 && pins_read_policy(fd, &former) == 0 &&
			   net_policy_is_as_strict(&former, change->policy, set_kind.places) &&
			   !net_policy_is_as_strict(change->policy, &former, set_kind.places);

	net_policy_free(&former);
	return laxer;
}

static int apply_to_current(struct ejg_call *call, const struct pins *pins, struct set_change *change)
{
	int r;

	/* The run will be undone: whom only the new policy admits must not get in until then. */
	if (ejg_call_failed(call) && is_laxer(pins, change))
		return EJG_NOT_APPLICABLE;
	r = change->before_links ? change->before_links(call, pins) : 0;
	if (r == 0)
		r = update_policy(call, pins, change);
	if (r == 0)
		r = attach_all(call, pins, change);
	if (r < 0) {
		undo(call, pins, change);
		return r;
	}
	(void)pins_tidy(pins, ejg_call_facts(call)->service);
	return 0;
}

static int apply_new_set(struct ejg_call *call, struct pins *pins, struct set_change *change, bool replaces)
{
	const char *service = ejg_call_facts(call)->service;
	int r = change->loaded.object ? 0 : programs_load_over(call, change->hooks, change->policy_fd, &change->loaded);

	if (r < 0)
		return r;
	r = pins_create(change->loaded.object, service, change->hooks, pins);
	if (r < 0)
		return ejg_call_error(call, r == -EPERM ? -EPERM : -EIO, "run it as root",
				      "cannot pin the guard below " PINS_ROOT ": %s", strerror(-r));
	r = change->before_links ? change->before_links(call, pins) : 0;
	if (r == 0)
		r = attach_all(call, pins, change);
	if (r == 0) {
		r = pins_install(service, pins);
		if (r < 0)
			r = ejg_call_error(call, -EIO, "see what is in " PINS_ROOT,
					   "cannot rename the new set to %s: %s", pins->path, strerror(-r));
	}
	if (r < 0) {
		(void)pins_remove(pins->path);
		pins_remove_root();
		return r;
	}
	/* A take-over is not undone: the new set is the policy of the stack, which the old one was no more. */
	change->created = !replaces;
	change->replaced = replaces;
	change->n_made = 0;
	return 0;
}

/* Undoes what this run has changed. */
static int roll_back(struct ejg_call *call, const struct pins *pins, struct set_change *change)
{
	int r = 0;

	if (change->created) {
		r = pins_remove(pins->path);
		pins_remove_root();
	} else {
		undo(call, pins, change);
	}
	return r;
}

int install_apply(struct ejg_call *call, struct set_change *change)
{
	const char *service = ejg_call_facts(call)->service;
	struct pins *pins = &change->pins;
	int r;

	if (change->state == PINS_NEWER)
		return ejg_call_error(call, -EOPNOTSUPP, "use the newer ejguard, or let it release the guard first",
				      "%s was made by a newer ejguard (%.24s, layout %u)", pins->path,
				      pins->meta.version, pins->meta.layout);
	if (change->state == PINS_CURRENT && pins->meta.hooks == change->hooks) {
		r = apply_to_current(call, pins, change);
	} else {
		pins_close(pins);
		r = apply_new_set(call, pins, change, change->state != PINS_ABSENT || pins_interrupted(service));
	}
	if (r == 0)
		(void)links_prune(pins);
	return r;
}

bool install_is_stricter(const struct set_change *change)
{
	struct net_policy former = {};
	bool stricter;

	if (change->previous_fd < 0)
		return false;
	stricter = pins_read_policy(change->previous_fd, &former) < 0 ||
		   !net_policy_is_as_strict(&former, change->policy, set_kind.places);
	net_policy_free(&former);
	return stricter;
}

static int release_run(struct ejg_call *call, struct set_change *change)
{
	struct pins pins = PINS_NULL;
	enum pins_state state;
	int r;

	/* The replaced set is removed: without the links of the new set less would be guarded than before. */
	if (change->replaced)
		return EJG_NOT_APPLICABLE;
	r = pins_open(call, ejg_call_facts(call)->service, &pins, &state);
	if (r == 0 && state == PINS_CURRENT)
		r = roll_back(call, &pins, change);
	pins_close(&pins);
	return r;
}

static int release_all(struct ejg_call *call)
{
	static const char *const suffixes[] = { "", ":new", ":old" };
	const char *service = ejg_call_facts(call)->service;
	char path[PINS_PATH_SIZE];
	int r;

	if (!pins_possible())
		return 0; /* without bpffs there are no pins */
	r = pins_probe(call);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(suffixes); i++) {
		pins_format(path, PINS_ROOT "/%s%s%s", service, set_kind.suffix, suffixes[i]);
		r = pins_remove(path);
		if (r < 0)
			r = ejg_call_error(call, r == -EACCES ? -EPERM : r, "run it as root", "cannot remove %s: %s",
					   path, strerror(-r));
	}
	if (r == 0)
		pins_remove_root();
	return r;
}

int install_release(struct ejg_call *call, enum ejg_release_scope scope, struct set_change *change)
{
	return scope == EJG_RELEASE_RUN ? release_run(call, change) : release_all(call);
}
