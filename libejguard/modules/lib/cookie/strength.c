/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/lib/cookie/strength.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

/* A word from a list of some thousand words, in one of a few spellings. */
#define WORD_BITS 12.0
/* A short word between others: the, for, new. */
#define SHORT_WORD_BITS 8.0
/* A character that continues the two before it: the same, the next, the previous. */
#define STEP_BITS 0.5
/* A letter of pronounceable text; Shannon found 1 to 2.3 bits for English (Bell System Technical Journal,
 * 1951). */
#define PROSE_BITS 2.5
#define DIGEST_BITS 16 /* words and digests that an attacker tries first */

/* The pairs of letters that make up about three quarters of English text. */
static const char pairs[] = "th he in er an re nd on en at ou ed ha to or it is hi es ng as ar se st te nt me ea ti ve "
			    "of io le co ro ne ra li ri de us no ma el ho al la si et ll sh be fo so wh pr tr ch wi ce "
			    "om ur ut il wa rs ct ec lo ee ot ow ke ta ns ac di am ge un ul pe ca ss em po ai em id mo "
			    "ba op sa ap ry ys pl em fi ly ck ir ag do ad oo gh qu ui ic ow wn mp eq";
static const char *const rows[] = { "qwertyuiop",
				    "asdfghjkl",
				    "zxcvbnm",
				    "qwertzuiop",
				    "azertyuiop",
				    "1234567890",
				    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p" };

/* The size of the smallest common set with all its characters: an attacker who knows the set draws from it. */
static double alphabet(const struct cookie *cookie)
{
	bool hex_lower = true, hex_upper = true, digit = false, lower = false, upper = false, other = false;
	double size;

	for (size_t i = 0; i < cookie->n; i++) {
		unsigned char c = (unsigned char)cookie->text[i];

		digit |= isdigit(c);
		lower |= c >= 'a' && c <= 'z';
		upper |= c >= 'A' && c <= 'Z';
		other |= !isdigit(c) && !isalpha(c);
		hex_lower &= isdigit(c) || (c >= 'a' && c <= 'f');
		hex_upper &= isdigit(c) || (c >= 'A' && c <= 'F');
	}
	if (digit && !lower && !upper && !other)
		return 10;
	if (hex_lower || hex_upper)
		return 16;
	size = (digit ? 10 : 0) + (lower ? 26 : 0) + (upper ? 26 : 0);
	for (size_t i = 0; other && i < cookie->n; i++)
		if (!isalnum((unsigned char)cookie->text[i]) && !strchr("-_+/=", cookie->text[i]))
			return size + 33;
	return size + (other ? 3 : 0);
}

/* The bits of a cookie with few different characters: which characters, and then each position. */
static double few_characters(const struct cookie *cookie, double size)
{
	bool seen[128] = { false };
	double distinct = 0;

	for (size_t i = 0; i < cookie->n; i++) {
		distinct += !seen[(unsigned char)cookie->text[i] & 127];
		seen[(unsigned char)cookie->text[i] & 127] = true;
	}
	if (distinct > size)
		size = distinct;
	/* log2 of the binomial coefficient. */
	return (lgamma(size + 1) - lgamma(distinct + 1) - lgamma(size - distinct + 1)) / M_LN2 +
	       (double)cookie->n * log2(distinct);
}

/* The length of the repeated part, where the last repetition may be incomplete; n without repetition. */
static size_t period(const struct cookie *cookie)
{
	for (size_t p = 1; p <= cookie->n / 2; p++)
		if (memcmp(cookie->text, cookie->text + p, cookie->n - p) == 0)
			return p;
	return cookie->n;
}

/* One of two sequences between each other: a1b2c3d4. */
static bool interleaved(const char *text, size_t i)
{
	const int step = i < 4 ? 2 : text[i] - text[i - 2];

	return step >= -1 && step <= 1 && step == text[i - 2] - text[i - 4];
}

/* True for three neighbours in a row of a keyboard, in either direction. */
static bool along_row(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *a = strchr(rows[i], tolower((unsigned char)text[0]));
		const char *b = strchr(rows[i], tolower((unsigned char)text[1]));
		const char *c = strchr(rows[i], tolower((unsigned char)text[2]));

		if (a && b && c && labs(b - a) == 1 && c - b == b - a)
			return true;
	}
	return false;
}

static bool goes_on(const char *text, size_t i)
{
	int step = text[i] - text[i - 1];

	return (step >= -1 && step <= 1 && step == text[i - 1] - text[i - 2]) || along_row(text + i - 2) ||
	       interleaved(text, i);
}

/* True for a separator that occurred before. */
static bool is_separator(const struct cookie *cookie, size_t i)
{
	return strchr("-_.:/ ", cookie->text[i]) && memchr(cookie->text, cookie->text[i], i);
}

/* Adds up keyboard rows, sequences and words; the other characters count one by one. */
static double pieces(const struct cookie *cookie, const char *const *local, double each, size_t n)
{
	bool after_word = false;
	double bits = 0;

	for (size_t i = 0; i < n;) {
		size_t word = strength_word(cookie->text + i, n - i, local);
		double cost = word > 3 ? WORD_BITS : SHORT_WORD_BITS;

		if (word >= 3 && (double)word * each > cost) {
			bits += cost;
			i += word;
			after_word = true;
			continue;
		}
		/* A number behind a word belongs to it: a year, a 1. */
		after_word &= isdigit((unsigned char)cookie->text[i]) != 0;
		if (i >= 2 && (goes_on(cookie->text, i) || is_separator(cookie, i)))
			bits += STEP_BITS;
		else
			bits += after_word ? fmin(each, log2(10)) : each;
		i++;
	}
	return bits;
}

static bool is_pair(char a, char b)
{
	a = (char)tolower((unsigned char)a);
	b = (char)tolower((unsigned char)b);
	for (const char *pair = pairs; *pair; pair += pair[2] ? 3 : 2)
		if (pair[0] == a && pair[1] == b)
			return true;
	return false;
}

bool strength_is_prose(const struct cookie *cookie)
{
	size_t n = 0, usual = 0, letters = 0;

	for (size_t i = 0; i < cookie->n; i++)
		letters += isalpha((unsigned char)cookie->text[i]) != 0;
	for (size_t i = 1; i < cookie->n; i++) {
		if (!isalpha((unsigned char)cookie->text[i - 1]) || !isalpha((unsigned char)cookie->text[i]))
			continue;
		n++;
		usual += is_pair(cookie->text[i - 1], cookie->text[i]);
	}
	return n >= 7 && usual * 5 >= n * 3 && letters * 3 >= cookie->n * 2;
}

static double bits_of(const struct cookie *cookie, const char *const *local)
{
	double each = log2(alphabet(cookie));
	size_t unit = period(cookie);
	double best = fmin((double)cookie->n * each, few_characters(cookie, exp2(each)));
	double repeats = unit < cookie->n ? log2((double)cookie->n) : 0;

	best = fmin(best, pieces(cookie, local, each, unit) + repeats);
	if (strength_is_digest(cookie, local))
		best = fmin(best, DIGEST_BITS);
	if (strength_is_prose(cookie))
		best = fmin(best, (double)cookie->n * PROSE_BITS);
	return best;
}

unsigned int strength_bits(const struct cookie *cookie, const char *const *local)
{
	double best = bits_of(cookie, local);
	struct cookie text;

	if (strength_decode(cookie, &text))
		best = fmin(best, bits_of(&text, local));
	explicit_bzero(&text, sizeof(text));
	return (unsigned int)best;
}
