/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The last line of the text: the verdict, its reasons, and the next command if there is one. */
#include <errno.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/text.h"
#include "tools/print/finding-list.h"
#include "tools/print/print.h"

/* The number of findings in each section, and the command that corrects the failures. */
struct summary {
	size_t counts[N_SECTIONS];
	bool apply_mends;  /* the remedy of every failure is to apply or enable the stack */
	bool enable_mends; /* the remedy of some is to enable it, which comes first */
	bool both;	   /* and that of others is to apply it */
	bool reload_mends; /* the remedy of every failure is that systemd reads its files */
	bool left_out;	   /* there are warnings that status does not show */
	bool permissive;   /* what was applied refuses nothing */
};

/* True if the remedy is to run this verb, and nothing else. */
static bool is_verb(const char *remedy, const char *verb)
{
	static const char command[] = "run: ejguard ";

	return strncmp(remedy, command, sizeof(command) - 1) == 0 && !strchr(remedy, '\n') &&
	       strncmp(remedy + sizeof(command) - 1, verb, strlen(verb)) == 0;
}

#define RELOAD "systemctl daemon-reload"

static struct summary count(const struct report *report)
{
	struct summary summary = { .apply_mends = true, .reload_mends = true };
	const struct ejg_finding *finding;
	bool applies = false;

	for (size_t i = 0; (finding = report_finding(report, i)); i++) {
		enum section section = finding_section(finding);

		summary.counts[section]++;
		if (strcmp(finding->id, "core.permissive") == 0)
			summary.permissive = true;
		if (section == SECTION_WARNING && !report_is_of_guard(report, finding))
			summary.left_out = true;
		if (section != SECTION_FAILURE)
			continue;
		if (strcmp(finding->remedy, "run: " RELOAD) != 0)
			summary.reload_mends = false;
		if (is_verb(finding->remedy, "enable"))
			summary.enable_mends = true;
		else if (!is_verb(finding->remedy, "apply"))
			summary.apply_mends = false;
		else
			applies = true;
	}
	summary.both = applies && summary.apply_mends && summary.enable_mends;
	return summary;
}

/* The result. It says if parts were not visible to the caller. */
static const char *outcome(const struct report *report, const struct summary *summary)
{
	bool audit = report->verb->audits;

	if (report->tries && report->verb->makes_dropins && !report->arguments->now)
		return report->error == 0 ? "would be enabled" : "would NOT be enabled";
	if (report->error == 0 && summary->permissive)
		return report->tries ? "would be applied, but refuse nothing" : "applied, but refuses nothing";
	if (report->tries)
		return report->error == 0 ? "would be guarded" : "would NOT be guarded";
	if (report->arguments->now && report->has_units)
		return report->error == 0 ? "enabled, and guarded now" : "enabled, but NOT guarded now";
	if (report->error == 0 && report->verb->reverts)
		return report->pending.former
			       ? "reverted: the former policy is in force; the stack file still has the change"
			       : "reverted: nothing was applied before, and nothing is guarded now";
	if (report->guarded_now && report->persistence == UNIT_START_UNGUARDED)
		return summary->reload_mends && summary->counts[SECTION_FAILURE] > 0
			       ? "guarded now, but perhaps NOT after the next boot"
			       : "guarded now, but NOT after the next start";
	if (report->error == 0)
		return audit && summary->counts[SECTION_UNSEEN] > 0 ? "guarded as far as can be seen"
								    : report->verb->done;
	if (report->verb->shows_all && report->error == -EPERM)
		return "NOT KNOWN what is supported";
	return audit && report->error == -EPERM ? "NOT KNOWN to be guarded" : report->verb->failed;
}

static void print_count(FILE *out, const char **separator, size_t n, const char *one, const char *more)
{
	char number[NUMBER_SIZE];

	if (n == 0)
		return;
	fprintf(out, "%s%s %s", *separator, format_number(n, number), n == 1 ? one : more);
	*separator = ", ";
}

/* Prints a word quoted for a shell. The options contain no control characters. */
static void print_word(FILE *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%";

	fputc(' ', out);
	if (*word && word[strspn(word, plain)] == '\0') {
		fputs(word, out);
		return;
	}
	fputc('\'', out);
	for (; *word; word++) {
		if (*word == '\'')
			fputs("'\\''", out);
		else
			fputc(*word, out);
	}
	fputc('\'', out);
}

static void print_option(FILE *out, const char *name, const char *value)
{
	if (!value)
		return;
	fprintf(out, " --%s", name);
	print_word(out, value);
}

/* To guard the service now; without drop-ins that would not last. */
static const char *applying_verb(const struct report *report)
{
	return report->persistence == UNIT_START_UNGUARDED ? "enable --now" : "apply";
}

/* Prints the command with the folders and the service of this run. */
static void print_command(const struct report *report, const char *verb, FILE *out)
{
	const struct arguments *arguments = report->arguments;

	fprintf(out, "%sejguard", geteuid() == 0 ? "" : "sudo ");
	print_option(out, "confdir", arguments->confdir);
	print_option(out, "moduledir", arguments->moduledir);
	fprintf(out, " %s", verb);
	if (strcmp(verb, applying_verb(report)) != 0)
		print_option(out, "file", arguments->file);
	print_option(out, "root", arguments->root);
	if (arguments->operand)
		print_word(out, arguments->operand);
}

/* A stack that was tried is put in its place, unless it is there, and applied. */
static void print_use(const struct report *report, FILE *out)
{
	const struct arguments *arguments = report->arguments;
	const char *folder = arguments->confdir ? arguments->confdir : EJG_CONFDIR;
	cleanup_free char *path = NULL;

	if (asprintf(&path, "%s/%s", folder, report->service) < 0) {
		path = NULL;
		return;
	}
	if (strcmp(path, arguments->file) != 0) {
		fprintf(out, "%sinstall -D -m 0644", geteuid() == 0 ? "" : "sudo ");
		print_word(out, arguments->file);
		print_word(out, path);
		fputs(" && ", out);
	}
	print_command(report, applying_verb(report), out);
}

/* What corrects what an audit has found. */
static void print_next_of_audit(const struct report *report, const struct summary *summary, FILE *out)
{
	const char *verb = report->verb->name;

	if (report->error == -ENOENT && !report->arguments->file)
		return; /* the name is wrong: the finding says which was probably meant */
	if (report->error == -EPERM && geteuid() != 0) {
		print_command(report, verb, out); /* nothing is known to be wrong */
		return;
	}
	if (report->error < 0 && summary->counts[SECTION_FAILURE] > 0) {
		if (summary->reload_mends) {
			fprintf(out, "%s" RELOAD, geteuid() == 0 ? "" : "sudo ");
			return;
		}
		if (summary->apply_mends && !report->arguments->file)
			verb = !summary->enable_mends ? "apply" : report->guarded_now ? "enable" : "enable --now";
		else
			fputs("correct the failures, then ", out);
	} else if (summary->counts[SECTION_UNSEEN] == 0 || geteuid() == 0) {
		return;
	}
	print_command(report, verb, out);
}

/* Prints nothing if nothing is left to do, or if no command does it. */
static void print_next(const struct report *report, const struct summary *summary, FILE *out)
{
	const char *verb = report->verb->name;

	if (report->pending.waits && !report->quiet) {
		print_command(report, "confirm", out);
		return;
	}
	if (report->error == 0 && report->guarded_now && report->persistence == UNIT_START_UNGUARDED) {
		print_command(report, "enable", out);
		return;
	}
	if (report->tries && report->arguments->dry_run && report->error == 0) {
		if (report->pending.reverted)
			fprintf(out, "edit %s", report->pending.reverted);
		else if (report_count_changes(report) > 0)
			print_command(report,
				      report->arguments->now	    ? "enable --now"
				      : report->verb->makes_dropins ? verb
								    : applying_verb(report),
				      out);
		return;
	}
	if (report->tries && report->arguments->file && !report->arguments->root && report->error == 0) {
		if (report_count_changes(report) > 0 && !report->quiet)
			print_use(report, out);
		return;
	}
	if (report->verb->makes_dropins && report->error == 0 && report->guarded_now && !report->quiet) {
		print_command(report, finding_asker(report), out);
		return;
	}
	if (report->verb->counts_only && summary->counts[SECTION_WARNING] > 0 && !report->quiet && !report->verbose)
		print_command(report, finding_asker(report), out);
	if (report->verb->shows_all && report->error == -EPERM && geteuid() != 0) {
		print_command(report, verb, out);
		return;
	}
	if (!report->verb->audits || report->quiet)
		return;
	if (report->error == 0 && report->verb->shows_guarded && summary->left_out && !report->verbose) {
		print_command(report, finding_asker(report), out);
		return;
	}
	print_next_of_audit(report, summary, out);
}

/* The stack cannot be read, or one of its modules cannot be loaded. */
static bool is_invalid(const struct report *report)
{
	return report->error == -EBADMSG || report->error == -ENOENT;
}

static void print_summary(const struct report *report, const struct summary *summary, FILE *out)
{
	const char *separator = report->error < 0 ? ": " : ", ";
	const char *file = report->arguments->file;
	bool may_fail = report->error == 0 && !report->verb->tells_only;

	if (file && is_invalid(report)) {
		separator = ", ";
		fprintf(out, "%s: invalid", file);
		print_count(out, &separator, summary->counts[SECTION_FAILURE], "error", "errors");
		fprintf(out, "; %s itself was not checked", report->service);
		return;
	}
	fprintf(out, "%s: %s", report->service, outcome(report, summary));
	print_count(out, &separator, summary->counts[SECTION_FAILURE],
		    may_fail ? "failure of an optional or permissive module" : "failure",
		    may_fail ? "failures of optional or permissive modules" : "failures");
	print_count(out, &separator, summary->counts[SECTION_WARNING], "warning", "warnings");
	print_count(out, &separator, summary->counts[SECTION_UNSEEN], "not seen", "not seen");
	if (report->tries && report->error == 0) {
		size_t n = report_count_changes(report);

		print_count(out, &separator, n, "change", "changes");
		if (n == 0)
			fprintf(out, "%snothing would change", separator);
	}
	if (report->verb->counts_ok && !report->quiet)
		print_count(out, &separator, summary->counts[SECTION_OK], "ok", "ok");
	if (report->stays)
		fprintf(out, "; the policy that was applied stays in force, ejguard release %s removes it",
			report->service);
	if (report->pending.waits)
		fprintf(out, "; reverts in %u s unless confirmed", report->pending.seconds);
}

/* The output of one of the two functions, as a new string. */
static char *print_to_text(const struct report *report, const struct summary *summary,
			   void (*print)(const struct report *report, const struct summary *summary, FILE *out))
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	print(report, summary, out);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

bool print_next_mends(const struct report *report)
{
	return report->verb && report->verb->audits && !report->quiet && report->error < 0 && !report->tries &&
	       !report->pending.waits && !report->pending.reverted && count(report).both;
}

int print_next_command(const struct report *report, FILE *out)
{
	const struct summary summary = count(report);
	cleanup_free char *next = print_to_text(report, &summary, print_next);

	if (!next)
		return -ENOMEM;
	text_put(out, next, strlen(next));
	return 0;
}

int print_outcome(const struct report *report, FILE *out)
{
	const struct summary summary = count(report);
	cleanup_free char *verdict = print_to_text(report, &summary, print_summary);

	if (!verdict)
		return -ENOMEM;
	text_put(out, verdict, strlen(verdict));
	fputc('\n', out);
	return 0;
}

int print_verdict(const struct report *report, FILE *out)
{
	const struct summary summary = count(report);
	cleanup_free char *verdict = print_to_text(report, &summary, print_summary);
	cleanup_free char *next = print_to_text(report, &summary, print_next);
	static const char label[] = "next: ";
	bool apart;

	if (!verdict || !next)
		return -ENOMEM;
	apart = text_columns(verdict) + 2 + sizeof(label) - 1 + text_columns(next) > text_width(out);
	if (*next && apart) {
		fputs(label, out);
		text_put(out, next, strlen(next));
		fputc('\n', out);
	}
	text_put(out, verdict, strlen(verdict));
	if (*next && !apart) {
		fprintf(out, "; %s", label);
		text_put(out, next, strlen(next));
	}
	fputc('\n', out);
	return 0;
}
