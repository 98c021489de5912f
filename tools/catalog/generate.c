/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes the catalog of the journal: generate MODULE.so... Each finding that is a failure or a warning has an entry,
 * made from the table in which it is declared: `journalctl -x` then shows with a message what it means and what to do.
 */
#include <dlfcn.h>
#include <ejguard/module.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/core/report.h"
#include "tools/base/message-id.h"
#include "tools/systemd/dropin-findings.h"

struct catalog_entry {
	const char *id; /* with the name of the module */
	uint32_t severity;
	const char *cause;
	const char *page; /* of the manual */
};

/* What to do is the entry's own: the remedy of the table is in it, where nothing is said about the case. */
static void print_entry(const struct catalog_entry *entry)
{
	char id[MESSAGE_ID_SIZE];

	if (entry->severity < EJG_WARNING)
		return;
	printf("\n# %s\n-- %s\nSubject: @EJGUARD_SERVICE@: %s\nDefined-By: ejguard\nDocumentation: man:%s\n\n",
	       entry->id, message_id(entry->id, id), entry->cause, entry->page);
	printf("A %s of ejguard: %s.\nCause: %s.\n", entry->severity == EJG_FAILURE ? "failure" : "warning", entry->id,
	       entry->cause);
	printf("\nWhat to do:\n@EJGUARD_REMEDY@\n");
}

static void print_finding(const struct ejg_finding *finding)
{
	print_entry(&(struct catalog_entry){
		.id = finding->id, .severity = finding->severity, .cause = finding->message, .page = "ejguard(8)" });
}

static void print_infos(const char *module, const char *page, const struct ejg_finding_info *infos, size_t n)
{
	char id[128];

	for (size_t i = 0; i < n; i++) {
		snprintf(id, sizeof(id), "%s.%s", module, infos[i].id);
		print_entry(&(struct catalog_entry){
			.id = id, .severity = infos[i].severity, .cause = infos[i].summary, .page = page });
	}
}

static int print_module(const char *path)
{
	void *library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
	const struct ejg_module *module = library ? dlsym(library, "ejguard_module") : NULL;
	char page[128];

	if (!module) {
		fprintf(stderr, "generate-catalog: %s\n", dlerror());
		return -1;
	}
	snprintf(page, sizeof(page), "ejguard-%s(8)", module->name);
	print_infos(module->name, page, module->findings, module->n_findings);
	return 0;
}

int main(int argc, char **argv)
{
	printf("# SPDX-License-Identifier: LGPL-2.1-or-later\n# Generated from the tables of findings.\n");
	print_infos("core", "ejguard.conf(5)", report_core_findings, report_n_core_findings);
	for (size_t i = 0; i < N_CONDITIONS; i++)
		print_finding(&dropin_findings[i]);
	print_finding(&dropin_early_command);
	print_finding(&dropin_success_status);
	print_finding(&dropin_unnamed_socket);
	print_finding(&dropin_socket_starts);
	print_finding(&dropin_not_installed);
	print_finding(&dropin_without_systemd);
	for (int i = 1; i < argc; i++)
		if (print_module(argv[i]) < 0)
			return 1;
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
