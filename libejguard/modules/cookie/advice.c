/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Remedies: commands and edits to paste, for this service, its user and its stack. */
#include <string.h>

#include "libejguard/modules/cookie/cookie.h"
#include "libejguard/util/epmd-unit.h"
#include "libejguard/util/quote.h"

const char *advise_quoted(struct audit *audit, const char *path)
{
	const char *text = quote_shell(audit->host.arena, path);

	return text ? text : "";
}

const char *advise_owner(const struct audit *audit)
{
	return audit->host.service.known ? audit->host.service.user : audit->host.facts->service;
}

static const char *group_of(const struct audit *audit)
{
	return audit->host.service.known ? audit->host.service.group : audit->host.facts->service;
}

/* The unit that runs the service, for systemctl; it may have another name than the service. */
static const char *unit_of(struct audit *audit)
{
	const struct ejg_facts *facts = audit->host.facts;

	for (size_t i = 0; i < facts->n_cgroups; i++) {
		const char *name = ejg_cgroup_get(facts, i)->name, *dot = strrchr(name, '.');

		if (name[0] == '/' || !dot || strcmp(dot, ".service") != 0 || is_epmd_unit(name))
			continue;
		return audit_text(audit, "%.*s", (int)(dot - name), name);
	}
	return facts->service;
}

/* For all nodes at once: nodes with different cookies cannot form a cluster. */
static const char *advise_cluster(struct audit *audit, const char *path)
{
	const char *unit = unit_of(audit);

	return audit_text(
		audit,
		"on one node, make a cookie, then copy the file to every node with scp -p:\n"
		"run: (umask 077; openssl rand -hex 32 > /root/cookie.new)\n"
		"on every node:\n"
		"run: systemctl stop %s && install -T -o %s -g %s -m 0400 /root/cookie.new %s && rm /root/cookie.new\n"
		"when that is done on all of them, on every node:\n"
		"run: systemctl start %s",
		unit, advise_owner(audit), group_of(audit), advise_quoted(audit, path), unit);
}

/* True if the line is in a file that is only tried: an apply reads another one. */
static bool is_tried(struct audit *audit, const char *file)
{
	const char *stack = audit->host.facts->stack_file;
	const char *installed = audit_text(audit, "%s/%s", EJG_CONFDIR, audit->host.facts->service);

	return ejg_call_trial(audit->call) && stack && strcmp(file, stack) == 0 && strcmp(file, installed) != 0;
}

/* The shipped stack must not be edited: the next version of the package replaces it. */
static const char *advise_option(struct audit *audit, const char *option)
{
	const char *service = audit->host.facts->service;
	uint32_t line = 0;
	const char *file = ejg_call_where(audit->call, &line);

	if (strncmp(file, EJG_VENDORDIR "/", strlen(EJG_VENDORDIR "/")) == 0 && audit->host.facts->stack_file &&
	    strcmp(file, audit->host.facts->stack_file) == 0)
		return audit_text(audit, "run: install -D -m 0644 %s %s/%s\nedit: %s/%s:%u: add %s to the line\n", file,
				  EJG_CONFDIR, service, EJG_CONFDIR, service, line, option);
	if (is_tried(audit, file))
		return audit_text(audit, "edit: %s:%u: add %s to the line\nrun: install -D -m 0644 %s %s/%s\n", file,
				  line, option, advise_quoted(audit, file), EJG_CONFDIR, service);
	return audit_text(audit, "edit: %s:%u: add %s to the line\n", file, line, option);
}

const char *advise_create(struct audit *audit, const char *path)
{
	if (audit->host.facts->n_peers)
		return advise_cluster(audit, path);
	if (audit->config->create)
		return audit_text(audit, "run: ejguard apply %s", audit->host.facts->service);
	return audit_text(audit, "%srun: ejguard apply %s", advise_option(audit, "create=yes"),
			  audit->host.facts->service);
}

const char *advise_rotate(struct audit *audit, const char *path)
{
	const char *service = audit->host.facts->service, *edit = "";

	if (audit->host.facts->n_peers)
		return advise_cluster(audit, path);
	if (audit->config->rotate != COOKIE_ROTATE_WEAK)
		edit = advise_option(audit, "rotate=weak");
	return audit_text(audit, "%srun: systemctl stop %s && ejguard apply %s && systemctl start %s", edit,
			  unit_of(audit), service, unit_of(audit));
}

const char *advise_remove(struct audit *audit, const char *path)
{
	const char *service = audit->host.facts->service, *edit = "";

	if (audit->host.facts->n_peers)
		return advise_cluster(audit, path);
	if (!audit->config->create)
		edit = advise_option(audit, "create=yes");
	return audit_text(audit, "%srun: systemctl stop %s && rm %s && ejguard apply %s && systemctl start %s", edit,
			  unit_of(audit), advise_quoted(audit, path), service, unit_of(audit));
}

const char *advise_home(struct audit *audit, const char *path)
{
	const char *home = audit_text(audit, "%.*s", (int)(strrchr(path, '/') - path), path);

	return audit_text(audit, "run: install -d -o %s -g %s -m 0700 %s", advise_owner(audit), group_of(audit),
			  advise_quoted(audit, *home ? home : "/"));
}
