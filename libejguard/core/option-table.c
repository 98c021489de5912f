/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks the options table of a module. */
#include <errno.h>
#include <string.h>

#include "libejguard/core/option-value.h"
#include "libejguard/core/option.h"

enum { MAX_NAME = 63 };

struct table {
	struct arena *arena;
	const struct ejg_module *module;
	const char **problem;
};

static bool is_line(const char *text)
{
	return text && *text && !strpbrk(text, "\n\r");
}

static int check_name(const struct table *table, uint32_t index)
{
	const char *name = table->module->options[index].name;

	if (!name || !*name || name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")] || strlen(name) > MAX_NAME)
		return arena_problem(table->arena, table->problem,
				     "the name of its option %u is not 1 to %d of a-z, 0-9 and _", index, MAX_NAME);
	if (strcmp(name, "mode") == 0)
		return arena_problem(table->arena, table->problem,
				     "declares the option 'mode', which every module has already");
	for (uint32_t i = 0; i < index; i++) {
		if (strcmp(table->module->options[i].name, name) == 0)
			return arena_problem(table->arena, table->problem, "declares the option '%s' twice", name);
	}
	return 0;
}

static int check_choices(const struct table *table, const struct ejg_option *option)
{
	const char *const *choices = option->choices;

	if (option->type != EJG_OPTION_ENUM)
		return choices ? arena_problem(table->arena, table->problem,
					       "its option '%s' has choices, which only an enum has", option->name)
			       : 0;
	if (!choices || !choices[0])
		return arena_problem(table->arena, table->problem, "its option '%s' has no choices", option->name);
	for (size_t i = 0; choices[i]; i++) {
		if (!is_line(choices[i]))
			return arena_problem(table->arena, table->problem,
					     "choice %zu of its option '%s' is empty or not one line", i, option->name);
		for (size_t j = 0; j < i; j++) {
			if (strcmp(choices[i], choices[j]) == 0)
				return arena_problem(table->arena, table->problem,
						     "its option '%s' has the choice '%s' twice", option->name,
						     choices[i]);
		}
	}
	return 0;
}

static int check_type(const struct table *table, const struct ejg_option *option)
{
	const uint32_t known = EJG_OPTION_REQUIRED | EJG_OPTION_REPEATABLE;
	bool ranged = option->type == EJG_OPTION_UNSIGNED || option->type == EJG_OPTION_SIZE ||
		      option->type == EJG_OPTION_DURATION;

	if (option_value_size(option->type) == 0)
		return arena_problem(table->arena, table->problem, "its option '%s' has the unknown type %u",
				     option->name, option->type);
	if (option->flags & ~known)
		return arena_problem(table->arena, table->problem, "its option '%s' has unknown flags 0x%x",
				     option->name, option->flags & ~known);
	if ((option->flags & EJG_OPTION_REPEATABLE) && !option_value_is_list(option->type))
		return arena_problem(table->arena, table->problem, "its option '%s' is repeatable and not a list",
				     option->name);
	if ((option->flags & EJG_OPTION_REQUIRED) && option->fallback)
		return arena_problem(table->arena, table->problem, "its option '%s' is required and has a fallback",
				     option->name);
	if (!ranged && (option->min != 0 || option->max != 0))
		return arena_problem(table->arena, table->problem,
				     "its option '%s' has a range, which its type does not take", option->name);
	if (option->max != 0 && option->min > option->max)
		return arena_problem(table->arena, table->problem, "the range of its option '%s' is empty",
				     option->name);
	if (!is_line(option->help))
		return arena_problem(table->arena, table->problem, "its option '%s' has no help of one line",
				     option->name);
	return check_choices(table, option);
}

static int check_place(const struct table *table, uint32_t index)
{
	const struct ejg_option *option = &table->module->options[index], *other;
	size_t size = option_value_size(option->type), config = table->module->config_size;

	if (config < size || option->offset > config - size)
		return arena_problem(table->arena, table->problem,
				     "its option '%s' lies outside its config of %zu bytes", option->name, config);
	if (option->offset % option_value_alignment(option->type) != 0)
		return arena_problem(table->arena, table->problem, "its option '%s' is not aligned for its type",
				     option->name);
	for (uint32_t i = 0; i < index; i++) {
		other = &table->module->options[i];
		if (option->offset < other->offset + option_value_size(other->type) &&
		    other->offset < option->offset + size)
			return arena_problem(table->arena, table->problem,
					     "its options '%s' and '%s' overlap in its config", other->name,
					     option->name);
	}
	return 0;
}

static int check_fallback(const struct table *table, const struct ejg_option *option)
{
	const char *problem = "";
	void *value;
	int r;

	if (!option->fallback)
		return 0;
	value = arena_alloc(table->arena, option_value_size(option->type));
	if (!value)
		return -ENOMEM;
	r = option_value_parse(table->arena, option, option->fallback, value, &problem);
	return r == -EBADMSG ? arena_problem(table->arena, table->problem, "the fallback of its option '%s': %s",
					     option->name, problem)
			     : r;
}

int option_table_check(struct arena *arena, const struct ejg_module *module, const char **ret_problem)
{
	const struct table table = { .arena = arena, .module = module, .problem = ret_problem };
	int r = 0;

	for (uint32_t i = 0; i < module->n_options && r == 0; i++) {
		r = check_name(&table, i);
		if (r == 0)
			r = check_type(&table, &module->options[i]);
		if (r == 0)
			r = check_place(&table, i);
		if (r == 0)
			r = check_fallback(&table, &module->options[i]);
	}
	return r;
}
