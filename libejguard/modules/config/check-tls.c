/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Old protocols and weak ciphers of TLS. */
#include <string.h>

#include "libejguard/modules/config/config.h"

/* True if a list of protocol options disables TLS 1.0 and 1.1; -1: unknown. */
static int is_modern(const struct yml_node *options)
{
	bool no_tlsv1 = false, no_tlsv1_1 = false;
	const char *text = yml_text(options);

	if (!options)
		return 0;
	if (options->kind == YML_UNKNOWN || yml_is_placeholder(options))
		return -1;
	if (text)
		return -1; /* ejabberd requires a list */
	for (size_t i = 0; options->kind == YML_LIST && i < options->n; i++) {
		if (options->items[i]->kind == YML_UNKNOWN)
			return -1;
		no_tlsv1 |= yml_is(options->items[i], "no_tlsv1");
		no_tlsv1_1 |= yml_is(options->items[i], "no_tlsv1_1");
	}
	return no_tlsv1 && no_tlsv1_1;
}

/* True for a word of an OpenSSL cipher list that adds weak ciphers (ciphers(1)). */
static bool is_weak_word(const char *word, size_t length, bool no_null)
{
	static const char *const weak[] = { "NULL",   "eNULL",		 "aNULL", "ADH", "AECDH", "EXP",
					    "EXPORT", "EXPORT40",	 "LOW",	  "RC4", "RC2",	  "DES",
					    "MD5",    "COMPLEMENTOFALL", "IDEA",  "SEED" };

	for (size_t i = 0; i < ARRAY_SIZE(weak); i++)
		if (strlen(weak[i]) == length && strncmp(weak[i], word, length) == 0)
			return true;
	if (!no_null && length == 3 && strncmp(word, "ALL", 3) == 0)
		return true;
	return memmem(word, length, "RC4-", 4) || memmem(word, length, "EXP-", 4) || memmem(word, length, "NULL-", 5) ||
	       memmem(word, length, "DES-CBC-", 8);
}

static bool has_weak_word(const char *text, char *ret_word, size_t size)
{
	bool no_null = strstr(text, "!aNULL") != NULL;

	while (*text) {
		size_t length;

		text += strspn(text, ": ,");
		length = strcspn(text, ": ,");
		if (length && *text != '!' && *text != '-' && *text != '@') {
			const char *word = text + (*text == '+');

			if (*text != '+' && is_weak_word(word, length, no_null) && length < size) {
				memcpy(ret_word, word, length);
				ret_word[length] = '\0';
				return true;
			}
		}
		text += length;
	}
	return false;
}

/* Joins a list into one cipher list, as ejabberd does. */
static const char *join_ciphers(struct config_check *check, const struct yml_node *list)
{
	const char *text = "";

	for (size_t i = 0; list->kind == YML_LIST && i < list->n && i < 100 && text; i++)
		if (yml_text(list->items[i]))
			text = arena_printf(check->arena, "%s%s%s", text, *text ? ":" : "", list->items[i]->text);
	return text;
}

/* The cipher list that ejabberd passes to OpenSSL, or NULL. */
static const char *read_ciphers(struct config_check *check, const struct yml_node *value)
{
	return !value ? NULL : yml_is_list(value) ? join_ciphers(check, value) : yml_text(value);
}

static void check_ciphers(struct config_check *check, const char *subject, const struct yml_pair *pair)
{
	const char *text;
	char word[64];

	if (!pair)
		return;
	text = read_ciphers(check, pair->value);
	/* A word in capitals may be a cipher or a macro: it is not judged. */
	if (pair->value->kind == YML_UNKNOWN)
		config_uncertain(check, pair->key, pair->value, "ciphers");
	if (text && has_weak_word(text, word, sizeof(word)))
		config_finding(check, "ciphers-weak", subject, pair->key, NULL, "the cipher list enables %s", word);
	if (config_lowers_level(text))
		config_finding(check, "ciphers-weak", subject, pair->key,
			       config_edit(check, pair->key, "remove @SECLEVEL=0"),
			       "the cipher list lowers OpenSSL's security level to 0, which allows short keys, and TLS "
			       "1.0 and 1.1 where protocol_options allow them");
}

/* Reported once, because it depends on the system only. */
static void tell_modern(struct config_check *check, const struct yml_node *place, const char *what)
{
	if (!check->told_modern)
		config_finding(check, "tls-system", NULL, place, NULL,
			       "the system's OpenSSL refuses TLS 1.0 and 1.1; %s does not", what);
	check->told_modern = true;
}

/* Checks the effective protocols and ciphers of a listener. */
static void check_options(struct config_check *check, const char *subject, const struct yml_node *place,
			  const struct yml_node *options, const struct yml_node *ciphers, const char *what)
{
	int modern = is_modern(options);

	if (modern < 0)
		config_uncertain(check, place, options, what);
	else if (!modern && check->modern && !config_lowers_level(read_ciphers(check, ciphers)))
		tell_modern(check, place, what);
	else if (!modern)
		config_finding(check, "tls-old", subject, place,
			       arena_printf(check->arena,
					    "set %s: [no_sslv3, no_tlsv1, no_tlsv1_1, cipher_server_preference, "
					    "no_compression] in %s",
					    what, place->file),
			       "%s %s TLS 1.0 and 1.1", what,
			       options ? "does not disable" : "is not set, and its default does not disable");
}

/* Listeners fall back to a global option of their kind; only ejabberd_http has no such option. */
static const struct config_listener *find_listener(const struct config_check *check, const char *module)
{
	for (size_t i = 0; i < check->n_listeners; i++)
		if (check->listeners[i].public && strcmp(check->listeners[i].module, module) == 0 &&
		    !yml_find(check->listeners[i].node, "protocol_options"))
			return &check->listeners[i];
	return NULL;
}

static void check_host(struct config_check *check, const struct yml_host *host, const char *subject)
{
	static const struct {
		const char *module;
		const char *options;
		const char *ciphers;
	} kinds[] = {
		{ "ejabberd_c2s", "c2s_protocol_options", "c2s_ciphers" },
		{ "ejabberd_s2s_in", "s2s_protocol_options", "s2s_ciphers" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct yml_option options = yml_option(&check->yml, host, kinds[i].options);
		struct yml_option ciphers = yml_option(&check->yml, host, kinds[i].ciphers);
		const struct config_listener *listener = find_listener(check, kinds[i].module);
		struct yml_pair pair = { ciphers.key, ciphers.value };

		if (listener)
			check_options(check, subject ? subject : kinds[i].options,
				      options.key ? options.key : listener->place, options.value,
				      yml_value(listener->node, "ciphers") ? yml_value(listener->node, "ciphers")
									   : ciphers.value,
				      kinds[i].options);
		check_ciphers(check, subject ? subject : kinds[i].ciphers, ciphers.value ? &pair : NULL);
	}
}

/* The ciphers of a listener: its own, else those of its kind. */
static const struct yml_node *ciphers_of(struct config_check *check, const struct config_listener *listener)
{
	const struct yml_node *own = yml_value(listener->node, "ciphers");
	const char *option = strcmp(listener->module, "ejabberd_c2s") == 0	? "c2s_ciphers"
			     : strcmp(listener->module, "ejabberd_s2s_in") == 0 ? "s2s_ciphers"
										: NULL;

	return own || !option ? own : yml_option(&check->yml, NULL, option).value;
}

void check_tls(struct config_check *check)
{
	static const char *const options[] = { "c2s_protocol_options", "s2s_protocol_options", "c2s_ciphers",
					       "s2s_ciphers", NULL };

	check->modern = config_openssl_is_modern(check);
	config_each_host(check, options, check_host);
	for (size_t i = 0; i < check->n_listeners; i++) {
		const struct config_listener *listener = &check->listeners[i];
		const struct yml_pair *own = yml_find(listener->node, "protocol_options");
		bool http = strcmp(listener->module, "ejabberd_http") == 0 && listener->tls;

		if (!listener->public)
			continue;
		if (own || http)
			check_options(check, listener->name, own ? own->key : listener->place, own ? own->value : NULL,
				      ciphers_of(check, listener), "protocol_options");
		check_ciphers(check, listener->name, yml_find(listener->node, "ciphers"));
	}
}
