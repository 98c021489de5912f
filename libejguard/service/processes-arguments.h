/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parses the arguments of an Erlang emulator. */
#ifndef EJG_SERVICE_PROCESSES_ARGUMENTS_H
#define EJG_SERVICE_PROCESSES_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>

/* Strings point into the arguments. */
struct emulator_arguments {
	const char *node; /* of -name or -sname, or NULL */
	bool long_name;	  /* -name */
	bool service;	  /* it starts a known service: -s ejabberd, -s rabbit */
	bool control;	  /* it only asks another node */
};

/* Reads arguments, each ended by NUL, of size bytes. */
struct emulator_arguments emulator_arguments_read(const char *text, size_t size);

/*
 * True for the arguments of an emulator, whatever the name of its file: erl passes -root and -progname (erlexec.c of
 * Erlang/OTP).
 */
bool emulator_arguments_present(const char *text, size_t size);

#endif
