/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/script/erl-args.h"

#include <string.h>

#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/cookie-name.h"

/*
 * Options that change the distribution port, or that add settings from elsewhere. The last two end the arguments that
 * erl reads itself: an option behind them is no option of erl.
 */
static const char *const telling_parts[] = {
	"inet_dist_listen", "erl_epmd_port", "-args_file", "-config", "-epmd_module",
};
static const char *const telling_words[] = { "-extra", "--" };

static bool is_telling(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(telling_parts); i++)
		if (strstr(word, telling_parts[i]))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(telling_words); i++)
		if (strcmp(word, telling_words[i]) == 0)
			return true;
	return false;
}

static bool is(const struct erl_words *words, size_t i, const char *text)
{
	return i < words->n && strcmp(words->items[i].text, text) == 0;
}

/* The range of the keys of -kernel; a key that was not seen has 0. */
struct kernel_keys {
	uint16_t min, max;
	const struct erl_word *where; /* of the first of them */
};

/* Takes one key and its value. Return: false when they concern the port in another form than a number. */
static bool take_key(struct kernel_keys *keys, const struct erl_word *key, const struct erl_word *value)
{
	uint16_t *port = strcmp(key->text, "inet_dist_listen_min") == 0	  ? &keys->min
			 : strcmp(key->text, "inet_dist_listen_max") == 0 ? &keys->max
									  : NULL;

	if (!port)
		return !is_telling(key->text) && !is_telling(value->text);
	/* A key that is given twice is not a plain form. */
	if (*port || port_parse(value->text, port) < 0)
		return false;
	if (!keys->where)
		keys->where = key;
	return true;
}

/*
 * The keys and values behind -kernel, up to the next flag: any keys, in any order. Return: how many words they are,
 * with -kernel; 0 when they are of another form.
 */
static size_t read_kernel(const struct erl_words *words, size_t i, struct kernel_keys *keys)
{
	size_t j = i + 1;

	while (j < words->n && !strchr("-+", words->items[j].text[0])) {
		if (j + 1 == words->n || !take_key(keys, &words->items[j], &words->items[j + 1]))
			return 0;
		j += 2;
	}
	return j - i;
}

/* Words of a cookie are not relevant here and must not be shown. Return: how many words; 0: it is no cookie. */
static size_t cookie_words(const struct erl_words *words, size_t i)
{
	const size_t start = i;

	if (!cookie_name_is_flag(words->items[i].text))
		return 0;
	do
		i++;
	while (i < words->n && !strchr("-+", words->items[i].text[0]));
	return i - start;
}

enum erl_args_result erl_args_read(const struct erl_words *words, struct ejg_port_range *ret_range,
				   const struct erl_word **ret_where)
{
	struct kernel_keys keys = { 0 };

	*ret_where = NULL;
	for (size_t i = 0, n; i < words->n; i += n) {
		n = is(words, i, "-kernel") ? read_kernel(words, i, &keys) : 0;
		if (n > 0)
			continue;
		n = cookie_words(words, i);
		if (n > 0)
			continue;
		n = 1;
		if (is_telling(words->items[i].text)) {
			*ret_where = &words->items[i];
			return ERL_ARGS_UNCLEAR;
		}
	}
	if (words->more)
		return ERL_ARGS_UNCLEAR;
	if (!keys.where)
		return ERL_ARGS_NONE;
	*ret_where = keys.where;
	if (!keys.min || !keys.max || keys.min > keys.max)
		return ERL_ARGS_UNCLEAR;
	*ret_range = (struct ejg_port_range){ keys.min, keys.max };
	return ERL_ARGS_RANGE;
}
