/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Interprets the classic BPF of seccomp filters in user space. The kernel accepts few instructions
 * (seccomp_check_filter() of kernel/seccomp.c): loads of 32-bit words of struct seccomp_data, arithmetic, jumps
 * forward, return.
 */
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>

#include "libejguard/modules/seccomp/inspect.h"
#include "libejguard/util/cleanup.h"

struct machine {
	const struct seccomp_data *data;
	uint32_t a, x;
	uint32_t memory[BPF_MEMWORDS];
};

static uint32_t load(const struct machine *m, const struct sock_filter *code)
{
	uint32_t word = 0;

	switch (BPF_MODE(code->code)) {
	case BPF_ABS:
		if (code->k <= sizeof(*m->data) - sizeof(word))
			memcpy(&word, (const char *)m->data + code->k, sizeof(word));
		return word;
	case BPF_LEN:
		return sizeof(*m->data);
	case BPF_IMM:
		return code->k;
	default:
		return code->k < BPF_MEMWORDS ? m->memory[code->k] : 0;
	}
}

static uint32_t compute(const struct machine *m, const struct sock_filter *code)
{
	uint32_t operand = BPF_SRC(code->code) == BPF_X ? m->x : code->k;

	switch (BPF_OP(code->code)) {
	case BPF_ADD:
		return m->a + operand;
	case BPF_SUB:
		return m->a - operand;
	case BPF_MUL:
		return m->a * operand;
	case BPF_DIV:
		return operand ? m->a / operand : 0;
	case BPF_AND:
		return m->a & operand;
	case BPF_OR:
		return m->a | operand;
	case BPF_XOR:
		return m->a ^ operand;
	case BPF_LSH:
		return operand < 32 ? m->a << operand : 0;
	case BPF_RSH:
		return operand < 32 ? m->a >> operand : 0;
	default:
		return -m->a; /* BPF_NEG */
	}
}

static uint32_t jump(const struct machine *m, const struct sock_filter *code)
{
	uint32_t operand = BPF_SRC(code->code) == BPF_X ? m->x : code->k;

	switch (BPF_OP(code->code)) {
	case BPF_JA:
		return code->k;
	case BPF_JEQ:
		return m->a == operand ? code->jt : code->jf;
	case BPF_JGT:
		return m->a > operand ? code->jt : code->jf;
	case BPF_JGE:
		return m->a >= operand ? code->jt : code->jf;
	default:
		return m->a & operand ? code->jt : code->jf; /* BPF_JSET */
	}
}

static void store(struct machine *m, const struct sock_filter *code)
{
	if (code->k < BPF_MEMWORDS)
		m->memory[code->k] = BPF_CLASS(code->code) == BPF_ST ? m->a : m->x;
}

/* A program without a return cannot come from the kernel: the result is then to kill the process. */
static uint32_t run(const struct inspect_filter *filter, const struct seccomp_data *data)
{
	struct machine m = { .data = data };

	for (size_t at = 0; at < filter->length; at++) {
		const struct sock_filter *code = &filter->code[at];

		switch (BPF_CLASS(code->code)) {
		case BPF_LD:
			m.a = load(&m, code);
			break;
		case BPF_LDX:
			m.x = load(&m, code);
			break;
		case BPF_ST:
		case BPF_STX:
			store(&m, code);
			break;
		case BPF_ALU:
			m.a = compute(&m, code);
			break;
		case BPF_JMP:
			at += jump(&m, code);
			break;
		case BPF_MISC:
			if (BPF_MISCOP(code->code) == BPF_TAX)
				m.x = m.a;
			else
				m.a = m.x;
			break;
		default:
			return BPF_RVAL(code->code) == BPF_A ? m.a : code->k;
		}
	}
	return SECCOMP_RET_KILL_PROCESS;
}

uint32_t inspect_ask_as(const struct inspect_filters *inspection, uint32_t architecture, uint32_t number,
			const uint64_t arguments[RULE_N_ARGUMENTS])
{
	struct seccomp_data data = { .nr = (int)number, .arch = architecture };
	uint32_t winner = SECCOMP_RET_ALLOW;

	memcpy(data.args, arguments, sizeof(data.args));
	for (size_t i = 0; i < inspection->n; i++) {
		uint32_t action = run(&inspection->filters[i], &data);

		/* As signed numbers, the smallest one wins: seccomp_run_filters() of kernel/seccomp.c. */
		if ((int32_t)(action & SECCOMP_RET_ACTION_FULL) < (int32_t)(winner & SECCOMP_RET_ACTION_FULL))
			winner = action;
	}
	return winner;
}

uint32_t inspect_ask(const struct inspect_filters *inspection, int number, const uint64_t arguments[RULE_N_ARGUMENTS])
{
	return inspect_ask_as(inspection, inspect_architecture(), (uint32_t)number, arguments);
}

bool inspect_refuses(uint32_t action)
{
	switch (action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
	case SECCOMP_RET_LOG:
	case SECCOMP_RET_TRACE: /* a tracer may allow it */
	case SECCOMP_RET_USER_NOTIF:
		return false;
	default:
		return true;
	}
}

uint32_t inspect_architecture(void)
{
	static const struct {
		uint32_t token, architecture;
	} known[] = {
		{ SCMP_ARCH_X86_64, AUDIT_ARCH_X86_64 },   { SCMP_ARCH_AARCH64, AUDIT_ARCH_AARCH64 },
		{ SCMP_ARCH_X86, AUDIT_ARCH_I386 },	   { SCMP_ARCH_ARM, AUDIT_ARCH_ARM },
		{ SCMP_ARCH_PPC64LE, AUDIT_ARCH_PPC64LE }, { SCMP_ARCH_RISCV64, AUDIT_ARCH_RISCV64 },
	};
	uint32_t native = seccomp_arch_native();

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i].token == native)
			return known[i].architecture;
	return native; /* libseccomp's constants are the kernel's, except for those that the kernel does not have */
}
