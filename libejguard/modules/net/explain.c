/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * explain: the decision that the kernel would make. The policy is read from the kernel, and the decision is made by the
 * same code as in the programs (bpf/policy-match.h).
 */
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/modules/net/address.h"
#include "libejguard/modules/net/match.h"
#include "libejguard/modules/net/net.h"
#include "libejguard/modules/net/sharing.h"
#include "libejguard/util/cleanup.h"

/* "198.51.100.0-198.51.100.255", or a single address. */
#define RANGE_TEXT_SIZE (2 * INET6_ADDRSTRLEN + 2)

static void format_address(const struct policy_address *address, char text[static INET6_ADDRSTRLEN])
{
	uint64_t words[2] = { htobe64(address->high), htobe64(address->low) };

	if (is_mapped(address))
		inet_ntop(AF_INET, (const char *)words + 12, text, INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET6, words, text, INET6_ADDRSTRLEN);
}

static const char *format_range(const struct policy_range *range, char text[static RANGE_TEXT_SIZE])
{
	char first[INET6_ADDRSTRLEN], last[INET6_ADDRSTRLEN];

	format_address(&range->first, first);
	format_address(&range->last, last);
	if (strcmp(first, last))
		snprintf(text, RANGE_TEXT_SIZE, "%s-%s", first, last);
	else
		snprintf(text, RANGE_TEXT_SIZE, "%s", first);
	return text;
}

struct net_explanation {
	struct ejg_call *call;
	const struct decision *d;
	const struct ejg_question *question;
	struct policy_address address;
	const struct sharing *sharing; /* policies of other services; or NULL */
};

static void answer_range(const struct net_explanation *e, const char *what, const struct policy_range *range)
{
	const char *file = range->file < POLICY_MAX_FILES ? e->d->head->files[range->file] : NULL;
	char text[RANGE_TEXT_SIZE];

	ejg_call_answer(e->call, true, file, range->line, "%s %s", what, format_range(range, text));
}

/* Answers with the line of the module, for rules that have no line of their own. */
static void answer(const struct net_explanation *e, bool allowed, const char *rule)
{
	uint32_t line;
	const char *file = ejg_call_where(e->call, &line);

	if (!allowed && e->d->head->flags & POLICY_PERMISSIVE)
		ejg_call_answer(e->call, true, file, line, "would be refused, is only counted (mode=permissive): %s",
				rule);
	else
		ejg_call_answer(e->call, allowed, file, line, "%s", rule);
}

static void explain_bind(const struct net_explanation *e)
{
	const struct policy_head *head = e->d->head;
	const struct policy_range *listen = find_listen(head, &e->address);

	switch (decide_bind(e->d, e->question->port, e->address)) {
	case POLICY_BIND_ADDRESS:
		return answer(e, false, "a private port may only be bound to addresses in listen=");
	case POLICY_BIND_WILDCARD:
		return answer(e, false, "wildcard=deny: a private port may not be bound to all addresses");
	default:
		break;
	}
	if (!e->question->port)
		return answer(e, true,
			      "port 0: the kernel chooses a port; the guard filters the packets that arrive there");
	if (!port_in(head->private_ports, e->question->port))
		return answer(e, true, "the port is not private");
	if (listen)
		return answer_range(e, "listen=", listen);
	if (head->wildcard == POLICY_WILDCARD_REWRITE)
		return answer(e, true,
			      "wildcard=rewrite: bound to the first address of listen= instead; refused where that is "
			      "impossible (dual stack, AF_UNSPEC)");
	answer(e, true, "wildcard=allow: bind is allowed; the guard filters the packets that arrive");
}

static void explain_connect(const struct net_explanation *e)
{
	const struct policy_head *head = e->d->head;
	const struct policy_range *listen = find_listen(head, &e->address), *peer = find_peer(e->d, &e->address, 0);

	if (decide_connect(e->d, e->question->port, e->address) != POLICY_ALLOWED)
		return answer(e, false,
			      "connections to epmd and distribution ports are allowed only to this host and to peers");
	if (!port_in(head->guarded_ports, e->question->port))
		return answer(e, true, "the port is neither epmd's nor in the distribution range");
	if (is_loopback(&e->address))
		return answer(e, true, "the address is loopback; refused if the socket is bound to another device");
	if (listen)
		return answer_range(e, "listen=", listen);
	answer_range(e, "peer", peer);
}

/* The first address of listen= that this peer can reach, the purpose of listen=. Otherwise no address. */
static struct policy_address reachable(const struct policy_head *head, const struct policy_address *source)
{
	for (uint32_t i = 0; i < head->n_listen && i < POLICY_MAX_LISTEN; i++) {
		struct policy_address first = head->listen[i].first;

		if (!is_loopback(&first) && is_mapped(&first) == is_mapped(source))
			return first;
	}
	return (struct policy_address){};
}

/* True if a service that shares the port allows the address at one of its own addresses. */
static bool is_anothers(const struct net_explanation *e)
{
	for (size_t i = 0; e->sharing && i < e->sharing->n; i++) {
		const struct policy_address local = reachable(&e->sharing->others[i].chunks[0].head, &e->address);

		if (sharing_admits(e->sharing, e->question->port, e->address, local, 0))
			return true;
	}
	return false;
}

static void explain_accept(const struct net_explanation *e)
{
	const struct policy_head *head = e->d->head;
	struct policy_address local = reachable(head, &e->address);

	if (!port_in(head->private_ports, e->question->port))
		return answer(e, true, "the port is not private");
	if (is_loopback(&e->address))
		return answer(e, true, "it comes over the loopback device");
	if (decide_accept(e->d, e->address, local, 0) != POLICY_ALLOWED && is_anothers(e))
		return answer(e, true, "the address is a peer of another service that uses the same port");
	switch (decide_accept(e->d, e->address, local, 0)) {
	case POLICY_SOURCE:
		return answer(e, false, "the address is not a peer's");
	case POLICY_LOCAL_ADDRESS:
		return answer(e, false, "listen= has no address of this family (IPv4 or IPv6) for the peer to reach");
	default:
		return answer_range(e, "peer", find_peer(e->d, &e->address, 0));
	}
}

static int explain_by(struct ejg_call *call, const struct net_policy *policy, const struct sharing *sharing,
		      const struct ejg_question *question)
{
	const struct decision d = net_decision(policy);
	struct net_explanation e = { .call = call, .d = &d, .question = question, .sharing = sharing };

	if (address_parse(question->address, &e.address) < 0)
		return ejg_call_error(call, -EINVAL, "write an IPv4 or IPv6 address", "'%s' is not an address",
				      question->address);
	switch (question->action) {
	case EJG_BIND:
		explain_bind(&e);
		return 0;
	case EJG_CONNECT:
		explain_connect(&e);
		return 0;
	case EJG_ACCEPT:
		explain_accept(&e);
		return 0;
	}
	return ejg_call_error(call, -EINVAL, NULL, "unknown action %d", question->action);
}

/* Answers by the policy in force. */
static int explain_current(struct ejg_call *call, const struct pins *pins, const struct ejg_question *question)
{
	struct net_policy policy = {};
	struct sharing sharing;
	cleanup_fd int fd = pins_get_policy(pins);
	int r = fd < 0 ? fd : pins_read_policy(fd, &policy);

	if (r < 0)
		return ejg_call_error(call, -EIO, "run: ejguard apply", "cannot read the policy below %s: %s",
				      pins->path, strerror(-r));
	sharing = sharing_read(pins);
	r = explain_by(call, &policy, &sharing, question);
	sharing_free(&sharing);
	net_policy_free(&policy);
	return r;
}

/* Answers by the stack, as after an apply. */
static int explain_trial(struct ejg_call *call, const struct ejg_question *question)
{
	struct net_policy policy = {};
	int r = net_expect_policy(call, &policy);

	if (r == 0)
		r = explain_by(call, &policy, NULL, question);
	net_policy_free(&policy);
	return r;
}

static int explain_applied(struct ejg_call *call, const struct ejg_question *question)
{
	struct pins pins = PINS_NULL;
	enum pins_state state = PINS_ABSENT;
	int r = pins_open_own(call, &pins, &state);

	if (r < 0)
		return r;
	if (state == PINS_CURRENT)
		r = explain_current(call, &pins, question);
	else if (state == PINS_ABSENT)
		ejg_call_answer(call, true, NULL, 0, "NOT GUARDED: nothing is applied, so nothing is refused");
	else
		r = ejg_call_error(call, -EACCES, "run: ejguard apply",
				   "%s was made by another version: its policy "
				   "cannot be read",
				   pins.path);
	pins_close(&pins);
	return r;
}

int net_explain(struct ejg_call *call, const struct ejg_question *question)
{
	if (question->by_user)
		return 0; /* net lets all of this host connect; module host decides for users */
	return ejg_call_trial(call) ? explain_trial(call, question) : explain_applied(call, question);
}
