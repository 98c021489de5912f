/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A container as its runtime tells a hook of it: the state of the OCI runtime specification, and what /proc says of it. */
#ifndef EJG_TOOL_OCI_H
#define EJG_TOOL_OCI_H

#include <stdio.h>
#include <sys/types.h>

#include "tools/base/report.h"

/* Names the service where the hook's command line does not. */
#define OCI_ANNOTATION "ejguard.service"

struct oci_state {
	char *id;      /* printable */
	char *service; /* of the annotation; NULL: it has none */
	pid_t pid;     /* 0 once it has stopped */
	bool stopped;
};
void oci_state_free(struct oci_state *state);

/* Reads the state. Return: 0; -EINVAL, -EIO, -ENOMEM with the message set. */
int oci_state_read(FILE *in, struct report *report, struct oci_state *ret);

/*
 * The cgroup that the container's processes are started in, by its path below the mount of cgroup2; to be freed.
 * Return: 0; -EINVAL where it has none of its own, -EIO, -ENOMEM, with the message set.
 */
int oci_cgroup(const struct oci_state *state, struct report *report, char **ret);

#endif
