/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kind of installation. Each kind has its own paths:
 *
 *     Debian's package      /usr/sbin/ejabberdctl, /etc/ejabberd, /usr/lib/TRIPLET/ejabberd-VERSION
 *     upstream's installer  /opt/ejabberd-VERSION/bin/ejabberdctl, /opt/ejabberd/conf (tools/make-binaries)
 *     make install          /usr/local/sbin/ejabberdctl, /usr/local/etc/ejabberd (Makefile.in)
 *     make prod             FOLDER/bin/ejabberdctl, FOLDER/conf, FOLDER/releases (vars.config.in)
 *     upstream's container  /usr/local/bin/ejabberdctl, which executes /opt/ejabberd-VERSION/bin/ejabberdctl
 *     the image ecs         /home/ejabberd/bin/ejabberdctl, /home/ejabberd/conf
 */
#include "libejguard/service/layout.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "libejguard/service/base/source.h"
#include "libejguard/service/base/variables.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"

/* Uses the path if it exists. Return: true if the search is over. */
static bool try_script(struct settings *s, const char *path)
{
	if (!path || !settings_exists(s->source, path))
		return false;
	s->script = path;
	s->script_origin = (struct ejg_origin){ .kind = EJG_ORIGIN_DISCOVERED, .file = path };
	return true;
}

static bool ends_with(const char *text, const char *end)
{
	const size_t length = strlen(text), n = strlen(end);

	return length >= n && strcmp(text + length - n, end) == 0;
}

/* Tries BASE-VERSION/bin/ejabberdctl, newest version first. */
static int try_versions(struct settings *s, const char *base, bool *ret)
{
	const char *slash = strrchr(base, '/');
	const char *folder = arena_printf(s->arena, "%.*s", slash > base ? (int)(slash - base) : 1, base);
	const char *prefix = arena_printf(s->arena, "%s-", slash + 1);
	struct source_names names = { 0 };
	int r;

	if (!folder || !prefix)
		return -ENOMEM;
	r = settings_list(s->arena, s->source, folder, prefix, "", &names);
	if (names.problem && !s->unit.problem) {
		s->unit.problem = names.problem;
		s->unit.problem_origin = (struct ejg_origin){ EJG_ORIGIN_DISCOVERED, folder, 0 };
	}
	while (r == 0 && !*ret && names.n-- > 0)
		*ret = isdigit((unsigned char)names.items[names.n][strlen(prefix)]) &&
		       try_script(s, arena_printf(s->arena, "%s/%s/bin/ejabberdctl", folder, names.items[names.n]));
	return r;
}

/* Tries the script that belongs to a configuration folder. */
static int try_near(struct settings *s, const char *config_dir, bool *ret)
{
	static const char etc[] = "/etc/ejabberd", conf[] = "/conf";
	size_t length = strlen(config_dir);
	const char *base;

	while (length > 1 && config_dir[length - 1] == '/')
		length--;
	config_dir = arena_strndup(s->arena, config_dir, length);
	if (!config_dir)
		return -ENOMEM;
	if (strcmp(config_dir, etc) == 0) {
		*ret = try_script(s, "/usr/sbin/ejabberdctl") || try_script(s, "/usr/bin/ejabberdctl");
		return 0;
	}
	if (ends_with(config_dir, etc)) {
		base = arena_strndup(s->arena, config_dir, length - strlen(etc));
		*ret = base && try_script(s, arena_printf(s->arena, "%s/sbin/ejabberdctl", base));
		return base ? 0 : -ENOMEM;
	}
	if (!ends_with(config_dir, conf) || length == strlen(conf))
		return 0;
	base = arena_strndup(s->arena, config_dir, length - strlen(conf));
	if (!base)
		return -ENOMEM;
	*ret = try_script(s, arena_printf(s->arena, "%s/bin/ejabberdctl", base));
	return *ret ? 0 : try_versions(s, base, ret);
}

/* Tries the command of ExecStart=. A name without a folder is searched in systemd's folders. */
static bool try_unit(struct settings *s)
{
	static const char *const folders[] = { "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin" };
	const char *command = s->unit.command;
	bool found = false;

	if (!command)
		return false;
	if (command[0] == '/')
		found = try_script(s, command);
	for (size_t i = 0; i < ARRAY_SIZE(folders) && !found && !strchr(command, '/'); i++)
		found = try_script(s, arena_printf(s->arena, "%s/%s", folders[i], command));
	if (found)
		s->script_origin = s->unit.command_origin;
	return found;
}

int layout_find(struct settings *s)
{
	static const char *const usual[] = {
		"/usr/sbin/ejabberdctl",       "/opt/ejabberd/bin/ejabberdctl",	 "/usr/local/bin/ejabberdctl", NULL,
		"/usr/local/sbin/ejabberdctl", "/home/ejabberd/bin/ejabberdctl", "/usr/bin/ejabberdctl",
	};
	bool found = try_unit(s);
	int r = 0;

	if (!found && s->config_dir)
		r = try_near(s, s->config_dir, &found);
	/* If the stack names a folder, the script of another installation does not belong to it */
	if (found || (s->config_dir && s->config_from.kind == EJG_ORIGIN_STACK) || strcmp(s->service, "ejabberd") != 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(usual) && !found && r == 0; i++) {
		if (usual[i])
			found = try_script(s, usual[i]);
		else
			r = try_versions(s, "/opt/ejabberd", &found);
	}
	return r;
}

static bool starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/* The path of the script, with all links resolved. */
static const char *script_path(const struct settings *s)
{
	const char *path = s->real_script ? settings_resolve(s->arena, s->source, s->real_script) : NULL;

	return path ? path : s->real_script;
}

/* FOLDER of FOLDER/bin/ejabberdctl, or NULL. */
static const char *release_folder(const struct settings *s)
{
	const char *path = s->real_script ? script_path(s) : "";

	return ends_with(path, "/bin/ejabberdctl")
		       ? arena_strndup(s->arena, path, strlen(path) - strlen("/bin/ejabberdctl"))
		       : NULL;
}

static const char *layout_of_folder(const char *config_dir)
{
	static const struct {
		const char *folder, *layout;
	} layouts[] = { { "/etc/ejabberd", "debian" },
			{ "/opt/ejabberd/conf", "installer" },
			{ "/usr/local/etc/ejabberd", "source" },
			{ "/home/ejabberd/conf", "container" } };

	for (size_t i = 0; config_dir && i < ARRAY_SIZE(layouts); i++)
		if (strcmp(config_dir, layouts[i].folder) == 0)
			return layouts[i].layout;
	return "unknown";
}

const char *layout_name(const struct settings *s)
{
	const char *path = script_path(s), *folder;

	if (!path)
		return layout_of_folder(s->config_dir);
	if (s->wrapped || starts_with(path, "/home/ejabberd/") || starts_with(path, "/opt/ejabberd/"))
		return "container";
	if (strcmp(path, "/usr/sbin/ejabberdctl") == 0)
		return "debian";
	if (starts_with(path, "/usr/local/"))
		return "source";
	folder = release_folder(s);
	if (!folder)
		return "unknown";
	if (strstr(path, "/opt/ejabberd-"))
		return "installer";
	folder = arena_printf(s->arena, "%s/releases", folder);
	return folder && settings_exists(s->source, folder) ? "source" : "unknown";
}

/*
 * The newest ejabberd-VERSION in a folder: Erlang's code server uses that one. Of a folder with too many entries it is
 * not known.
 */
static int find_version(struct settings *s, const char *folder, const char **ret, struct ejg_origin *ret_origin)
{
	static const char prefix[] = "ejabberd-";
	struct source_names names = { 0 };
	int r;

	r = settings_list(s->arena, s->source, folder, prefix, "", &names);
	while (r == 0 && !names.problem && names.n-- > 0) {
		const char *version = names.items[names.n] + strlen(prefix);

		if (!isdigit((unsigned char)*version))
			continue;
		/* Debian's revision is behind a dash */
		*ret = arena_strndup(s->arena, version, strcspn(version, "-"));
		ret_origin->kind = EJG_ORIGIN_DISCOVERED;
		ret_origin->file = arena_printf(s->arena, "%s/%s", folder, names.items[names.n]);
		return *ret && ret_origin->file ? 0 : -ENOMEM;
	}
	return r;
}

/* The folders of ERL_LIBS; else those of Debian's architectures. */
static int version_folders(struct settings *s, const char **ret)
{
	const struct occurrence *libs = variable_filled(&s->variables, "ERL_LIBS");
	struct source_names names = { 0 };
	const char *list = "/usr/lib";
	int r;

	if (libs && libs->text) {
		*ret = libs->text;
		return 0;
	}
	r = settings_list(s->arena, s->source, "/usr/lib", "", "-linux-gnu", &names);
	for (size_t i = 0; i < names.n && r == 0; i++) {
		list = arena_printf(s->arena, "%s:/usr/lib/%s", list, names.items[i]);
		if (!list)
			return -ENOMEM;
	}
	*ret = names.problem ? "" : list;
	return r;
}

int layout_version(struct settings *s, const char **ret, struct ejg_origin *ret_origin)
{
	const char *folder = release_folder(s), *list, *base;
	int r;

	*ret = NULL;
	r = version_folders(s, &list);
	while (r == 0 && !*ret && *list) {
		const size_t length = strcspn(list, ":");
		const char *one = arena_strndup(s->arena, list, length);

		list += length + (list[length] == ':');
		if (!one)
			return -ENOMEM;
		if (one[0] == '/')
			r = find_version(s, one, ret, ret_origin);
	}
	if (r < 0 || *ret || !folder)
		return r;
	base = strrchr(folder, '/');
	if (!base || !starts_with(base, "/ejabberd-"))
		return 0;
	*ret = base + strlen("/ejabberd-");
	*ret_origin = (struct ejg_origin){ .kind = EJG_ORIGIN_DISCOVERED, .file = folder };
	return 0;
}

/* ROOT of Erlang: from ROOT/bin/erl or ROOT/erts-VERSION/bin/erl, with links resolved. */
static const char *erlang_root(struct settings *s)
{
	const struct occurrence *erl = variable_filled(&s->variables, "ERL");
	const char *path = settings_resolve(s->arena, s->source, erl && erl->text ? erl->text : "/usr/bin/erl");
	const char *folder = release_folder(s);
	char *root, *slash;

	if (s->root_version)
		return s->root;
	if (!path || !ends_with(path, "/bin/erl")) {
		folder = folder ? arena_printf(s->arena, "%s/releases", folder) : NULL;
		return folder && settings_exists(s->source, folder) ? release_folder(s) : "/usr/lib/erlang";
	}
	root = arena_strndup(s->arena, path, strlen(path) - strlen("/bin/erl"));
	slash = root ? strrchr(root, '/') : NULL;
	if (slash && starts_with(slash, "/erts-"))
		*slash = '\0';
	return root;
}

/* "13.1.5" belongs to OTP 25: since OTP 23 (erts 11) each OTP release has had the next major number. */
static int otp_of_erts(struct settings *s, const char *erts, const char **ret)
{
	uint64_t major;
	char *number = arena_strndup(s->arena, erts, strspn(erts, "0123456789"));

	if (!number)
		return -ENOMEM;
	if (unsigned_parse(number, &major) < 0 || major < 11 || major > 999)
		return 0;
	*ret = arena_printf(s->arena, "%u", (unsigned int)major + 12);
	return *ret ? 0 : -ENOMEM;
}

int layout_otp(struct settings *s, const char **ret, struct ejg_origin *ret_origin)
{
	cleanup_source_text struct source_text data = { 0 };
	const char *root = erlang_root(s);
	const char *path = root ? arena_printf(s->arena, "%s/releases/start_erl.data", root) : NULL;
	struct source_names names = { 0 };
	int r;

	*ret = NULL;
	r = path ? settings_read(s->arena, s->source, path, &data) : -ENOMEM;
	if (r < 0)
		return r;
	*ret_origin = (struct ejg_origin){ .kind = EJG_ORIGIN_DISCOVERED, .file = data.path };
	r = data.text ? otp_of_erts(s, data.text, ret) : 0;
	if (r < 0 || *ret)
		return r;
	r = settings_list(s->arena, s->source, root, "erts-", "", &names);
	if (r < 0 || names.n == 0 || names.problem)
		return r;
	path = names.items[names.n - 1];
	ret_origin->file = arena_printf(s->arena, "%s/%s", root, path);
	return ret_origin->file ? otp_of_erts(s, path + strlen("erts-"), ret) : -ENOMEM;
}
