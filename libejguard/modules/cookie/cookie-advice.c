/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Remedies: commands and edits that can be pasted, for this service, its user and its stack. */
#include <string.h>

#include "libejguard/modules/cookie/cookie.h"

const char *advise_quoted(struct audit *audit, const char *path)
{
	const char *text = access_quote(audit->arena, path);

	return text ? text : "";
}

const char *advise_owner(const struct audit *audit)
{
	return audit->service.known ? audit->service.user : audit->facts->service;
}

static const char *group_of(const struct audit *audit)
{
	return audit->service.known ? audit->service.group : audit->facts->service;
}

/* For all nodes at once: with two cookies a cluster falls apart. */
static const char *advise_cluster(struct audit *audit, const char *path)
{
	const char *service = audit->facts->service;

	return audit_text(
		audit,
		"on one node: (umask 077; openssl rand -hex 32 > /root/cookie.new); copy that file to every node by "
		"scp -p; then on every node: systemctl stop %s && install -o %s -g %s -m 0400 /root/cookie.new %s && "
		"rm /root/cookie.new; when that is done on all of them, on every node: systemctl start %s",
		service, advise_owner(audit), group_of(audit), advise_quoted(audit, path), service);
}

const char *advise_rotate(struct audit *audit, const char *path)
{
	const char *service = audit->facts->service, *edit = "";
	uint32_t line = 0;
	const char *file = ejg_call_where(audit->call, &line);

	if (audit->facts->n_peers)
		return advise_cluster(audit, path);
	if (audit->config->rotate != COOKIE_ROTATE_WEAK)
		edit = audit_text(audit, "add rotate=weak to line %u of %s; then: ", line, file);
	return audit_text(audit, "%ssystemctl stop %s && ejguard apply %s && systemctl start %s", edit, service,
			  service, service);
}

const char *advise_remove(struct audit *audit, const char *path)
{
	const char *service = audit->facts->service, *edit = "";
	uint32_t line = 0;
	const char *file = ejg_call_where(audit->call, &line);

	if (audit->facts->n_peers)
		return advise_cluster(audit, path);
	if (!audit->config->create)
		edit = audit_text(audit, "add create=yes to line %u of %s; then: ", line, file);
	return audit_text(audit, "%ssystemctl stop %s && rm %s && ejguard apply %s && systemctl start %s", edit,
			  service, advise_quoted(audit, path), service, service);
}

const char *advise_home(struct audit *audit, const char *path)
{
	const char *home = audit_text(audit, "%.*s", (int)(strrchr(path, '/') - path), path);

	return audit_text(audit, "install -d -o %s -g %s -m 0700 %s", advise_owner(audit), group_of(audit),
			  advise_quoted(audit, *home ? home : "/"));
}
