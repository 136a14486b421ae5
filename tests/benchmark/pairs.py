# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tasks are set against each other: the same state, asked for in our words and in the peer's."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Task:
    """One task of the playbook; `label` is its name in the tables."""
    label: str
    module: str
    options: dict | str

    def play(self, name, pipelining):
        return {"name": name, self.module: self.options, "vars": {"ansible_pipelining": pipelining}}


@dataclasses.dataclass(frozen=True)
class Pair:
    """One of our modules, and the modules that do its work today, all of them needed for it."""
    ours: Task
    peers: tuple

    @property
    def name(self):
        return self.ours.label


@dataclasses.dataclass(frozen=True)
class Target:
    """What the tasks are about: two servers and a folder on the target."""
    postgres_socket: str
    postgres_port: int
    redis_port: int
    folder: str
    password: str


# What no module can be faster than. `raw` reports a change each time, so it is told that there is none.
CONTROLLER = Task("debug", "ansible.builtin.debug", {"msg": "ok"})
FLOOR = Task("raw: true", "ansible.builtin.raw", "true")
FLOORS = (CONTROLLER, FLOOR)


def pairs(target):
    """All of them. The first run of a round makes the state, ours before the peers'."""
    postgres = {"login_user": "postgres", "login_unix_socket": target.postgres_socket,
                "login_port": target.postgres_port}
    redis = {"login_host": "127.0.0.1", "login_port": target.redis_port}
    key, env = f"{target.folder}/rsa_private.pem", f"{target.folder}/front.env"
    return (
        Pair(Task("lago_database", "mash.lago.lago_database",
                  {**postgres, "name": "lago", "owner": "lago", "password": target.password}),
             (Task("postgresql_user", "community.postgresql.postgresql_user",
                   {**postgres, "login_db": "postgres", "name": "lago", "password": target.password,
                    "role_attr_flags": "LOGIN"}),
              Task("postgresql_db", "community.postgresql.postgresql_db",
                   {**postgres, "name": "lago", "owner": "lago", "encoding": "UTF8"}))),
        Pair(Task("lago_redis", "mash.lago.lago_redis", redis),
             (Task("redis_info", "community.general.redis_info", redis),)),
        Pair(Task("lago_rsa_key", "mash.lago.lago_rsa_key", {"path": key, "size": 2048, "mode": "0600"}),
             (Task("openssl_privatekey", "community.crypto.openssl_privatekey",
                   {"path": key, "type": "RSA", "size": 2048, "mode": "0600"}),)),
        Pair(Task("lago_signup", "mash.lago.lago_signup",
                  {"state": "disabled", "env_files": [{"path": env, "side": "front"}]}),
             (Task("lineinfile", "ansible.builtin.lineinfile",
                   {"path": env, "regexp": "^LAGO_DISABLE_SIGNUP=", "line": "LAGO_DISABLE_SIGNUP=true"}),)),
    )
