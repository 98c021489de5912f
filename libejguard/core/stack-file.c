/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/stack-file.h"

#include <errno.h>
#include <string.h>

#include "libejguard/core/errors.h"
#include "libejguard/core/option.h"
#include "libejguard/core/stack-lexer.h"
#include "libejguard/core/stack-source.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/suggest.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

enum { MAX_NAME = 63 }; /* same limit as in ejg_options */

const char *const stack_setting_names[] = { "cgroups", "config", "dist",  "epmd", "kind",
					    "peers",   "public", "users", NULL };

/* A file of the stack, and the place where it is included. */
struct source_file {
	const char *name;
	struct position position;
};

struct stack_reader {
	struct arena *arena;
	struct errors errors;
	const struct stack_source *source;
	struct source_file *files;
	size_t n_files;
	struct setting *settings;
	size_t n_settings;
	struct guard_line *lines;
	size_t n_lines;
	bool too_many;		/* too many modules: reported once */
	size_t n_module_errors; /* those of lines that name a module, and so are not `set` */
};

/* A file that is being read, and the file that includes it. */
struct frame {
	const struct frame *parent;
	const char *name;
	unsigned int depth;
};

/* A line, split. */
struct split_line {
	const struct word *words;
	size_t n;
};

static void free_text(const struct stack_text *text)
{
	free(text->text);
}
#define cleanup_stack_text __attribute__((cleanup(free_text)))

static int read_include(struct stack_reader *reader, const struct frame *parent, const struct word *word);

/* --- words -------------------------------------------------------------------------------------------------------- */

static const char *shown(struct stack_reader *reader, const struct word *word)
{
	return errors_word(reader->arena, word->text);
}

/* "; did you mean 'x'?", or the other text. */
static const char *hint(struct stack_reader *reader, const char *word, const char *const *names, const char *otherwise)
{
	const char *name = suggest(word, names);
	const char *text = name ? arena_printf(reader->arena, "; did you mean '%s'?", name) : otherwise;

	return text ? text : "";
}

static bool is_made_of(const char *text, const char *characters)
{
	return *text && text[strspn(text, characters)] == '\0';
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

static int parse_set(struct stack_reader *reader, const struct split_line *line)
{
	const char *all = "; the settings are cgroups, config, dist, epmd, kind, peers, public and users";
	const struct word *name = &line->words[1];
	size_t i;

	if (line->n < 2) {
		errors_add(&reader->errors, -EBADMSG, "stack-syntax", &line->words[0].position,
			   "'set' needs a NAME and at least one VALUE%s", all);
		return 0;
	}
	for (i = 0; stack_setting_names[i] && strcmp(stack_setting_names[i], name->text) != 0;)
		i++;
	if (!stack_setting_names[i]) {
		errors_add(&reader->errors, -EBADMSG, "stack-unknown", &name->position, "unknown setting '%s'%s",
			   shown(reader, name), hint(reader, name->text, stack_setting_names, all));
		return 0;
	}
	for (i = 0; i < reader->n_settings; i++) {
		const struct word *first = &reader->settings[i].name;

		if (strcmp(first->text, name->text) != 0)
			continue;
		errors_add(&reader->errors, -EBADMSG, "stack-duplicate", &name->position,
			   "'%s' is already set at %s; write all its values there", name->text,
			   errors_place(reader->arena, &first->position));
		return 0;
	}
	if (line->n < 3)
		errors_add(&reader->errors, -EBADMSG, "stack-syntax", &name->position,
			   "'set %s' has no value; write at least one, or 'auto' to have it discovered", name->text);

	reader->settings = arena_grow(reader->arena, reader->settings, reader->n_settings, sizeof(*reader->settings));
	if (!reader->settings)
		return -ENOMEM;
	reader->settings[reader->n_settings++] = (struct setting){
		.name = *name,
		.values = line->words + 2,
		.n_values = line->n - 2,
	};
	return 0;
}

static int parse_include(struct stack_reader *reader, const struct frame *frame, const struct split_line *line)
{
	const struct word *name = &line->words[1];

	if (line->n != 2) {
		errors_add(&reader->errors, -EBADMSG, "stack-syntax", &line->words[line->n < 2 ? 0 : 2].position,
			   "'include' takes the name of one stack file");
		return 0;
	}
	if (!is_made_of(name->text, LOWER DIGITS "_-") || strlen(name->text) > MAX_NAME) {
		errors_add(&reader->errors, -EBADMSG, "stack-syntax", &name->position,
			   "'%s' is not the name of a stack file (1 to %d of a-z, 0-9, '_' and '-'; never a path)",
			   shown(reader, name), MAX_NAME);
		return 0;
	}
	return read_include(reader, frame, name);
}

static bool check_module_line(struct stack_reader *reader, const struct split_line *line)
{
	const struct word *module = &line->words[1];

	if (line->n < 2) {
		errors_add(&reader->errors, -EBADMSG, "stack-syntax", &line->words[0].position,
			   "'%s' needs the name of a module", line->words[0].text);
		return false;
	}
	if (!is_made_of(module->text, LOWER DIGITS "_")) {
		errors_add(&reader->errors, -EBADMSG, "stack-syntax", &module->position,
			   "'%s' is not the name of a module (a-z, 0-9 and '_'; never a path)", shown(reader, module));
		return false;
	}
	for (size_t i = 0; i < reader->n_lines; i++) {
		const struct word *first = &reader->lines[i].module;

		if (strcmp(first->text, module->text) != 0)
			continue;
		errors_add(&reader->errors, -EBADMSG, "stack-duplicate", &module->position,
			   "'%s' is already in the stack, at %s", shown(reader, module),
			   errors_place(reader->arena, &first->position));
		return false;
	}
	if (reader->n_lines == STACK_MAX_MODULES) {
		if (!reader->too_many)
			errors_add(&reader->errors, -EBADMSG, "stack-limit", &module->position,
				   "the stack has more than %d modules", STACK_MAX_MODULES);
		reader->too_many = true;
		return false;
	}
	return true;
}

static int parse_module_line(struct stack_reader *reader, enum control control, const struct split_line *line)
{
	const size_t before = reader->errors.n;

	if (!check_module_line(reader, line)) {
		reader->n_module_errors += reader->errors.n - before;
		return 0;
	}
	reader->lines = arena_grow(reader->arena, reader->lines, reader->n_lines, sizeof(*reader->lines));
	if (!reader->lines)
		return -ENOMEM;
	reader->lines[reader->n_lines++] = (struct guard_line){
		.control = control,
		.module = line->words[1],
		.options = line->words + 2,
		.n_options = line->n - 2,
	};
	return 0;
}

static int parse_line(struct stack_reader *reader, const struct frame *frame, const struct split_line *line)
{
	/* The controls come first, in the order of their enumeration. */
	static const char *const words[] = { "required", "requisite", "optional", "set", "include", NULL };
	const struct word *first = &line->words[0];
	size_t i = 0;

	while (words[i] && strcmp(words[i], first->text) != 0)
		i++;
	if (i <= CONTROL_OPTIONAL)
		return parse_module_line(reader, (enum control)i, line);
	if (!words[i]) {
		errors_add(&reader->errors, -EBADMSG, "stack-unknown", &first->position, "unknown word '%s'%s",
			   shown(reader, first),
			   hint(reader, first->text, words,
				"; a line begins with set, include, required, requisite or optional"));
		return 0;
	}
	return strcmp(words[i], "set") == 0 ? parse_set(reader, line) : parse_include(reader, frame, line);
}

/* --- files -------------------------------------------------------------------------------------------------------- */

static int parse_text(struct stack_reader *reader, const struct frame *frame, const struct stack_text *text)
{
	struct lexer lexer;
	struct split_line line;
	int r;

	r = lexer_open(&lexer, reader->arena, text->path, text->text, text->size);
	if (r < 0)
		return r;
	while ((r = lexer_next(&lexer, &line.words, &line.n)) != 0) {
		if (r == -EBADMSG)
			errors_add(&reader->errors, r, lexer.id, &lexer.position, "%s", lexer.problem);
		else if (r > 0)
			r = parse_line(reader, frame, &line);
		if (r == -ENOMEM)
			return r;
	}
	return 0;
}

static const char *chain(struct stack_reader *reader, const struct frame *frame, const char *name)
{
	const char *text = name;

	for (; frame && text; frame = frame->parent)
		text = arena_printf(reader->arena, "%s -> %s", frame->name, text);
	return text ? text : "";
}

/* True if the file may be included here: not inside itself, not twice, not too deep. */
static bool check_include(struct stack_reader *reader, const struct frame *parent, const struct word *word)
{
	for (const struct frame *frame = parent; frame; frame = frame->parent) {
		if (strcmp(frame->name, word->text) != 0)
			continue;
		errors_add(&reader->errors, -EBADMSG, "stack-include", &word->position, "'%s' would include itself: %s",
			   word->text, chain(reader, parent, word->text));
		return false;
	}
	for (size_t i = 0; i < reader->n_files; i++) {
		if (strcmp(reader->files[i].name, word->text) != 0)
			continue;
		errors_add(&reader->errors, -EBADMSG, "stack-duplicate", &word->position,
			   "'%s' is already included at %s", word->text,
			   errors_place(reader->arena, &reader->files[i].position));
		return false;
	}
	if (parent->depth == STACK_MAX_DEPTH) {
		errors_add(&reader->errors, -EBADMSG, "stack-limit", &word->position,
			   "more than %d nested includes: %s", STACK_MAX_DEPTH, chain(reader, parent, word->text));
		return false;
	}
	return true;
}

static int read_include(struct stack_reader *reader, const struct frame *parent, const struct word *word)
{
	struct frame frame = { .parent = parent, .name = word->text, .depth = parent->depth + 1 };
	cleanup_stack_text struct stack_text text = { 0 };
	int r;

	if (!check_include(reader, parent, word))
		return 0;
	reader->files = arena_grow(reader->arena, reader->files, reader->n_files, sizeof(*reader->files));
	if (!reader->files)
		return -ENOMEM;
	reader->files[reader->n_files++] = (struct source_file){ word->text, word->position };

	r = stack_source_read(reader->arena, reader->source, word->text, &text);
	if (r == 0)
		return parse_text(reader, &frame, &text);
	if (r == -ENOMEM)
		return r;
	errors_add(&reader->errors, r == -ENOENT ? -EBADMSG : r, r == -ENOENT ? "stack-include" : text.id,
		   &word->position, "cannot include '%s': %s", word->text, text.problem);
	return 0;
}

/* --- the stack ---------------------------------------------------------------------------------------------------- */

static int read_root(struct stack_reader *reader, const char **ret_path)
{
	struct frame frame = { .name = reader->source->service };
	cleanup_stack_text struct stack_text text = { 0 };
	struct position position = { 0 };
	int r;

	r = stack_source_read(reader->arena, reader->source, NULL, &text);
	if (r == -ENOMEM)
		return r;
	*ret_path = position.file = text.path;
	if (r == -ENOENT && !reader->source->file)
		position.file = NULL; /* the message has the folders, and the file is none of theirs */
	if (r < 0) {
		errors_add(&reader->errors, r, text.id, &position, "%s", text.problem);
		return 0;
	}
	r = parse_text(reader, &frame, &text);
	if (r == 0 && reader->errors.n == 0 && reader->n_lines == 0)
		errors_add(&reader->errors, -EBADMSG, "stack-empty", &position,
			   "the stack has no module, so nothing would be guarded");
	return r;
}

int stack_read(struct arena *arena, struct report *report, const struct stack_source *source, const struct stack **ret,
	       const struct stack **ret_rest)
{
	struct stack_reader reader = { .arena = arena,
				       .errors = { .arena = arena, .report = report },
				       .source = source };
	const char *path = NULL;
	struct stack *stack;
	int r;

	r = read_root(&reader, &path);
	if (r < 0)
		return r;
	stack = arena_alloc(arena, sizeof(*stack));
	if (!stack)
		return -ENOMEM;
	*stack = (struct stack){
		.file = path,
		.settings = reader.settings,
		.n_settings = reader.n_settings,
		.lines = reader.lines,
		.n_lines = reader.n_lines,
		.lacks_settings = reader.errors.n > reader.n_module_errors,
	};
	r = errors_end(&reader.errors, path);
	if (r == 0)
		*ret = stack;
	else if (ret_rest)
		*ret_rest = stack;
	return r;
}
