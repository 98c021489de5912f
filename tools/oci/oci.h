/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A container, as its runtime describes it to a hook: the state of the OCI runtime specification, and /proc. */
#ifndef EJG_TOOL_OCI_H
#define EJG_TOOL_OCI_H

#include <stdio.h>
#include <sys/types.h>

#include "tools/base/report.h"

/* The annotation with the service, used if the hook's command line does not name one. */
#define OCI_ANNOTATION "ejguard.service"

struct oci_state {
	char *id;      /* printable */
	char *service; /* from the annotation; NULL: it has none */
	pid_t pid;     /* 0 when it has stopped */
	bool stopped;
};
void oci_state_free(struct oci_state *state);

/* Reads the state. Return: 0; -EINVAL, -EIO, -ENOMEM with the message set. */
int oci_state_read(FILE *in, struct report *report, struct oci_state *ret);

/*
 * The cgroup in which the container's processes start, as a path below the mount of cgroup2; the caller frees it.
 * Return: 0; -EINVAL when it has no cgroup of its own, -EIO, -ENOMEM, with the message set.
 */
int oci_cgroup(const struct oci_state *state, struct report *report, char **ret);

#endif
