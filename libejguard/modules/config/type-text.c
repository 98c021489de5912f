/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The types of texts of one form, as econf.erl, yconf.erl and the modules of ejabberd look at them. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

/* A port, or none, and what else may stand behind the host of an address. Return: -1: no port can be that; 0: none. */
static long port_of(const char *host, size_t length)
{
	const char *end = length && *host == '[' ? memchr(host, ']', length) : memchr(host, ':', length), *rest;
	char address[64];
	struct ejg_prefix ignored;
	unsigned long port;

	if (length && *host == '[') {
		if (!end || (size_t)(end - host) > sizeof(address))
			return -1;
		snprintf(address, sizeof(address), "%.*s", (int)(end - host - 1), host + 1);
		if (!strchr(address, ':') || !config_address(address, &ignored))
			return -1;
		end++;
	}
	if (!end || end == host + length)
		return 0;
	if (*end != ':' || end + 1 + strspn(end + 1, "0123456789") != host + length)
		return -1;
	if (end + 1 == host + length)
		return 0;
	rest = end + 1;
	port = strtoul(rest, NULL, 10);
	return port && port <= 65535 ? (long)port : -1;
}

/* The port of an address with a scheme, as port_of(). An account may stand before the host. */
static long url_port(const char *text)
{
	const char *host = strstr(text, "://") + 3;
	size_t length = strcspn(host, "/?#");
	const char *at = memrchr(host, '@', length);

	if (at)
		length -= (size_t)(at + 1 - host);
	return port_of(at ? at + 1 : host, length);
}

/* What uri_string:parse() takes: ASCII, brackets only around the host, and one fragment. */
static bool has_url_characters(const char *text)
{
	const char *path = text + strcspn(text, "/?#"), *fragment = strchr(text, '#');

	for (const char *c = text; *c; c++)
		if (*c <= ' ' || *c > '~' || strchr("\"<>\\^`{|}", *c))
			return false;
	return !strpbrk(path, "[]") && (!fragment || !strchr(fragment + 1, '#'));
}

/* url, url(SCHEME,...) */
static bool is_url(const char *text, const char *type)
{
	const char *end = strstr(text, "://");
	size_t length = (size_t)(end - text);
	bool known = type[strlen("url")] != '(';

	for (const char *word = known ? NULL : type_inside(type); word && end && !known; word = type_next(word))
		known = (size_t)(type_end(word) - word) == length && strncmp(word, text, length) == 0;
	return end && known && end[3] && !strchr("/?#:", end[3]) && has_url_characters(end + 3) && url_port(text) >= 0;
}

/* Addresses, with blanks between them. */
static bool is_origins(const char *text, const char *type)
{
	char origin[512];

	(void)type;
	for (text += strspn(text, " \t"); *text; text += strspn(text, " \t")) {
		size_t length = strcspn(text, " \t");

		if (length >= sizeof(origin))
			return true;
		snprintf(origin, sizeof(origin), "%.*s", (int)length, text);
		if (!is_url(origin, "url(http,https)"))
			return false;
		text += length;
	}
	return true;
}

/* A hop of mod_sip as an address: no scheme of them has a port of its own. */
static bool is_hop(const char *text, const char *type)
{
	(void)type;
	return is_url(text, "url(tcp,tls,udp)") && url_port(text) > 0;
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

/* esip_codec.erl: of other schemes it takes everything. */
static bool is_sip(const char *text, const char *type)
{
	const char *rest = strchr(text, ':'), *at, *colon;
	size_t length, digits;

	(void)type;
	if (!rest)
		return false;
	if (strncasecmp(text, "sip:", 4) != 0 && strncasecmp(text, "sips:", 5) != 0)
		return true;
	at = strchr(rest + 1, '@');
	rest = at ? at + 1 : rest + 1;
	length = strcspn(rest, ";?");
	colon = memchr(rest, ':', length);
	digits = colon ? strspn(colon + 1, "0123456789") : 0;
	return !colon || (digits && colon + 1 + digits == rest + length && strtoul(colon + 1, NULL, 10) <= 65535);
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
	{ "hop", is_hop, "an address such as tcp://example.com:5060" },
	{ "host", is_host, "the name of a domain" },
	{ "ipv4", is_ip4, "an IPv4 address" },
	{ "ipv6", is_ip6, "an IPv6 address" },
	{ "jid", is_jid, "an address such as admin@example.com" },
	{ "lang", is_lang, "a language such as en" },
	{ "name", is_name, "the name of an account without its server" },
	{ "octal", is_octal, "a mode in quotes, such as \"0750\"" },
	{ "origins", is_origins, "addresses such as https://example.com" },
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
