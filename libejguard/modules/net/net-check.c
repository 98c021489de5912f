/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* check: is every cgroup guarded, by the policy of the stack, and does anything listen past the guard? */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/modules/net/listeners.h"
#include "libejguard/modules/net/net.h"
#include "libejguard/util/cleanup.h"

struct check {
	struct ejg_call *call;
	const struct ejg_facts *facts;
	const struct net_policy *policy;
	bool failed;
};

static void fail(struct check *check, const char *id, const char *subject, const char *message)
{
	ejg_call_finding(check->call, id, subject, "%s", message);
	check->failed = true;
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
		fail(check, "not-attached", cgroup->path, "is not guarded");
	else if (state == LINKS_PARTIAL)
		fail(check, "partly-attached", cgroup->path, "is not guarded at every hook");
	else
		ejg_call_finding(check->call, "guarding", cgroup->path, "is guarded at every hook");
	return 0;
}

static int check_cgroups(struct check *check, const struct pins *pins)
{
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < check->facts->n_cgroups; i++) {
		r = check_cgroup(check, pins, &check->facts->cgroups[i]);
		n += exists(&check->facts->cgroups[i]);
	}
	if (r == 0 && !n)
		fail(check, "no-cgroup", check->facts->service, "none of its cgroups exists: nothing is guarded");
	return r;
}

static int check_policy(struct check *check, const struct pins *pins)
{
	cleanup_fd int fd = pins_get_policy(pins);
	int r;

	if (fd < 0) {
		fail(check, "policy-missing", pins->path, "no policy is in force: every attempt is refused");
		return 0;
	}
	r = pins_policy_equals(fd, check->policy);
	if (r < 0)
		return ejg_call_error(check->call, -EIO, NULL, "cannot read the policy below %s: %s", pins->path,
				      strerror(-r));
	if (r == 0)
		fail(check, "policy-differs", pins->path, "the stack has changed since the policy was applied");
	return 0;
}

/* Whether a cgroup is one of the service's or below one of them. */
static bool is_ours(const struct check *check, uint64_t id)
{
	size_t prefix = check->facts->cgroup_mount ? strlen(check->facts->cgroup_mount) : 0;
	char path[PATH_MAX];

	for (size_t i = 0; i < check->facts->n_cgroups; i++)
		if (check->facts->cgroups[i].id == id)
			return true;
	cgroup_name(check->facts->cgroup_mount, id, path);
	for (size_t i = 0; i < check->facts->n_cgroups; i++) {
		const char *ours = check->facts->cgroups[i].path;

		if (!ours || strlen(ours) <= prefix)
			continue;
		ours += prefix;
		if (!strncmp(path, ours, strlen(ours)) && path[strlen(ours)] == '/')
			return true;
	}
	return false;
}

static bool in_ranges(const struct ejg_port_range *ranges, size_t n, uint16_t port)
{
	for (size_t i = 0; i < n; i++)
		if (port >= ranges[i].first && port <= ranges[i].last)
			return true;
	return false;
}

static bool is_loopback(const struct ejg_prefix *address)
{
	static const uint8_t ipv4[13] = { [10] = 0xff, [11] = 0xff, [12] = 127 };
	static const uint8_t ipv6[16] = { [15] = 1 };

	return !memcmp(address->bytes, ipv4, sizeof(ipv4)) || !memcmp(address->bytes, ipv6, sizeof(ipv6));
}

static int check_listener(void *data, const struct listener *listener)
{
	struct check *check = data;
	const struct ejg_facts *facts = check->facts;
	bool epmd = listener->port == facts->epmd_port;
	char address[EJG_PREFIX_TEXT_SIZE], subject[EJG_PREFIX_TEXT_SIZE + 16], path[PATH_MAX];

	ejg_prefix_format(&listener->address, address);
	snprintf(subject, sizeof(subject), strchr(address, ':') ? "[%s]:%u" : "%s:%u", address, listener->port);
	if (is_ours(check, listener->cgroup_id)) {
		if (!net_policy_is_private(&check->policy->chunks[0].head, listener->port) &&
		    !in_ranges(facts->public_ports, facts->n_public_ports, listener->port))
			fail(check, "listener-unknown", subject, "the service listens there: neither public nor private");
		return 0;
	}
	if (!epmd && !in_ranges(facts->dist, facts->n_dist, listener->port))
		return 0;
	cgroup_name(facts->cgroup_mount, listener->cgroup_id, path);
	ejg_call_finding(check->call, epmd && !is_loopback(&listener->address) ? "listener-unguarded" : "listener-foreign",
			 subject, "is served by uid %u in the cgroup %s, which is not the service's", listener->uid,
			 *path ? path : "(removed)");
	check->failed |= epmd && !is_loopback(&listener->address);
	return 0;
}

static int check_listeners(struct check *check)
{
	int r = listeners_each(check_listener, check);

	if (r < 0)
		ejg_call_finding(check->call, "listeners-unseen", NULL, "the kernel does not list listeners: %s",
				 strerror(-r));
	return 0;
}

/* Nothing is applied: would it hold here? */
static int check_absent(struct check *check)
{
	struct net_bpf *loaded = NULL;
	int r;

	fail(check, "not-loaded", check->facts->service, "nothing guards the service");
	r = pins_load(check->call, &loaded);
	if (r < 0)
		return r;
	pins_unload(loaded);
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
		fail(check, "outdated", pins.path, "damaged, or made by another version: still guarding what it guards");
		break;
	case PINS_NEWER:
		fail(check, "newer", pins.path, "made by a newer ejguard, which this one cannot read");
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

int net_check(struct ejg_call *call)
{
	struct net_policy policy = {};
	struct check check = { .call = call, .facts = ejg_call_facts(call), .policy = &policy };
	int r = net_make_policy(call, &policy);

	if (r == 0)
		r = pins_probe(call);
	if (r == 0)
		r = check_pins(&check);
	if (r == 0)
		r = check_listeners(&check);
	net_policy_free(&policy);
	return r < 0 ? r : check.failed ? EJG_NOT_HELD : EJG_HELD;
}
