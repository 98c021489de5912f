/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares the configuration with the running system. */
#include <errno.h>
#include <string.h>

#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/erl-address.h"
#include "tools/base/user-name.h"
#include "tools/print/compared.h"
#include "tools/print/words.h"

enum { MAX_TEXTS = 32 /* of one cell: more are not needed to show a problem */ };

struct view {
	const struct ejg_facts *facts;
	const struct ejg_survey *survey;
};

/* A cell: distinct texts, in the order in which they were added. */
struct cell {
	char *texts[MAX_TEXTS];
	size_t n;
	bool more;
	bool failed;
};

static void cell_free(struct cell *cell)
{
	for (size_t i = 0; i < cell->n; i++)
		free(cell->texts[i]);
}

#define cleanup_cell __attribute__((cleanup(cell_free)))

/* Adds a text and takes ownership of it; NULL means out of memory. */
static void cell_add(struct cell *cell, char *text)
{
	if (!text) {
		cell->failed = true;
		return;
	}
	for (size_t i = 0; i < cell->n; i++)
		if (strcmp(cell->texts[i], text) == 0) {
			free(text);
			return;
		}
	if (cell->n == MAX_TEXTS) {
		cell->more = true;
		free(text);
		return;
	}
	cell->texts[cell->n++] = text;
}

/* Return: a new string, NULL without memory. */
static char *cell_text(const struct cell *cell, const char *empty)
{
	char *text = NULL;
	size_t size;
	FILE *out;

	if (cell->failed)
		return NULL;
	if (cell->n == 0)
		return strdup(empty);
	out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	for (size_t i = 0; i < cell->n; i++)
		fprintf(out, "%s%s", i ? ", " : "", cell->texts[i]);
	fputs(cell->more ? ", ..." : "", out);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

static char *join(const char *text, const char *joint, const char *more)
{
	char *whole;

	if (!more)
		return strdup(text);
	return asprintf(&whole, "%s%s%s", text, joint, more) < 0 ? NULL : whole;
}

/* The value in effect, or the reason why it is unknown. */
static char *setting_text(const struct ejg_survey *survey, const char *name, const char *unset)
{
	const struct ejg_setting *setting = ejg_survey_setting(survey, name);

	if (setting && setting->state == EJG_SETTING_INDETERMINATE)
		return join("indeterminate", ": ", setting->note);
	return strdup(setting && setting->state == EJG_SETTING_KNOWN && setting->value ? setting->value : unset);
}

static bool is_node(const struct ejg_process *process)
{
	return process->role == EJG_PROCESS_NODE && process->relation == EJG_RELATION_OURS;
}

static char *configured_node(const struct view *view)
{
	cleanup_free char *node = setting_text(view->survey, "ERLANG_NODE", "not set");
	const char *kind = ejg_survey_value(view->survey, "name-kind");
	char *text;

	if (!node || !kind)
		return take_ptr(node);
	return asprintf(&text, "%s (%s)", node, kind) < 0 ? NULL : text;
}

static char *node_text(const struct ejg_process *process)
{
	const char *where = process->in_service	     ? ""
			    : process->other_network ? ", in another network namespace"
						     : ", outside of the service's cgroups";
	char *text;
	int n;

	if (process->node)
		n = asprintf(&text, "%s (%s, pid %d%s)", process->node, process->long_name ? "long" : "short",
			     process->pid, where);
	else
		n = asprintf(&text, "a node without a name (pid %d%s)", process->pid, where);
	return n < 0 ? NULL : text;
}

static char *real_node(const struct view *view)
{
	cleanup_cell struct cell cell = {};

	for (size_t i = 0; i < view->survey->n_processes; i++)
		if (is_node(ejg_process_get(view->survey, i)))
			cell_add(&cell, node_text(ejg_process_get(view->survey, i)));
	return cell_text(&cell, "none seen");
}

static char *configured_user(const struct view *view)
{
	return setting_text(view->survey, "user", "not set");
}

static char *real_user(const struct view *view)
{
	cleanup_cell struct cell cell = {};

	for (size_t i = 0; i < view->survey->n_processes; i++)
		if (is_node(ejg_process_get(view->survey, i)))
			cell_add(&cell, user_name(view->facts->root, ejg_process_get(view->survey, i)->uid));
	return cell_text(&cell, "none seen");
}

static char *configured_home(const struct view *view)
{
	return setting_text(view->survey, "HOME", "not set");
}

static const char *environment_value(const struct ejg_process *process, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < process->n_environment; i++)
		if (strncmp(process->environment[i], name, n) == 0 && process->environment[i][n] == '=')
			return process->environment[i] + n + 1;
	return NULL;
}

static char *real_home(const struct view *view)
{
	cleanup_cell struct cell cell = {};

	for (size_t i = 0; i < view->survey->n_processes; i++) {
		const struct ejg_process *process = ejg_process_get(view->survey, i);
		const char *home;

		if (!is_node(process))
			continue;
		home = process->environment ? environment_value(process, "HOME") : "cannot be seen";
		cell_add(&cell, strdup(home ? home : "not set"));
	}
	return cell_text(&cell, "none seen");
}

static char *configured_dist(const struct view *view)
{
	const char *interface = ejg_survey_value(view->survey, "INET_DIST_INTERFACE");
	struct erl_address address;
	cleanup_free char *range = setting_text(
		view->survey, "dist-range",
		view->facts->dist_state == EJG_DIST_RANDOM ? "random" : words_dist_state(view->facts->dist_state));

	/* ejabberdctl ignores what Erlang does not take for an address. */
	if (interface && !erl_address_read(interface, &address))
		interface = NULL;
	return range ? join(range, " on ", interface) : NULL;
}

/* True if that port is in epmd under the node's name, or, if its arguments show none, under any. */
static bool is_registered(const struct ejg_survey *survey, const struct ejg_process *node, uint16_t port)
{
	size_t n = node->node ? strcspn(node->node, "@") : 0;

	for (size_t i = 0; i < survey->n_epmd_names; i++) {
		const struct ejg_epmd_name *name = ejg_epmd_name_get(survey, i);

		if (name->port == port &&
		    (!node->node || (strlen(name->name) == n && strncmp(name->name, node->node, n) == 0)))
			return true;
	}
	return false;
}

static bool is_dist(const struct view *view, const struct ejg_process *node, uint16_t port)
{
	return (is_registered(view->survey, node, port) &&
		(node->node || !port_in_ranges(view->facts->public_ports, view->facts->n_public_ports, port))) ||
	       port_in_ranges(view->facts->dist, view->facts->n_dist, port);
}

/* The node with the listener, or NULL. */
static const struct ejg_process *node_of(const struct view *view, const struct ejg_listener *listener)
{
	const struct ejg_process *process = survey_process(view->survey, listener->pid);

	return process && is_node(process) ? process : NULL;
}

/* True if one of the node's listeners is known to be the distribution; if not, any other may be it. */
static bool has_dist(const struct view *view, const struct ejg_process *node)
{
	for (size_t i = 0; i < view->survey->n_listeners; i++) {
		const struct ejg_listener *listener = ejg_listener_get(view->survey, i);

		if (node_of(view, listener) == node && is_dist(view, node, listener->port))
			return true;
	}
	return false;
}

static bool is_public(const struct view *view, uint16_t port)
{
	return port_in_ranges(view->facts->public_ports, view->facts->n_public_ports, port);
}

/* True if it may be the distribution, or anything else. */
static bool is_unidentified(const struct view *view, const struct ejg_process *node, uint16_t port)
{
	return !is_public(view, port) && port != view->facts->epmd_port && !has_dist(view, node);
}

static char *real_dist(const struct view *view)
{
	cleanup_cell struct cell cell = {};

	for (size_t i = 0; i < view->survey->n_listeners; i++) {
		const struct ejg_listener *listener = ejg_listener_get(view->survey, i);
		const struct ejg_process *node = node_of(view, listener);
		cleanup_free char *endpoint = NULL;

		if (node && is_dist(view, node, listener->port)) {
			cell_add(&cell, words_endpoint(listener));
		} else if (node && is_unidentified(view, node, listener->port)) {
			endpoint = words_endpoint(listener);
			cell_add(&cell, endpoint ? join("perhaps", " ", endpoint) : NULL);
		}
	}
	return cell_text(&cell, "it is not known which listener of the node it is");
}

static bool goes_without_epmd(const struct view *view)
{
	return view->facts->kind && view->facts->kind->without_epmd;
}

static char *configured_epmd(const struct view *view)
{
	const char *address = ejg_survey_value(view->survey, "ERL_EPMD_ADDRESS");
	char port[8];

	if (goes_without_epmd(view))
		return strdup("none");

	snprintf(port, sizeof(port), "%u", view->facts->epmd_port);
	return join(port, " on ", address);
}

static char *real_epmd(const struct view *view)
{
	cleanup_cell struct cell cell = {};

	for (size_t i = 0; i < view->survey->n_listeners; i++) {
		const struct ejg_listener *listener = ejg_listener_get(view->survey, i);
		cleanup_free char *endpoint = NULL;

		if (listener->port != view->facts->epmd_port)
			continue;
		endpoint = words_endpoint(listener);
		cell_add(&cell, endpoint ? join(endpoint, " of ", listener->unit) : NULL);
	}
	return cell_text(&cell, "no process listens there");
}

static char *configured_public(const struct view *view)
{
	if (view->facts->n_public_ports == 0)
		return strdup("none");
	return words_ranges(view->facts->public_ports, view->facts->n_public_ports);
}

/* The listeners of a node other than the distribution. */
static char *real_public(const struct view *view)
{
	cleanup_cell struct cell cell = {};

	for (size_t i = 0; i < view->survey->n_listeners; i++) {
		const struct ejg_listener *listener = ejg_listener_get(view->survey, i);
		const struct ejg_process *node = node_of(view, listener);

		if (node && listener->port != view->facts->epmd_port && !is_dist(view, node, listener->port) &&
		    !is_unidentified(view, node, listener->port))
			cell_add(&cell, words_endpoint(listener));
	}
	return cell_text(&cell, "no listener of a node is known");
}

static const struct {
	const char *name;
	char *(*configured)(const struct view *view);
	char *(*real)(const struct view *view);
} things[N_COMPARED] = {
	{ "node name", configured_node, real_node }, { "user", configured_user, real_user },
	{ "home", configured_home, real_home },	     { "distribution", configured_dist, real_dist },
	{ "epmd", configured_epmd, real_epmd },	     { "public ports", configured_public, real_public },
};

int compared_make(const struct ejg_facts *facts, const struct ejg_survey *survey, struct compared_list *ret)
{
	struct view view = { .facts = facts, .survey = survey };
	int r = 0;

	for (size_t i = 0; i < N_COMPARED; i++) {
		ret->rows[i] = (struct compared){
			.name = things[i].name,
			.configured = things[i].configured(&view),
			.real = things[i].real(&view),
		};
		if (!ret->rows[i].configured || !ret->rows[i].real)
			r = -ENOMEM;
	}
	return r;
}

void compared_free(struct compared_list *list)
{
	for (size_t i = 0; i < N_COMPARED; i++) {
		free(list->rows[i].configured);
		free(list->rows[i].real);
	}
}
