/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* set peers: addresses, prefixes and names, in the stack or in files of one entry a line. */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "libejguard/core/facts-draft.h"
#include "libejguard/core/trust.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/file.h"

enum {
	MAX_HOST_NAME = 253,
	MAX_LABEL = 63,
};

struct entry {
	struct ejg_peer peer;
	uint32_t column;
};

/* The list under construction. */
struct peers {
	struct facts_draft *draft;
	struct entry *entries;
	size_t n;
	size_t room;
	size_t n_errors;
};

static void peers_done(struct peers *peers)
{
	free(peers->entries);
}

/* Reports a wrong peer. Return: 0 to continue with the next entry; -EBADMSG when there were too many errors. */
static int wrong(struct peers *p, const struct word *word, const char *problem)
{
	facts_bad_word(p->draft, word, "peer %.100s: %s", word->text, problem);
	if (++p->n_errors < FACTS_MAX_ERRORS)
		return 0;
	return facts_bad_word(p->draft, word, "too many wrong peers: the others were not read");
}

static int add(struct peers *p, const struct word *word, const struct ejg_prefix *prefix, const char *name)
{
	struct entry *entries = p->entries;

	if (p->n == FACTS_MAX_PEERS)
		return facts_bad_word(p->draft, word, "more than %d peers: write prefixes instead", FACTS_MAX_PEERS);
	if (p->n == p->room) {
		p->room = p->room ? 2 * p->room : 64;
		entries = reallocarray(entries, p->room, sizeof(*entries));
		if (!entries)
			return -ENOMEM;
		p->entries = entries;
	}
	entries[p->n] = (struct entry){ .column = word->position.column };
	entries[p->n].peer.origin = (struct ejg_origin){ .kind = EJG_ORIGIN_STACK,
							 .file = word->position.file,
							 .line = word->position.line };
	if (prefix)
		entries[p->n].peer.prefix = *prefix;
	if (name && !(entries[p->n].peer.name = arena_strdup(p->draft->arena, name)))
		return -ENOMEM;
	p->n++;
	return 0;
}

static const char *prefix_problem(const struct ejg_prefix *prefix)
{
	static const struct ejg_prefix loopback4 = { .bytes = { [10] = 0xff, 0xff, 127 }, .length = 104 };
	static const struct ejg_prefix loopback6 = { .bytes = { [15] = 1 }, .length = 128 };

	if (prefix_is_loopback(prefix))
		return "loopback is this machine, which needs no entry: remove it";
	if (prefix_is_wildcard(prefix))
		return "the wildcard address is not an address of a node: write the address or network of the other "
		       "nodes";
	if (prefix_contains(prefix, &loopback4) || prefix_contains(prefix, &loopback6))
		return "the prefix includes loopback: write only the networks of the other nodes";
	if (prefix_is_link_local(prefix) && prefix->scope == 0)
		return "a link-local address needs an interface: write ADDRESS%INTERFACE";
	if (prefix_is_ipv4(prefix) ? prefix->length >= 100 && (prefix->bytes[12] & 0xf0) == 0xe0
				   : prefix->length >= 8 && prefix->bytes[0] == 0xff)
		return "a multicast address is not an address of a machine: write the address of the other node";
	return NULL;
}

/* False for a text that must be an address: "198.51.100.300" is a typing error, not a host name. */
static bool looks_like_name(const char *text)
{
	const char *last;

	if (text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")] != '\0')
		return false;
	last = strrchr(text, '.');
	last = last ? last + 1 : text;
	/* The resolver reads a last part of digits or 0x as a part of an address in an old notation. */
	if (strncasecmp(last, "0x", 2) == 0)
		return false;
	return last[strspn(last, "0123456789")] != '\0' || (*last == '\0' && text[strspn(text, "0123456789.")] != '\0');
}

static const char *name_problem(const char *name)
{
	static const char local[] = "localhost";
	const size_t local_length = sizeof(local) - 1;
	const size_t full = strlen(name);
	const size_t length = full - (full > 0 && name[full - 1] == '.');
	size_t label = 0;

	if (length > MAX_HOST_NAME)
		return "a host name has at most 253 characters";
	for (const char *at = name; *at; at++) {
		const bool at_edge = label == 0 || at[1] == '.' || at[1] == '\0';

		if (*at == '.' ? label == 0 : ++label > MAX_LABEL)
			return *at == '.' ? "a part of the host name is empty" : "a part of the host name is too long";
		if (*at == '-' && at_edge)
			return "a part of a host name must not begin or end with -";
		if (*at == '.')
			label = 0;
	}
	if (length >= local_length && strncasecmp(name + length - local_length, local, local_length) == 0 &&
	    (length == local_length || name[length - local_length - 1] == '.'))
		return "localhost is this machine, which needs no entry: remove it";
	return NULL;
}

static int read_entry(struct peers *p, const struct word *word)
{
	struct ejg_prefix prefix;
	const char *problem;

	if (looks_like_name(word->text)) {
		problem = name_problem(word->text);
		return problem ? wrong(p, word, problem) : add(p, word, NULL, word->text);
	}
	if (prefix_parse(word->text, &prefix, &problem) < 0 || (problem = prefix_problem(&prefix)))
		return wrong(p, word, problem);
	return add(p, word, &prefix, NULL);
}

/* Reads one line of a file, without its end: an entry, a comment, both, or nothing. */
static int read_line(struct peers *p, char *line, size_t length, struct position position)
{
	struct word word = { .position = position };
	char *at = line, *end;

	if (memchr(line, '\0', length)) {
		word.text = "";
		return wrong(p, &word, "the line contains a NUL byte");
	}
	at += strspn(at, " \t");
	end = at + strcspn(at, " \t\r#");
	word.text = at;
	word.position.column = (uint32_t)(at - line) + 1;
	if (end == at && (*at == '#' || *at == '\0' || strcmp(at, "\r") == 0))
		return 0;
	at = end + strspn(end, " \t");
	if (*at != '#' && *at != '\0' && strcmp(at, "\r") != 0)
		return wrong(p, &word, "something follows it: write one entry a line");
	if (*end == '#')
		return wrong(p, &word, "put a blank before the comment");
	*end = '\0';
	if (word.text[0] == '@')
		return wrong(p, &word, "a file of peers must not name another file");
	return read_entry(p, &word);
}

static int read_lines(struct peers *p, char *text, size_t size, const char *file)
{
	struct position position = { .file = file, .line = 1, .column = 1 };
	char *end = text + size;
	int r;

	for (char *line = text; line < end; position.line++) {
		char *newline = memchr(line, '\n', end - line);

		newline = newline ? newline : end;
		*newline = '\0'; /* file_read_all() leaves room for the last one */
		r = read_line(p, line, newline - line, position);
		if (r < 0)
			return r;
		line = newline + 1;
	}
	return 0;
}

static int read_file(struct peers *p, const struct word *word)
{
	const char *path = word->text + 1, *problem = NULL, *file;
	cleanup_free char *text = NULL;
	cleanup_fd int fd = -1;
	size_t size;
	int r;

	if (path[0] != '/')
		return wrong(p, word, "write @ and the absolute path of a file");
	r = trusted_open(p->draft->arena, path, &fd, &problem);
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return wrong(p, word, problem ? problem : r == -ENOENT ? "there is no such file" : "it cannot be read");
	r = file_read_all(fd, FACTS_MAX_PEER_FILE, &text, &size);
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return wrong(p, word, r == -EFBIG ? "the file is larger than 16 MiB" : "it cannot be read");
	file = arena_strdup(p->draft->arena, path);
	return file ? read_lines(p, text, size, file) : -ENOMEM;
}

static int compare_names(const char *a, const char *draft)
{
	const size_t length_a = strlen(a), length_b = strlen(draft);
	/* "node.example." is "node.example" */
	const size_t n_a = length_a - (length_a > 0 && a[length_a - 1] == '.');
	const size_t n_b = length_b - (length_b > 0 && draft[length_b - 1] == '.');
	const int r = strncasecmp(a, draft, n_a < n_b ? n_a : n_b);

	return r ? r : (n_a > n_b) - (n_a < n_b);
}

static int compare_peers(const struct ejg_peer *a, const struct ejg_peer *draft)
{
	int r;

	if (a->name || draft->name)
		return a->name && draft->name ? compare_names(a->name, draft->name) : !!a->name - !!draft->name;
	r = memcmp(a->prefix.bytes, draft->prefix.bytes, sizeof(a->prefix.bytes));
	if (r == 0)
		r = (int)a->prefix.length - (int)draft->prefix.length;
	return r ? r : (a->prefix.scope > draft->prefix.scope) - (a->prefix.scope < draft->prefix.scope);
}

/* Sorts equal entries in the order in which they were written, so that the second one is reported. */
static int compare_entries(const void *a, const void *draft)
{
	const struct entry *x = *(const struct entry *const *)a, *y = *(const struct entry *const *)draft;
	const int r = compare_peers(&x->peer, &y->peer);

	return r ? r : (x > y) - (x < y);
}

static int report_duplicate(struct peers *p, const struct entry *first, const struct entry *second)
{
	const struct position place = { first->peer.origin.file, first->peer.origin.line, first->column };
	char text[EJG_PREFIX_TEXT_SIZE];
	struct word word = { .text = second->peer.name ? second->peer.name
						       : ejg_prefix_format(&second->peer.prefix, text) };
	const char *problem = arena_printf(p->draft->arena, "it is already at %s: remove one of the two",
					   facts_place(p->draft, &place));

	word.position = (struct position){ second->peer.origin.file, second->peer.origin.line, second->column };
	return problem ? wrong(p, &word, problem) : -ENOMEM;
}

static int check_duplicates(struct peers *p)
{
	cleanup_free const struct entry **sorted = calloc(p->n + 1, sizeof(*sorted));
	int r;

	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < p->n; i++)
		sorted[i] = &p->entries[i];
	qsort(sorted, p->n, sizeof(*sorted), compare_entries);
	for (size_t i = 1; i < p->n; i++) {
		if (compare_peers(&sorted[i - 1]->peer, &sorted[i]->peer) != 0)
			continue;
		r = report_duplicate(p, sorted[i - 1], sorted[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

int facts_read_peers(struct facts_draft *draft)
{
	__attribute__((cleanup(peers_done))) struct peers p = { .draft = draft };
	const struct setting *setting;
	struct ejg_peer *peers;
	int r;

	r = facts_setting(draft, "peers", &setting);
	if (r < 0 || !setting)
		return r;
	for (size_t i = 0; i < setting->n_values; i++) {
		const struct word *word = &setting->values[i];

		r = word->text[0] == '@' ? read_file(&p, word) : read_entry(&p, word);
		if (r < 0)
			return r;
	}
	r = check_duplicates(&p);
	if (r < 0)
		return r;
	if (p.n_errors > 0)
		return -EBADMSG;
	peers = arena_array(draft->arena, p.n, sizeof(*peers));
	if (!peers && p.n > 0)
		return -ENOMEM;
	for (size_t i = 0; i < p.n; i++)
		peers[i] = p.entries[i].peer;
	draft->facts->peers = peers;
	draft->facts->n_peers = p.n;
	draft->facts->peers_origin = facts_origin(setting);
	return 0;
}
