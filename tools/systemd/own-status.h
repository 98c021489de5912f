/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exit status of a run in ExecStartPre= whose guard does not hold. */
#ifndef EJG_OWN_STATUS_H
#define EJG_OWN_STATUS_H

/*
 * SuccessExitStatus= of a unit counts for its ExecStartPre=, too: with such a status the unit would start unguarded.
 * @status:    wanted
 * @successes: the unit's, as systemd prints them; those of signals are left out
 *
 * Return: the wanted status, or another one that systemd takes for a failure; 0: there is none.
 */
int own_status_choose(int status, const char *successes);

/*
 * Finds the successes of a unit with which a guard ends that could not do its work, so that no choice of a status
 * helps: statuses of systemd itself, as 203 (EXEC) where it cannot execute the tool, and signals that the tool does not
 * catch. *ret: "203 KILL", a new string; NULL: none of them. Return: 0, -ENOMEM.
 */
int own_status_excused(const char *successes, char **ret);

/*
 * The exit status for the unit whose cgroup this process is in, which systemd is asked about. If every status is a
 * success there, this process ends by SIGKILL. Without an answer: the wanted status.
 */
int own_status(int status);

#endif
