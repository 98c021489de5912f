/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Output for systemd's journal: lines that begin with the priority of the message, sd-daemon(3). */
#ifndef EJG_TOOL_JOURNAL_H
#define EJG_TOOL_JOURNAL_H

#include <stdbool.h>

#define JOURNAL_ERR "<3>"
#define JOURNAL_NOTICE "<5>"
#define JOURNAL_INFO "<6>"

/* True if the descriptor leads to the journal: systemd.exec(5), $JOURNAL_STREAM. */
bool journal_reads(int fd);

#endif
