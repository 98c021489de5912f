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

static bool read_key(const struct erl_words *words, size_t i, const char *name, uint16_t *ret)
{
	return is(words, i, name) && i + 1 < words->n && port_parse(words->items[i + 1].text, ret) == 0;
}

/*
 * The four words behind -kernel; or, as usual in a file, two words, and two more behind another -kernel.
 * Return: how many words they are; 0 when they are of another form.
 */
static size_t read_plain_form(const struct erl_words *words, size_t i, struct ejg_port_range *ret)
{
	size_t second = i + 3;

	if (!read_key(words, i + 1, "inet_dist_listen_min", &ret->first))
		return 0;
	second += is(words, second, "-kernel");
	if (!read_key(words, second, "inet_dist_listen_max", &ret->last) || ret->first > ret->last)
		return 0;
	return second + 2 - i;
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
	const struct erl_word *where = NULL;
	struct ejg_port_range range = { 0 };

	*ret_where = NULL;
	for (size_t i = 0, n; i < words->n; i += n) {
		n = !where && is(words, i, "-kernel") ? read_plain_form(words, i, &range) : 0;
		if (n > 0) {
			where = &words->items[i + 1];
			continue;
		}
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
	if (!where)
		return ERL_ARGS_NONE;
	*ret_where = where;
	*ret_range = range;
	return ERL_ARGS_RANGE;
}
