"""HTML that escapes: what is no Markup is text, whatever it holds."""

import html
from typing import Any


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def tag(name: str, *children: Any, **attributes: Any) -> Markup:
    """An element. `class_` is the attribute class; None takes an attribute or a child away."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{written}>{joined(*children)}</{name}>")


def joined(*children: Any) -> Markup:
    """Several elements or texts, one after the other."""
    return Markup("".join(_text(each) for each in children if each is not None))


def _text(child: Any) -> str:
    return child if isinstance(child, Markup) else html.escape(str(child))
