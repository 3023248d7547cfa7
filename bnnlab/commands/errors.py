"""What a user can cause ends a command with one line on stderr and an exit code, not with a traceback."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer

BAD_INPUT, FAILED = 2, 1

BAD_PATHS = (FileNotFoundError, FileExistsError, IsADirectoryError, NotADirectoryError, PermissionError)
"""Errors of the system that another path would not have; the others, such as a full disk, are failures."""

P = ParamSpec("P")


def one_line_errors(command: Callable[P, None]) -> Callable[P, None]:
    """The command, which says in one line what it cannot use (exit code 2) or what failed (1)."""

    @wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (ValueError, TypeError, ImportError) as error:
            code, message = BAD_INPUT, str(error)
        except OSError as error:
            code, message = BAD_INPUT if isinstance(error, BAD_PATHS) else FAILED, _without_number(error)
        except (RuntimeError, FloatingPointError) as error:
            from bnnlab.train import (
                DatasetError,
                TrainingDivergedError,
            )  # with torch: only where it is needed

            if not isinstance(error, DatasetError | TrainingDivergedError):
                raise
            code, message = FAILED, str(error)
        else:
            return
        typer.echo(f"bnnlab: {message}", err=True)
        raise typer.Exit(code)

    return guarded


def _without_number(error: OSError) -> str:
    """As other errors about files: its name, and what is wrong."""
    if error.filename is not None and error.strerror:
        return f"{error.filename}: {error.strerror}"
    return error.strerror or str(error)
