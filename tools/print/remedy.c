/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/print/remedy.h"

#include <errno.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/text.h"

enum { STEP_INDENT = 2 };

void print_paragraph(const struct margins *margins, const char *prefix, unsigned int hang, const char *text)
{
	struct paragraph paragraph = {
		.out = margins->out,
		.width = margins->width,
		.indent = margins->indent + hang,
		.column = margins->indent + (unsigned int)strlen(prefix),
	};

	fputs(prefix, margins->out);
	paragraph_add(&paragraph, text);
	paragraph_end(&paragraph);
}

int print_step(const struct margins *margins, const struct step *step)
{
	cleanup_free char *text = strndup(step->text, step->n);
	char prefix[16];
	int n = snprintf(prefix, sizeof(prefix), "%*s%s: ", STEP_INDENT, "", step_name(step->kind));

	if (!text)
		return -ENOMEM;
	fprintf(margins->out, "%*s", margins->indent, "");
	if (step->kind == STEP_RUN) {
		fputs(prefix, margins->out);
		text_put(margins->out, text, step->n);
		fputc('\n', margins->out);
	} else {
		print_paragraph(margins, prefix, (unsigned int)n, text);
	}
	return 0;
}

int print_steps(const struct margins *margins, const char *remedy)
{
	struct step step;
	int r = 0;

	while (r == 0 && step_next(&remedy, &step))
		r = print_step(margins, &step);
	return r;
}
