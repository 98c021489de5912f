/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/outside.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/modules/net/match.h"
#include "libejguard/modules/net/pins.h"
#include "libejguard/modules/net/owners.h"
#include "libejguard/util/cgroup-name.h"
#include "libejguard/util/cleanup.h"

/* True if the set of another service than this one does. */
static bool has_link(const char *service, uint64_t cgroup, uint16_t port)
{
	cleanup_dir DIR *dir = opendir(PINS_ROOT);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char path[PINS_PATH_SIZE];
		struct stat st;

		/* "SERVICE:host" attaches to other hooks, ":new" and ":old" are of an apply that has not ended */
		if (entry->d_name[0] == '.' || strchr(entry->d_name, ':') || !strcmp(entry->d_name, service))
			continue;
		pins_format(path, PINS_ROOT "/%s/links/%llu", entry->d_name, (unsigned long long)cgroup);
		if (stat(path, &st) == 0 && owners_guard(entry->d_name, port))
			return true;
	}
	return false;
}

/* Of the cgroup or one above it. Two services may run nodes of one user and one name. */
bool outside_is_guarded(const struct ejg_call *call, const struct socket_info *listener)
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	char name[PATH_MAX], path[2 * PATH_MAX];
	struct stat st;

	if (has_link(facts->service, listener->cgroup_id, listener->local_port))
		return true;
	if (cgroup_name(facts->cgroup_mount, listener->cgroup_id, name) < 0)
		return false;
	for (char *end = strrchr(name, '/'); end && end > name; end = strrchr(name, '/')) {
		*end = '\0';
		snprintf(path, sizeof(path), "%s%s", facts->cgroup_mount, name);
		if (stat(path, &st) == 0 && has_link(facts->service, st.st_ino, listener->local_port))
			return true;
	}
	return false;
}

enum holder {
	NODE_OUTSIDE,	    /* a node of the service, outside of its cgroups */
	OTHER_NODE_OUTSIDE, /* another node of its user */
	INSIDE,		    /* whatever runs in the service's cgroups */
};

static bool is_holder(const struct ejg_process *process, enum holder wanted)
{
	const bool outside = process->role == EJG_PROCESS_NODE && !process->in_service && !process->other_network;

	switch (wanted) {
	case NODE_OUTSIDE:
		return outside && process->relation == EJG_RELATION_OURS;
	case OTHER_NODE_OUTSIDE:
		return outside && process->relation == EJG_RELATION_SAME_USER;
	default:
		return process->in_service;
	}
}

static bool has_holder(const struct ejg_survey *survey, pid_t pid, enum holder wanted)
{
	for (size_t i = 0; i < survey->n_processes; i++)
		if (ejg_process_get(survey, i)->pid == pid)
			return is_holder(ejg_process_get(survey, i), wanted);
	return false;
}

static bool is_held_by(struct ejg_call *call, const struct socket_info *listener, enum holder wanted)
{
	const struct ejg_survey *survey = ejg_call_survey(call);

	for (size_t i = 0; survey && i < survey->n_listeners; i++) {
		const struct ejg_listener *seen = ejg_listener_get(survey, i);

		if (seen->port == listener->local_port && seen->cgroup_id == listener->cgroup_id &&
		    !memcmp(seen->address.bytes, listener->local.bytes, sizeof(seen->address.bytes)) && seen->pid > 0 &&
		    has_holder(survey, seen->pid, wanted))
			return true;
	}
	return false;
}

bool outside_is_held_inside(struct ejg_call *call, const struct socket_info *listener)
{
	return is_held_by(call, listener, INSIDE);
}

/* Whoever knows the service's cookie is let in by such a node, too: it reads the same file. */
static void warn_of_other(struct ejg_call *call, const char *subject, const char *where)
{
	ejg_call_finding(
		call, "node-unguarded", subject,
		"another node of the service's user listens there%s, outside of the service's cgroups: nothing "
		"decides who connects",
		where);
}

bool outside_fails(struct ejg_call *call, const struct socket_info *listener, const char *subject, const char *where)
{
	const struct policy_address address = net_address(&listener->local);

	if ((is_loopback(&address) && !is_wildcard(&address)) || outside_is_guarded(call, listener))
		return false;
	if (is_held_by(call, listener, OTHER_NODE_OUTSIDE))
		warn_of_other(call, subject, where);
	if (is_held_by(call, listener, INSIDE))
		ejg_call_finding(call, "listener-unguarded", subject,
				 "a process of the service listens there%s, but made the listener outside of the "
				 "service's cgroups: nothing decides who connects until it is restarted",
				 where);
	else if (is_held_by(call, listener, NODE_OUTSIDE))
		ejg_call_finding(call, "listener-unguarded", subject,
				 "a node of the service listens there%s, outside of the service's cgroups: nothing "
				 "decides who connects",
				 where);
	else
		return false;
	return true;
}

bool outside_is_unconfined(struct ejg_call *call, const struct socket_info *listener, const char *subject,
			   const char *cgroup, const char *where)
{
	if (!is_held_by(call, listener, NODE_OUTSIDE))
		return false;
	ejg_call_finding(call, "node-unconfined", subject,
			 "a node of the service runs in the cgroup %s, which is not the service's%s: the guard decides "
			 "who connects to it, but not to which hosts it connects",
			 *cgroup ? cgroup : "(removed)", where);
	return true;
}
