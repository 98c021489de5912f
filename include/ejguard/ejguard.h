/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libejguard: guard a service with the stack of modules that its administrator wrote.
 *
 * This header is for programs that guard a service: the ejguard tool, service managers. Modules include
 * <ejguard/module.h>.
 *
 * A program opens a handle for one service, calls one of the verbs on it, and reads the report:
 *
 *     struct ejg *handle = NULL;
 *     struct ejg_options options = { .size = sizeof(options), .service = "ejabberd" };
 *     int r = ejg_open(&options, &handle);
 *     if (r == 0)
 *             r = ejg_apply(handle, NULL);
 *     if (r < 0)
 *             fprintf(stderr, "not guarded: %s\n", handle ? ejg_error(handle) : strerror(-r));
 *     ejg_close(handle);
 *
 * Fail closed: a verb returns 0 only when every required module of the stack holds.
 *
 * Errors. Every function that can fail returns 0 or one of these negative errno values and no other; they are
 * part of the interface:
 *
 *     -EACCES        the stack was run and does not hold: the findings of the report say why
 *     -EBADMSG       the stack file, a module or an option is invalid: nothing was applied
 *     -ENOENT        there is no stack file for the service: nothing was applied
 *     -EOPNOTSUPP    this system lacks something that is needed (kernel, mounts): nothing was applied
 *     -EPERM         the caller lacks a privilege that is needed: nothing was applied
 *     -EBUSY         another process kept the lock of the service for too long: nothing was applied
 *     -ECANCELED     ejg_cancel() was called; what this run had applied was undone, as ejg_apply() says
 *     -EINVAL        an argument is invalid
 *     -ENOMEM        out of memory
 *     -EIO           the system answered in a way that has no other name here
 *
 * Threads. A handle is used by one thread at a time; different handles by different threads at the same time.
 * ejg_cancel() alone may be called from any thread and from signal handlers. The library has no global state.
 *
 * Strings and structures that the library returns belong to the handle and are valid until the next verb on it, or
 * until it is closed. Only ejg_close() takes NULL for a handle. Structures that begin with a size member
 * may grow at their end: set it to sizeof() of the structure; members that the library does not know must be zero, else
 * -EINVAL. Members that hold a value of an enumeration are of type uint32_t. Ports are in host byte order.
 */
#ifndef EJGUARD_EJGUARD_H
#define EJGUARD_EJGUARD_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <ejguard/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A handle: one service, its stack, its modules, the report of the last verb. Opaque. Since 0.1. */
struct ejg;

/** Levels of log messages, ascending in detail. Since 0.1. */
enum ejg_log_level {
	EJG_LOG_ERROR,
	EJG_LOG_WARNING,
	EJG_LOG_INFO,
	EJG_LOG_DEBUG,
};

/**
 * Receives log messages.
 * @data:    the pointer given to ejg_set_log()
 * @level:   level of the message
 * @module:  module that logs, or "core"
 * @message: one line without its end; valid during the call only
 *
 * Must not call functions of the same handle. Since 0.1.
 */
typedef void (*ejg_log_fn)(void *data, enum ejg_log_level level, const char *module, const char *message);

/** Arguments of ejg_open(). Since 0.1. */
struct ejg_options {
	size_t size;	       /**< sizeof(struct ejg_options) */
	const char *service;   /**< [a-z0-9_-]+, at most 63 bytes; NULL: "ejabberd" */
	const char *confdir;   /**< administrator's stacks; NULL: the system's (/etc/ejguard) */
	const char *vendordir; /**< shipped stacks; NULL: the system's, or none when confdir is given */
	const char *moduledir; /**< modules; NULL: the system's */
	const char *rundir;    /**< locks; NULL: /run/ejguard */
	const char *statedir;  /**< data that is kept over a boot; NULL: /var/lib/ejguard */
	const char *root;      /**< root of an image or a mounted disk, to check instead of this system; NULL: none */
};

/** Arguments of ejg_apply(). All members may be zero. Since 0.1. */
struct ejg_apply_options {
	size_t size;		    /**< sizeof(struct ejg_apply_options) */
	bool own;		    /**< fail unless the caller is in a cgroup of the service */
	const char *const *cgroups; /**< guard these instead of those of the stack: paths below the cgroup2
				     *   mount. They belong to the service until they are removed or released */
	size_t n_cgroups;	    /**< number; 0: those of the stack */
	const char *const *only;    /**< run these modules only; each must be in the stack */
	size_t n_only;		    /**< number; 0: all */
	bool no_proof;		    /**< skip the proof: apply is faster, but no real attempt was made */
	/**
	 * Seconds for which an address that the name of a peer had stays one of its addresses: for a periodic apply,
	 * because many names return only some of their addresses at a time. 0: only the current addresses.
	 */
	uint32_t peer_grace;
};

/** What a question to ejg_explain() is about. Since 0.1. */
enum ejg_action {
	EJG_BIND,    /**< the service binds a TCP socket */
	EJG_CONNECT, /**< the service connects a TCP socket */
	EJG_ACCEPT,  /**< a TCP connection from that address reaches a listener of the service */
};

/** A hypothetical attempt. Since 0.1. */
struct ejg_question {
	size_t size;	     /**< sizeof(struct ejg_question) */
	uint32_t action;     /**< enum ejg_action */
	const char *address; /**< IPv4 or IPv6 address, without a prefix length */
	uint16_t port;	     /**< 1 to 65535 */
	bool by_user;	     /**< bind and connect: the attempt of a local user outside of the service */
	uid_t uid;	     /**< the uid of that user */
};

/**
 * Opens a handle. Reads nothing yet. With a root only ejg_check() and ejg_discover() can be called: they read the files
 * of the service below it, and follow links as if it were /. The stack and the modules are this system's.
 * @options: what to open; NULL is all defaults. Copied.
 * @ret:     the handle; close it by ejg_close(). Untouched on failure.
 *
 * Return: 0, -EINVAL, -ENOMEM. Since 0.1.
 */
int ejg_open(const struct ejg_options *options, struct ejg **ret);

/**
 * Closes a handle: ends the calls of all modules and unloads them. Whatever is applied stays applied.
 * @handle: handle or NULL
 *
 * Return: NULL. Since 0.1.
 */
struct ejg *ejg_close(struct ejg *handle);

/**
 * Sets the receiver of log messages; without one there is no log.
 * @handle: handle
 * @fn:    receiver or NULL
 * @data:  passed on to it; must be valid until the handle is closed or the next ejg_set_log()
 * @level: the most detailed level to receive
 *
 * Since 0.1.
 */
void ejg_set_log(struct ejg *handle, ejg_log_fn fn, void *data, enum ejg_log_level level);

/**
 * Reads the stack, loads its modules and establishes the facts. The verbs do it themselves if it was not called
 * before.
 * @handle: handle
 * @file:  a stack file to use instead of the service's, or NULL
 *
 * All errors of a stack file are reported together. Return: 0, -EBADMSG, -ENOENT, -EOPNOTSUPP, -EPERM, -EIO, -EINVAL
 * when a stack was loaded already, -ENOMEM. Since 0.1.
 */
int ejg_load(struct ejg *handle, const char *file);

/**
 * Audits: does every module of the stack hold now? Changes nothing. If an apply ran meanwhile and something does not
 * hold, waits up to 10 s for its end, reads the stack again, and looks a second time.
 * @handle: handle
 *
 * Return: 0 when the stack holds, -EACCES when not, or any error of ejg_load(), -ECANCELED. Since 0.1.
 */
int ejg_check(struct ejg *handle);

/**
 * Checks the stack, usually from a file given to ejg_load(), as it would be after an apply: problems that an apply
 * would correct are no failures, and its changes to what is applied now are reported. Changes nothing. Looks a second
 * time as ejg_check() does.
 * @handle: handle
 *
 * Return: as ejg_check(). Since 0.1.
 */
int ejg_try(struct ejg *handle);

/**
 * Applies the stack: takes the lock of the service, reads the stack (again, if it was loaded before), prepares all
 * modules, then applies, checks and proves them in order. When a required module fails, what this run applied is undone
 * in reverse order and what an earlier run applied stays as it was. But a new policy that refuses something which the
 * former one allowed stays in force: a compromised service could make another module fail, and so keep the former one.
 * If two run at the same time, the later one reads the stack that the earlier one has applied, or a newer one.
 * @handle:  handle
 * @options: how, or NULL
 *
 * Return: 0 when everything required is applied and holds, or any error listed at the top. Since 0.1.
 */
int ejg_apply(struct ejg *handle, const struct ejg_apply_options *options);

/**
 * Confines the calling process, irreversibly, by the modules that have this operation. A service manager calls it in
 * the service's own process just before it executes the service.
 * @handle: handle
 *
 * Return: 0 when the stack's confinements are all in force, -EACCES, any error of ejg_load(). After an error the
 * process may be confined in part: end it. Since 0.1.
 */
int ejg_confine(struct ejg *handle);

/**
 * Reports what is guarded now: findings and metrics. Looks a second time as ejg_check() does.
 * @handle: handle
 *
 * Return: 0 when the applied guard is intact, -EACCES when it is not or nothing is applied, any error of ejg_load().
 * Since 0.1.
 */
int ejg_status(struct ejg *handle);

/**
 * Lets the modules that can do so prove that they hold, by forbidden attempts that are really made, in a way that does
 * no harm. Takes the lock of the service; leaves the system as it was.
 * @handle: handle
 *
 * Return: 0 when every module with a proof succeeded, -EACCES when one failed or none has a proof, -EBUSY, any error of
 * ejg_load(), -ECANCELED. Since 0.1.
 */
int ejg_prove(struct ejg *handle);

/**
 * Reports what this system can enforce, what is missing and what prevents it: findings of the modules. It continues as
 * far as possible when the stack cannot be loaded: the errors of ejg_load() are findings then, modules whose lines have
 * errors get their default options, and if the stack cannot be read, all modules of the folder are asked. Changes
 * nothing.
 * @handle: handle
 *
 * Return: 0 when no finding is a failure, -EACCES when one is, -ECANCELED, -ENOMEM. Since 0.1.
 */
int ejg_doctor(struct ejg *handle);

/**
 * Surveys the service: its settings, its processes and listeners, and contradictions between them as findings. It
 * continues as far as possible when the stack cannot be loaded, like ejg_doctor(). Changes nothing.
 * @handle: handle
 *
 * Return: 0, also with contradictions; -ECANCELED, -ENOMEM. Since 0.1.
 */
int ejg_discover(struct ejg *handle);

/**
 * Undoes what any run has applied, in reverse order. All modules are run, even after failures. Takes the lock and reads
 * the stack as ejg_apply() does.
 * @handle: handle
 *
 * Return: 0, -EACCES when something could not be undone, any error of ejg_load(). Since 0.1.
 */
int ejg_release(struct ejg *handle);

/**
 * For containers, after one of the service has ended: if no cgroup of the service is left, undoes what was applied, as
 * ejg_release() does; else it forgets the cgroups that were removed, and the policy of the others stays as it is. Takes
 * the lock first, so that a container that starts at the same time keeps its guard.
 * @handle: handle
 *
 * Return: as ejg_apply(). Since 0.1.
 */
int ejg_release_gone(struct ejg *handle);

/**
 * Asks every module of the stack for its decision; with a stack file given to ejg_load(), for its decision after an
 * apply of that file. Read the answers by ejg_answer_count() and ejg_answer_get().
 * @handle:   handle
 * @question: the attempt
 *
 * Return: 0 when every module that has an opinion allows it, -EACCES when one refuses it or none has an opinion,
 * -EINVAL for a malformed question, any error of ejg_load(). Since 0.1.
 */
int ejg_explain(struct ejg *handle, const struct ejg_question *question);

/**
 * Opens the live events of a module of the stack.
 * @handle: handle
 * @module: name of the module
 * @ret_fd: a descriptor to poll for input; it belongs to the handle. Untouched on failure.
 *
 * Return: 0, -EOPNOTSUPP when the module has none, -EINVAL for a module that is not in the stack, any error of
 * ejg_load(). Since 0.1.
 */
int ejg_watch(struct ejg *handle, const char *module, int *ret_fd);

/**
 * As ejg_watch(), but the events that the module has recorded so far come first. Not for a module that is watched
 * already.
 * @handle: handle
 * @module: name of the module
 * @ret_fd: as of ejg_watch()
 *
 * Return: as ejg_watch(); -EINVAL also when the module is watched already. Since 0.1.
 */
int ejg_watch_recorded(struct ejg *handle, const char *module, int *ret_fd);

/**
 * Takes the next event after the descriptor of ejg_watch() or ejg_watch_recorded() became readable.
 * @handle: handle
 * @module: name of the module
 * @ret:    the event, or NULL when there is none; valid until the next call on the handle
 *
 * Return: 0 or an error as from ejg_watch(). Since 0.1.
 */
int ejg_watch_next(struct ejg *handle, const char *module, const struct ejg_event **ret);

/**
 * Asks a running verb to stop before its next module. Safe in signal handlers and from other threads.
 * @handle: handle
 *
 * The verb then returns -ECANCELED; the request is forgotten when it returns. Since 0.1.
 */
void ejg_cancel(struct ejg *handle);

/**
 * The message of the last failure, one line: where, what, and what to do.
 * @handle: handle
 *
 * Return: the message; empty when nothing failed. Since 0.1.
 */
const char *ejg_error(const struct ejg *handle);

struct ejg_facts;
struct ejg_survey;
struct ejg_module;

/**
 * The facts of the service, see <ejguard/facts.h>.
 * @handle: handle on which ejg_load() succeeded
 *
 * Return: the facts, or NULL before that. Valid until the next ejg_apply(), ejg_release(), ejg_release_gone(),
 * ejg_check(), ejg_try() or ejg_status() on the handle, which may read the stack again, or until the handle is closed.
 * Since 0.1.
 */
const struct ejg_facts *ejg_facts_get(const struct ejg *handle);

/**
 * The survey that ejg_discover() made, see <ejguard/survey.h>.
 * @handle: handle
 *
 * Return: the survey, or NULL when the last verb was another one. Valid until the next verb. Since 0.1.
 */
const struct ejg_survey *ejg_survey_get(const struct ejg *handle);

/**
 * Loads every module of the module folder, whether a stack uses it or not; those that cannot be loaded become
 * findings. For listings.
 * @handle: handle
 *
 * Return: 0, -EBADMSG when one could not be loaded, -EOPNOTSUPP, -EIO, -ENOMEM. Since 0.1.
 */
int ejg_load_modules(struct ejg *handle);

/**
 * A module that is loaded, in the order of the stack or, after ejg_load_modules(), of the names.
 * @handle: handle
 * @index: from 0
 *
 * Return: the host's copy of its descriptor (<ejguard/module.h>), or NULL past the end. Valid until the handle is
 * closed. Since 0.1.
 */
const struct ejg_module *ejg_module_get(const struct ejg *handle, size_t index);

/**
 * The file from which a module was loaded.
 * @handle: handle
 * @index: as for ejg_module_get()
 *
 * Return: absolute path, or NULL past the end. Since 0.1.
 */
const char *ejg_module_path(const struct ejg *handle, size_t index);

/**
 * The version of the library that is loaded, "MAJOR.MINOR.PATCH". Return: a constant string. Since 0.1.
 */
const char *ejg_version(void);

#ifdef __cplusplus
}
#endif

#endif
