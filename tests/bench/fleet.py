#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A fleet that asks for its peers again by tools/refresh: what it costs the name server, how long until all know a new peer.

A simulation, not a measurement: hosts are timers as the units set them, the name server is a counter, and between them is,
or is not, a cache on each host that keeps an answer for its time to live.

    tests/bench/fleet.py [HOSTS] [NAMES] [TTL]
"""
import random
import sys

INTERVAL, SPREAD = 60, 15  # of ejguard-refresh@.timer: OnUnitInactiveSec=, RandomizedDelaySec=
QUESTIONS = 2  # A and AAAA
HOURS = 2


def fleet(hosts, names, ttl, cached, generator):
    """Runs once. Return: the questions of each second, and after how many seconds the last host knew the new peer."""
    asked = [0] * (HOURS * 3600)
    change = HOURS * 1800  # in the middle
    last = 0
    for _ in range(hosts):
        now = generator.uniform(0, INTERVAL + SPREAD)
        answers_until, answer_is_of = -1.0, -1.0
        known = False
        while now < len(asked):
            if not cached or now >= answers_until:
                asked[int(now)] += names * QUESTIONS
                # Another cache may be before the name server: its answer may be as old as its time to live.
                answer_is_of = now - generator.uniform(0, ttl)
                answers_until = answer_is_of + ttl
            if answer_is_of >= change and not known:
                known = True
                last = max(last, now - change)
            now += INTERVAL + generator.uniform(0, SPREAD)
    return asked, last


def main():
    """Prints a line without and one with a cache on each host."""
    hosts, names, ttl = (int(word) for word in (sys.argv[1:] + ["200", "4", "60"][len(sys.argv) - 1:]))
    generator = random.Random(1)
    print(f"{hosts} hosts, {names} names each, time to live {ttl} s; every {INTERVAL} s, spread over {SPREAD} s; 20 runs")
    for cached in (False, True):
        runs = [fleet(hosts, names, ttl, cached, generator) for _ in range(20)]
        mean = sum(sum(asked) for asked, _ in runs) / sum(len(asked) for asked, _ in runs)
        peak = max(max(asked[2 * INTERVAL:]) for asked, _ in runs)
        slowest = sorted(last for _, last in runs)
        print(f"{'with' if cached else 'without'} a cache on each host: {mean:.1f} questions a second, at most {peak} in one; "
              f"all know a new peer after {slowest[len(slowest) // 2]:.0f} s (median), {slowest[-1]:.0f} s (worst)")


main()
