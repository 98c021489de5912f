/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Output that systemd reads: sd-daemon(3) has lines that begin with the priority of a message. */
#ifndef EJG_TOOL_JOURNAL_H
#define EJG_TOOL_JOURNAL_H

#include <stdbool.h>

#define JOURNAL_ERR "<3>"
#define JOURNAL_NOTICE "<5>"
#define JOURNAL_INFO "<6>"

/* Whether the descriptor leads to the journal: systemd.exec(5), $JOURNAL_STREAM. */
bool journal_reads(int fd);

#endif
