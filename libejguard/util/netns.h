/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Network namespaces. Sockets, addresses, interfaces and the settings below /proc/sys/net are separate in each
 * namespace: those of a service are read in the service's namespaces, which may differ from the caller's (containers,
 * PrivateNetwork=, NetworkNamespacePath=).
 */
#ifndef EJG_UTIL_NETNS_H
#define EJG_UTIL_NETNS_H

#include <ejguard/facts.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define NETNS_LABEL_SIZE 128

struct netns {
	int fd;
	dev_t device;
	ino_t inode;
	bool own;	   /* the caller's */
	bool member;	   /* has a process of one of the cgroups */
	bool made_by_user; /* another user namespace than the caller's owns it: it can be made, and set up, without
			      privilege */
	char label[NETNS_LABEL_SIZE]; /* "of process 4711", "at /run/netns/blue"; empty for the caller's own */
};

/*
 * In this order: namespaces of the cgroups' processes, the caller's, those with a name in the file system, all others
 * that are visible. At most 512; at most 256 of them made by users.
 */
struct netns_list {
	struct netns *items;
	size_t n;
	char unseen[256];	       /* why a namespace of the cgroups' processes is missing; or empty */
	bool cut;		       /* there are more, without a process of the cgroups */
	char hidden[NETNS_LABEL_SIZE]; /* one of the mounts whose namespace cannot be opened: "at /run/netns/blue"; or
					  empty */
};

/*
 * Finds the network namespaces of this host: those of all threads of the processes of some cgroups, and those of
 * any other process or mount. A namespace that only an open socket keeps alive is not found.
 * @cgroups: absolute paths; NULL entries are skipped
 *
 * Return: 0, free by netns_free(); -ENOMEM, or the errno of opening the caller's own namespace. *ret is untouched on
 * failure.
 */
int netns_find(const char *const *cgroups, size_t n_cgroups, struct netns_list *ret);
/* For people: "this network namespace", "network namespace of process 4711". */
#define NETNS_NAME_SIZE (NETNS_LABEL_SIZE + 32)
const char *netns_name(const struct netns *netns, char text[static NETNS_NAME_SIZE]);

void netns_free(struct netns_list *list);

/* Finds only those of the cgroups' processes, or the caller's own if they have none. Return: as netns_find(). */
int netns_find_members(const char *const *cgroups, size_t n_cgroups, struct netns_list *ret);

/* The same for the cgroups of the service that exist now. */
int netns_find_homes(const struct ejg_facts *facts, struct netns_list *ret);

/*
 * Runs a function in a network namespace and waits for it. It runs in a new thread, because the caller's thread must
 * never leave its namespace. That thread handles no signals.
 *
 * Return: the function's result, or a negative errno when it could not be run there.
 */
int netns_run(const struct netns *netns, int (*fn)(void *data), void *data);

#endif
