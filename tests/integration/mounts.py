# SPDX-License-Identifier: GPL-3.0-or-later
"""File systems of a test's own."""
import contextlib
import pathlib
import subprocess
import tempfile


@contextlib.contextmanager
def tmpfs(options):
    """A folder that is a file system in memory, mounted with these options; needs root."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
        try:
            yield pathlib.Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)
