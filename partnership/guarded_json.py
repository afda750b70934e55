"""The one reader of JSON from outside, for API, forms, imports and tasks: bounded in depth before anything is built."""

import json
import re
from typing import Any

from django.conf import settings

_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)


class BadJson(ValueError):
    """The text is not JSON that can be accepted; the message says why and where."""


def _refuse_constant(name: str) -> Any:
    raise BadJson(f"{name} is not a JSON number.")


def loads(data: bytes, max_depth: int | None = None) -> Any:
    """Read JSON in UTF-8, at most `max_depth` levels deep, without NUL characters or numbers that no column holds."""
    _check_depth(data, max_depth or settings.PORTAL_JSON_MAX_DEPTH)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadJson(f"Byte {error.start + 1} is not UTF-8. Save the text as UTF-8 and send it again.") from error
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise BadJson(f"Line {error.lineno}, column {error.colno}: {error.msg}.") from error
    except (RecursionError, ValueError) as error:
        raise BadJson(f"The JSON cannot be read: {error}") from error
    if "\\u0000" in text or "\x00" in text:
        raise BadJson("The JSON holds a NUL character (\\u0000). Remove it.")
    return value


def _check_depth(data: bytes, max_depth: int) -> None:
    depth = 0
    for found in _BRACKETS.finditer(data):
        first = found.group()[:1]
        depth += 1 if first in b"[{" else -1 if first in b"]}" else 0
        if depth > max_depth:
            raise BadJson(f"The JSON is nested more than {max_depth} levels deep at byte {found.start() + 1}.")


def check_storable(value: Any) -> None:
    """Refuse what JSON can say and no column can hold."""
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError as error:
        raise BadJson(
            "The JSON holds half of a character pair (\\ud800 to \\udfff). Write the whole character."
        ) from error
    except ValueError as error:
        raise BadJson("The JSON holds a number that is too large.") from error
