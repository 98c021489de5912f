/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Placeholder texts that are used as a cookie. */
#include <ctype.h>
#include <string.h>

#include "libejguard/modules/lib/cookie/strength.h"
#include "libejguard/util/cleanup.h"

/* Signs of a template that nobody has filled in. */
static const char *const marks[] = { "${",	"{{",	 "}}",	   "$(",     "%(",	 "<%",	   "<<",
				     "#{",	"@@",	 "[[",	   "]]",     "$ENV{",	 "ENC[",   "$ANSIBLE_VAULT",
				     "lookup(", "op://", "vault:", "ssm://", "arn:aws:", "!vault", "[object " };

/* Only letters and digits, so that change-me, CHANGE_ME and changeMe are equal. */
static const char *const requests[] = {
	"changeme",    "changeit",	"changethis",	 "pleasechange",  "tobechanged",     "replaceme",
	"replacethis", "replacewith",	"tobereplaced",	 "placeholder",	  "generateme",	     "generatethis",
	"yourcookie",  "yoursecret",	"yourown",	 "putyour",	  "insertyour",	     "cookiehere",
	"secrethere",  "stringhere",	"randomstring",	 "randomvalue",	  "openssl",	     "redacted",
	"donotshare",  "donotuse",	"notasecret",	 "notverysecret", "developmentonly", "fordevelopment",
	"exampleonly", "anexample",	"examplecookie", "dummycookie",	  "testcookie",	     "correcthorsebattery",
	"loremipsum",  "quickbrownfox", "thequickbrown", "a1b2c3d4",	  "1a2b3c4d",	     "urandom",
	"thesameon",   "onallnodes",	"oneverynode",	 "oneachnode",	  "allclusternodes", "setmeto",
	"fillthisin",  "fillmein",	"aenderemich",	 "bitteaendern",  "changezmoi",	     "remplacezmoi",
	"cambiame",    "cambiami",
};

/* Words with which a text describes itself. */
static const char *const labels[] = { "cookie",	 "secret",     "password",    "passphrase", "erlang",
				      "cluster", "production", "development", "staging" };

/* Its letters and digits, in lower case; at most COOKIE_MAX. */
static void simplify(const struct cookie *cookie, struct cookie *ret)
{
	ret->n = 0;
	for (size_t i = 0; i < cookie->n; i++)
		if (isalnum((unsigned char)cookie->text[i]))
			ret->text[ret->n++] = (char)tolower((unsigned char)cookie->text[i]);
	ret->text[ret->n] = '\0';
}

static bool has_any(const char *text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

static bool is_label(const char *text, size_t n)
{
	for (size_t i = 0; i < ARRAY_SIZE(labels); i++)
		if (strength_is_word(text, n, labels[i]))
			return true;
	return false;
}

/*
 * True if two thirds of it are common words, one of them a label: super_secret_cookie_2024. A number of four digits
 * and separators count for neither; letters may be written as digits.
 */
static bool is_described(const struct cookie *cookie)
{
	size_t in_words = 0, others = 0, digits = 0;
	bool label = false;

	for (size_t i = 0; i < cookie->n;) {
		const size_t n = strength_word(cookie->text + i, cookie->n - i, NULL);

		if (n >= 3) {
			label |= is_label(cookie->text + i, n);
			in_words += n;
			i += n;
			continue;
		}
		digits += isdigit((unsigned char)cookie->text[i]) != 0;
		others += isalpha((unsigned char)cookie->text[i]) || !strchr("-_.:/ 0123456789", cookie->text[i]);
		i++;
	}
	return label && in_words >= 2 * (others + (digits > 4 ? digits - 4 : 0)) && in_words >= 12;
}

/* __COOKIE__, @COOKIE@, %COOKIE%, <cookie>, [cookie] */
static bool is_bracketed(const struct cookie *cookie)
{
	static const char opening[] = "_@%<[{", closing[] = "_@%>]}";
	const char *at = strchr(opening, cookie->text[0]);

	return cookie->n > 2 && at && closing[at - opening] == cookie->text[cookie->n - 1] &&
	       (cookie->text[0] != '_' || cookie->text[1] == '_') && strength_is_prose(cookie);
}

static bool is_placeholder(const struct cookie *cookie)
{
	struct cookie simple;
	bool found;

	simplify(cookie, &simple);
	found = has_any(cookie->text, marks, ARRAY_SIZE(marks)) || is_bracketed(cookie) ||
		has_any(simple.text, requests, ARRAY_SIZE(requests)) ||
		(strength_is_prose(cookie) && has_any(simple.text, labels, ARRAY_SIZE(labels))) || is_described(cookie);
	explicit_bzero(&simple, sizeof(simple));
	return found;
}

bool strength_is_placeholder(const struct cookie *cookie)
{
	struct cookie text;
	const bool found = is_placeholder(cookie) || (strength_decode(cookie, &text) && is_placeholder(&text));

	explicit_bzero(&text, sizeof(text));
	return found;
}
