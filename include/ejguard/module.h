/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Interface for modules. A module is a shared object in $libdir/ejguard/ that exports one object,
 *
 *     EJG_MODULE_EXPORT const struct ejg_module ejguard_module = { EJG_MODULE_HEADER, .name = "example", ... };
 *
 * and nothing else. ejguard-module(7) has a complete example.
 *
 * Life of a call. The host copies the descriptor, checks it, and makes one instance for each line of the stack that
 * names the module: a zeroed config of config_size bytes for the options, and a zeroed state of state_size bytes for
 * the module's own use. All operations of an instance receive a struct ejg_call; it, and every pointer got from it,
 * is valid until the operation returns, except the config, the state and the facts, which live as long as the
 * instance.
 *
 *     check        the audit: does the module hold now? Also gives the verdict after apply. Changes nothing.
 *     prepare      first pass of apply, all modules before any apply: whatever can fail without touching the
 *                  system. Runs under the lock of the service, as all of an apply does: may be slow, but within
 *                  bounds of its own, well below the half minute that others wait for that lock.
 *     apply        second pass, before the service starts. All or nothing: an apply that fails has undone its own
 *                  steps. Runs under the lock of the service.
 *     confine      in the service's own process just before exec; irreversible.
 *     status       findings and metrics of what is applied now. Changes nothing.
 *     release      EJG_RELEASE_RUN: undo what this instance's apply has changed in this run, and only that: called
 *                  once for each successful apply that is rolled back. EJG_NOT_APPLICABLE: it stays as it is, because
 *                  without it less would be guarded than with it. EJG_RELEASE_ALL: undo whatever any run
 *                  has applied, whether or not this run applied anything.
 *     explain      answers a hypothetical question by ejg_call_answer(). Changes nothing.
 *     watch        gives a descriptor that becomes readable with new events; it belongs to the module. Where
 *                  ejg_call_recorded() says so, those that were recorded before count as new.
 *     watch_next   takes one event by ejg_call_event(); makes none when there is none.
 *     prove        forbidden attempts, made for real where they cannot do harm: are they refused? Gives a verdict.
 *                  Called after check in an apply, and when asked for. Leaves the system as it was.
 *     doctor       findings on what this system can enforce, what is missing, what stands in the way. Changes
 *                  nothing, and works whether or not anything is applied. Where the stack cannot be loaded the
 *                  options may be the defaults and the facts incomplete: lists empty, strings NULL.
 *     finish       the last call of an instance on which any operation was called: free what state holds (memory,
 *                  descriptors). Never changes the system.
 *
 * Absent operations are NULL and not called. Required: check or confine; with apply also check and release; with
 * release also apply; with watch also watch_next.
 *
 * Results. check and prove return a verdict of enum ejg_verdict; the other operations return 0, prepare, apply and
 * confine also EJG_NOT_APPLICABLE (the instance then takes no part in the rest of the run). All may return a negative
 * errno, which is never "held"; set its message by ejg_call_error(). From prepare and apply, -EBADMSG says that the
 * configuration is wrong, -EOPNOTSUPP that this system lacks something, -EPERM that a privilege is missing. Any
 * other value is an error.
 *
 * Rules. A module has no global state: several instances in several threads may run at once. It does not print,
 * exit, fork without waiting, change the process's umask, working directory, uid or signals. It opens descriptors
 * with O_CLOEXEC. It sees the facts read-only.
 *
 * Compatibility. Structures only grow at their end; the host copies the descriptor up to the smaller of both
 * sizes, and the rest is zero. A module of another ABI major number is refused; so is one whose minor number is
 * newer than the host's and that has EJG_MODULE_NEEDS_MINOR among its flags.
 */
#ifndef EJGUARD_MODULE_H
#define EJGUARD_MODULE_H

#include <ejguard/ejguard.h>
#include <ejguard/facts.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The ABI of this header: a module of another major number is refused. Since ABI 1.0. */
#define EJG_ABI_MAJOR 1

/** A newer minor number only adds. Since ABI 1.0. */
#define EJG_ABI_MINOR 0

/** First members of every descriptor. Since ABI 1.0. */
#define EJG_MODULE_HEADER                                                                                              \
	.size = sizeof(struct ejg_module), .abi_major = EJG_ABI_MAJOR, .abi_minor = EJG_ABI_MINOR,                     \
	.option_size = sizeof(struct ejg_option), .finding_size = sizeof(struct ejg_finding_info),                     \
	.metric_size = sizeof(struct ejg_metric_info)

/** Makes the one object of a module visible to the host. Since ABI 1.0. */
#define EJG_MODULE_EXPORT __attribute__((visibility("default")))

/** One call of one operation. Opaque. Since ABI 1.0. */
struct ejg_call;

/** The result of check and prove. Since ABI 1.0. */
enum ejg_verdict {
	EJG_HELD = 0,		/**< the system is as the stack says */
	EJG_NOT_APPLICABLE = 1, /**< nothing on this host concerns the module */
	EJG_NOT_HELD = 2,	/**< the system is not as the stack says: a required module fails the stack */
};

/** Flags of a descriptor. Unknown ones are refused. Since ABI 1.0. */
enum ejg_module_flags {
	/** confine cannot be undone: the module comes after all modules that can be, and is never rolled back. */
	EJG_MODULE_IRREVERSIBLE = 1 << 0,
	/** The module cannot work with a host of an older ABI minor number than its own. */
	EJG_MODULE_NEEDS_MINOR = 1 << 1,
	/** Its check reads only the facts and the survey: ejg_discover() runs it, also without a line in the stack. */
	EJG_MODULE_SURVEYS = 1 << 2,
	/** check works on an image: it reads files below the root of the facts, and nothing of this system. */
	EJG_MODULE_IMAGES = 1 << 3,
	/**
	 * release with EJG_RELEASE_RUN keeps what refuses more than before the run: the module is applied even if
	 * another required one has failed, which a compromised service could make fail to keep the former policy.
	 */
	EJG_MODULE_KEEPS = 1 << 4,
};

/** Refuse, or only report what would be refused. Since ABI 1.0. */
enum ejg_mode {
	EJG_ENFORCE,	/**< refuses */
	EJG_PERMISSIVE, /**< reports */
};

/** The changes that release should undo. Since ABI 1.0. */
enum ejg_release_scope {
	EJG_RELEASE_RUN, /**< those of this instance in this run */
	EJG_RELEASE_ALL, /**< those of all runs */
};

/** Value of an EJG_OPTION_ADDRESSES. Since ABI 1.0. */
struct ejg_prefix_list {
	const struct ejg_prefix *items;
	size_t n;
};

/** Value of an EJG_OPTION_WORDS. Since ABI 1.0. */
struct ejg_word_list {
	const char *const *items;
	size_t n;
};

/** Types of options, and the C type that the host writes at the option's offset. Since ABI 1.0. */
enum ejg_option_type {
	EJG_OPTION_BOOL = 1,   /**< bool: yes or no */
	EJG_OPTION_UNSIGNED,   /**< uint64_t: decimal, min to max */
	EJG_OPTION_PORT,       /**< uint16_t: 1 to 65535 */
	EJG_OPTION_PORT_RANGE, /**< struct ejg_port_range: N or N-M */
	EJG_OPTION_SIZE,      /**< uint64_t bytes: decimal with an optional K, M, G or T (powers of 1024), min to max */
	EJG_OPTION_DURATION,  /**< uint64_t milliseconds: decimal with ms, s, min, h or d, min to max */
	EJG_OPTION_PATH,      /**< const char *: absolute, without . and .. components */
	EJG_OPTION_ENUM,      /**< unsigned int: index of the word in choices */
	EJG_OPTION_ADDRESSES, /**< struct ejg_prefix_list: comma-separated addresses and prefixes */
	EJG_OPTION_WORDS,     /**< struct ejg_word_list: comma-separated words */
};

/** Flags of an option. Since ABI 1.0. */
enum ejg_option_flags {
	EJG_OPTION_REQUIRED = 1 << 0,
	EJG_OPTION_REPEATABLE = 1 << 1, /**< list types only: further occurrences add to the list */
};

/**
 * An option of a module, written name=value in the stack. "mode" is the host's own and must not be declared.
 * Since ABI 1.0.
 */
struct ejg_option {
	const char *name;	    /**< [a-z0-9_]+ */
	uint32_t type;		    /**< enum ejg_option_type */
	uint32_t flags;		    /**< of enum ejg_option_flags */
	size_t offset;		    /**< of the value in the config */
	uint64_t min;		    /**< UNSIGNED, SIZE, DURATION: smallest value */
	uint64_t max;		    /**< the same: largest value; 0: no limit */
	const char *const *choices; /**< ENUM: the words, ended by NULL */
	const char *fallback;	    /**< value if it is not given, as text; NULL: zero */
	const char *help;	    /**< one line */
};

/** A finding that a module can make. Since ABI 1.0. */
struct ejg_finding_info {
	const char *id;	     /**< [a-z0-9-]+, without the module's name: "not-attached" */
	uint32_t severity;   /**< enum ejg_severity */
	const char *summary; /**< one line */
	/**
	 * The remedy, unless the finding has one of its own; NULL for EJG_OK and EJG_INFO. One step a line: "run:
	 * COMMAND" is a shell command, "edit: FILE:LINE: WHAT" a change of a file, anything else is text for people.
	 */
	const char *remedy;
};

/** A metric that a module can report. Since ABI 1.0. */
struct ejg_metric_info {
	const char *name; /**< [a-z0-9_]+, without the module's name */
	uint32_t counter; /**< 1: only ever grows, 0: a gauge */
	const char *help;
};

/** The descriptor of a module. Since ABI 1.0. */
struct ejg_module {
	uint32_t size;
	uint16_t abi_major;
	uint16_t abi_minor;
	const char *name;    /**< the file's name without .so, [a-z0-9_]+ */
	const char *summary; /**< one line */
	uint64_t flags;	     /**< of enum ejg_module_flags */

	const struct ejg_option *options;
	uint32_t option_size;
	uint32_t n_options;
	const struct ejg_finding_info *findings;
	uint32_t finding_size;
	uint32_t n_findings;
	const struct ejg_metric_info *metrics;
	uint32_t metric_size;
	uint32_t n_metrics;
	size_t config_size;
	size_t state_size;

	int (*check)(struct ejg_call *call);
	int (*prepare)(struct ejg_call *call);
	int (*apply)(struct ejg_call *call);
	int (*confine)(struct ejg_call *call);
	int (*status)(struct ejg_call *call);
	int (*release)(struct ejg_call *call, enum ejg_release_scope scope);
	int (*explain)(struct ejg_call *call, const struct ejg_question *question);
	int (*watch)(struct ejg_call *call, int *ret_fd);
	int (*watch_next)(struct ejg_call *call);
	void (*finish)(struct ejg_call *call);
	int (*prove)(struct ejg_call *call);
	int (*doctor)(struct ejg_call *call);
};

/** The options that the host has parsed. @call: the call. Return: config_size bytes. Since ABI 1.0. */
const void *ejg_call_config(const struct ejg_call *call);

/** The module's own state of this instance. @call: the call. Return: state_size bytes. Since ABI 1.0. */
void *ejg_call_state(const struct ejg_call *call);

/** The facts of the service. @call: the call. Return: never NULL. Since ABI 1.0. */
const struct ejg_facts *ejg_call_facts(const struct ejg_call *call);

/**
 * The survey of the service: its settings, processes and listeners. It is made at the first call in a verb, so it costs
 * nothing if no module needs it, and kept until the verb ends. Its settings are those of the facts: they are read once
 * for both, together with the stack.
 * @call: the call
 *
 * Return: the survey; NULL without memory: return -ENOMEM then. Since ABI 1.0.
 */
const struct ejg_survey *ejg_call_survey(struct ejg_call *call);

/**
 * An object that modules share: the first caller in a verb makes it, so that all modules use the same data.
 * @call: the call
 * @key:  identifies it, with the version of its layout: modules of other builds must not use it for other objects
 * @size: of the object
 * @make: fills in the zeroed object. Return: 0, or a negative errno, after which the object is empty.
 * @drop: frees the contents of the object when the verb ends; or NULL
 * @ret:  the object, read-only, valid until the verb ends.
 *
 * Return: 0, what @make returned, -ENOMEM; -EPROTO when it exists with another size. Since ABI 1.0.
 */
int ejg_call_shared(struct ejg_call *call, const char *key, size_t size,
		    int (*make)(struct ejg_call *call, void *object), void (*drop)(void *object), const void **ret);

/** Returns whether to refuse or only to report. @call: the call. Since ABI 1.0. */
enum ejg_mode ejg_call_mode(const struct ejg_call *call);

/**
 * True if check or explain should answer as after an apply of this stack (ejg_try(), or a file of the caller for
 * ejg_explain()): a problem that an apply would correct is then no failure, and its changes should be findings. A
 * module that does not call this answers for the current state. @call: the call.
 * Since ABI 1.0.
 */
bool ejg_call_trial(const struct ejg_call *call);

/**
 * True if a required module before this one has failed in this apply: a module with EJG_MODULE_KEEPS then changes only
 * what it would keep, and returns EJG_NOT_APPLICABLE where it would keep nothing. @call: the call, of apply.
 * Since ABI 1.0.
 */
bool ejg_call_failed(const struct ejg_call *call);

/**
 * True if a watch begins with the events that were recorded before it. @call: the call, of watch. Since ABI 1.0.
 */
bool ejg_call_recorded(const struct ejg_call *call);

/** The stack's line for this instance. @call: the call. @ret_line: the line, or NULL. Return: file. Since ABI 1.0. */
const char *ejg_call_where(const struct ejg_call *call, uint32_t *ret_line);

/** True if ejg_cancel() was called; check it in long loops and return -ECANCELED. @call: the call. Since ABI 1.0. */
bool ejg_call_cancelled(const struct ejg_call *call);

/**
 * Logs one line; the host puts the module's name before it.
 * @call:   the call
 * @level:  level of the message
 * @format: as printf(3)
 *
 * Since ABI 1.0.
 */
void ejg_call_log(struct ejg_call *call, enum ejg_log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * Makes a finding, with the severity and remedy that the descriptor declares for it. An id that is not declared
 * makes the operation fail.
 * @call:    the call
 * @id:      as declared
 * @subject: what it is about (a cgroup, a port, a name), or NULL. Copied. For a file: ejg_call_finding_at().
 * @format:  the message, as printf(3)
 *
 * Return: the declared severity; EJG_FAILURE for an id that is not declared. Since ABI 1.0.
 */
enum ejg_severity ejg_call_finding(struct ejg_call *call, const char *id, const char *subject, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/** Place and remedy of a finding, for ejg_call_finding_at(). Since ABI 1.0. */
struct ejg_place {
	const char *file;   /**< the file with the problem, or the file that names it; or NULL */
	uint32_t line;	    /**< or 0 */
	uint32_t column;    /**< or 0 */
	const char *remedy; /**< instead of the declared one, or NULL */
};

/**
 * As ejg_call_finding(), with a place and a remedy of its own.
 * @call:    the call
 * @id:      as declared
 * @subject: as above
 * @place:   place and remedy. Copied.
 * @format:  the message, as printf(3)
 *
 * Return: as above. Since ABI 1.0.
 */
enum ejg_severity ejg_call_finding_at(struct ejg_call *call, const char *id, const char *subject,
				      const struct ejg_place *place, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/**
 * Sets the message of the error that the operation is about to return:
 * `return ejg_call_error(call, -EPERM, "run it as root", "cannot attach to %s", path);`
 * @call:   the call
 * @error:  negative errno
 * @remedy: what to do, or NULL. Copied.
 * @format: what failed and where, as printf(3)
 *
 * Return: @error. Since ABI 1.0.
 */
int ejg_call_error(struct ejg_call *call, int error, const char *remedy, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/**
 * Reports a metric, from status.
 * @call:     the call
 * @name:     as declared
 * @labels:   labels that distinguish it from others of the name. Copied.
 * @n_labels: how many
 * @value:    the value
 *
 * Since ABI 1.0.
 */
void ejg_call_metric(struct ejg_call *call, const char *name, const struct ejg_label *labels, size_t n_labels,
		     uint64_t value);

/**
 * Answers a question, from explain. Not called: no opinion.
 * @call:    the call
 * @allowed: the decision
 * @file:    file with the rule that decides, or NULL. Copied.
 * @line:    its line or 0
 * @format:  the rule, as printf(3)
 *
 * Since ABI 1.0.
 */
void ejg_call_answer(struct ejg_call *call, bool allowed, const char *file, uint32_t line, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/**
 * Returns an event, from watch_next.
 * @call:     the call
 * @time_ns:  CLOCK_REALTIME of the event
 * @labels:   its data. Copied.
 * @n_labels: how many
 * @format:   one line for people, as printf(3)
 *
 * Since ABI 1.0.
 */
void ejg_call_event(struct ejg_call *call, uint64_t time_ns, const struct ejg_label *labels, size_t n_labels,
		    const char *format, ...) __attribute__((format(printf, 5, 6)));

#ifdef __cplusplus
}
#endif

#endif
