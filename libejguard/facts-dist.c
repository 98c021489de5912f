/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The ports of the distribution, from ejabberdctl.cfg, by the rules of ejabberdctl (as of 23.01):
 *
 *     erl ... $ERL_OPTIONS
 *         -kernel inet_dist_listen_min ${FIREWALL_WINDOW%-*} inet_dist_listen_max ${FIREWALL_WINDOW#*-}
 *         -erl_epmd_port $ERL_DIST_PORT -start_epmd false
 *         -args_file $VMARGS
 *
 * erl takes the first of several -kernel keys: ERL_OPTIONS beats FIREWALL_WINDOW beats the arguments file.
 *
 * ejabberdctl presets FIREWALL_WINDOW, but takes ERL_DIST_PORT, ERL_OPTIONS, VMARGS and the emulator's own ERL_FLAGS
 * from its environment when the file does not set them. A unit's environment cannot be seen from here: who sets one of
 * these there must write `set dist`.
 */
#include <errno.h>
#include <string.h>

#include "libejguard/facts-parts.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"

/* The discovery of the distribution range: what was found, until something makes it indeterminate. */
struct discovery {
	struct facts_build *b;
	const struct ctl_cfg *cfg;
	const char *file;
	struct ejg_port_range kernel; /* inet_dist_listen_min to _max; first is 0 when there is none */
	uint32_t kernel_line;
	const char *kernel_file;
	struct ejg_port_range fixed; /* -erl_epmd_port */
	uint32_t fixed_line;
};

static int indeterminate(struct discovery *d, uint32_t line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Return: 1, so that callers stop there, or -ENOMEM. */
static int indeterminate(struct discovery *d, uint32_t line, const char *format, ...)
{
	struct ejg_facts *facts = d->b->facts;
	const char *text;
	va_list ap;

	va_start(ap, format);
	text = arena_vprintf(d->b->arena, format, ap);
	va_end(ap);
	if (text && line > 0)
		text = arena_printf(d->b->arena, "%s:%u: %s", d->file, line, text);
	if (!text)
		return -ENOMEM;
	facts->dist_state = EJG_DIST_INDETERMINATE;
	facts->dist_note = text;
	facts->dist_origin = (struct ejg_origin){ .kind = EJG_ORIGIN_DISCOVERED, .file = d->file, .line = line };
	return 1;
}

static bool is_erl_flags(const char *name)
{
	const size_t length = strlen(name);

	return strncmp(name, "ERL_", 4) == 0 && length >= 9 && strcmp(name + length - 5, "FLAGS") == 0;
}

/* Whether the value of a name becomes arguments of erl, and not the value of one argument. */
static bool becomes_arguments(const char *name)
{
	static const char *const names[] = { "POLL", "ERL_PROCESSES", "ERL_OPTIONS", "EJABBERD_OPTS",
					     "MNESIA_OPTIONS" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return is_erl_flags(name);
}

/* The names that could move the port without being made for it. */
static int check_other_names(struct discovery *d)
{
	enum erl_args_result result;
	struct ejg_port_range range;
	int r;

	for (size_t i = 0; i < d->cfg->n_values; i++) {
		const struct ctl_value *value = &d->cfg->values[i];

		if (!value->assigned)
			continue;
		if (strcmp(value->name, "IFS") == 0)
			return indeterminate(d, value->line, "IFS changes how the shell splits arguments");
		if (!becomes_arguments(value->name))
			continue;
		if (value->why)
			return indeterminate(d, value->line, "%s may hold anything: %s", value->name, value->why);
		if (strcmp(value->name, "ERL_OPTIONS") == 0)
			continue;
		r = erl_args_read(value->text, strlen(value->text), false, &result, &range);
		if (r < 0)
			return r;
		if (result != ERL_ARGS_NONE)
			return indeterminate(d, value->line, "%s concerns the distribution port", value->name);
	}
	return 0;
}

/* The plain value of a name; NULL when it is not set, or empty, which ejabberdctl does not tell apart. */
static int plain_value(struct discovery *d, const char *name, const struct ctl_value **ret)
{
	const struct ctl_value *value = ctl_cfg_get(d->cfg, name);

	*ret = NULL;
	if (!value || !value->assigned)
		return 0;
	if (value->why)
		return indeterminate(d, value->line, "%s cannot be read without running the file: %s", name,
				     value->why);
	if (*value->text)
		*ret = value;
	return 0;
}

static int read_erl_options(struct discovery *d)
{
	enum erl_args_result result;
	const struct ctl_value *value;
	int r;

	r = plain_value(d, "ERL_OPTIONS", &value);
	if (r != 0 || !value)
		return r;
	r = erl_args_read(value->text, strlen(value->text), false, &result, &d->kernel);
	if (r < 0)
		return r;
	if (result == ERL_ARGS_UNCLEAR)
		return indeterminate(d, value->line,
				     "ERL_OPTIONS concerns the distribution port in another form than "
				     "-kernel inet_dist_listen_min N inet_dist_listen_max M");
	d->kernel_file = d->file;
	d->kernel_line = value->line;
	return 0;
}

static int read_firewall_window(struct discovery *d)
{
	struct ejg_port_range range;
	const struct ctl_value *value;
	char *first, *dash;
	int r;

	r = plain_value(d, "FIREWALL_WINDOW", &value);
	if (r != 0 || !value)
		return r;
	first = arena_strdup(d->b->arena, value->text);
	if (!first)
		return -ENOMEM;
	dash = strchr(first, '-');
	if (dash)
		*dash = '\0';
	if (port_parse(first, &range.first) < 0 || port_parse(dash ? dash + 1 : first, &range.last) < 0)
		return indeterminate(d, value->line, "FIREWALL_WINDOW=\"%s\" is not N-M, two ports", value->text);
	if (range.first > range.last)
		return indeterminate(d, value->line, "FIREWALL_WINDOW=%s is empty: the node does not start with it",
				     value->text);
	if (d->kernel.first == 0) {
		d->kernel = range;
		d->kernel_file = d->file;
		d->kernel_line = value->line;
	}
	return 0;
}

static int read_dist_port(struct discovery *d)
{
	const struct ctl_value *value;
	uint16_t port;
	int r;

	r = plain_value(d, "ERL_DIST_PORT", &value);
	if (r != 0 || !value)
		return r;
	if (port_parse(value->text, &port) < 0)
		return indeterminate(d, value->line, "ERL_DIST_PORT=\"%s\" is not a port", value->text);
	d->fixed = (struct ejg_port_range){ port, port };
	d->fixed_line = value->line;
	return 0;
}

/* Where the arguments file is; NULL when there is none for sure. */
static int arguments_path(struct discovery *d, const char **ret)
{
	const struct ctl_value *value = ctl_cfg_get(d->cfg, "VMARGS");
	int r;

	if (!value || !value->assigned) {
		*ret = arena_printf(d->b->arena, "%s/vm.args", d->b->facts->config_dir);
		return *ret ? 0 : -ENOMEM;
	}
	*ret = NULL;
	r = plain_value(d, "VMARGS", &value);
	if (r != 0 || !value)
		return r;
	if (value->text[0] != '/' || strpbrk(value->text, " \t\n*?["))
		return indeterminate(d, value->line, "VMARGS=\"%s\" is not one absolute path", value->text);
	*ret = value->text;
	return 0;
}

static int read_arguments_file(struct discovery *d)
{
	cleanup_source_text struct source_text source = { 0 };
	enum erl_args_result result;
	struct ejg_port_range range = { 0 };
	const char *path;
	int r;

	r = arguments_path(d, &path);
	if (r != 0 || !path)
		return r;
	r = source_text_read(d->b->arena, path, &source);
	if (r < 0)
		return r;
	if (source.problem)
		return indeterminate(d, 0, "%s holds arguments of erl: %s", source.path, source.problem);
	if (source.missing)
		return 0;
	r = erl_args_read(source.text, source.size, true, &result, &range);
	if (r < 0)
		return r;
	if (result == ERL_ARGS_UNCLEAR)
		return indeterminate(d, 0,
				     "%s concerns the distribution port in another form than "
				     "-kernel inet_dist_listen_min N inet_dist_listen_max M",
				     source.path);
	if (result == ERL_ARGS_RANGE && d->kernel.first == 0) {
		d->kernel = range;
		d->kernel_file = source.path;
		d->kernel_line = 0;
	}
	return 0;
}

/* With both, erl gets both, and which one it uses is its own business: all of them are private. */
static int finish(struct discovery *d, bool missing)
{
	struct ejg_facts *facts = d->b->facts;
	struct ejg_port_range *ranges = arena_array(d->b->arena, 2, sizeof(*ranges));
	const bool inside = d->fixed.first && d->fixed.first >= d->kernel.first && d->fixed.first <= d->kernel.last;
	size_t n = 0;

	if (!ranges)
		return -ENOMEM;
	if (d->fixed.first && !inside)
		ranges[n++] = d->fixed;
	if (d->kernel.first)
		ranges[n++] = d->kernel;
	if (n == 2 && ranges[0].first > ranges[1].first) {
		ranges[0] = d->kernel;
		ranges[1] = d->fixed;
	}
	facts->dist = ranges;
	facts->n_dist = n;
	facts->dist_state = n > 0 ? EJG_DIST_FIXED : EJG_DIST_RANDOM;
	facts->dist_origin = (struct ejg_origin){ .kind = EJG_ORIGIN_DISCOVERED, .file = d->file };
	if (d->kernel.first) {
		facts->dist_origin.file = d->kernel_file;
		facts->dist_origin.line = d->kernel_line;
	} else if (d->fixed.first) {
		facts->dist_origin.line = d->fixed_line;
	}
	if (n > 0)
		return 0;
	facts->dist_note = missing ? arena_printf(d->b->arena, "FIREWALL_WINDOW is not set: there is no %s", d->file)
				   : arena_printf(d->b->arena, "FIREWALL_WINDOW is not set in %s", d->file);
	return facts->dist_note ? 0 : -ENOMEM;
}

int facts_discover_dist(struct facts_build *b, const struct ctl_cfg *cfg, const struct source_text *source)
{
	static int (*const steps[])(struct discovery *) = {
		check_other_names, read_erl_options, read_firewall_window, read_dist_port, read_arguments_file,
	};
	struct discovery d = { .b = b, .cfg = cfg, .file = source ? source->path : NULL };
	int r = 0;

	if (!source)
		r = indeterminate(&d, 0, "there is no configuration folder to read the distribution range from");
	else if (source->problem)
		r = indeterminate(&d, 0, "%s: %s", d.file, source->problem);
	else if (source->missing && strcmp(b->facts->service, "ejabberd") != 0)
		r = indeterminate(&d, 0, "there is no %s that tells the distribution range", d.file);
	else if (cfg->opaque_line)
		r = indeterminate(&d, cfg->opaque_line, "this line could set anything: %s", cfg->opaque_why);
	for (size_t i = 0; i < ARRAY_SIZE(steps) && r == 0; i++)
		r = steps[i](&d);
	if (r == 0)
		r = finish(&d, source->missing);
	return r < 0 ? r : 0;
}
