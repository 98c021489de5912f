/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * check as a page for a browser: one file, no script, nothing from elsewhere, light or dark as the browser asks.
 * Colours have a contrast of 7 and more, and none of them says anything that a word does not say. It is well-formed
 * XML, too.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/text.h"
#include "tools/base/handle.h"
#include "tools/print/finding-list.h"
#include "tools/print/print.h"
#include "tools/print/steps.h"

static const struct {
	const char *title;
	const char *name; /* of the class */
} sections[N_SECTIONS] = {
	[SECTION_FAILURE] = { "Failures", "failure" }, [SECTION_WARNING] = { "Warnings", "warning" },
	[SECTION_INFO] = { "Worth knowing", "info" },  [SECTION_OK] = { "As it should be", "ok" },
	[SECTION_UNSEEN] = { "Not seen", "info" },
};

/* Paper is white, whatever the screen is. */
static const char style[] =
	":root{color-scheme:light dark}"
	"body{font:1rem/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}"
	"h1,h2,h3{line-height:1.25;overflow-wrap:anywhere}h3{font-size:1rem;margin:0}"
	".verdict{padding:1rem;border-left:.5rem solid;font-size:1.25rem}"
	".failure{border-color:#8c0000}.warning{border-color:#6b4500}.ok{border-color:#004d1a}.info{border-color:#444}"
	"article{margin:1rem 0;padding:.25rem 1rem;border-left:.25rem solid;break-inside:avoid}p{margin:.25rem 0}"
	"code{font:.95rem monospace;overflow-wrap:anywhere}small{color:#444}ul{margin:.25rem 0}"
	"@media screen and (prefers-color-scheme:dark){body{color:#eee;background:#16181d}small{color:#bbb}"
	".failure{border-color:#ff9c94}.warning{border-color:#f2cc60}.ok{border-color:#7ee08a}.info{border-color:#bbb}"
	"}";

static void put_n(FILE *out, const char *text, size_t n)
{
	cleanup_free char *copy = strndup(text, n), *printable = copy ? text_printable(copy) : NULL;

	for (const char *p = printable ? printable : ""; *p; p++)
		switch (*p) {
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '&':
			fputs("&amp;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			fputc(*p, out);
		}
}

/* What comes from outside may be anything. */
static void put(FILE *out, const char *text)
{
	put_n(out, text, strlen(text));
}

static void put_steps(FILE *out, const char *remedy)
{
	struct step step;

	if (!*remedy)
		return;
	fputs("<p>What to do:</p>\n<ul>\n", out);
	while (step_next(&remedy, &step)) {
		fputs(step.kind == STEP_WORDS ? "<li>"
		      : step.kind == STEP_RUN ? "<li>run: <code>"
					      : "<li>edit: <code>",
		      out);
		put_n(out, step.text, step.n);
		fputs(step.kind == STEP_WORDS ? "</li>\n" : "</code></li>\n", out);
	}
	fputs("</ul>\n", out);
}

/* What it is about: not again if the message begins with it; the file, if the finding has no other subject. */
static const char *title_of(const struct ejg_finding *finding)
{
	const char *subject = *finding->subject ? finding->subject : finding->file;

	return finding_tells(finding->message, subject) ? "" : subject;
}

static void put_finding(FILE *out, const struct ejg_finding *finding)
{
	const char *title = title_of(finding);

	fprintf(out, "<article class=\"%s\">\n<h3>", sections[finding_section(finding)].name);
	if (*title) {
		put(out, title);
		fputs(": ", out);
	}
	put(out, finding->message);
	fputs("</h3>\n", out);
	put_steps(out, finding->remedy);
	fputs("<p><small>", out);
	put(out, finding->id);
	if (*finding->file) {
		fputs(", <code>", out);
		put(out, finding->file);
		if (finding->line)
			fprintf(out, ":%u", finding->line);
		fputs("</code>", out);
	}
	fputs("</small></p>\n</article>\n", out);
}

static void put_findings(FILE *out, const struct finding_list *list)
{
	size_t n;

	for (size_t i = 0; i < list->n; i += n) {
		const enum section section = finding_section(list->items[i]);

		for (n = 0; i + n < list->n && finding_section(list->items[i + n]) == section;)
			n++;
		fprintf(out, "<section>\n<h2>%s (%zu)</h2>\n", sections[section].title, n);
		for (size_t j = i; j < i + n; j++)
			put_finding(out, list->items[j]);
		fputs("</section>\n", out);
	}
}

/* One line of what the function prints, or nothing, as HTML between the words. Return: 0, -ENOMEM. */
static int put_line(const struct report *report, int (*print)(const struct report *report, FILE *out),
		    const char *before, const char *after, FILE *out)
{
	cleanup_free char *text = NULL;
	size_t size;
	FILE *memory = open_memstream(&text, &size);
	int r;

	if (!memory)
		return -ENOMEM;
	r = print(report, memory);
	if (fclose(memory) != 0 || r < 0)
		return -ENOMEM;
	if (*text == '\0')
		return 0;
	fputs(before, out);
	put_n(out, text, strcspn(text, "\n"));
	fputs(after, out);
	return 0;
}

/* The error is said here unless a failure below says it. */
static int put_verdict(const struct report *report, const struct finding_list *list, FILE *out)
{
	bool told = list->n > 0 && finding_section(list->items[0]) == SECTION_FAILURE && !report->message;
	int r;

	fprintf(out, "<p class=\"verdict %s\"><strong>", report->error < 0 ? "failure" : "ok");
	r = put_line(report, print_outcome, "", "", out);
	fputs("</strong></p>\n", out);
	if (report->error < 0 && !told) {
		fputs("<p>", out);
		put(out, report_error(report));
		fputs("</p>\n", out);
	}
	return r < 0 ? r : put_line(report, print_next_command, "<p>Next: <code>", "</code></p>\n", out);
}

/* What the verdict says, as far as the modules of the stack go. */
static void put_meaning(const struct report *report, FILE *out)
{
	const bool net = handle_has_module(report, "net"), cookie = handle_has_module(report, "cookie");
	const bool files = handle_has_module(report, "files");

	if (!net && !cookie && !files)
		return;
	fputs("<p>Guarded means: ", out);
	if (net)
		fputs("other hosts cannot connect to the ports that only this host and its peers need", out);
	if (net && (cookie || files))
		fputs(", and ", out);
	if (cookie || files)
		fprintf(out, "other users can neither read nor change the %s of the service",
			!files	  ? "cookie"
			: !cookie ? "private files"
				  : "secrets");
	fputs(".</p>\n", out);
}

/* Where: a reader may have the pages of several hosts. */
static void put_place(const struct report *report, FILE *out)
{
	char host[HOST_NAME_MAX + 1] = "";

	if (report->arguments->root) {
		fputs("the image ", out);
		put(out, report->arguments->root);
	} else {
		gethostname(host, HOST_NAME_MAX);
		put(out, host);
	}
}

int print_html(const struct report *report, FILE *out)
{
	cleanup_findings struct finding_list list = {};
	const time_t now = time(NULL);
	struct tm tm;
	char when[32];
	int r = finding_list_make(report, &list);

	if (r < 0)
		return r;
	strftime(when, sizeof(when), "%F %T %z", localtime_r(&now, &tm));
	fputs("<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n<meta "
	      "charset=\"utf-8\" />\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\" "
	      "/>\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n<title>ejguard: ",
	      out);
	put(out, report->service);
	fprintf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n<h1>Is ", style);
	put(out, report->service);
	fputs(" guarded?</h1>\n", out);
	r = put_verdict(report, &list, out);
	put_meaning(report, out);
	fputs("<p><small>", out);
	put_place(report, out);
	fprintf(out, ", checked by ejguard %s at %s</small></p>\n", EJG_VERSION, when);
	put_findings(out, &list);
	fputs("</main>\n</body>\n</html>\n", out);
	return r;
}
