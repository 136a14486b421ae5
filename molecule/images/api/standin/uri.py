# SPDX-License-Identifier: GPL-3.0-or-later
"""URLs, as strictly as Ruby's URI takes them: what is reserved has to be percent-encoded."""
import dataclasses
import re
from urllib.parse import unquote

PLAIN = r"[A-Za-z0-9\-._~!$&'()*+,;=:]|%[0-9A-Fa-f]{2}"
URI = re.compile(rf"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*)://(?:(?P<userinfo>(?:{PLAIN})*)@)?"
                 rf"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~]*)(?::(?P<port>\d*))?"
                 rf"(?P<path>(?:/(?:{PLAIN}|[@/])*)?)(?:\?(?P<query>(?:{PLAIN}|[@/?])*))?")


class InvalidURI(Exception):
    """Ruby's URI::InvalidURIError."""


@dataclasses.dataclass
class Address:
    scheme: str
    user: str | None
    password: str | None
    host: str
    port: int | None
    path: str


def parse(text):
    match = URI.fullmatch(text)
    if not match or not match["host"]:
        raise InvalidURI("URI::InvalidURIError: bad URI (is not URI?)")
    user, colon, password = (match["userinfo"] or "").partition(":")
    return Address(match["scheme"], unquote(user) or None, unquote(password) if colon else None,
                   match["host"].strip("[]"), int(match["port"]) if match["port"] else None, unquote(match["path"]))
