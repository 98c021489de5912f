/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The facts of the service as text: each with its value and its origin. */
#include <errno.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/text.h"
#include "tools/base/user-name.h"
#include "tools/print/footnotes.h"
#include "tools/print/print.h"
#include "tools/print/words.h"

enum { MAX_ORIGIN = 36, MAX_NAME = 36, MAX_VALUE = 240 };

/* Adds a row and takes ownership of the value; NULL means out of memory. */
static int add_row(struct table *table, struct footnotes *notes, const char *name, const struct ejg_origin *origin,
		   char *value, const char *more)
{
	cleanup_free char *whole = value, *where = origin ? words_origin(origin) : strdup("");
	cleanup_free char *short_name = text_cut(name, MAX_NAME),
			  *short_where = where ? footnotes_cell(notes, where, MAX_ORIGIN) : NULL;
	cleanup_free char *short_value = whole ? text_cut(whole, MAX_VALUE) : NULL,
			  *rest = text_cut(more ? more : "", MAX_VALUE);

	if (!short_name || !short_where || !short_value || !rest)
		return -ENOMEM;
	table_row(table, (const char *[]){ short_name, short_where, short_value }, *rest ? rest : NULL);
	return 0;
}

static char *cgroups_text(const struct ejg_facts *facts)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	if (facts->n_cgroups == 0)
		fputs("none", out);
	for (size_t i = 0; i < facts->n_cgroups; i++)
		fprintf(out, "%s%s%s", i ? ", " : "", ejg_cgroup_get(facts, i)->name,
			ejg_cgroup_get(facts, i)->id ? "" : " (not there now)");
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

static char *users_text(const struct ejg_facts *facts)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	if (facts->n_users == 0)
		fputs("none", out);
	for (size_t i = 0; i < facts->n_users; i++) {
		cleanup_free char *user = user_name(facts->root, facts->users[i]);

		fprintf(out, "%s%s", i ? " " : "", user ? user : "?");
	}
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

static char *peer_text(const struct ejg_peer *peer)
{
	char address[EJG_PREFIX_TEXT_SIZE];

	return strdup(peer->name ? peer->name : ejg_prefix_format(&peer->prefix, address));
}

static int add_peers(struct table *table, struct footnotes *notes, const struct ejg_facts *facts)
{
	int r = 0;

	if (facts->n_peers == 0)
		return add_row(table, notes, "peers", &facts->peers_origin, strdup("none"), NULL);
	for (size_t i = 0; i < facts->n_peers && r == 0; i++)
		r = add_row(table, notes, i ? "" : "peers", &ejg_peer_get(facts, i)->origin,
			    peer_text(ejg_peer_get(facts, i)), NULL);
	return r;
}

static char *dist_text(const struct ejg_facts *facts)
{
	if (facts->dist_state == EJG_DIST_FIXED)
		return words_ranges(facts->dist, facts->n_dist);
	return strdup(words_dist_state(facts->dist_state));
}

static char *port_text(uint16_t port)
{
	char *text;

	return asprintf(&text, "%u", port) < 0 ? NULL : text;
}

static char *public_text(const struct ejg_facts *facts)
{
	return facts->n_public_ports ? words_ranges(facts->public_ports, facts->n_public_ports) : strdup("none");
}

static int add_facts(struct table *table, struct footnotes *notes, const struct ejg_facts *facts)
{
	int r;

	r = add_row(table, notes, "stack", NULL, strdup(facts->stack_file ? facts->stack_file : "none"), NULL);
	if (r == 0 && facts->kind)
		r = add_row(table, notes, "kind", &facts->kind_origin, strdup(facts->kind->title), NULL);
	if (r == 0)
		r = add_row(table, notes, "configuration", &facts->config_origin,
			    strdup(facts->config_dir ? facts->config_dir : "not found"), NULL);
	if (r == 0)
		r = add_row(table, notes, "cgroups", &facts->cgroups_origin, cgroups_text(facts), NULL);
	if (r == 0)
		r = add_row(table, notes, "epmd", &facts->epmd_origin, port_text(facts->epmd_port),
			    facts->kind && facts->kind->without_epmd ? "not used by the service" : NULL);
	if (r == 0)
		r = add_row(table, notes, "distribution", &facts->dist_origin, dist_text(facts), facts->dist_note);
	if (r == 0)
		r = add_row(table, notes, "public ports", &facts->public_origin, public_text(facts), NULL);
	if (r == 0)
		r = add_peers(table, notes, facts);
	if (r == 0)
		r = add_row(table, notes, "users", &facts->users_origin, users_text(facts), NULL);
	return r;
}

int print_facts(const struct ejg_facts *facts, FILE *out)
{
	static const char *const headings[] = { "FACT", "ORIGIN", "VALUE" };
	struct table *table = table_new(out, headings, ARRAY_SIZE(headings), TABLE_NO_NUMBER);
	struct paragraph origins = { .out = out, .width = text_width(out), .indent = 2 };
	cleanup_footnotes struct footnotes notes = {};
	int r;

	r = add_facts(table, &notes, facts);
	if (table_print(table, "Facts (what the modules check against):") < 0)
		return -ENOMEM;
	if (r == 0)
		r = footnotes_print(&notes, out);
	paragraph_add(&origins, "Origins: default is a value of ejguard's own; preset, of the service's own script; "
				"discovered, of what runs. Others are the file that sets it.");
	paragraph_end(&origins);
	return r;
}
