"""Ids of objects and documents: the same record, delivered again, gets the same id.

A cryptographic hash, since whoever writes log content chooses it: a collision that can be made on
purpose would hide one event behind another.
"""

import json
from binascii import b2a_base64
from hashlib import blake2b
from typing import Any

import orjson

URL_SAFE = bytes.maketrans(b"+/", b"-_")


def object_hash(bucket: str, key: str, etag: str) -> str:
    """base64url text of 16 bytes that stands for one state of an S3 object."""
    return _text(blake2b("\0".join((bucket, key, etag)).encode("utf-8", "replace"), digest_size=16))


def own_id(account: str, *values: Any) -> str | None:
    """Id of a record that carries its own: hash of the account and its fields; None without one."""
    text = account
    for value in values:
        if value is None or value == "" or value == "-" or type(value) in (dict, list):
            return None
        text += f"\0{value}"
    return _text(blake2b(text.encode("utf-8", "replace"), digest_size=16))


def content_id(account: str, record: Any) -> str:
    """Id of a record whose own fields do not change with its state: hash of all of it."""
    digest = blake2b(account.encode(), digest_size=16)
    try:
        text = orjson.dumps(record, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # a number of more than 64 bits
        text = json.dumps(record, sort_keys=True).encode()
    digest.update(b"\0" + text)
    return _text(digest)


def _text(digest: Any) -> str:
    return str(b2a_base64(digest.digest(), newline=False)[:22].translate(URL_SAFE), "ascii")
