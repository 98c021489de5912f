/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's tables of distinct denials: reads and formats them. */
#ifndef EJG_NET_DENIALS_H
#define EJG_NET_DENIALS_H

#include "libejguard/modules/net/pins.h"

struct denial {
	struct policy_denial_key key;
	struct policy_denial row;
};

struct denial_list {
	struct denial *items;
	size_t n;
};

/*
 * Reads both tables, sorted by key. Return: 0 or a negative errno; free by denials_free(); *ret untouched on failure.
 */
int denials_read(const struct pins *pins, struct denial_list *ret);
void denials_free(struct denial_list *list);

/* Sorts the rows by their last denial, the newest first: denials_find() does not find in them then. */
void denials_sort_newest(struct denial_list *list);

/* The row of a key in a list of denials_read(), or NULL. */
const struct denial *denials_find(const struct denial_list *list, const struct policy_denial_key *key);

/* Converts a time of CLOCK_BOOTTIME to CLOCK_REALTIME, both in nanoseconds. */
uint64_t denial_realtime(uint64_t boottime);

/* A denial as text. Labels point into the texts here. */
#define DENIAL_LABELS 11
struct denial_words {
	struct ejg_label labels[DENIAL_LABELS];
	size_t n_labels;
	char address[64];
	char port[8];
	char user[64]; /* this, uid, pid and command: only of attempts from inside */
	char uid[16];
	char pid[16];
	char command[sizeof(((struct policy_denial *)0)->command) + 1];
	char cgroup[PATH_MAX];
	char unit[NAME_MAX + 1]; /* "": the cgroup is not one of a unit, is unknown, or was removed */
	char line[512];
};
/* Names cgroups and ports by the facts. */
void denial_describe(const struct ejg_facts *facts, const struct denial *denial, struct denial_words *ret);

#endif
