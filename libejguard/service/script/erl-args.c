/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "libejguard/service/script/erl-args.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"

struct token {
	const char *text;
	size_t length;
};

struct scanner {
	const char *at;
	const char *end;
	bool arguments_file;
};

/*
 * What moves the distribution port, or brings in arguments or settings that are not seen here. The last two end the
 * arguments that erl takes for itself: what follows them is not the option that it looks like.
 */
static const char *const telling_parts[] = {
	"inet_dist_listen", "erl_epmd_port", "-args_file", "-config", "-epmd_module",
};
static const char *const telling_words[] = { "-extra", "--" };

static bool is_space(const struct scanner *s, char c)
{
	if (c == ' ' || c == '\t' || c == '\n')
		return true;
	return s->arguments_file && (c == '\r' || c == '\v' || c == '\f');
}

static bool next_token(struct scanner *s, struct token *ret)
{
	for (; s->at < s->end; s->at++) {
		if (s->arguments_file && *s->at == '#')
			while (s->at < s->end && *s->at != '\n')
				s->at++;
		if (s->at == s->end || !is_space(s, *s->at))
			break;
	}
	ret->text = s->at;
	while (s->at < s->end && !is_space(s, *s->at))
		s->at++;
	ret->length = s->at - ret->text;
	return ret->length > 0;
}

static bool token_is(const struct token *token, const char *text)
{
	return token->length == strlen(text) && memcmp(token->text, text, token->length) == 0;
}

static bool is_telling(const struct token *token)
{
	for (size_t i = 0; i < ARRAY_SIZE(telling_parts); i++)
		if (memmem(token->text, token->length, telling_parts[i], strlen(telling_parts[i])))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(telling_words); i++)
		if (token_is(token, telling_words[i]))
			return true;
	return false;
}

/* Whether quotes, escapes or a comment inside the word change what the file's reader makes of it. */
static bool is_quoted(const struct scanner *s, const struct token *token)
{
	if (!s->arguments_file)
		return false;
	for (size_t i = 0; i < token->length; i++)
		if (strchr("'\"\\#", token->text[i]))
			return true;
	return false;
}

static bool read_port(const struct token *token, uint16_t *ret)
{
	char text[6];

	if (token->length >= sizeof(text))
		return false;
	memcpy(text, token->text, token->length);
	text[token->length] = '\0';
	return port_parse(text, ret) == 0;
}

static bool read_key(struct scanner *s, const struct token *key, const char *name, uint16_t *ret)
{
	struct token value;

	return token_is(key, name) && next_token(s, &value) && read_port(&value, ret);
}

/* The four words behind -kernel; or, as most write it in a file, two words and two behind a -kernel of their own. */
static bool read_plain_form(struct scanner *s, struct ejg_port_range *ret)
{
	struct token token;

	if (!next_token(s, &token) || !read_key(s, &token, "inet_dist_listen_min", &ret->first))
		return false;
	if (!next_token(s, &token) || (token_is(&token, "-kernel") && !next_token(s, &token)))
		return false;
	return read_key(s, &token, "inet_dist_listen_max", &ret->last) && ret->first <= ret->last;
}

/* Quotes may join what looks apart: without them, does anything telling stand in the rest of the file? */
static int rest_is_telling(const char *text, size_t size, bool *ret)
{
	cleanup_free char *plain = malloc(size + 1);
	struct scanner s = { .at = plain, .arguments_file = true };
	struct token token = { .text = plain };

	if (!plain)
		return -ENOMEM;
	for (size_t i = 0; i < size; i++)
		if (!strchr("'\"\\", text[i]))
			plain[token.length++] = text[i];
	*ret = is_telling(&token);
	s.end = plain + token.length;
	for (char *c = plain; c < s.end; c++)
		if (*c == '#')
			*c = ' ';
	while (!*ret && next_token(&s, &token))
		*ret = is_telling(&token);
	return 0;
}

int erl_args_read(const char *text, size_t size, bool arguments_file, enum erl_args_result *ret_result,
		  struct ejg_port_range *ret_range)
{
	struct scanner s = { .at = text, .end = text + size, .arguments_file = arguments_file };
	enum erl_args_result result = ERL_ARGS_NONE;
	struct ejg_port_range range = { 0 };
	struct token token;
	bool telling;
	int r;

	telling = memchr(text, '\0', size) != NULL;
	while (!telling && next_token(&s, &token)) {
		if (is_quoted(&s, &token)) {
			r = rest_is_telling(token.text, s.end - token.text, &telling);
			if (r < 0)
				return r;
			break;
		}
		if (token_is(&token, "-kernel") && result == ERL_ARGS_NONE) {
			struct scanner ahead = s;

			if (read_plain_form(&ahead, &range)) {
				result = ERL_ARGS_RANGE;
				s = ahead;
				continue;
			}
		}
		telling = is_telling(&token);
	}
	if (telling)
		result = ERL_ARGS_UNCLEAR;
	if (result == ERL_ARGS_RANGE)
		*ret_range = range;
	*ret_result = result;
	return 0;
}
