"""Reads what the programs of Linux write about logins, sessions, users and groups.

https://github.com/openssh/openssh-portable/blob/master/auth.c
https://github.com/shadow-maint/shadow/tree/master/src
https://github.com/linux-pam/linux-pam/blob/master/modules/pam_unix/pam_unix_sess.c
"""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from es_loader.guard import is_ip

FIELDS = {
    "user": "user.name",
    "uid": "user.id",
    "effective": "user.effective.name",
    "target": "user.target.name",
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
REPEATED = re.compile(r"message repeated (\d+) times: \[ ?(.*)\]$", re.DOTALL)


class Rule(NamedTuple):
    """A form of message: what its groups are, and what it says beside them."""

    match: Any
    fields: tuple[tuple[int, str], ...]
    facts: dict[str, Any]


def rule(
    pattern: str,
    action: str = "",
    category: str = "",
    types: str = "",
    outcome: str = "",
) -> Rule:
    """A rule; groups of the pattern are keys of FIELDS; several values are separated by blanks."""
    found = re.compile(pattern)
    fields = tuple((number, FIELDS[name]) for name, number in found.groupindex.items())
    facts = {
        "event.action": action,
        "event.category": category.split(),
        "event.type": types.split(),
        "event.outcome": outcome,
    }
    return Rule(found.match, fields, {name: value for name, value in facts.items() if value})


PEER = r"(?P<address>\S+?)(?: port (?P<port>\d+))?"
WHO = r"(?:(?:invalid|illegal) user )?(?P<user>.*?)"
LOGIN = ("ssh_login", "authentication", "start", "failure")
LEFT = ("ssh_disconnect", "session", "end")
SCAN = ("ssh_connection", "authentication", "info", "failure")

# By the first word of the message; "" for those that begin with a name.
SSHD = {
    "Accepted": [
        rule(
            rf"Accepted (?P<method>\S+) for (?P<user>.*?) from {PEER}"
            r"(?: ssh2)?(?:: (?P<signature>.*))?$",
            "ssh_login",
            "authentication session",
            "start",
            "success",
        )
    ],
    "Failed": [rule(rf"Failed (?P<method>\S+) for {WHO} from {PEER}(?: ssh2|$)", *LOGIN)],
    "Invalid": [rule(rf"Invalid user (?P<user>.*?) from {PEER}$", *LOGIN)],
    "Illegal": [rule(rf"Illegal user (?P<user>.*?) from {PEER}$", *LOGIN)],
    "User": [
        rule(r"User (?P<user>.*?) from (?P<address>\S+) not allowed because ", *LOGIN),
        rule(r"User (?P<user>.*?) not allowed because ", *LOGIN),
    ],
    "error:": [
        rule(rf"error: maximum authentication attempts exceeded for {WHO} from {PEER} ", *LOGIN),
        rule(
            r"error: PAM: [\w -]*? for (?:(?:illegal|invalid) user )?(?P<user>\S+)"
            r" from (?P<address>\S+)$",
            *LOGIN,
        ),
        rule(r"error: AuthorizedKeysCommand \S+ (?P<user>\S+) .*failed", *LOGIN),
        rule(rf"error: Received disconnect from {PEER}:", *LEFT),
    ],
    "Postponed": [
        rule(
            rf"Postponed (?P<method>\S+) for {WHO} from {PEER}(?: |$)",
            "ssh_login",
            "authentication",
            "info",
        )
    ],
    "Received": [rule(rf"Received disconnect from {PEER}:", *LEFT)],
    "Disconnected": [
        rule(
            r"Disconnected from "
            rf"(?:(?:invalid |authenticating )?user (?P<user>.*?) )?{PEER}(?: |$)",
            *LEFT,
        )
    ],
    "Disconnecting": [
        rule(rf"Disconnecting (?:(?:invalid |authenticating )?user (?P<user>.*?) )?{PEER}:", *LEFT)
    ],
    "Connection": [
        rule(
            r"Connection (?:closed|reset) by "
            rf"(?:(?:invalid |authenticating )?user (?P<user>.*?) )?{PEER}(?: |$)",
            *LEFT,
        ),
        rule(rf"Connection from {PEER}(?: |$)", "ssh_connection", "network", "connection start"),
    ],
    "Did": [rule(rf"Did not receive identification string from {PEER}$", *SCAN)],
    "Bad": [rule(rf"Bad protocol version identification .* from {PEER}$", *SCAN)],
    "Unable": [rule(rf"Unable to negotiate with {PEER}:", *SCAN)],
    "reverse": [
        rule(r"reverse mapping checking getaddrinfo for \S+ \[(?P<address>[^\]]+)\]", *SCAN)
    ],
    "Starting": [
        rule(
            rf"Starting session: .* for (?P<user>\S+) from {PEER} ",
            "session_opened",
            "session",
            "start",
        )
    ],
    "Close": [
        rule(rf"Close session: user (?P<user>\S+) from {PEER} ", "session_closed", "session", "end")
    ],
}
SUDO_REST = (
    r"TTY=(?P<tty>\S*) ; PWD=(?P<directory>[^;]*) ; USER=(?P<effective>\S+) ;"
    r"(?: \w+=[^;]*;)*? COMMAND=(?P<command>.*)"
)
SUDO = {
    "": [
        rule(rf" *(?P<user>\S+) : {SUDO_REST}", "sudo", "process", "start", "success"),
        rule(
            rf" *(?P<user>\S+) : (?P<error>[^;]*) ; {SUDO_REST}",
            "sudo",
            "process",
            "start",
            "failure",
        ),
    ]
}
SU = {
    "(to": [
        rule(
            r"\(to (?P<effective>\S+)\) (?P<user>\S+) on ",
            "su",
            "authentication",
            "start",
            "success",
        )
    ],
    "Successful": [
        rule(
            r"Successful su for (?P<effective>\S+) by (?P<user>\S+)",
            "su",
            "authentication",
            "start",
            "success",
        )
    ],
    "FAILED": [
        rule(
            rf"FAILED {form}",
            "su",
            "authentication",
            "start",
            "failure",
        )
        for form in (
            r"su for (?P<effective>\S+) by (?P<user>\S+)",
            r"SU \(to (?P<effective>[^)\s]+)\) (?P<user>\S+) on ",
        )
    ],
}
LOGIN_PROGRAM = {
    "FAILED": [
        rule(
            r"FAILED LOGIN .*?FROM (?P<address>\S+) FOR (?P<user>[^,]+),",
            "login",
            "authentication",
            "start",
            "failure",
        )
    ],
    "ROOT": [rule(r"(?P<user>ROOT) LOGIN ", "login", "authentication session", "start", "success")],
    "LOGIN": [
        rule(
            r"LOGIN ON \S+ BY (?P<user>\S+)", "login", "authentication session", "start", "success"
        )
    ],
}
LOGIND = {
    "New": [
        rule(
            r"New session (?P<session>\S+) of user (?P<user>.*?)\.$",
            "session_opened",
            "session",
            "start",
        )
    ],
    "Removed": [rule(r"Removed session (?P<session>\S+?)\.$", "session_closed", "session", "end")],
}
MEMBER = r"'(?P<user>[^']+)' (?:to|from) (?:shadow )?group '(?P<group>[^']+)'"
ACCOUNTS = {
    "new": [
        rule(
            r"new user: name=(?P<user>[^,]+), UID=(?P<uid>\d+), GID=(?P<gid>\d+)"
            r"(?:, home=(?P<home>[^,]*))?(?:, shell=(?P<shell>[^,]*))?",
            "user_added",
            "iam",
            "user creation",
            "success",
        ),
        rule(
            r"new group: name=(?P<group>[^,]+), GID=(?P<gid>\d+)",
            "group_added",
            "iam",
            "group creation",
            "success",
        ),
    ],
    "add": [rule(f"add {MEMBER}", "user_added_to_group", "iam", "group change", "success")],
    "delete": [
        rule(r"delete user '(?P<user>[^']+)'", "user_deleted", "iam", "user deletion", "success"),
        rule(f"delete {MEMBER}", "user_removed_from_group", "iam", "group change", "success"),
    ],
    "removed": [
        rule(
            r"removed (?:shadow )?group '(?P<group>[^']+)'",
            "group_deleted",
            "iam",
            "group deletion",
            "success",
        )
    ],
    "failed": [
        rule(
            r"failed adding user '(?P<user>[^']+)'", "user_added", "iam", "user creation", "failure"
        )
    ],
    "change": [
        rule(r"change user '(?P<user>[^']+)'", "user_changed", "iam", "user change", "success")
    ],
    "lock": [rule(r"lock user '(?P<user>[^']+)'", "user_locked", "iam", "user change", "success")],
    "unlock": [
        rule(r"unlock user '(?P<user>[^']+)'", "user_unlocked", "iam", "user change", "success")
    ],
    "group": [
        rule(
            r"group '(?P<group>[^']+)' removed",
            "group_deleted",
            "iam",
            "group deletion",
            "success",
        ),
        rule(
            r"group added to \S+: name=(?P<group>[^,]+)(?:, GID=(?P<gid>\d+))?",
            "group_added",
            "iam",
            "group creation",
            "success",
        ),
        rule(
            r"group changed in \S+ \(group (?P<group>[^/]+)/(?P<gid>\d+)",
            "group_changed",
            "iam",
            "group change",
            "success",
        ),
    ],
    "user": [
        rule(
            r"user (?P<target>\S+) added by (?P<user>\S+) to group (?P<group>\S+)",
            "user_added_to_group",
            "iam",
            "group change",
            "success",
        ),
        rule(
            r"user (?P<target>\S+) removed by (?P<user>\S+) from group (?P<group>\S+)",
            "user_removed_from_group",
            "iam",
            "group change",
            "success",
        ),
    ],
    "password": [
        rule(
            r"password for '(?P<target>[^']+)' changed by '(?P<user>[^']+)'",
            "password_changed",
            "iam",
            "user change",
            "success",
        )
    ],
}
BY_PROCESS = {
    "sshd": SSHD,
    "sshd-session": SSHD,
    "sshd-auth": SSHD,
    "sudo": SUDO,
    "su": SU,
    "login": LOGIN_PROGRAM,
    "systemd-logind": LOGIND,
    **dict.fromkeys(
        (
            "adduser",
            "chage",
            "gpasswd",
            "groupadd",
            "groupdel",
            "groupmod",
            "passwd",
            "useradd",
            "userdel",
            "usermod",
        ),
        ACCOUNTS,
    ),
}
FAILURE = (
    r"(?:pam_\w+\([^)]*\): authentication failure|PAM \d+ more authentication failures?);"
    r".*? rhost=(?P<address>\S*)(?: {1,3}user=(?P<user>.*))?$"
)
# What PAM modules write, whatever the program that called them, by the word behind the module.
SESSIONS = [
    rule(
        r"pam_\w+\([^)]*\): session opened for user (?P<effective>[^(\s]+)(?:\(uid=\d+\))?"
        r" by (?P<user>[^(\s]+)\(uid=(?P<uid>\d+)\)",
        "session_opened",
        "session",
        "start",
        "success",
    ),
    rule(
        r"pam_\w+\([^)]*\): session opened for user (?P<user>[^(\s]+)(?:\(uid=(?P<uid>\d+)\))?",
        "session_opened",
        "session",
        "start",
        "success",
    ),
    rule(
        r"pam_\w+\((?:sudo|su)(?:-[il])?:[^)]*\): session closed for user (?P<effective>\S+)",
        "session_closed",
        "session",
        "end",
    ),
    rule(
        r"pam_\w+\([^)]*\): session closed for user (?P<user>\S+)",
        "session_closed",
        "session",
        "end",
    ),
]
FAILURES = [
    rule(
        FAILURE,
        "pam_authentication",
        "authentication",
        "start",
        "failure",
    ),
]
OTHERS = [
    rule(
        r"pam_\w+\([^)]*\): requirement .* not met by user \"(?P<user>[^\"]+)\"",
        "pam_authentication",
        "authentication",
        "info",
        "failure",
    ),
    rule(
        r"pam_\w+\([^)]*\): password changed for (?P<target>\S+)",
        "password_changed",
        "iam",
        "user change",
        "success",
    ),
    rule(
        r"pam_\w+\([^)]*\): check pass; user unknown",
        "pam_authentication",
        "authentication",
        "info",
        "failure",
    ),
]
PAM = {
    "PAM": FAILURES,
    "authentication": FAILURES,
    "session": SESSIONS,
    **dict.fromkeys(("check", "password", "requirement"), OTHERS),
}
WITH_USER = ("user.name", "user.effective.name", "user.target.name")


def transform(record: dict[str, str], document: dict[str, Any]) -> None:
    """Set what the message says; a message of an unknown form stays text."""
    message = record["message"]
    if message.startswith("message repeated "):
        repeated = REPEATED.match(message)
        if repeated:
            document["linux.secure.repeats"] = repeated[1]
            message = repeated[2]
    if message.startswith(("pam_", "PAM ")):
        told = message if message[0] == "P" else message.partition("): ")[2]
        rules = PAM.get(told.partition(" ")[0], [])
    else:
        by_word = BY_PROCESS.get(record["process"])
        if by_word is None:
            return
        rules = by_word.get(message.split(" ", 1)[0]) or by_word.get("", [])
    for match, fields, facts in rules:
        found = match(message)
        if found:
            document |= facts
            for number, field in fields:
                if value := found[number]:
                    document[field] = value
            _relate(document)
            return


def _relate(document: dict[str, Any]) -> None:
    users = {document[name]: None for name in WITH_USER if name in document}
    if users:
        document["related.user"] = list(users)
    address = document.get("source.address")
    if address:
        if _is_ip(address):
            document["source.ip"] = address
            document["related.ip"] = [address]
        else:
            document["source.domain"] = address


_is_ip = lru_cache(4096)(is_ip)
