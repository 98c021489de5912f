/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules for each kind of file. */
#ifndef EJG_FILES_POLICY_H
#define EJG_FILES_POLICY_H

#include <stdbool.h>
#include <sys/types.h>

enum file_group {
	GROUP_CONFIG,	   /* configuration that may contain passwords */
	GROUP_DATA,	   /* configuration without secrets */
	GROUP_KEY,	   /* private keys, other secrets */
	GROUP_CERTIFICATE, /* may contain a private key: its content decides */
	GROUP_COOKIE,
	GROUP_LOG,
	GROUP_DUMP, /* crash dumps: the memory of the node, with cookie and passwords */
	GROUP_SPOOL,
	GROUP_BACKUP,
	GROUP_UPLOAD,
	GROUP_DOCROOT,
	GROUP_CODE, /* modules, programs: code that the node runs */
	GROUP_SOCKET,
	GROUP_EXTRA,
	N_GROUPS,
};

/* The groups of trusted users. */
enum file_trust {
	TRUST_SERVICE, /* root and the service */
	TRUST_LOGS,    /* also the groups that may read logs */
	TRUST_KEYS,    /* also the groups with which the service shares keys */
	N_TRUSTS,
};

struct file_policy {
	const char *what;	/* for people: "a log" */
	const char *readable;	/* finding if others can read it; NULL: everybody may read it */
	const char *writable;	/* finding if others can write to it */
	enum file_trust reader; /* who may read it */
};

extern const struct file_policy file_policies[N_GROUPS];

/*
 * The group of an entry in a folder of `group`, by its name: a dump, a key or a backup is recognised in every folder.
 */
enum file_group file_group_of(enum file_group group, const char *name, bool folder);

#endif
