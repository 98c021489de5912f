/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ejabberdctl: [ "$ERLANG_NODE" = "${ERLANG_NODE%.*}" ] && S="-s". A dot anywhere makes a long name, also before the @.
 * Erlang's rules: net_kernel.erl, valid_name_head() and validate_hostname(); measured with OTP 25.2.3.
 */
#include "libejguard/modules/node/name.h"

#include <string.h>

#define ALNUM "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

static const char *head_problem(const char *head, size_t length)
{
	const size_t good = strspn(head, ALNUM "_-");

	if (length == 0)
		return "there is nothing before the @";
	if (good >= length)
		return NULL;
	return head[good] == '.' ? "a dot before the @ makes it a long name (-name), but Erlang refuses a dot there"
				 : "only letters, digits, _ and - are allowed before the @";
}

/* Erlang accepts more characters than a host name may have; resolvers do not, and ejabberdctl puts it into code. */
static const char *host_problem(const char *host)
{
	if (!*host)
		return "there is nothing after the @: ejabberdctl cannot connect to such a node";
	if (strchr(host, '@'))
		return "it has more than one @";
	return host[strspn(host, ALNUM "_-.:")] ? "the part after the @ has a character that no host name has" : NULL;
}

void node_name_read(const char *text, struct node_name *ret)
{
	const size_t length = strnlen(text, NODE_NAME_MAX + 1);
	const char *at = memchr(text, '@', length);
	const size_t head = at ? (size_t)(at - text) : length;

	*ret = (struct node_name){ .is_long = strchr(text, '.') != NULL, .has_host = at != NULL };
	if (length == 0)
		ret->problem = "it is empty";
	else if (length > NODE_NAME_MAX)
		ret->problem = "it is longer than 255 characters, which Erlang does not allow";
	else
		ret->problem = head_problem(text, head);
	if (!ret->problem && at)
		ret->problem = host_problem(at + 1);
	if (ret->problem)
		return;
	memcpy(ret->head, text, head);
	if (at)
		memcpy(ret->host, at + 1, length - head - 1);
}
