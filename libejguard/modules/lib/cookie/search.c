/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/lib/cookie/search.h"

#include <ctype.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "libejguard/util/cookie-name.h"

struct text_line {
	const char *text;
	size_t n;
	const char *end; /* of the whole text */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* True for a character before or after a word in a file of arguments, a shell script or a unit. */
static bool is_border(char c)
{
	return is_blank(c) || c == '"' || c == '\'' || c == '=' || c == '\\';
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* True if the cookie occurs as a whole word: a longer word that contains it is another secret. */
static bool has_value(const struct text_line *line, const struct cookie *cookie)
{
	const char *at = line->text, *end = line->text + line->n;

	while ((at = memmem(at, (size_t)(end - at), cookie->text, cookie->n))) {
		const char *after = at + cookie->n;

		if ((at == line->text || !is_word(at[-1]) || !is_word(*at)) &&
		    (after == end || !is_word(*after) || !is_word(after[-1])))
			return true;
		at++;
	}
	return false;
}

/* The length of the line without its comment: # at a word's start outside of quotes, in vm.args, shell and units. */
static size_t without_comment(const struct text_line *line)
{
	char quote = '\0';

	for (size_t i = 0; i < line->n; i++) {
		char c = line->text[i];

		if (quote)
			quote = c == quote ? '\0' : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if ((c == '#' || (i == 0 && (c == ';' || c == '%'))) && (i == 0 || is_blank(line->text[i - 1])))
			return i;
	}
	return line->n;
}

/* The text behind the option's name, if that occurs as a whole word. */
static const char *find_option(const char *text, size_t n, const char *name)
{
	const char *at = text, *end = text + n;
	size_t length = strlen(name);

	while ((at = memmem(at, (size_t)(end - at), name, length))) {
		const char *after = at + length;

		if ((at == text || is_border(at[-1])) && (after == end || is_border(*after)))
			return after;
		at++;
	}
	return NULL;
}

/* Skips the text between an option and its value, including line ends and comments. */
static const char *skip_to_value(const char *at, const char *end)
{
	while (at < end && (is_border(*at) || *at == '\n' || *at == '#')) {
		const char *newline = *at == '#' ? memchr(at, '\n', (size_t)(end - at)) : at;

		at = newline ? newline + 1 : end;
	}
	return at;
}

static const char *word_end(const char *at, const char *end)
{
	while (at < end && !is_border(*at) && *at != '\n' && *at != ')')
		at++;
	return at;
}

/* `-setcookie NODE COOKIE`, since OTP 24: only a word with an @ is a node, others may belong to the next command. */
static const char *second_word(const char *first, const char *after, const char *end)
{
	const char *at = after;

	if (!memchr(first, '@', (size_t)(after - first)))
		return NULL;
	while (at < end && is_blank(*at))
		at++;
	return at == after || at == end || *at == '-' || is_border(*at) || *at == '\n' || *at == '#' ? NULL : at;
}

/* The empty value of `-setcookie ''`, or NULL. */
static const char *empty_word(const char *at, const char *end)
{
	const char *word = at;

	while (word < end && is_blank(*word))
		word++;
	return word > at && end - word >= 2 && (*word == '\'' || *word == '"') && word[1] == *word &&
			       (end - word == 2 || is_blank(word[2]) || word[2] == '\n' || word[2] == '"' ||
				word[2] == '\'')
		       ? word + 1
		       : NULL;
}

/* A flag without a value sets no cookie, and OTP then ignores all other -setcookie flags too. */
static bool read_option(const char *at, const char *end, const struct cookie *cookie, struct search_hit *hit)
{
	const char *empty = empty_word(at, end), *start = skip_to_value(at, end), *second;

	if (empty) {
		hit->value = empty;
		return true;
	}
	if (start == end || *start == '-')
		return false;
	at = word_end(start, end);
	second = second_word(start, at, end);
	hit->node = second ? start : NULL;
	hit->n_node = second ? (size_t)(at - start) : 0;
	if (second)
		at = word_end(start = second, end);
	hit->value = start;
	hit->n_value = (size_t)(at - start);
	hit->computed = *start == '$' || *start == '`';
	hit->same = cookie && (size_t)(at - start) == cookie->n && memcmp(start, cookie->text, cookie->n) == 0;
	return true;
}

/* An atom of Erlang, with or without quotes. Returns the position behind it, or NULL. */
static const char *read_atom(const char *at, const char *end, struct search_word *ret)
{
	const bool quoted = at < end && *at == '\'';
	const char *start = at += quoted, *close;

	while (at < end &&
	       (isalnum((unsigned char)*at) || strchr("_@.-", *at) || (quoted && *at != '\'' && *at != '\n')))
		at++;
	close = at;
	if (quoted && (at == end || *at++ != '\''))
		return NULL;
	*ret = (struct search_word){ start, (size_t)(close - start) };
	return close == start ? NULL : at;
}

static const char *skip_signs(const char *at, const char *end, const char *signs)
{
	while (at < end && *at && strchr(signs, *at))
		at++;
	return at;
}

/*
 * `-eval erlang:set_cookie(COOKIE)`, with node() or the name of a node before it, and `-run erlang set_cookie COOKIE`.
 * What is written otherwise is computed.
 */
static bool read_call(const struct text_line *line, size_t n, const struct cookie *cookie, struct search_hit *hit)
{
	static const char name[] = COOKIE_CALL, self[] = "node()";
	const char *end = line->text + n, *at = memmem(line->text, n, name, sizeof(name) - 1);
	struct search_word word = { 0 }, node = { 0 };
	bool call;

	if (!at || (at > line->text && (isalnum((unsigned char)at[-1]) || at[-1] == '_')))
		return false;
	at += sizeof(name) - 1;
	if (at < end && (isalnum((unsigned char)*at) || *at == '_' || *at == '='))
		return false;
	call = at < end && *at == '(';
	at = skip_signs(at, end, call ? "( " : " \t\"");
	if (call && end - at > (ptrdiff_t)sizeof(self) - 1 && memcmp(at, self, sizeof(self) - 1) == 0)
		at = skip_signs(at + sizeof(self) - 1, end, " ,");
	at = read_atom(at, end, &word);
	if (call && at && at < end && *at == ',') {
		node = word;
		at = read_atom(skip_signs(at, end, " ,"), end, &word);
	}
	hit->form = SEARCH_CALL;
	hit->computed = !at || (call && (at == end || *at != ')'));
	hit->value = hit->computed ? NULL : word.text;
	hit->n_value = hit->computed ? 0 : word.n;
	hit->node = node.text;
	hit->n_node = node.n;
	hit->same = !hit->computed && cookie && word.n == cookie->n && memcmp(word.text, cookie->text, cookie->n) == 0;
	return true;
}

/* True if the option is an argument of rabbitmqctl, not of the node. */
static bool is_for_tool(const struct text_line *line, const char *option)
{
	static const char name[] = "CTL_ERL_ARGS";

	return memmem(line->text, (size_t)(option - line->text), name, sizeof(name) - 1);
}

/* Reads NAME=value up to a quote or a blank on its line; a computed value is not read. */
static bool read_assigned(const char *at, const char *end, const struct cookie *cookie, struct search_hit *hit)
{
	const char *start = at;

	while (start < end && (is_blank(*start) || *start == '"' || *start == '\''))
		start++;
	for (at = start; at < end && !is_blank(*at) && *at != '\n' && *at != '"' && *at != '\'' && *at != ';';)
		at++;
	if (at == start || *start == '$' || *start == '`' || *start == '#')
		return false;
	*hit = (struct search_hit){ .kind = SEARCH_SETCOOKIE,
				    .form = hit->form,
				    .line = hit->line,
				    .value = start,
				    .n_value = (size_t)(at - start) };
	hit->same = cookie && hit->n_value == cookie->n && memcmp(start, cookie->text, cookie->n) == 0;
	return true;
}

/* Variables from which a start script reads the cookie. */
static bool has_variable(const struct text_line *line, size_t n, const struct cookie *cookie, struct search_hit *hit)
{
	static const enum search_form forms[] = {
		[COOKIE_NAME_RELEASE] = SEARCH_RELEASE,
		[COOKIE_NAME_SETTING] = SEARCH_SETTING,
		[COOKIE_NAME_ENVIRONMENT] = SEARCH_ENVIRONMENT,
	};

	for (const struct cookie_name *known = cookie_names; known->name; known++) {
		const bool variable = known->kind > COOKIE_NAME_FLAG && known->kind < COOKIE_NAME_KEY;
		const char *after = variable ? find_option(line->text, n, known->name) : NULL;

		if (variable)
			hit->form = forms[known->kind];
		if (after && after < line->text + n && *after == '=' &&
		    read_assigned(after + 1, line->text + n, cookie, hit))
			return true;
	}
	return false;
}

/* The value without quotes ends at a comma or a brace of HOCON; a cookie of VerneMQ may contain them. */
static void cut_value(struct search_hit *hit, const struct cookie *cookie)
{
	for (size_t i = 0; i < hit->n_value; i++)
		if (hit->value[i] == ',' || hit->value[i] == '}')
			hit->n_value = i;
	hit->same = cookie && hit->n_value == cookie->n && memcmp(hit->value, cookie->text, cookie->n) == 0;
}

/* Reads a key where one may begin, with or without quotes, and its value. */
static bool take_key(const char *at, const char *end, const struct cookie *cookie, struct search_hit *hit)
{
	const bool quoted = *at == '"';

	at += quoted;
	for (const struct cookie_name *known = cookie_names; known->name; known++) {
		const size_t length = strlen(known->name);
		const char *after = at + length;

		if (known->kind < COOKIE_NAME_KEY || (size_t)(end - at) <= length ||
		    memcmp(at, known->name, length) != 0)
			continue;
		hit->form = known->kind == COOKIE_NAME_KEY ? SEARCH_SETTING : SEARCH_ENVIRONMENT;
		after += quoted && *after == '"';
		while (after < end && is_blank(*after))
			after++;
		if (after == end || (*after != '=' && *after != ':') || !read_assigned(after + 1, end, cookie, hit))
			continue;
		if (hit->value[-1] != '"' && strstr(known->name, "distributed") == NULL)
			cut_value(hit, cookie);
		return hit->n_value > 0;
	}
	return false;
}

/* True if the line has such a key, followed by = or :, at its start or in a block: node { name = x, cookie = y } */
static bool has_key(const struct text_line *line, size_t n, const struct cookie *cookie, struct search_hit *hit)
{
	bool begins = true, quoted = false;

	for (const char *at = line->text, *end = line->text + n; at < end; at++) {
		if (begins && !is_blank(*at)) {
			if (*at == '/' && at + 1 < end && at[1] == '/')
				return false;
			if (take_key(at, end, cookie, hit))
				return true;
			begins = false;
		}
		if (*at == '"')
			quoted = !quoted;
		begins |= !quoted && strchr("{,;", *at);
	}
	return false;
}

static bool has_option(const struct text_line *line, const struct cookie *cookie, bool keys, struct search_hit *hit)
{
	size_t n = without_comment(line);

	for (const struct cookie_name *known = cookie_names; known->name; known++) {
		const bool flag = known->kind == COOKIE_NAME_FLAG;
		const char *after = flag ? find_option(line->text, n, known->name) : NULL;

		hit->kind = SEARCH_SETCOOKIE;
		hit->form = SEARCH_OPTION;
		if (!after || !read_option(after, line->end, cookie, hit))
			continue;
		if (is_for_tool(line, after))
			hit->form = SEARCH_TOOL;
		return true;
	}
	if (read_call(line, n, cookie, hit))
		return true;
	if (has_variable(line, n, cookie, hit) || (keys && has_key(line, n, cookie, hit)))
		return true;
	hit->kind = SEARCH_NOCOOKIE;
	return find_option(line->text, n, "-nocookie") != NULL;
}

void search_text(const char *text, size_t n, const struct cookie *cookie, bool options, bool keys, search_fn fn,
		 void *data)
{
	const char *end = text + n;
	uint32_t number = 0;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		struct text_line line = { text, (size_t)((newline ? newline : end) - text), end };
		struct search_hit hit = { .line = ++number };

		if (options && has_option(&line, cookie, keys, &hit)) {
			fn(data, &hit);
		} else if (cookie && has_value(&line, cookie)) {
			hit = (struct search_hit){ .kind = SEARCH_VALUE, .line = number };
			fn(data, &hit);
		}
		text = newline ? newline + 1 : end;
	}
}

const char *search_option(const char *text, const char *end, const char *name, struct search_word *ret_value)
{
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		struct text_line line = { text, (size_t)((newline ? newline : end) - text), end };
		const char *after = find_option(line.text, without_comment(&line), name), *value;

		if (after) {
			value = skip_to_value(after, end);
			after = word_end(value, end);
			*ret_value = (struct search_word){ value, (size_t)(after - value) };
			return after;
		}
		text = newline ? newline + 1 : end;
	}
	return NULL;
}

const char *search_include(const char *text, const char *end, struct search_word *ret_path)
{
	struct search_word word;

	while ((text = search_option(text, end, "include", &word))) {
		const char *line = memchr(text, '\n', (size_t)(end - text));
		const char *open = memchr(word.text - 1, '"', (size_t)((line ? line : end) - word.text) + 1);
		const char *close = open && open + 1 < end ? memchr(open + 1, '"', (size_t)(end - open) - 1) : NULL;

		/* `include conf.d/a.conf`, of cuttlefish */
		if (!open || (line && open >= line)) {
			*ret_path = word;
			return word.text + word.n;
		}
		if (!close || (line && close > line))
			continue;
		*ret_path = (struct search_word){ open + 1, (size_t)(close - open) - 1 };
		return close + 1;
	}
	return NULL;
}
