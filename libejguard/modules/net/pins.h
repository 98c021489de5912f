/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The objects that stay in the kernel, in bpffs below /sys/fs/bpf/ejguard/SERVICE/, and for the module host in
 * SERVICE:host/:
 *
 *     meta, policy, counters, insiders, ...           maps: those of the kind (kind.h)
 *     bind4, bind6, connect4, ...                     programs: the hooks of the set (bpf/policy-names.h)
 *     links/ID/HOOK                                   links; ID is the kernel's id of the cgroup
 *     links/net:INODE/lookup                          links; INODE is that of the network namespace
 *
 * Such a folder is a set. A new set is made in SERVICE:new, with its policy and attached links. Then it replaces the
 * older one, which is renamed to SERVICE:old and removed last: there is no moment without a guard. (bpffs reserves
 * names with dots; the name of a service has no colon.)
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
	int maps[N_SET_MAPS];	      /* those of the kind */
	int programs[POLICY_N_HOOKS]; /* those of the set */
	uint32_t program_ids[POLICY_N_HOOKS];
};

#define PINS_NULL                                                                                                      \
	{                                                                                                              \
		.maps = { [0 ... N_SET_MAPS - 1] = -1 }, .programs = { [0 ... POLICY_N_HOOKS - 1] = -1 }               \
	}

/* True if a set has a program for a hook: it may have fewer than its kind. */
static inline bool pins_has(const struct pins *pins, enum policy_hook hook)
{
	return pins->meta.hooks & (1U << hook);
}

enum pins_state {
	PINS_ABSENT,
	PINS_CURRENT,  /* made by programs like ours */
	PINS_OUTDATED, /* of an older layout, of other programs, or damaged: will be replaced */
	PINS_NEWER,    /* of a newer layout: must not be changed */
};

/* Formats a path. One that is too long is cut and does not exist; no path here can be that long. */
void pins_format(char path[static PINS_PATH_SIZE], const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The path of the set of a service. */
void pins_path(const char *service, char path[static PINS_PATH_SIZE]);

/* True if a bpffs is mounted at its place; otherwise there are no pins. */
bool pins_possible(void);

/*
 * Checks that pins can be made and read: bpffs is mounted, and our folder in it, if any, belongs to root alone.
 * Return: 0, -EOPNOTSUPP, -EPERM, -EIO; the error is set on the call.
 */
int pins_probe(struct ejg_call *call);

/*
 * Opens the set of a service. If the set is not PINS_CURRENT, only its meta is read.
 * Return: 0 and *ret_state, -EPERM, -EIO; the error is set on the call.
 */
int pins_open(struct ejg_call *call, const char *service, struct pins *ret, enum pins_state *ret_state);
/* The same for the service of the call, after pins_probe(). Return: as both. */
int pins_open_own(struct ejg_call *call, struct pins *ret, enum pins_state *ret_state);
/* Opens the maps and programs of the set at pins->path. Return: 0 or a negative errno; close in either case. */
int pins_reopen(struct pins *pins);
/*
 * Opens the maps of the set at pins->path that its replacement keeps, whatever its programs. Return: 0, -EUCLEAN when
 * it is damaged or of another layout, or another negative errno; close in either case.
 */
int pins_open_kept(struct pins *pins);
void pins_close(struct pins *pins);

/* Makes the folder of links at path, in the folder of the set. Return: 0 or a negative errno. */
int pins_make_links(const struct pins *pins, const char *path);
/* Calls fn for each folder of links of the set. Return: 0 or a negative errno. */
int pins_each_links(const struct pins *pins, void (*fn)(void *data, const char *name), void *data);

/* Makes a map for a policy, small or large, fills it and freezes it. Return: a descriptor or a negative errno. */
int pins_make_policy(const struct net_policy *policy);

/* The array that is for a policy's map: SET_POLICY or SET_POLICY_LARGE. Return: it or a negative errno. */
int pins_policy_kind(int policy_fd);

/*
 * The two arrays of a set that hold policies, by owner: entry 0 is the set's own. A set of an older layout has only the
 * large one, which it calls `policy`; small is -1 then.
 */
struct policy_arrays {
	int small;
	int large;
};

struct policy_arrays pins_arrays(const struct pins *pins);

/* Puts a policy in force. Waits until no decision uses the old one. Return: 0 or a negative errno. */
int pins_put_policy(const struct policy_arrays *arrays, uint32_t owner, int policy_fd);
/* The same for the set's own policy. */
int pins_set_policy(const struct pins *pins, int policy_fd);
/* Removes a policy. Return: 0 or a negative errno. */
int pins_drop_policy(const struct policy_arrays *arrays, uint32_t owner);

/* The id of the map of the policy in force, 0 when no policy is. Return: 0 or a negative errno. */
int pins_policy_id(const struct policy_arrays *arrays, uint32_t owner, uint32_t *ret);

/*
 * Removes a large policy that a small one hides: an apply that was killed has left it. Return: 0 or a negative errno.
 */
int pins_clear_hidden(const struct pins *pins);

/* The policy in force. Return: a descriptor, -ENOENT when no policy is in force, or another negative errno. */
int pins_open_policy(const struct policy_arrays *arrays, uint32_t owner);
/* The same for the set's own policy. */
int pins_get_policy(const struct pins *pins);

/* Compares the policy in force with this one. Return: 1 if they are equal, 0 if not, or a negative errno. */
int pins_policy_equals(int policy_fd, const struct net_policy *policy);

/*
 * Reads a policy from the kernel; free by net_policy_free(). Return: 0, -EUCLEAN when it is not of this layout or of
 * one with the same large policies, or another negative errno; *ret untouched on failure.
 */
int pins_read_policy(int policy_fd, struct net_policy *ret);
/* The same for its head only. */
int pins_read_head(int policy_fd, struct policy_head *ret);

/* The sum of a counter over all CPUs: one of POLICY_COUNTER(). Return: 0 or a negative errno. */
int pins_read_counter(const struct pins *pins, uint32_t counter, uint64_t *ret);

/*
 * Takes the lock for data that services share, in addition to each service's own lock: while it is held, every set is
 * complete and has one name.
 * Return: a descriptor or a negative errno.
 */
int pins_lock(void);

/* Removes a set, links first. A missing set is no error. Return: 0 or a negative errno. */
int pins_remove(const char *set_path);

/* Removes our folder in bpffs when it is empty. */
void pins_remove_root(void);

/*
 * Pins the loaded programs of these hooks, which have a policy, as SERVICE:new, and opens that set.
 * Return: 0 or a negative errno.
 */
int pins_create(struct bpf_object *loaded, const char *service, uint32_t hooks, struct pins *ret);

/*
 * Replaces SERVICE by SERVICE:new: links of cgroups that the new set does not have (removed cgroups with open sockets)
 * are moved, then the old set is removed. Return: 0 or a negative errno; pins->path is updated.
 */
int pins_install(const char *service, struct pins *pins);

/*
 * Cleans up after an interrupted pins_install(): removes SERVICE:old and SERVICE:new, but only if SERVICE exists.
 * Return: 0 or a negative errno.
 */
int pins_tidy(const struct pins *pins, const char *service);

/* The name of a map in a set, also as a pin. */
const char *pins_map_name(enum set_map map);

/* True if pins_install() was interrupted: a former set is still in force, with another name. */
bool pins_interrupted(const char *service);

#endif
