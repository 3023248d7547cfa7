"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from bnnlab.bits.packing import described


def replace_file(path: str | os.PathLike[str], content: bytes) -> None:
    """Write beside the file, then take its place: whoever reads sees the old file or the new one.

    Who may read and write a file that is replaced stays as it was.

    Args:
        path: The file; where it is a link, what that points to.
        content: What is to be in it.

    Raises:
        TypeError: If `path` is no path.
        OSError: If its folder is not there or cannot be written to, or what is there is no ordinary file.
    """
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"path must be a str or PathLike, got {described(path)}")
    target = Path(os.path.realpath(path))  # a link stays one
    if target.is_dir():
        raise IsADirectoryError(f"{str(path)!r} is a folder, not a file")
    if (
        target.exists() and not target.is_file()
    ):  # a device or a pipe: it would be gone, and a file in its place
        raise FileExistsError(f"{str(path)!r} is no ordinary file")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"the folder {str(target.parent)!r} does not exist")
    beside = target.with_name(f".bnn-{secrets.token_hex(8)}.tmp")
    try:
        with beside.open("xb") as stream:
            if target.exists():  # before anything is in it that others must not read
                beside.chmod(stat.S_IMODE(target.stat().st_mode) & 0o777)
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(target)
    except OSError as error:
        if error.filename is None:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error  # the caller knows no file beside it
    finally:
        beside.unlink(missing_ok=True)
