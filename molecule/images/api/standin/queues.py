# SPDX-License-Identifier: GPL-3.0-or-later
"""Lago's ways to Redis: jobs and locks, the cache, and the websockets."""
import os

import redis

from standin import uri
from standin.release import since


def client(text, password=None):
    """Without a database number it is 0; a password beside the URL wins over the one in it."""
    address = uri.parse(text)
    if address.scheme not in ("redis", "rediss"):
        raise uri.InvalidURI(f"ArgumentError: invalid scheme: {address.scheme}")
    return redis.Redis(host=address.host, port=address.port or 6379, username=address.user,
                       password=password or address.password, db=int(address.path.strip("/") or 0),
                       socket_connect_timeout=3, socket_timeout=10, decode_responses=True)


def jobs():
    """Sidekiq's, and up to 1.42 the locks' as well, whose URL is put together from parts."""
    url, password = os.environ.get("REDIS_URL", ""), os.environ.get("REDIS_PASSWORD")
    made = client(url, password)
    made.ping()
    if password and not since(1, 43):
        address = uri.parse(url)
        client(f"redis://:{password}@{address.host}{address.path}:{address.port or 6379}").ping()
    return made


def cache():
    """None where no cache is configured: then some jobs are never scheduled."""
    url = os.environ.get("LAGO_REDIS_CACHE_URL")
    return client(url, os.environ.get("LAGO_REDIS_CACHE_PASSWORD")) if url else None


def cable():
    """The websockets': it never reads REDIS_PASSWORD, and takes an empty variable as the URL."""
    url = os.environ.get("LAGO_REDIS_CABLE_URL") if since(1, 42) else None
    return client(os.environ.get("REDIS_URL", "") if url is None else url)
