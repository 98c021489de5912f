/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* explain --user: the kernel's decision about an attempt of a local user. */
#include <bpf/bpf.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "libejguard/modules/host/host.h"
#include "libejguard/modules/net/address.h"
#include "libejguard/modules/net/match.h"
#include "libejguard/modules/net/sharing.h"
#include "libejguard/util/cleanup.h"

struct host_explanation {
	struct ejg_call *call;
	const struct ejg_question *question;
	struct decision d;
	struct policy_address address;
	bool chosen;		/* the service chose the port, and it is not public */
	struct sharing sharing; /* users that other services allow at shared ports */
};

static void answer(const struct host_explanation *e, bool allowed, const char *rule)
{
	uint32_t line;
	const char *file = ejg_call_where(e->call, &line);

	if (!allowed && e->d.head->flags & POLICY_PERMISSIVE)
		ejg_call_answer(e->call, true, file, line, "would be refused, is only counted (mode=permissive): %s",
				rule);
	else
		ejg_call_answer(e->call, allowed, file, line, "%s", rule);
}

static bool is_named(const struct ejg_facts *facts, uid_t uid)
{
	for (size_t i = 0; i < facts->n_users; i++)
		if (facts->users[i] == uid)
			return true;
	return false;
}

static void answer_user(const struct host_explanation *e)
{
	const struct ejg_facts *facts = ejg_call_facts(e->call);

	if (is_named(facts, e->question->uid))
		ejg_call_answer(e->call, true, facts->users_origin.file, facts->users_origin.line,
				"the user is one of 'set users'");
	else
		answer(e, true, "root, the service's user and epmd's user are always allowed");
}

static bool is_user_of_another(const struct host_explanation *e)
{
	for (size_t i = 0; i < e->sharing.n; i++) {
		const struct policy_head *head = &e->sharing.others[i].chunks->head;

		if (shares_port(head, e->question->port) && user_in(head, e->question->uid))
			return true;
	}
	return false;
}

static void explain_by(const struct host_explanation *e)
{
	const bool guarded = port_in(e->d.head->guarded_ports, e->question->port);

	if (!guarded && !e->chosen)
		return answer(e, true,
			      "the port is not epmd's, not in the distribution range, and not one on which the service "
			      "listens by its own choice");
	if (user_in(e->d.head, e->question->uid))
		return answer_user(e);
	if (guarded && is_user_of_another(e))
		return answer(e, true, "the user is one of another service that uses this port, too");
	if (e->question->action == EJG_BIND)
		return answer(e, false, "only the service and its users may bind a private port, at any address");
	if (is_loopback(&e->address) || host_is_own(&e->address) || find_listen(e->d.head, &e->address))
		return answer(e, false, "only the service and its users may connect to a private port of this host");
	if (guarded && find_peer(&e->d, &e->address, 0))
		return answer(e, false,
			      "the address is a peer's: only the service and its users may connect to private ports of "
			      "peers");
	answer(e, true, "the address is neither this host's nor a peer's");
}

static bool is_chosen(const struct pins *pins, uint16_t port)
{
	cleanup_free struct policy_ports *ports = calloc(1, sizeof(*ports));
	uint32_t zero = 0;

	return ports && bpf_map_lookup_elem(pins->maps[SET_PORTS], &zero, ports) == 0 && ports->chosen[port];
}

static int explain_current(const struct pins *pins, struct host_explanation *e)
{
	struct net_policy policy = {};
	cleanup_fd int fd = pins_get_policy(pins);
	int r = fd < 0 ? fd : pins_read_policy(fd, &policy);

	if (r < 0)
		return ejg_call_error(e->call, -EIO, "run: ejguard apply", "cannot read the policy below %s: %s",
				      pins->path, strerror(-r));
	e->d = net_decision(&policy);
	e->sharing = sharing_read(pins);
	e->chosen = port_in(e->d.head->private_ports, e->question->port) && is_chosen(pins, e->question->port);
	explain_by(e);
	sharing_free(&e->sharing);
	net_policy_free(&policy);
	return 0;
}

static int explain_applied(struct host_explanation *e)
{
	struct pins pins = PINS_NULL;
	enum pins_state state = PINS_ABSENT;
	int r = pins_probe(e->call);

	if (r == 0)
		r = pins_open(e->call, ejg_call_facts(e->call)->service, &pins, &state);
	if (r < 0)
		return r;
	if (state == PINS_CURRENT)
		r = explain_current(&pins, e);
	else if (state == PINS_ABSENT)
		ejg_call_answer(e->call, true, NULL, 0, "NOT GUARDED: nothing is applied, so nothing is refused");
	else
		r = ejg_call_error(e->call, -EACCES, "run: ejguard apply",
				   "%s was made by another version: its policy "
				   "cannot be read",
				   pins.path);
	pins_close(&pins);
	return r;
}

static int explain_trial(struct host_explanation *e)
{
	struct net_policy policy = {};
	int r = host_make_policy(e->call, true, &policy);

	if (r == 0) {
		e->d = net_decision(&policy);
		explain_by(e);
	}
	net_policy_free(&policy);
	return r;
}

int host_explain(struct ejg_call *call, const struct ejg_question *question)
{
	struct host_explanation e = { .call = call, .question = question };

	if (!question->by_user)
		return 0; /* a question about the service, which this module allows */
	if (question->action == EJG_ACCEPT)
		return ejg_call_error(call, -EINVAL, "ask what the user may bind or connect to",
				      "a user cannot be given with accept");
	if (address_parse(question->address, &e.address) < 0)
		return ejg_call_error(call, -EINVAL, "write an IPv4 or IPv6 address", "'%s' is not an address",
				      question->address);
	return ejg_call_trial(call) ? explain_trial(&e) : explain_applied(&e);
}
