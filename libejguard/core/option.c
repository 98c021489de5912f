/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/option.h"

#include <errno.h>
#include <string.h>

#include "libejguard/core/errors.h"
#include "libejguard/core/option-value.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/suggest.h"

/* The host's own option of every module, in the order of enum ejg_mode. */
static const char *const modes[] = { "enforce", "permissive", NULL };
static const struct ejg_option mode_option = { .name = "mode", .type = EJG_OPTION_ENUM, .choices = modes };

/* A guard line being bound to its module's table. */
struct binding {
	struct arena *arena;
	struct errors errors;
	const struct ejg_module *module;
	const struct guard_line *line;
	unsigned char *config;
	unsigned int mode;
	const struct word **seen; /* per option, "mode" last: the first word that set it */
};

/* Finds the option of that name and its index (n_options for "mode"). NULL when the module has no such option. */
static const struct ejg_option *find_option(const struct ejg_module *module, const char *name, size_t length,
					    size_t *ret_index)
{
	for (size_t i = 0; i <= module->n_options; i++) {
		const struct ejg_option *option = i < module->n_options ? &module->options[i] : &mode_option;

		if (strlen(option->name) != length || memcmp(option->name, name, length) != 0)
			continue;
		*ret_index = i;
		return option;
	}
	return NULL;
}

static int unknown_option(struct binding *binding, const struct word *word, const char *name)
{
	const struct ejg_module *module = binding->module;
	const char **names = arena_array(binding->arena, (size_t)module->n_options + 2, sizeof(*names));
	const char *meant, *all = "mode";

	if (!names)
		return -ENOMEM;
	names[module->n_options] = "mode";
	for (size_t i = 0; i < module->n_options && all; i++) {
		names[i] = module->options[i].name;
		all = arena_printf(binding->arena, "%s, %s", all, names[i]);
	}
	meant = suggest(name, names);
	name = errors_word(binding->arena, name);
	if (!all)
		return -ENOMEM;
	if (meant)
		errors_add(&binding->errors, -EBADMSG, "option-unknown", &word->position,
			   "unknown option '%s' for %s; did you mean '%s'?", name, module->name, meant);
	else
		errors_add(&binding->errors, -EBADMSG, "option-unknown", &word->position,
			   "unknown option '%s' for %s; its options are: %s", name, module->name, all);
	return 0;
}

/* Checks whether the option may be set again by this word. */
static bool check_repetition(struct binding *binding, const struct ejg_option *option, const struct word *first,
			     const struct word *word)
{
	const char *advice = option_value_is_list(option->type) ? "; write one list, with commas" : "";

	if (!first || (option->flags & EJG_OPTION_REPEATABLE))
		return true;
	errors_add(&binding->errors, -EBADMSG, "option-duplicate", &word->position,
		   "option '%s' is already set at %s%s", option->name, errors_place(binding->arena, &first->position),
		   advice);
	return false;
}

static void *place_of(struct binding *binding, const struct ejg_option *option)
{
	return option == &mode_option ? (void *)&binding->mode : binding->config + option->offset;
}

/* Parses the value into its place. A value of the stack replaces the default; further values add to a list. */
static int parse_value(struct binding *binding, const struct ejg_option *option, const char *text, bool add,
		       const char **ret_problem)
{
	void *value = place_of(binding, option);

	if (!add)
		memset(value, 0, option_value_size(option->type));
	return option_value_parse(binding->arena, option, text, value, ret_problem);
}

static int bind_value(struct binding *binding, size_t index, const struct ejg_option *option, const struct word *word,
		      const char *text)
{
	const struct word *first = binding->seen[index];
	const char *problem = "";
	int r;

	if (!check_repetition(binding, option, first, word))
		return 0;
	if (!first)
		binding->seen[index] = word;
	r = parse_value(binding, option, text, first != NULL, &problem);
	if (r != -EBADMSG)
		return r;
	errors_add(&binding->errors, r, "option-value", &word->position, "option '%s' of %s: %s", option->name,
		   binding->module->name, problem);
	return 0;
}

/* Binds one word name=value. */
static int bind_word(struct binding *binding, const struct word *word)
{
	size_t length = strcspn(word->text, "="), index;
	const struct ejg_option *option = find_option(binding->module, word->text, length, &index);
	char *name;

	if (!option) {
		name = arena_strndup(binding->arena, word->text, length);
		return name ? unknown_option(binding, word, name) : -ENOMEM;
	}
	if (word->text[length] == '=')
		return bind_value(binding, index, option, word, word->text + length + 1);
	errors_add(&binding->errors, -EBADMSG, "option-value", &word->position,
		   "option '%s' of %s has no value; write %s=VALUE", option->name, binding->module->name, option->name);
	/* Mark it as seen although it is wrong: it must not be reported as missing too. */
	binding->seen[index] = word;
	return 0;
}

static int bind_fallbacks(struct binding *binding)
{
	const struct ejg_option *option;
	const char *problem = "";
	int r;

	for (size_t i = 0; i < binding->module->n_options; i++) {
		option = &binding->module->options[i];
		if (!option->fallback)
			continue;
		r = parse_value(binding, option, option->fallback, false, &problem);
		if (r == -ENOMEM)
			return r;
		if (r < 0)
			errors_add(&binding->errors, r, "option-value", &binding->line->module.position,
				   "the fallback of option '%s' of %s: %s", option->name, binding->module->name,
				   problem);
	}
	return 0;
}

static void check_missing(struct binding *binding)
{
	const struct ejg_option *option;

	for (size_t i = 0; i < binding->module->n_options; i++) {
		option = &binding->module->options[i];
		if ((option->flags & EJG_OPTION_REQUIRED) && !binding->seen[i])
			errors_add(&binding->errors, -EBADMSG, "option-missing", &binding->line->module.position,
				   "%s needs the option '%s' (%s)", binding->module->name, option->name, option->help);
	}
}

int option_bind(struct arena *arena, struct report *report, const struct ejg_module *module,
		const struct guard_line *line, void *config, enum ejg_mode *ret_mode)
{
	struct binding binding = {
		.arena = arena,
		.errors = { .arena = arena, .report = report },
		.module = module,
		.line = line,
		.config = config,
		.mode = EJG_ENFORCE,
		.seen = arena_array(arena, (size_t)module->n_options + 1, sizeof(*binding.seen)),
	};
	int r;

	if (!binding.seen)
		return -ENOMEM;
	r = bind_fallbacks(&binding);
	for (size_t i = 0; i < line->n_options && r == 0; i++)
		r = bind_word(&binding, &line->options[i]);
	if (r < 0)
		return r;
	check_missing(&binding);
	r = errors_end(&binding.errors, line->module.position.file);
	if (r == 0)
		*ret_mode = (enum ejg_mode)binding.mode;
	return r;
}
