/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each kind of file is held to. */
#ifndef EJG_FILES_POLICY_H
#define EJG_FILES_POLICY_H

#include <stdbool.h>
#include <sys/types.h>

enum file_group {
	GROUP_CONFIG,	   /* configuration that may hold passwords */
	GROUP_DATA,	   /* what is read as configuration and holds no secret */
	GROUP_KEY,	   /* private keys, other secrets */
	GROUP_CERTIFICATE, /* may hold a private key or not: its content says */
	GROUP_COOKIE,
	GROUP_LOG,
	GROUP_DUMP, /* crash dumps: the memory of the node, cookie and passwords included */
	GROUP_SPOOL,
	GROUP_BACKUP,
	GROUP_UPLOAD,
	GROUP_DOCROOT,
	GROUP_CODE, /* modules, programs: what the node runs */
	GROUP_SOCKET,
	GROUP_EXTRA,
	N_GROUPS,
};

/* Who is trusted with what. */
enum file_trust {
	TRUST_SERVICE, /* root and the service */
	TRUST_LOGS,    /* and the groups that may read logs */
	TRUST_KEYS,    /* and the groups that the service shares keys with */
	N_TRUSTS,
};

struct file_policy {
	const char *what;	/* for people: "a log" */
	const char *readable;	/* finding when others read it; NULL: everybody may */
	const char *writable;	/* finding when others write it */
	enum file_trust reader; /* who may read it */
};

extern const struct file_policy file_policies[N_GROUPS];

/* The group of an entry of a folder of `group`, by its name: a dump, a key or a backup is one wherever it lies. */
enum file_group file_group_of(enum file_group group, const char *name, bool folder);

#endif
