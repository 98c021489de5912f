/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Resolves the host part of a node's name, in the same order as Erlang. */
#ifndef EJG_NODE_HOSTS_H
#define EJG_NODE_HOSTS_H

#include <ejguard/facts.h>

#define NODE_HOST_TIMEOUT_MS 2000
#define NODE_HOST_MAX 16 /* addresses of one name; further ones are ignored */

enum node_host_source {
	NODE_HOST_UNKNOWN,  /* it does not resolve */
	NODE_HOST_LITERAL,  /* it is an address */
	NODE_HOST_INETRC,   /* {host, ...} in Erlang's own inetrc */
	NODE_HOST_FILE,	    /* /etc/hosts */
	NODE_HOST_RESOLVER, /* other sources of the system: usually DNS */
	NODE_HOST_TIMEOUT,  /* the resolver did not answer in time */
	NODE_HOST_UNASKED,  /* the resolver was not asked */
};

struct node_host {
	enum node_host_source source;
	struct ejg_prefix addresses[NODE_HOST_MAX];
	size_t n;
};

/* The sources for resolving a name. */
struct node_hosts_source {
	const char *root;   /* of an image; NULL or "": the system's own files */
	const char *inetrc; /* path or NULL */
	const char *hosts;  /* path: /etc/hosts */
	bool resolver;	    /* also ask the system's resolver */
	bool ipv6;	    /* the distribution runs over IPv6; else over IPv4 */
};

/* Return: 0, -ENOMEM or another negative errno when the resolver could not be asked at all. */
int node_host_resolve(const char *name, const struct node_hosts_source *source, struct node_host *ret);

enum node_host_class {
	NODE_CLASS_NOTHING,
	NODE_CLASS_LOOPBACK,
	NODE_CLASS_OWN,
	NODE_CLASS_ELSEWHERE,
};

/* The class of the most distant address. own: the addresses of this host. */
enum node_host_class node_host_classify(const struct node_host *host, const struct ejg_prefix *own, size_t n_own);

#endif
