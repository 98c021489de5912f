/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parses distribution ranges of a start script (FIREWALL_WINDOW) by Erlang's rules. */
#ifndef EJG_UTIL_PORT_WINDOW_H
#define EJG_UTIL_PORT_WINDOW_H

#include <ejguard/facts.h>

enum port_window {
	PORT_WINDOW_RANGE,   /* first to last */
	PORT_WINDOW_EMPTY,   /* first is above last: the node does not start */
	PORT_WINDOW_RANDOM,  /* Erlang ignores it: only a maximum, a minimum of 0, or a word */
	PORT_WINDOW_INVALID, /* invalid: the node does not start, or cannot listen */
	PORT_WINDOW_SPLIT,   /* the shell makes more than two arguments of it: Erlang takes some of them */
	PORT_WINDOW_UNCLEAR, /* an Erlang term other than two decimal numbers */
};

/*
 * The range that remedies and advice propose: above epmd's port, below the ephemeral ports, with room for some nodes of
 * the command that controls the service.
 */
#define PORT_WINDOW_PROPOSED "4370-4379"

/*
 * Reads the meaning of -erl_epmd_port: what is no number, or 0, erl ignores, and takes the range (RANDOM); with a number
 * that is no port it does not start (INVALID); flags may follow it (UNCLEAR). *ret is written for RANGE.
 */
enum port_window port_window_read_fixed(const char *text, uint16_t *ret);

/* Reads the meaning of a FIREWALL_WINDOW. *ret is written for RANGE and EMPTY. */
enum port_window port_window_read(const char *text, struct ejg_port_range *ret);

#endif
