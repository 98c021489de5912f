/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Placeholder texts that are used as a cookie. */
#include <ctype.h>
#include <string.h>

#include "libejguard/modules/lib/cookie/strength.h"
#include "libejguard/util/cleanup.h"

/* Signs of a template that nobody has filled in. */
static const char *const marks[] = { "${", "{{", "}}", "$(", "%(", "<%", "<<", "#{", "@@", "[[", "]]" };

/* Only letters and digits, so that change-me, CHANGE_ME and changeMe are equal. */
static const char *const requests[] = {
	"changeme",    "changeit",    "changethis",    "pleasechange",	"tobechanged",	   "replaceme",
	"replacethis", "replacewith", "tobereplaced",  "placeholder",	"generateme",	   "generatethis",
	"yourcookie",  "yoursecret",  "yourown",       "putyour",	"insertyour",	   "cookiehere",
	"secrethere",  "stringhere",  "randomstring",  "randomvalue",	"openssl",	   "redacted",
	"donotshare",  "donotuse",    "notasecret",    "notverysecret", "developmentonly", "fordevelopment",
	"exampleonly", "anexample",   "examplecookie", "dummycookie",	"testcookie",	   "correcthorsebattery",
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

/* __COOKIE__, @COOKIE@, %COOKIE%, <cookie>, [cookie] */
static bool is_bracketed(const struct cookie *cookie)
{
	static const char opening[] = "_@%<[{", closing[] = "_@%>]}";
	const char *at = strchr(opening, cookie->text[0]);

	return cookie->n > 2 && at && closing[at - opening] == cookie->text[cookie->n - 1] &&
	       (cookie->text[0] != '_' || cookie->text[1] == '_') && strength_is_prose(cookie);
}

bool strength_is_placeholder(const struct cookie *cookie)
{
	struct cookie simple;
	bool found;

	simplify(cookie, &simple);
	found = has_any(cookie->text, marks, ARRAY_SIZE(marks)) || is_bracketed(cookie) ||
		has_any(simple.text, requests, ARRAY_SIZE(requests)) ||
		(strength_is_prose(cookie) && has_any(simple.text, labels, ARRAY_SIZE(labels)));
	explicit_bzero(&simple, sizeof(simple));
	return found;
}
