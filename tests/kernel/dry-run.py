# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stacks that are made up, each tried and then applied: what was foreseen is what the kernel then has."""
import hashlib
import json
import os
import random
import subprocess
import sys

FOLDER, SERVICE = "/sys/fs/bpf/ejguard/service", "service"
ROUNDS = int(os.environ.get("EJG_ROUNDS", "24"))
TOOL = ["nsenter", f"--net={os.environ['EJG_NET_FILE']}", os.environ["EJG_TOOL"], "--confdir", os.environ["EJG_CONF"],
        "--moduledir", os.environ["EJG_MODULES"], "--json"]
PEERS = [f"198.51.100.{n}" for n in range(2, 40, 4)] + ["203.0.113.0/28", "203.0.113.64/26", "2001:db8::8", "2001:db8:7::/48"]
LISTEN = ["127.0.0.1", "::1", "198.51.100.1", "2001:db8::1", "198.51.100.11"]
cgroups = sys.argv[1:]


def ejguard(*words):
    result = subprocess.run([*TOOL, *words, SERVICE], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return result.returncode, json.loads(result.stdout)


def ports(words):
    """As a set: "4370-4372 5222"."""
    found = set()
    for word in words:
        first, _, last = word.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def state():
    """The pins, but those of cgroups that are gone, and what the policy in force holds, without the lines that it names."""
    ids = {str(os.stat(path).st_ino) for path in cgroups if os.path.isdir(path)}
    pins = []
    for path, _, names in os.walk(FOLDER):
        parts = path[len(FOLDER):].split("/")
        if "links" in parts and parts[-1].isdigit() and parts[-1] not in ids:
            continue
        pins += [f"{path}/{name}" for name in names]
    if not pins:
        return "", ""
    entry = json.loads(subprocess.check_output(["bpftool", "-j", "map", "lookup", "pinned", f"{FOLDER}/policy", "key",
                                                "0", "0", "0", "0"]))["value"]
    number = int.from_bytes(bytes(int(byte, 16) for byte in entry), sys.byteorder)
    policy = subprocess.check_output(["bpftool", "-j", "map", "dump", "id", str(number)])
    return "\n".join(sorted(pins)), hashlib.sha256(policy).hexdigest()


class Stack:
    def __init__(self, rng):
        self.peers = set(rng.sample(PEERS, rng.randrange(0, 6)))
        self.listen = ["127.0.0.1"] + rng.sample(LISTEN[1:], rng.randrange(0, 5))
        if self.peers and not {"198.51.100.1", "198.51.100.11"} & set(self.listen):
            self.listen.append("198.51.100.1")
        self.epmd = rng.choice([4369, 4369, 4400])
        self.dist = rng.choice(["4370-4375", "4370-4375", "4371-4380", "4500"])
        self.public = set(rng.sample(range(5220, 5230), rng.randrange(1, 5)))
        self.strict = rng.choice(["yes", "no"])
        self.wildcard = rng.choice(["allow", "allow", "deny"])
        self.mode = rng.choice(["enforce", "enforce", "enforce", "permissive"])
        self.accept = rng.choice(["cgroup", "cgroup", "netns"])
        self.cgroups = rng.sample(cgroups, rng.randrange(1, 3))
        self.comments = rng.choice([0, 0, 1])

    def write(self):
        peers = f"set peers {' '.join(sorted(self.peers))}\n" if self.peers else ""
        text = ("# a comment\n" * self.comments + f"set cgroups {' '.join(self.cgroups)}\nset epmd {self.epmd}\n"
                f"set dist {self.dist}\nset public {' '.join(map(str, sorted(self.public)))}\n{peers}"
                f"required net strict={self.strict} wildcard={self.wildcard} mode={self.mode} accept={self.accept} "
                f"listen={','.join(self.listen)}\n")
        with open(f"{os.environ['EJG_CONF']}/{SERVICE}", "w") as file:
            file.write(text)
        return text

    def guarded(self):
        return {self.epmd} | ports([self.dist])


def expect(before, after):
    """What a dry run has to tell of lists, and of words."""
    lists = {"peers": (before.peers if before else set(), after.peers),
             "listen": (set(before.listen) if before else set(), set(after.listen)),
             "epmd and distribution ports": (before.guarded() if before else set(), after.guarded())}
    if after.strict == "yes" and (not before or before.strict == "yes"):
        lists["public ports"] = (before.public if before else set(), after.public)
    words = {}
    for name, fallback in ("mode", "enforce"), ("wildcard", "allow"):
        old = getattr(before, name) if before else fallback
        if old != getattr(after, name):
            words[name] = f"{old} -> {getattr(after, name)}"
    return lists, words


def judge(before, after, changes):
    told = {change["subject"]: change for change in changes}
    lists, words = expect(before, after)
    for name, (old, new) in lists.items():
        change = told.get(name, {"added": [], "removed": []})
        kind = ports if "ports" in name else set
        assert (kind(change["added"]), kind(change["removed"])) == (new - old, old - new), (name, change, old, new)
    for name in "mode", "wildcard":
        assert told.get(name, {}).get("message") == words.get(name), (name, told, words)


def change_cgroups(rng):
    """A cgroup comes or goes; one stays."""
    if rng.random() < 0.3:
        path = cgroups[1]
        if os.path.isdir(path):
            os.rmdir(path)
        else:
            os.mkdir(path)


def main():
    rng = random.Random(int(os.environ["EJG_SEED"]))
    before = None
    seen = {0: 0, 1: 0, 5: 0}
    for number in range(ROUNDS):
        if rng.random() < 0.1 and number % 5 != 4:
            ejguard("release")
            before = None
        if before and number % 5 == 4:  # the same again
            stack = before
        else:
            change_cgroups(rng)
            stack = Stack(rng)
        if not os.path.isdir(cgroups[1]):
            stack.cgroups = [cgroups[0]]
        text = stack.write()
        was = state()
        foreseen, report = ejguard("apply", "--dry-run")
        assert state() == was, f"a dry run has changed something:\n{text}"
        applied, result = ejguard("apply")
        now = state()
        context = f"round {number}\n{text}dry-run {foreseen}: {report['changes']} {report['error']}\napply {applied} {result['error']}"
        assert foreseen == (applied if applied else 5 if now != was else 0), f"{context}\nbefore {was}\nafter {now}"
        seen[foreseen] += 1
        if applied == 0:
            try:
                judge(before, stack, report["changes"])
            except AssertionError as error:
                raise AssertionError(f"{context}: {error}") from error
            before = stack
            again, report = ejguard("apply", "--dry-run")
            assert (again, report["changes"]) == (0, []), f"{context}\nagain: {again} {report['changes']}"
    print(seen)
    assert seen[0] and seen[5], f"not everything happened: {seen}"


main()
