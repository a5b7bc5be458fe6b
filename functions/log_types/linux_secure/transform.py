"""Reads what the programs of Linux write about logins, sessions, users and groups.

https://github.com/openssh/openssh-portable/blob/master/auth.c
https://github.com/shadow-maint/shadow/tree/master/src
https://github.com/linux-pam/linux-pam/blob/master/modules/pam_unix/pam_unix_sess.c
"""

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from es_loader.guard import is_ip

Document = dict[str, Any]

FORMS = Path(__file__).with_name("forms.txt")
PARTS = {  # of forms
    "peer": r"<address>(?: port <port:\d+>|)",
    "somebody": r"(?:(?:invalid|illegal) user )?<user:.*>",
    "whose": r"(?:(?:invalid |authenticating )?user <user:.*?> |)",
    "sudo": r"(?:TTY=<tty:\S*> ; |)PWD=<directory:[^;]*> ; USER=<effective> ;"
    r"(?: \w+=[^;]*;)*? COMMAND=<command:.*>",
    "created": r"(?:, home=<home:[^,]*>)?(?:, shell=<shell:[^,]*>)?",
}
TWICE = {"whom": "target", "owner": "effective"}  # both `user` and this
FIELDS = {  # by the names of groups
    "user": "user.name",
    "effective": "user.effective.name",
    "target": "user.target.name",
    "uid": "user.id",
    "group": "group.name",
    "gid": "group.id",
    "address": "source.address",
    "port": "source.port",
    "method": "linux.secure.ssh.method",
    "signature": "linux.secure.ssh.signature",
    "session": "linux.secure.session.id",
    "command": "linux.secure.sudo.command",
    "directory": "linux.secure.sudo.directory",
    "error": "linux.secure.sudo.error",
    "tty": "linux.secure.sudo.tty",
    "home": "linux.secure.user.home",
    "shell": "linux.secure.user.shell",
}
USERS = ("user.name", "user.effective.name", "user.target.name")
MEANING, FORM = "  ", "    "
FIRST_WORD = re.compile(r"((?:\w|\\\(|')+:?) ").match
DOUBLE = re.compile(rf"<({'|'.join(TWICE)}):([^>]+)>").sub
GROUP, NO_SPACE = re.compile(r"<(\w+)(?::([^>]+))?>").sub, r"\S+"
REPEATED = re.compile(r"message repeated (\d+) times: \[ ?(.*)\]$", re.DOTALL).match
MODULE = re.compile(r"pam_\w+\([^)]*\): (?:\d+ more )?|PAM \d+ more ").match
LONGEST = 512  # characters of a message that is worth remembering
READS = ("process", "app", "module", "message")


class Rule(NamedTuple):
    """A form: its fields, those of users, whether one is an address, what it means."""

    match: Callable[[str], re.Match[str] | None]
    fields: tuple[str, ...]
    users: tuple[str, ...]
    address: bool
    facts: Document


def _rules() -> dict[str, dict[str, list[Rule]]]:
    """The rules of each program by the first word of a message, "" where that may be any."""
    found: dict[str, dict[str, list[Rule]]] = {}
    programs: list[str] = []
    facts: Document = {}
    for line in FORMS.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        if line.startswith(FORM):
            form = line.removeprefix(FORM)
            word = FIRST_WORD(form)
            rule = _rule(form, facts)
            for program in programs:
                rules = found.setdefault(program, {})
                rules.setdefault(word[1].replace("\\", "") if word else "", []).append(rule)
        elif line.startswith(MEANING):
            action, category, types, *outcome = re.split(": |, ", line.removeprefix(MEANING))
            facts = {"event.action": action, "event.category": _one_or_all(category)}
            facts["event.type"] = _one_or_all(types)
            facts |= dict(zip(("event.outcome",), outcome, strict=False))
        else:
            programs = line.split()
    return found


def _one_or_all(words: str) -> str | list[str]:
    return words.split() if " " in words else words


def _rule(form: str, facts: Document) -> Rule:
    for name, part in PARTS.items():
        form = form.replace(f"<{name}>", part)
    form = DOUBLE(lambda group: f"(?=<{TWICE[group[1]]}:{group[2]}>)<user:{group[2]}>", form)
    form = GROUP(lambda group: f"(?P<{group[1]}>{group[2] or NO_SPACE})", form)
    expression = re.compile(form)
    fields = tuple(FIELDS[name] for name in expression.groupindex)
    users = tuple(name for name in USERS if name in fields)
    address = "source.address" in fields
    # All that is set later has its place from the start: a document that grows costs more.
    later = (*fields, "related.user", *(("source.ip", "related.ip") if address else ()))
    return Rule(expression.match, fields, users, address, facts | dict.fromkeys(later))


RULES = _rules()
PAM = RULES["pam"]
NONE: dict[str, list[Rule]] = {}


def transform(record: tuple[str, str, str, str], document: Document) -> None:
    """Set what the message says; a message of an unknown form stays text."""
    process, app, module, message = record
    if message[-1:] == " ":
        message = message.rstrip()
    if module:  # as PAM wrote it before its version 0.99
        message = f"{module}(): {message}"
    rules = RULES.get(process or app, NONE)
    word = message.partition(" ")[0]
    if word == "message" and (repeated := REPEATED(message)):
        document["linux.secure.repeats"], message = repeated.groups()
        word = message.partition(" ")[0]
    if forms := rules.get(word):
        _fill(forms, message, document)
    elif word == "PAM" or word[:4] == "pam_":
        document |= (_known if len(message) < LONGEST else _of_module)(message)
    elif forms := rules.get(""):
        _fill(forms, message, document)


def _of_module(message: str) -> Document:
    """What a message of a PAM module says."""
    document: Document = {}
    if module := MODULE(message):
        message = message[module.end() :]
        _fill(PAM.get(message.partition(" ")[0], []), message, document)
    return document


_is_ip = lru_cache(4096)(is_ip)
_known = lru_cache(4096)(_of_module)  # its dicts are shared: not to be changed


def _fill(rules: list[Rule], message: str, document: Document) -> None:
    """Set what a message says, by the first form that it has."""
    for match, fields, users, address, facts in rules:
        if found := match(message):
            document |= facts
            # Without a keyword, which costs as much as the rest of the line.
            for name, text in zip(fields, found.groups()):  # noqa: B905
                document[name] = text
            if len(users) == 1:
                document["related.user"] = document[users[0]]
            elif users:
                document["related.user"] = [*map(document.get, users)]
            if address and (peer := document["source.address"]):
                if _is_ip(peer):
                    document["source.ip"] = document["related.ip"] = peer
                else:
                    document["source.domain"] = peer
            return
