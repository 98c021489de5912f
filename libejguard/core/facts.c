/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/facts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "libejguard/core/facts-draft.h"
#include "libejguard/service/base/source.h"
#include "libejguard/service/defaults.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/passwd.h"
#include "libejguard/util/root.h"

/* Return: 0, or the errno of open(2). */
static int find_folder(const struct facts_draft *draft, const char *path)
{
	cleanup_fd int fd = root_open(draft->facts->root, path, O_PATH | O_DIRECTORY);

	return fd < 0 ? fd : 0;
}

/* Only the default service has default folders. */
static int discover_config(struct facts_draft *draft)
{
	const char *found;
	int r;

	r = facts_discover_config(draft, &found);
	if (r == 0 && found && find_folder(draft, found) == 0) {
		draft->facts->config_dir = found;
		draft->facts->config_origin.kind = EJG_ORIGIN_DISCOVERED;
	}
	if (r < 0 || draft->facts->config_dir || strcmp(draft->facts->service, SERVICE_DEFAULT) != 0 ||
	    strcmp(draft->facts->kind->name, SERVICE_DEFAULT) != 0)
		return r;
	for (const char *const *dir = draft->source->config_dirs; *dir; dir++) {
		if (find_folder(draft, *dir) < 0)
			continue;
		draft->facts->config_dir = arena_strdup(draft->arena, *dir);
		draft->facts->config_origin.kind = EJG_ORIGIN_DISCOVERED;
		return draft->facts->config_dir ? 0 : -ENOMEM;
	}
	return 0;
}

static int find_config(struct facts_draft *draft)
{
	const struct setting *setting;
	const struct word *word;
	int r;

	r = facts_setting(draft, "config", &setting);
	if (r < 0)
		return r;
	if (!setting)
		return discover_config(draft);
	if (setting->n_values > 1)
		return facts_bad_word(draft, &setting->values[1], "set config takes one folder");
	word = &setting->values[0];
	if (word->text[0] != '/')
		return facts_bad_word(draft, word, "set config: %s is not an absolute path", word->text);
	r = find_folder(draft, word->text);
	if (r == -ENOMEM)
		return r;
	if (r == -ENOTDIR)
		return facts_bad_word(draft, word, "set config: %s is not a folder", word->text);
	if (r < 0)
		return facts_bad_word(draft, word, "set config: %s: %s", word->text, strerrordesc_np(-r));
	draft->facts->config_dir = word->text;
	draft->facts->config_origin = facts_origin(setting);
	return 0;
}

int facts_read_config(struct facts_draft *draft)
{
	int r = find_config(draft);

	settings_set_folder(draft->settings, draft->facts->config_dir, &draft->facts->config_origin);
	return r;
}

static int read_user(struct facts_draft *draft, const struct word *word, uid_t *ret)
{
	cleanup_passwd_user struct passwd_user user = { 0 };
	uint64_t number;
	int r;

	if (word->text[0] && word->text[strspn(word->text, "0123456789")] == '\0') {
		/* the last one, (uid_t)-1, means "no user" to the kernel */
		if (unsigned_parse(word->text, &number) < 0 || number >= UINT32_MAX)
			return facts_bad_word(draft, word, "set users: %s is not a user id", word->text);
		*ret = (uid_t)number;
		return 0;
	}
	r = passwd_user_by_name(draft->facts->root, word->text, &user);
	if (r == -ENOENT)
		return facts_bad_word(draft, word, "set users: there is no user %s", word->text);
	if (r == -EIO)
		return facts_bad_word(draft, word, "set users: the user %s cannot be looked up", word->text);
	if (r == 0)
		*ret = user.uid;
	return r;
}

static int check_user(struct facts_draft *draft, const struct setting *setting, const uid_t *users, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (users[j] == users[i])
			return facts_bad_word(draft, &setting->values[i],
					      "set users: %s is user %u, and so is %s at %s", setting->values[i].text,
					      (unsigned int)users[i], setting->values[j].text,
					      facts_place(draft, &setting->values[j].position));
	return 0;
}

int facts_read_users(struct facts_draft *draft)
{
	const struct setting *setting;
	uid_t *users;
	int error = 0, r;

	r = facts_setting(draft, "users", &setting);
	if (r < 0 || !setting)
		return r;
	users = arena_array(draft->arena, setting->n_values, sizeof(*users));
	if (!users)
		return -ENOMEM;
	for (size_t i = 0; i < setting->n_values; i++) {
		users[i] = (uid_t)-1;
		r = read_user(draft, &setting->values[i], &users[i]);
		if (r == 0)
			r = check_user(draft, setting, users, i);
		if (r == -ENOMEM)
			return r;
		error = error ? error : r;
	}
	if (error)
		return error;
	draft->facts->users = users;
	draft->facts->n_users = setting->n_values;
	draft->facts->users_origin = facts_origin(setting);
	return 0;
}

int facts_collect_from(struct arena *arena, struct report *report, const struct stack *stack, const char *service,
		       const char *rundir, const struct facts_source *source, struct ejg_facts **ret,
		       struct settings **ret_settings)
{
	static int (*const readers[])(struct facts_draft *) = {
		facts_read_kind,  facts_read_config, facts_read_ports,
		facts_read_users, facts_read_peers,  facts_read_cgroups,
	};
	struct facts_draft draft = { .arena = arena, .report = report, .stack = stack, .source = source };
	int error = 0, r;

	draft.facts = arena_alloc(arena, sizeof(*draft.facts));
	if (!draft.facts)
		return -ENOMEM;
	*draft.facts = (struct ejg_facts){ EJG_FACTS_HEADER };
	draft.facts->service = arena_strdup(arena, service);
	draft.facts->rundir = arena_strdup(arena, rundir ? rundir : "");
	draft.facts->stack_file = stack->file;
	draft.facts->root = source->root ? source->root : "";
	r = facts_new_settings(&draft);
	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(readers) && !arena_failed(arena); i++) {
		r = readers[i](&draft);
		if (r == -ENOMEM)
			return r;
		error = error ? error : r;
	}
	if (arena_failed(arena))
		return -ENOMEM;
	*ret = draft.facts;
	*ret_settings = draft.settings;
	return error;
}

int facts_collect(struct arena *arena, struct report *report, const struct stack *stack, const char *service,
		  const char *rundir, const char *root, struct ejg_facts **ret, struct settings **ret_settings)
{
	struct settings_source *settings = arena_alloc(arena, sizeof(*settings));
	const struct facts_source source = {
		.cgroup = cgroup_source_system,
		.config_dirs = service_config_dirs,
		.settings = settings,
		.root = root,
	};
	int r = settings ? settings_source_at(arena, root, settings) : -ENOMEM;

	return r < 0 ? r : facts_collect_from(arena, report, stack, service, rundir, &source, ret, ret_settings);
}
