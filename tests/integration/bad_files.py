# SPDX-License-Identifier: GPL-3.0-or-later
"""What may stand where a file is looked for."""
import os

CONTENTS = {"empty": b"", "NUL": b"A=\0planted\n", "no UTF-8": b"planted: \xff\xfe\n", "large": b"A=1\n" * (2 << 20),
            "garbage": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "an empty line": b"\n"}
NO_CERTIFICATES = ["missing", "folder", "link to itself", "garbage", "NUL", "large"]


def put(path, what):
    """Makes at `path` what is said: a kind of entry, or a file with one of the contents."""
    if what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    elif what == "dangling link":
        path.symlink_to("nowhere")
    elif what == "link to itself":
        path.symlink_to(path)
    elif what != "missing":
        path.write_bytes(CONTENTS[what])
