/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks and splits node names, by the rules of ejabberdctl and Erlang. */
#ifndef EJG_NODE_NAME_H
#define EJG_NODE_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* Maximum characters of an atom, and so of a node's name (erts/emulator/beam/atom.h, MAX_ATOM_CHARACTERS). */
#define NODE_NAME_MAX 255

struct node_name {
	const char *problem; /* why no node with this name starts or can be controlled (constant text); else NULL */
	bool is_long;	     /* ejabberdctl passes it by -name, not by -sname */
	bool has_host;	     /* false: Erlang adds the name of this host */
	char head[NODE_NAME_MAX + 1];
	char host[NODE_NAME_MAX + 1];
};

/* Splits a name. With a problem, head and host are empty. */
void node_name_read(const char *text, struct node_name *ret);

#endif
