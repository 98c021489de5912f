/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What stays in the kernel, in bpffs below /sys/fs/bpf/ejguard/SERVICE/, and of the module host in SERVICE:host/:
 *
 *     meta, policy, counters, insiders, ...           maps: those of the kind (kind.h)
 *     bind4, bind6, connect4, ...                     programs: the hooks of the set (bpf/policy-names.h)
 *     links/ID/HOOK                                   links; ID is the kernel's id of the cgroup
 *     links/net:INODE/lookup                          links; INODE is that of the network namespace
 *
 * Such a folder is a set. A new set is made in SERVICE:new, with the policy in it and the links attached, and only then
 * takes the place of an older one, which moves to SERVICE:old and goes last: there is no moment without a guard.
 * (bpffs reserves names with dots; a colon cannot stand in a service's name.)
 *
 * Every change is made under the lock of the service.
 */
#ifndef EJG_NET_PINS_H
#define EJG_NET_PINS_H

#include <ejguard/module.h>
#include <linux/types.h>
#include <limits.h>

#include "libejguard/modules/net/kind.h"
#include "libejguard/modules/net/policy.h"
#include "libejguard/modules/net/programs.h"

#define PINS_BPFFS "/sys/fs/bpf"
#define PINS_ROOT PINS_BPFFS "/ejguard"

/* Room for PINS_ROOT/SERVICE:new/links/ID/HOOK with names as long as names can be. */
#define PINS_PATH_SIZE 1024

/* An open set. Descriptors are -1 when not open. */
struct pins {
	char path[PINS_PATH_SIZE];
	struct policy_meta meta;
	int maps[N_SET_MAPS]; /* those that the kind has */
	int programs[POLICY_N_HOOKS]; /* those that the set has */
	uint32_t program_ids[POLICY_N_HOOKS];
};

#define PINS_NULL                                                                                                      \
	{ .maps = { [0 ... N_SET_MAPS - 1] = -1 }, .programs = { [0 ... POLICY_N_HOOKS - 1] = -1 } }

/* Whether a set has a program for a hook: it may have less than its kind. */
static inline bool pins_has(const struct pins *pins, enum policy_hook hook)
{
	return pins->meta.hooks & (1U << hook);
}

enum pins_state {
	PINS_ABSENT,
	PINS_CURRENT,  /* made by programs like ours */
	PINS_OUTDATED, /* of an older layout, of other programs, or damaged: to be replaced */
	PINS_NEWER,    /* of a newer layout: not ours to touch */
};

/* Writes a path. One that is too long is cut, which no path here can be: a cut one names nothing. */
void pins_format(char path[static PINS_PATH_SIZE], const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The path of the set of a service. */
void pins_path(const char *service, char path[static PINS_PATH_SIZE]);

/*
 * Whether pins can be made and read: bpffs is mounted, our folder in it, if any, is root's alone.
 * Return: 0, -EOPNOTSUPP, -EPERM, -EIO; the error is set on the call.
 */
int pins_probe(struct ejg_call *call);

/*
 * Opens the set of a service. Of a set that is not PINS_CURRENT nothing is open but what meta says.
 * Return: 0 and *ret_state, -EPERM, -EIO; the error is set on the call.
 */
int pins_open(struct ejg_call *call, const char *service, struct pins *ret, enum pins_state *ret_state);
/* The same for the service of the call, after pins_probe(). Return: as both. */
int pins_open_own(struct ejg_call *call, struct pins *ret, enum pins_state *ret_state);
/* Opens the maps and programs of the set at pins->path. Return: 0 or a negative errno; close in either case. */
int pins_reopen(struct pins *pins);
/*
 * Opens the maps of the set at pins->path that a set in its place keeps, whatever programs it has. Return: 0, -EUCLEAN when it is
 * damaged or of another layout, or another negative errno; close in either case.
 */
int pins_open_kept(struct pins *pins);
void pins_close(struct pins *pins);

/* Makes the folder of links at path, in the folder of the set. Return: 0 or a negative errno. */
int pins_make_links(const struct pins *pins, const char *path);
/* Calls fn for each folder of links of the set. Return: 0 or a negative errno. */
int pins_each_links(const struct pins *pins, void (*fn)(void *data, const char *name), void *data);

/* Makes an empty, frozen-to-be map for a policy, fills and freezes it. Return: a descriptor or a negative errno. */
int pins_make_policy(const struct net_policy *policy);

/* Puts a policy in force. Waits until no decision uses the old one. Return: 0 or a negative errno. */
int pins_set_policy(const struct pins *pins, int policy_fd);

/* The policy in force. Return: a descriptor, -ENOENT when there is none, or a negative errno. */
int pins_get_policy(const struct pins *pins);

/* Whether the policy in force is this one. Return: 1, 0 or a negative errno. */
int pins_policy_equals(int policy_fd, const struct net_policy *policy);

/*
 * Reads a policy back from the kernel; to be freed by net_policy_free(). Return: 0, -EUCLEAN when it is none of this
 * layout, or another negative errno; *ret untouched on failure.
 */
int pins_read_policy(int policy_fd, struct net_policy *ret);

/* Sum over the CPUs of a counter: one of POLICY_COUNTER(). Return: 0 or a negative errno. */
int pins_read_counter(const struct pins *pins, uint32_t counter, uint64_t *ret);

/*
 * Services have locks of their own; this one is for what they share: whoever holds it sees every set by one name, and whole.
 * Return: a descriptor or a negative errno.
 */
int pins_lock(void);

/* Removes a set, links first. A missing one is fine. Return: 0 or a negative errno. */
int pins_remove(const char *set_path);

/* Removes our folder in bpffs when it is empty. */
void pins_remove_root(void);

/*
 * Pins what was loaded, the programs of these hooks, with the policy in it, as SERVICE:new, and opens that set.
 * Return: 0 or a negative errno.
 */
int pins_create(struct bpf_object *loaded, const char *service, uint32_t hooks, int policy_fd, struct pins *ret);

/*
 * Lets SERVICE:new take the place of SERVICE: links of cgroups that the new set does not know (removed ones whose
 * sockets still live) move along, then the old set goes. Return: 0 or a negative errno; pins->path is updated.
 */
int pins_install(const char *service, struct pins *pins);

/*
 * Ends what an interrupted pins_install() left: SERVICE:old and SERVICE:new go. Only when SERVICE is there.
 * Return: 0 or a negative errno.
 */
int pins_tidy(const struct pins *pins, const char *service);

/* The name that a map has in a set, and as a pin. */
const char *pins_map_name(enum set_map map);

/* Whether pins_install() was interrupted: a former set still guards, by another name. */
bool pins_interrupted(const char *service);

#endif
