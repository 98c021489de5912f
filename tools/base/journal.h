/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Output for systemd's journal: lines that begin with the priority of the message, sd-daemon(3). */
#ifndef EJG_TOOL_JOURNAL_H
#define EJG_TOOL_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#define JOURNAL_ERR "<3>"
#define JOURNAL_NOTICE "<5>"
#define JOURNAL_INFO "<6>"

/* A field of an entry. */
struct journal_field {
	const char *name;
	const char *value;
};

/*
 * Sends one entry to the journal, by its native protocol (systemd's JOURNAL_NATIVE_PROTOCOL): a line on stderr has no
 * fields. Return: 0; a negative errno where there is no journal, or it is not to be reached from here.
 */
int journal_send(const struct journal_field *fields, size_t n);

/* True if the descriptor leads to the journal: systemd.exec(5), $JOURNAL_STREAM. */
bool journal_reads(int fd);

#endif
