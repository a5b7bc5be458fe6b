"""The native library as ctypes sees it: its file, its functions, and what they are given."""

import ctypes
import mmap
from pathlib import Path

FILE = Path(__file__).with_name("native.so")  # made by `make setup` and build.py
VERSION = 14  # as in run.zig: a library of another time is not used


class Job(ctypes.Structure):
    """What one call is about; as in run.zig."""

    _fields_ = (
        ("window", ctypes.c_void_p),
        ("window_size", ctypes.c_uint64),
        ("lengths", ctypes.c_void_p),
        ("count", ctypes.c_uint64),
        ("words", ctypes.c_void_p),
        ("word_count", ctypes.c_uint64),
        ("texts", ctypes.c_char_p),
        ("text_count", ctypes.c_uint64),
        ("context", ctypes.c_char_p),
        ("context_size", ctypes.c_uint64),
        ("context_at", ctypes.c_uint32 * 9),
        ("heads", ctypes.c_char_p),
        ("head_ends", ctypes.POINTER(ctypes.c_uint32)),
        ("out", ctypes.c_void_p),
        ("out_room", ctypes.c_uint64),
        ("ids", ctypes.c_void_p),
        ("ids_room", ctypes.c_uint64),
        ("ends", ctypes.c_void_p),
        ("status", ctypes.c_void_p),
        ("misses", ctypes.c_void_p),
        ("miss_room", ctypes.c_uint64),
        ("position", ctypes.c_uint64),
        ("origins", ctypes.c_void_p),
        ("origin_texts", ctypes.c_char_p),
        ("origin_ends", ctypes.c_void_p),
        ("moments", ctypes.c_void_p),
        ("generation", ctypes.c_uint32),
        ("check_utf8", ctypes.c_uint32),
        ("done", ctypes.c_uint64),
        ("ids_size", ctypes.c_uint64),
        ("miss_count", ctypes.c_uint64),
    )


class JsonJob(ctypes.Structure):
    """What one call is about that writes XML or CEF as JSON; as in json_job.zig."""

    _fields_ = (
        ("window", ctypes.c_char_p),
        ("window_size", ctypes.c_uint64),
        ("lengths", ctypes.c_void_p),
        ("count", ctypes.c_uint64),
        ("out", ctypes.c_void_p),
        ("out_room", ctypes.c_uint64),
        ("ends", ctypes.c_void_p),
        ("done", ctypes.c_uint64),
    )


class Database(ctypes.Structure):
    """A mapped MaxMind DB; as in place.zig."""

    _fields_ = (
        ("bytes", ctypes.c_void_p),
        ("size", ctypes.c_uint64),
        ("nodes", ctypes.c_uint32),
        ("width", ctypes.c_uint32),
        ("version", ctypes.c_uint32),
        ("root", ctypes.c_uint32),
    )


class Lists(ctypes.Structure):
    """Lists of bad addresses and domains; as in lists.zig."""

    _fields_ = (
        ("ranges", ctypes.c_void_p),
        ("range_count", ctypes.c_uint64),
        ("filter", ctypes.c_void_p),
    )


def load() -> ctypes.CDLL | None:
    """The library; None where it was not built, or does not fit this machine."""
    try:
        library = ctypes.CDLL(str(FILE))
        library.native_version.restype = library.native_size.restype = ctypes.c_uint64
        if library.native_version() != VERSION:
            return None
    except (OSError, AttributeError):
        return None
    pointer, size = ctypes.c_void_p, ctypes.c_uint64
    library.native_start.argtypes = (pointer, size)
    library.native_clear.argtypes = (pointer,)
    library.native_keep.argtypes = (pointer, ctypes.c_bool, ctypes.c_char_p, size)
    library.native_keep.restype = ctypes.c_uint32
    library.native_put.argtypes = (pointer, ctypes.c_bool, ctypes.c_char_p, size, pointer)
    library.native_put.restype = ctypes.c_bool
    library.native_run.argtypes = library.native_locate.argtypes = (pointer, pointer)
    library.native_lists.argtypes = (pointer, pointer, ctypes.c_char_p, size)
    library.native_lists.restype = None
    library.native_cef.argtypes = library.native_xml.argtypes = (pointer,)
    library.native_cef.restype = library.native_xml.restype = None
    library.native_lines.argtypes = (ctypes.c_char_p, size, pointer, size)
    library.native_elements.argtypes = (ctypes.c_char_p, size) * 2 + (pointer, size)
    library.native_lines.restype = library.native_elements.restype = ctypes.c_uint32
    library.native_start.restype = library.native_clear.restype = library.native_run.restype = None
    library.native_locate.restype = None
    return library


def address(memory: mmap.mmap) -> int:
    """Where mapped memory begins."""
    return ctypes.addressof(ctypes.c_char.from_buffer(memory))
