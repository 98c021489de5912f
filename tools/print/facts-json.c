/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The facts of the service as JSON. */
#include <jansson.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/user-name.h"
#include "tools/print/json.h"
#include "tools/print/words.h"

json_t *json_origin(const struct ejg_origin *origin)
{
	return json_pack("{s:s, s:o, s:I}", "kind", words_origin_kind(origin->kind), "file",
			 json_nullable(origin->file), "line", (json_int_t)origin->line);
}

static json_t *json_ranges(const struct ejg_port_range *ranges, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < n; i++)
		array = json_append(
			array, json_pack("{s:i, s:i}", "first", (int)ranges[i].first, "last", (int)ranges[i].last));
	return array;
}

json_t *json_user(const char *root, uid_t uid)
{
	cleanup_free char *name = user_name(root, uid);

	return name ? json_pack("{s:I, s:o}", "uid", (json_int_t)uid, "name", json_text(name)) : NULL;
}

static json_t *json_cgroups(const struct ejg_facts *facts)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < facts->n_cgroups; i++) {
		const struct ejg_cgroup *cgroup = ejg_cgroup_get(facts, i);

		array = json_append(array, json_pack("{s:o, s:o, s:o}", "name", json_text(cgroup->name), "path",
						     json_nullable(cgroup->path), "id", json_unsigned(cgroup->id)));
	}
	return array;
}

static json_t *json_peers(const struct ejg_facts *facts)
{
	char address[EJG_PREFIX_TEXT_SIZE];
	json_t *array = json_array();

	for (size_t i = 0; array && i < facts->n_peers; i++) {
		const struct ejg_peer *peer = ejg_peer_get(facts, i);

		array = json_append(
			array, json_pack("{s:o, s:o}", "peer",
					 json_text(peer->name ? peer->name : ejg_prefix_format(&peer->prefix, address)),
					 "origin", json_origin(&peer->origin)));
	}
	return array;
}

static json_t *json_users(const struct ejg_facts *facts)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < facts->n_users; i++)
		array = json_append(array, json_user(facts->root, facts->users[i]));
	return array;
}

/* Makes a fact; takes ownership of the value. */
static json_t *json_fact(json_t *value, const struct ejg_origin *origin)
{
	return json_pack("{s:o, s:o}", "value", value, "origin", json_origin(origin));
}

static json_t *json_dist(const struct ejg_facts *facts)
{
	return json_pack("{s:o, s:s, s:o, s:o}", "value", json_ranges(facts->dist, facts->n_dist), "state",
			 words_dist_state(facts->dist_state), "note", json_nullable(facts->dist_note), "origin",
			 json_origin(&facts->dist_origin));
}

json_t *json_facts(const struct ejg_facts *facts)
{
	const struct {
		const char *name;
		json_t *value;
	} members[] = {
		{ "stack", json_nullable(facts->stack_file) },
		{ "kind", json_fact(json_nullable(facts->kind ? facts->kind->name : NULL), &facts->kind_origin) },
		{ "config", json_fact(json_nullable(facts->config_dir), &facts->config_origin) },
		{ "cgroups", json_fact(json_cgroups(facts), &facts->cgroups_origin) },
		{ "epmd", json_fact(json_integer(facts->epmd_port), &facts->epmd_origin) },
		{ "dist", json_dist(facts) },
		{ "public", json_fact(json_ranges(facts->public_ports, facts->n_public_ports), &facts->public_origin) },
		{ "peers", json_fact(json_peers(facts), &facts->peers_origin) },
		{ "users", json_fact(json_users(facts), &facts->users_origin) },
	};
	json_t *object = json_object();
	bool failed = !object;

	for (size_t i = 0; i < ARRAY_SIZE(members); i++) /* takes ownership, or frees */
		failed |= json_object_set_new(object, members[i].name, members[i].value) < 0;
	if (!failed)
		return object;
	json_decref(object);
	return NULL;
}
