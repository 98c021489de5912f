/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The types of texts of one form, as econf.erl, yconf.erl and the modules of ejabberd look at them. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/modules/config/config.h"
#include "libejguard/modules/config/type.h"
#include "libejguard/util/cleanup.h"

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* Refuses only text that no host name can have; for other text ejabberd's answer depends on IDNA. */
static bool is_domain(const char *text, const char *type)
{
	(void)type;
	return *text && *text != '.' && !text[strcspn(text, " \t@/")] && !strstr(text, "..");
}

/* A domain, of which @HOST@ is each virtual host. */
static bool is_host(const char *text, const char *type)
{
	static const char word[] = "@HOST@";
	const char *place = strstr(text, word);
	char rest[512];

	if (!place)
		return is_domain(text, type);
	if (strlen(text) >= sizeof(rest))
		return true;
	memcpy(rest, text, (size_t)(place - text));
	strcpy(rest + (place - text), place + sizeof(word) - 2);
	rest[place - text] = 'h';
	return is_host(rest, type);
}

static bool is_lang(const char *text, const char *type)
{
	(void)type;
	return !text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")];
}

/* url, url(SCHEME,...) */
static bool is_url(const char *text, const char *type)
{
	const char *end = strstr(text, "://");
	size_t length = (size_t)(end - text);
	bool known = type[strlen("url")] != '(';

	for (const char *word = known ? NULL : type_inside(type); word && end && !known; word = type_next(word))
		known = (size_t)(type_end(word) - word) == length && strncmp(word, text, length) == 0;
	return end && known && end[3] && !strchr("/?#:", end[3]) && !strchr(end, ' ');
}

static bool is_contact(const char *text, const char *type)
{
	size_t scheme = strspn(text, letters);

	(void)type;
	return scheme && text[scheme] == ':' && text[scheme + 1] && !strchr(text + scheme + 1, ':');
}

static bool is_octal(const char *text, const char *type)
{
	(void)type;
	return *text && !text[strspn(text, "01234567")];
}

/* Erlang's re is the same library. What is too long is not tried. */
static bool is_re(const char *text, const char *type)
{
	PCRE2_SIZE offset;
	int error;
	pcre2_code *code;

	(void)type;
	if (strlen(text) > 1000)
		return true;
	code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, PCRE2_UTF, &error, &offset, NULL);
	pcre2_code_free(code);
	return code;
}

static bool is_glob(const char *text, const char *type)
{
	const char *open = strchr(text, '[');

	(void)type;
	return !open || (open[1] && strchr(open + 2, ']'));
}

static bool is_ip4(const char *text, const char *type)
{
	struct ejg_prefix address;

	(void)type;
	return !strchr(text, ':') && config_address(text, &address);
}

static bool is_ip6(const char *text, const char *type)
{
	struct ejg_prefix address;

	(void)type;
	return strchr(text, ':') && config_address(text, &address);
}

static bool has_one_at(const char *text)
{
	size_t end = strcspn(text, "/");
	const char *first = memchr(text, '@', end);

	return !first || !memchr(first + 1, '@', end - (size_t)(first + 1 - text));
}

static bool is_jid(const char *text, const char *type)
{
	size_t end = strcspn(text, "/");

	(void)type;
	return end && text[0] != '@' && text[end - 1] != '@' && has_one_at(text) && strcspn(text, " ") >= end;
}

/* Nodeprep, as far as ASCII goes. */
static bool is_name(const char *text, const char *type)
{
	(void)type;
	return !text[strcspn(text, " \"&'/:<>@")];
}

/* An account of an acl, with or without its server. */
static bool is_account(const char *text, const char *type)
{
	size_t name = strcspn(text, " \"&'/:<>@");

	return !text[name] || (text[name] == '@' && is_domain(text + name + 1, type));
}

/* A filter of LDAP, by its parentheses and, where it is only one, its operator: eldap_filter.erl. */
static bool is_filter(const char *text, const char *type)
{
	size_t depth = 0;

	(void)type;
	if (*text != '(' || !strchr(text, '='))
		return false;
	for (; *text; text++) {
		if (*text == '\\' && text[1])
			text++;
		else if (*text == '(')
			depth++;
		else if (*text == ')' && depth-- == 0)
			return false;
		if (depth == 0 && text[1])
			return false;
	}
	return depth == 0;
}

/* A filter of topics: # is the last level, + is a level, and nothing else has either (mqtt_codec.erl). */
static bool is_topic(const char *text, const char *type)
{
	(void)type;
	if (!*text)
		return false;
	for (size_t n; true; text += n + 1) {
		n = strcspn(text, "/");
		if (memchr(text, '#', n) && (n != 1 || text[n]))
			return false;
		if (memchr(text, '+', n) && n != 1)
			return false;
		if (!text[n])
			return true;
	}
}

static bool is_sip(const char *text, const char *type)
{
	(void)type;
	return strncmp(text, "sip:", 4) == 0 || strncmp(text, "sips:", 5) == 0;
}

/* The name of a command, or [tag:NAME]. */
static bool is_command(const char *text, const char *type)
{
	const char *name = text + (*text == '!');
	size_t n = strlen(name);

	(void)type;
	if (strncmp(name, "[tag:", 5) == 0)
		return name[n - 1] == ']';
	return *text && !strpbrk(name, " []");
}

static bool is_unix(const char *text, const char *type)
{
	(void)type;
	return strncmp(text, "unix:", 5) == 0;
}

static const struct {
	const char *type;
	bool (*fits)(const char *text, const char *type);
	const char *description;
} forms[] = {
	{ "account", is_account, "the name of an account" },
	{ "command", is_command, "the name of a command, or [tag:NAME]" },
	{ "contact", is_contact, "an address such as mailto:admin@example.com" },
	{ "domain", is_domain, "the name of a domain" },
	{ "filter", is_filter, "a filter of LDAP in parentheses" },
	{ "glob", is_glob, "a pattern whose brackets are closed" },
	{ "host", is_host, "the name of a domain" },
	{ "ipv4", is_ip4, "an IPv4 address" },
	{ "ipv6", is_ip6, "an IPv6 address" },
	{ "jid", is_jid, "an address such as admin@example.com" },
	{ "lang", is_lang, "a language such as en" },
	{ "name", is_name, "the name of an account without its server" },
	{ "octal", is_octal, "a mode in quotes, such as \"0750\"" },
	{ "re", is_re, "a regular expression" },
	{ "sip", is_sip, "an address such as sip:example.com" },
	{ "topic", is_topic, "a filter of topics such as a/+/b or a/#" },
	{ "unix", is_unix, "unix: and a path" },
	{ "url", is_url, "an address such as http://example.com" },
};

int type_fits_text(const char *type, const struct yml_node *value)
{
	const char *text = yml_text(value);

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (type_is(type, forms[i].type))
			return text && forms[i].fits(text, type);
	return -1;
}

const char *type_describe_text(const char *type)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (type_is(type, forms[i].type))
			return forms[i].description;
	return NULL;
}
