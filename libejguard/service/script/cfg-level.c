/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* if and loops of ejabberdctl.cfg: which of their commands run. */
#include <string.h>

#include "libejguard/service/script/cfg-reader.h"
#include "libejguard/service/script/line.h"
#include "libejguard/util/cleanup.h"

static const char unexpected[] = "it is not a simple assignment";

enum shell_mode cfg_mode(const struct cfg *c)
{
	enum shell_mode mode = c->floor;

	if (c->level > CFG_LEVELS)
		mode = SHELL_PERHAPS;
	for (unsigned int i = 0; i < c->level && i < CFG_LEVELS; i++)
		if (c->levels[i].mode > mode)
			mode = c->levels[i].mode;
	if (c->perhaps && mode < SHELL_PERHAPS)
		mode = SHELL_PERHAPS;
	return c->never ? SHELL_NEVER : mode;
}

static void open_level(struct cfg *c, bool loop)
{
	if (!c->level)
		c->opened = c->shell.line;
	if (c->level < CFG_LEVELS)
		c->levels[c->level] =
			(struct cfg_level){ .mode = loop ? SHELL_PERHAPS : SHELL_DONE, .loop = loop, .perhaps = loop };
	c->level++;
}

/* then: the condition is known now. */
static void enter(struct cfg *c, struct cfg_level *level)
{
	if (level->taken)
		level->mode = SHELL_NEVER;
	else if (level->perhaps || c->condition == UNKNOWN)
		level->mode = c->condition == FALSE ? SHELL_NEVER : SHELL_PERHAPS;
	else
		level->mode = c->condition == TRUE ? SHELL_DONE : SHELL_NEVER;
	level->perhaps |= c->condition == UNKNOWN;
	level->taken |= level->mode == SHELL_DONE;
}

static void inside(struct cfg *c, bool then)
{
	struct cfg_level *level = &c->levels[c->level - 1];

	if (c->level > CFG_LEVELS || level->loop)
		return;
	if (then)
		enter(c, level);
	else
		level->mode = level->taken ? SHELL_NEVER : level->perhaps ? SHELL_PERHAPS : SHELL_DONE;
}

/* Reads one word of control. *ret_closed: an if or a loop ends with it. Return: true if there was one. */
static bool read_control(struct cfg *c, bool *ret_closed)
{
	static const struct {
		const char *word;
		enum { IF, LOOP, THEN, OTHER, CLOSE } kind;
	} words[] = { { "if", IF },	 { "while", LOOP }, { "until", LOOP }, { "then", THEN }, { "elif", OTHER },
		      { "else", OTHER }, { "do", OTHER },   { "fi", CLOSE },   { "done", CLOSE } };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!script_word(c->at, c->end, words[i].word) || (words[i].kind >= THEN && !c->level))
			continue;
		c->at += strlen(words[i].word);
		if (words[i].kind <= LOOP)
			open_level(c, words[i].kind == LOOP);
		else if (words[i].kind < CLOSE)
			inside(c, words[i].kind == THEN);
		else
			c->level--;
		*ret_closed = words[i].kind == CLOSE;
		return true;
	}
	return false;
}

struct cfg_level *cfg_case(struct cfg *c)
{
	struct cfg_level *level = c->level && c->level <= CFG_LEVELS ? &c->levels[c->level - 1] : NULL;

	return level && level->is_case ? level : NULL;
}

/* case WORD in: which branch runs is not computed. Return: false when it is not understood. */
static bool open_case(struct cfg *c)
{
	struct word_value word;

	c->at += strlen("case");
	cfg_skip_blanks(c);
	if (c->level >= CFG_LEVELS || !shell_word(&c->shell, &c->at, c->end, &word))
		return false;
	cfg_skip_blanks(c);
	if (!script_word(c->at, c->end, "in"))
		return false;
	c->at += strlen("in");
	open_level(c, true);
	c->levels[c->level - 1].is_case = c->levels[c->level - 1].pattern = true;
	return true;
}

/* A pattern of a case, up to its bracket; or esac. Return: false when it is not understood. */
static bool read_pattern(struct cfg *c, struct cfg_level *level, bool *ret_closed)
{
	const char *newline = memchr(c->at, '\n', (size_t)(c->end - c->at)), *stop = newline ? newline : c->end;
	const char *close;

	if (script_word(c->at, c->end, "esac")) {
		c->at += strlen("esac");
		c->level--;
		*ret_closed = true;
		return true;
	}
	if (!level->pattern)
		return false;
	close = memchr(c->at, ')', (size_t)(stop - c->at));
	if (!close || memchr(c->at, '$', (size_t)(close - c->at)) || memchr(c->at, '`', (size_t)(close - c->at)))
		return false;
	c->at = close + 1;
	level->pattern = false;
	return true;
}

const char *cfg_words(struct cfg *c, bool *ret_command)
{
	struct cfg_level *level;
	bool closed = false;

	*ret_command = c->negated = false;
	for (cfg_skip_blanks(c); !cfg_at_end(c); cfg_skip_blanks(c)) {
		level = cfg_case(c);
		if (level && (level->pattern || script_word(c->at, c->end, "esac"))) {
			if (!read_pattern(c, level, &closed))
				return unexpected;
			cfg_skip_blanks(c);
			if (closed)
				return cfg_at_end(c) ? NULL : unexpected;
		} else if (script_word(c->at, c->end, "case")) {
			if (!open_case(c))
				return unexpected;
		} else if (read_control(c, &closed)) {
			cfg_skip_blanks(c);
			if (closed)
				return cfg_at_end(c) ? NULL : unexpected;
		} else if (script_word(c->at, c->end, "!")) {
			c->at++;
			c->negated = !c->negated;
		} else {
			break;
		}
	}
	*ret_command = !cfg_at_end(c);
	return NULL;
}
