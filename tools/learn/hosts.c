/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The other hosts, and the local users, that used epmd or the distribution. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/passwd.h"
#include "libejguard/util/trusted-users.h"
#include "tools/base/user-name.h"
#include "tools/learn/learn.h"

enum { MAX_ALWAYS = 4 }; /* root, the user of the service, epmd */

static int no_memory(struct learn *learn)
{
	return report_fail(learn->report, -ENOMEM, "out of memory");
}

static int add_host(struct learn *learn, const char *address, enum learn_use use, char *reason)
{
	struct learn_host *grown;

	for (size_t i = 0; i < learn->n_hosts; i++) {
		struct learn_host *host = &learn->hosts[i];

		if (strcmp(host->address, address) != 0)
			continue;
		if (use > host->use) {
			free(host->reason);
			host->reason = take_ptr(reason);
			host->use = use;
		}
		free(reason);
		return 0;
	}
	grown = learn->n_hosts < LEARN_MAX_HOSTS ? reallocarray(learn->hosts, learn->n_hosts + 1, sizeof(*grown))
						 : NULL;
	if (!grown) {
		free(reason);
		return learn->n_hosts < LEARN_MAX_HOSTS ? no_memory(learn)
							: report_fail(learn->report, -EACCES,
								      "more than %d other hosts used private ports: "
								      "these are not the nodes of one cluster; "
								      "write the peers by hand",
								      LEARN_MAX_HOSTS);
	}
	learn->hosts = grown;
	grown[learn->n_hosts] = (struct learn_host){ .use = use, .reason = reason };
	snprintf(grown[learn->n_hosts].address, sizeof(grown->address), "%s", address);
	learn->n_hosts++;
	return 0;
}

static int add_other(struct learn *learn, const char *address, char *reason)
{
	if (learn->n_clients < LEARN_MAX_CLIENTS) {
		learn->n_clients++;
		return add_host(learn, address, LEARN_CLIENT, reason);
	}
	free(reason);
	return 0;
}

/* A client of a public port chooses its own port number, which may be one of our private ones: it is not counted. */
static int add_connection(struct learn *learn, const struct ejg_connection *connection)
{
	const bool in = connection->direction != EJG_OUTGOING && learn_is_private(learn, connection->local_port);
	const bool out = connection->direction == EJG_OUTGOING && learn_is_private(learn, connection->remote_port);
	const bool dist = in && learn_is_dist(learn, connection->local_port);
	const bool outgoing = connection->direction == EJG_OUTGOING;
	char address[EJG_PREFIX_TEXT_SIZE], *reason;

	if (!connection->in_service || learn_is_here(learn, &connection->remote))
		return 0;
	if (asprintf(&reason, "%s %u%s",
		     outgoing ? "the service is connected to its port"
		     : dist   ? "is connected to the distribution port"
		     : in     ? "is connected to epmd only, port"
			      : "is connected to port",
		     outgoing ? connection->remote_port : connection->local_port,
		     in || out ? "" : ", which is not private") < 0)
		return no_memory(learn);
	ejg_prefix_format(&connection->remote, address);
	return in || out ? add_host(learn, address, out || dist ? LEARN_PEER : LEARN_ASKER, reason)
			 : add_other(learn, address, reason);
}

static int add_record(struct learn *learn, const struct learn_record *record)
{
	const bool is_peer = learn_is_private(learn, record->port) &&
			     (record->kind == LEARN_OUT || learn_is_dist(learn, record->port));
	char *reason;

	if (record->kind == LEARN_USER)
		return 0;
	if (asprintf(&reason, "was let through: %s", record->message) < 0)
		return no_memory(learn);
	return add_host(learn, record->address, is_peer ? LEARN_PEER : LEARN_ASKER, reason);
}

static int compare_hosts(const void *a, const void *b)
{
	return strcmp(((const struct learn_host *)a)->address, ((const struct learn_host *)b)->address);
}

int learn_hosts(struct learn *learn)
{
	int r = 0;

	for (size_t i = 0; i < learn->survey->n_connections && r == 0; i++)
		r = add_connection(learn, ejg_connection_get(learn->survey, i));
	for (size_t i = 0; i < learn->n_records && r == 0; i++)
		r = add_record(learn, &learn->records[i]);
	if (r == 0 && learn->n_hosts > 0)
		qsort(learn->hosts, learn->n_hosts, sizeof(*learn->hosts), compare_hosts);
	return r;
}

static bool is_seen(const struct learn *learn, const struct ejg_prefix *prefix)
{
	const char *problem = NULL;
	struct ejg_prefix host;

	for (size_t i = 0; i < learn->n_hosts; i++)
		if (learn->hosts[i].use == LEARN_PEER && prefix_parse(learn->hosts[i].address, &host, &problem) == 0 &&
		    prefix_contains(prefix, &host))
			return true;
	return false;
}

int learn_put_unseen(const struct learn *learn, struct learned *ret)
{
	char text[EJG_PREFIX_TEXT_SIZE];
	int r = 0;

	for (size_t i = 0; i < learn->facts->n_peers && r == 0; i++) {
		const struct ejg_peer *peer = ejg_peer_get(learn->facts, i);

		if (peer->name)
			r = learned_reason(ret, "in the stack in use, a name, which connections do not show: %s",
					   peer->name);
		else if (!is_seen(learn, &peer->prefix))
			r = learned_reason(ret, "in the stack in use, not seen now: %s",
					   ejg_prefix_format(&peer->prefix, text));
	}
	return r;
}

static int add_user(struct learn *learn, const char *name, char *reason)
{
	struct learn_user *grown;

	for (size_t i = 0; i < learn->n_users; i++)
		if (strcmp(learn->users[i].name, name) == 0) {
			free(reason);
			return 0;
		}
	grown = reallocarray(learn->users, learn->n_users + 1, sizeof(*grown));
	if (!grown) {
		free(reason);
		return no_memory(learn);
	}
	learn->users = grown;
	grown[learn->n_users] = (struct learn_user){ .reason = reason };
	snprintf(grown[learn->n_users].name, sizeof(grown->name), "%s", name);
	learn->n_users++;
	return 0;
}

/* Those who are always allowed need no line. */
static bool is_always_allowed(const struct learn *learn, uid_t uid)
{
	const struct trusted_users known = { .root = learn->facts->root,
					     .service = learn->facts->service,
					     .configured = ejg_survey_value(learn->survey, "user") };
	uid_t always[MAX_ALWAYS];
	const size_t n = trusted_users(&known, always, MAX_ALWAYS);

	for (size_t i = 0; i < n && i < MAX_ALWAYS; i++)
		if (always[i] == uid)
			return true;
	return false;
}

/* The end of a local user's connection, from outside of the service to one of its private ports. */
static int add_client(struct learn *learn, const struct ejg_connection *connection)
{
	cleanup_free char *user = user_name(learn->facts->root, connection->uid);
	char name[LEARN_TEXT], *reason;

	if (!user)
		return no_memory(learn);
	if (snprintf(name, sizeof(name), "%s", user) >= (int)sizeof(name))
		snprintf(name, sizeof(name), "%u", connection->uid);
	if (connection->in_service || connection->direction == EJG_INCOMING ||
	    !learn_is_here(learn, &connection->remote) || is_always_allowed(learn, connection->uid) ||
	    !learn_is_private(learn, connection->remote_port))
		return 0;
	if (asprintf(&reason, "is connected to the private port %u", connection->remote_port) < 0)
		return no_memory(learn);
	return add_user(learn, name, reason);
}

int learn_users(struct learn *learn)
{
	int r = 0;

	for (size_t i = 0; i < learn->survey->n_connections && r == 0; i++)
		r = add_client(learn, ejg_connection_get(learn->survey, i));
	for (size_t i = 0; i < learn->n_records && r == 0; i++) {
		const struct learn_record *record = &learn->records[i];
		uid_t uid = (uid_t)-1;
		char *reason;

		if (record->kind != LEARN_USER)
			continue;
		if (passwd_uid(learn->facts->root, record->user, &uid) == 0 && is_always_allowed(learn, uid))
			continue;
		if (asprintf(&reason, "was let through: %s", record->message) < 0)
			return no_memory(learn);
		r = add_user(learn, record->user, reason);
	}
	return r;
}
