/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Well-known cookies, and common words in cookies. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "libejguard/modules/lib/cookie/strength.h"
#include "libejguard/util/cleanup.h"

/* From default configurations, manuals and examples of container images, each with its source as a comment. */
static const char *const known[] = {
	/* MD5, SHA-1 and SHA-256 of no text, and of an empty line: of a script that lost its variable */
	"d41d8cd98f00b204e9800998ecf8427e",
	"da39a3ee5e6b4b0d3255bfef95601890afd80709",
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"68b329da9893e34099c7d8ad5cb9c940",
	"adc83b19e793491b1c6ea0fd8b46cd9f32e592fc",
	"01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b",
	/* ejabberd's own vm.args */
	"ejabberd",
	/* ejabberd's container manual */
	"dummycookie123",
	/* examples of ejabberd clusters */
	"ejabberd_cookie",
	"ejabberdcookie",
	/* MongooseIM */
	"mongooseim",
	/* Erlang's -nocookie */
	"nocookie",
	/* examples of Erlang and of releases */
	"cookie",
	/* RabbitMQ's cluster examples */
	"mycookie",
	/* examples of Erlang */
	"my_cookie",
	"my-cookie",
	"thecookie",
	"somecookie",
	"anycookie",
	"samecookie",
	"testcookie",
	"test_cookie",
	"democookie",
	"erlang",
	"erlangcookie",
	"erlang_cookie",
	"erlang-cookie",
	"erlang.cookie",
	"secret",
	"mysecret",
	"somesecret",
	/* examples of RabbitMQ clusters */
	"secretcookie",
	"secret_cookie",
	"secret-cookie",
	"mysecretcookie",
	"my_secret_cookie",
	"my-secret-cookie",
	"supersecretcookie",
	"super_secret_cookie",
	"rabbitmq",
	"rabbitcookie",
	"rabbit_cookie",
	"rabbitmqcookie",
	"rabbitmq_cookie",
	"rabbitmq-cookie",
	"swqokodsqalrpclnmeqg",
	"eaandecmwruoygdiedrl",
	"sfuhkcelxzjmdrmzbogk",
	"heiqlgkpypkghvqfrprf",
	"same_secret_cookie",
	"secret-cookie-value",
	/* examples of a UUID, from RFC 4122 and its readers */
	"123e4567-e89b-12d3-a456-426614174000",
	"550e8400-e29b-41d4-a716-446655440000",
	"6ba7b810-9dad-11d1-80b4-00c04fd430c8",
	"f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
	/* the image of RabbitMQ */
	"secret cookie here",
	"secret_cookie_here",
	/* an example of ejabberd's vm.args */
	"somelongandrandomsecurestring",
	/* RabbitMQ */
	"rabbit",
	/* CouchDB */
	"monster",
	/* examples of CouchDB clusters */
	"couchdb",
	"brumbrum",
	/* BigCouch */
	"bigcouch",
	/* EMQX */
	"emqxsecretcookie",
	/* EMQX 5 */
	"emqx50elixir",
	/* EMQ */
	"emqsecretcookie",
	/* emqttd */
	"emqttdsecretcookie",
	"emqttd",
	/* VerneMQ */
	"vmq",
	"vernemq",
	/* Riak */
	"riak",
	/* Riak CS */
	"riak_cs",
	"stanchion",
	/* cuttlefish */
	"itis",
	/* Kazoo */
	"change_me",
	/* examples of releases */
	"changeme",
	"change-me",
	/* AntidoteDB */
	"antidote",
	/* Zotonic */
	"zotonic",
	/* LeoFS */
	"leofs",
	"leo",
	/* Wings */
	"wings",
	/* Yaws */
	"yaws",
	/* Tsung */
	"tsung",
	/* Nitrogen */
	"nitrogen",
	/* Disco */
	"disco",
	/* examples of Elixir */
	"elixir",
	"phoenix",
	"banana",
};

/* Common words in passwords and in names of servers. */
static const char *const words[] = {
	"access",     "account",    "admin",	"administrator", "alpha",     "amqp",	   "apache",	 "apple",
	"april",      "august",	    "autumn",	"backup",	 "banana",    "batman",	   "beam",	 "berlin",
	"beta",	      "blue",	    "broker",	"change",	 "chat",      "chocolate", "cisco",	 "cluster",
	"company",    "computer",   "cookie",	"couchdb",	 "database",  "debian",	   "december",	 "default",
	"demo",	      "devel",	    "dist",	"docker",	 "dragon",    "dummy",	   "ejabberd",	 "elixir",
	"emqx",	      "epmd",	    "erlang",	"example",	 "february",  "football",  "foobar",	 "friday",
	"green",      "guest",	    "hello",	"home",		 "host",      "house",	   "internal",	 "internet",
	"jabber",     "january",    "july",	"june",		 "laptop",    "letmein",   "linux",	 "local",
	"localhost",  "london",	    "long",	"love",		 "magic",     "mail",	   "manager",	 "march",
	"master",     "message",    "mnesia",	"mobile",	 "monday",    "monkey",	   "monster",	 "mongoose",
	"network",    "node",	    "november", "october",	 "office",    "online",	   "oracle",	 "otp",
	"paris",      "passphrase", "password", "passwd",	 "phoenix",   "prod",	   "production", "public",
	"private",    "princess",   "process",	"project",	 "qwerty",    "qwertz",	   "azerty",	 "asdf",
	"asdfgh",     "zxcv",	    "zxcvbn",	"qazwsx",	 "rabbit",    "rabbitmq",  "random",	 "redhat",
	"remote",     "riak",	    "root",	"sample",	 "saturday",  "secret",	   "secure",	 "security",
	"september",  "server",	    "service",	"shadow",	 "shared",    "some",	   "spring",	 "staging",
	"start",      "string",	    "strong",	"summer",	 "sunday",    "sunshine",  "super",	 "superman",
	"switch",     "system",	    "temp",	"test",		 "testing",   "thursday",  "token",	 "tuesday",
	"ubuntu",     "user",	    "vernemq",	"vmware",	 "wednesday", "welcome",   "windows",	 "winter",
	"word",	      "work",	    "xmpp",	"yellow",	 "the",	      "for",	   "and",	 "our",
	"new",	      "key",	    "value",	"app",		 "very",      "your",	   "this",	 "that",
	"with",	      "all",	    "must",	"same",		 "use",	      "ultra",	   "cafebabe",	 "deadbeef",
	"geheimnis",  "geheimes",   "geheim",	"keks",		 "passwort",  "secreto",   "segreto",	 "wachtwoord",
	"motdepasse", "feedface",   "coffee",	"1234",		 "12345678",  "123456789", "abcd",	 "abcdef",
	"abc123",
};

static bool is_known(const struct cookie *cookie)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strcasecmp(cookie->text, known[i]) == 0)
			return true;
	return false;
}

bool strength_is_known(const struct cookie *cookie)
{
	struct cookie text;
	const bool found = is_known(cookie) || (strength_decode(cookie, &text) && is_known(&text));

	explicit_bzero(&text, sizeof(text));
	return found;
}

bool strength_is_digest(const struct cookie *cookie, const char *const *local)
{
	static const char *const also[] = { "123456", "12345678", "123456789", "password1", "admin123", "qwerty123" };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strength_is_digest_of(cookie, known[i]))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strength_is_digest_of(cookie, words[i]))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(also); i++)
		if (strength_is_digest_of(cookie, also[i]))
			return true;
	for (size_t i = 0; local && local[i]; i++)
		if (strength_is_digest_of(cookie, local[i]))
			return true;
	return false;
}

/* A letter in lower case; digits and signs that people use for a letter become that letter. */
static char plain(char c)
{
	static const char from[] = "0134578@$!", to[] = "oleastbasi";
	const char *at = c ? strchr(from, c) : NULL;

	return at ? to[at - from] : (char)tolower((unsigned char)c);
}

static size_t begins(const char *text, size_t n, const char *word)
{
	size_t i = 0;

	while (word[i] && i < n && (plain(text[i]) == tolower((unsigned char)word[i]) || text[i] == word[i]))
		i++;
	return word[i] ? 0 : i;
}

bool strength_is_word(const char *text, size_t n, const char *word)
{
	return n > 0 && begins(text, n, word) == n;
}

size_t strength_word(const char *text, size_t n, const char *const *local)
{
	size_t longest = 0;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		size_t length = begins(text, n, words[i]);

		longest = length > longest ? length : longest;
	}
	for (; local && *local; local++) {
		size_t length = begins(text, n, *local);

		if (length >= 3 && length > longest)
			longest = length;
	}
	return longest;
}
