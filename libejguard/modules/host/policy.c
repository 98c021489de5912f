/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From facts and options to the policy: ports and peers are as the module net has them, users are this one's. */
#include <errno.h>
#include <sys/stat.h>

#include "libejguard/modules/host/host.h"
#include "libejguard/modules/net/dist.h"
#include "libejguard/modules/net/users.h"

/* Root and the two users of the service's names are there already. */
#define MAX_NAMED (USERS_MAX - 3)

static int build(struct ejg_call *call, const struct net_peers *peers, struct net_policy *ret)
{
	const struct host_config *config = ejg_call_config(call);
	const struct net_config ports = { .strict = config->strict };
	struct ejg_facts facts = *ejg_call_facts(call);
	struct policy_head *head;
	uint32_t line;
	const char *file = ejg_call_where(call, &line);
	int r;

	facts.peers = peers->items;
	facts.n_peers = peers->n;
	facts.peer_size = sizeof(*peers->items);
	r = net_policy_build(&facts, &ports, ejg_call_mode(call), file, line, ret);
	if (r < 0)
		return ejg_call_error(call, r, NULL, "no memory for the policy");
	head = &ret->chunks[0].head;
	head->n_users = users_of_service(&facts, head->users);
	return 0;
}

int host_make_policy(struct ejg_call *call, struct net_policy *ret)
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	const struct host_config *config = ejg_call_config(call);
	struct net_peers peers = {};
	int r;

	if (facts->n_users > MAX_NAMED)
		return ejg_call_error(call, -EBADMSG, "give those users a group, and a program of one user that asks for them",
				      "'set users' names %zu users, and there is room for %d", facts->n_users, MAX_NAMED);
	r = dist_validate(call, config->strict);
	if (r == 0)
		r = net_resolve_peers(call, false, &peers);
	if (r == 0)
		r = net_place_peers(call, &peers);
	if (r == 0)
		r = build(call, &peers, ret);
	net_peers_free(&peers);
	return r;
}

int host_find_top(struct ejg_call *call, struct ejg_cgroup *ret)
{
	const char *mount = ejg_call_facts(call)->cgroup_mount;
	struct stat st;

	if (!mount)
		return ejg_call_error(call, -EOPNOTSUPP, "mount it: mount -t cgroup2 cgroup2 /sys/fs/cgroup",
				      "no cgroup2 is mounted");
	if (stat(mount, &st) < 0)
		return ejg_call_error(call, -EIO, NULL, "cannot look at %s: %m", mount);
	*ret = (struct ejg_cgroup){ .name = mount, .path = mount, .id = st.st_ino };
	return 0;
}
