/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How good a cookie is against those who guess. */
#include <string.h>
#include <unistd.h>

#include "libejguard/modules/cookie/cookie.h"
#include "libejguard/modules/cookie/strength.h"

/*
 * A handshake shows MD5(cookie, challenge): whoever sees one can try cookies at home, some ten millions a second on one
 * core. 2^64 tries are then within reach of those who own hardware for it; 2^80 are not today.
 */
enum {
	BITS_WEAK = 64,
	BITS_SHORT = 80,
};

static void say_generated(struct audit *audit, const char *subject)
{
	audit_say(audit, "generated", subject, advise_rotate(audit, subject),
		  "was made by Erlang's own generator: that has 2^36 states, and the clock by which it is seeded "
		  "leaves about "
		  "2^26; who sees one handshake tries them all in seconds, and over the network at 1000 a second it "
		  "takes "
		  "half a day");
}

static bool judge_capitals(struct audit *audit, const struct cookie *cookie, const char *subject)
{
	bool generated;

	if (!cookie_is_capitals(cookie))
		return false;
	generated = seed_recover(cookie->text, &audit->vault->seed);
	explicit_bzero(&audit->vault->seed, sizeof(audit->vault->seed));
	if (generated)
		say_generated(audit, subject);
	else
		audit_say(audit, "capitals", subject, NULL,
			  "is 20 capital letters, but no seed makes Erlang's generator write them: 94 bits when they "
			  "were "
			  "drawn at random");
	return generated;
}

static void judge_bits(struct audit *audit, const struct cookie *cookie, const char *subject, bool first)
{
	char host[256] = "";
	const char *local[] = { audit->facts->service,
				audit->service.known ? audit->service.user : audit->facts->service,
				gethostname(host, sizeof(host) - 1) == 0 && *host ? host : audit->facts->service,
				NULL };
	unsigned int bits = strength_bits(cookie, local);

	if (bits >= BITS_SHORT && cookie->n >= audit->config->min_length)
		return;
	if (first)
		audit->reasons |= COOKIE_GUESSABLE;
	if (bits < BITS_WEAK)
		audit_say(audit, "weak", subject, advise_rotate(audit, subject),
			  "holds a cookie that is worth at most about %u bits: who sees one handshake can find it by "
			  "trying",
			  bits);
	else
		audit_say(audit, "short", subject, advise_rotate(audit, subject),
			  "holds a cookie of %zu characters, worth at most about %u bits", cookie->n, bits);
}

void judge_value(struct audit *audit, const struct cookie *cookie, const char *subject, bool first)
{
	bool known = strength_is_known(cookie);

	audit->judged = true;
	if (cookie_has_edge_blank(cookie))
		audit_say(
			audit, "blank", subject, advise_remove(audit, subject),
			"begins or ends with a blank, which counts: other nodes and tools that lose it cannot connect");
	if (cookie_has_sign(cookie))
		audit_say(audit, "leading-sign", subject, advise_remove(audit, subject),
			  "begins with + or -: on a command line Erlang takes such a cookie for an option");
	if (known)
		audit_say(audit, "well-known", subject, advise_rotate(audit, subject),
			  "holds a cookie from a product's defaults or a manual: those are the first that an attacker "
			  "tries");
	if (!known && !judge_capitals(audit, cookie, subject))
		judge_bits(audit, cookie, subject, first);
	else if (first)
		audit->reasons |= COOKIE_GUESSABLE;
	vault_burn_stack();
}
