/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A stack that is proposed from what was seen: connections and listeners now, and what permissive mode has let through.
 * What was not seen it does not allow.
 */
#ifndef EJG_TOOL_LEARN_H
#define EJG_TOOL_LEARN_H

#include <ejguard/facts.h>

#include "tools/base/learned.h"
#include "tools/base/report.h"

enum {
	LEARN_MAX_HOSTS = 512,	/* more are no cluster: somebody floods the records */
	LEARN_MAX_CLIENTS = 64, /* connections to other ports than private ones: no more are named in comments */
	LEARN_MAX_MODULES = 64, /* no stack has more */
	LEARN_TEXT = 64,
};

/* Something that permissive mode let through. */
struct learn_record {
	enum {
		LEARN_OTHER,
		LEARN_IN,   /* somebody came to a private port */
		LEARN_OUT,  /* the service connected to a private port of somebody */
		LEARN_USER, /* a local user used a private port */
	} kind;
	char address[EJG_PREFIX_TEXT_SIZE];
	char user[LEARN_TEXT];
	uint16_t port;
	char *message;
};

/* How another host used the ports of the service; the higher one counts. */
enum learn_use {
	LEARN_CLIENT, /* no private port */
	LEARN_ASKER,  /* epmd only */
	LEARN_PEER,   /* the distribution; or the service connected to a private port of it */
};

/* Another host. Only peers are proposed, comments name the others. */
struct learn_host {
	char address[EJG_PREFIX_TEXT_SIZE];
	enum learn_use use;
	char *reason; /* of the first time of that use */
};

/* A local user. */
struct learn_user {
	char name[LEARN_TEXT];
	char *reason;
};

struct learn {
	struct report *report;
	const struct ejg_facts *facts;
	const struct ejg_survey *survey;
	const struct ejg_module *modules[LEARN_MAX_MODULES]; /* of the stack in use: a survey loads more of them */
	size_t n_modules;
	struct learn_record *records;
	size_t n_records;
	struct learn_host *hosts; /* ordered by address, once all are known */
	size_t n_hosts;
	size_t n_clients; /* connections to other ports than private ones */
	struct learn_user *users;
	size_t n_users;
};

/* Takes what permissive mode has let through out of an event. Return: 0; -ENOMEM with the message set. */
int learn_record(struct learn *learn, const struct ejg_event *event);

/* True if the stack in use has this module. */
bool learn_has_module(const struct learn *learn, const char *name);

/* True if the port is a distribution port: in the facts, or registered in epmd by a node of the service. */
bool learn_is_dist(const struct learn *learn, uint16_t port);
/* True if the port is epmd's or a distribution port, and not a public one. */
bool learn_is_private(const struct learn *learn, uint16_t port);
/* True if two addresses are the same host's address. */
bool learn_is_same(const struct ejg_prefix *a, const struct ejg_prefix *b);
/* Whether an address is one of this host's. */
bool learn_is_here(const struct learn *learn, const struct ejg_prefix *address);

/* Fill in the hosts and the users. Return: 0; -EACCES, -ENOMEM with the message set. */
int learn_hosts(struct learn *learn);
int learn_users(struct learn *learn);

/*
 * Refuses where a port would be taken for a public one that may be the distribution's. Return: 0; -EACCES with the
 * message set.
 */
int learn_judge_nodes(struct learn *learn);

/* Writes the stack. Return: 0; -EACCES, -ENOMEM with the message set. */
int learn_propose(struct learn *learn, struct learned *ret);

/* Reasons for the peers of the stack in use that were not seen: none is lost without a word. Return: 0, -ENOMEM. */
int learn_put_unseen(const struct learn *learn, struct learned *ret);

void learn_free(struct learn *learn);

#endif
