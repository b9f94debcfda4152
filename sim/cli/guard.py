"""What the user sees when something goes wrong, and the exit code that goes with it."""

from __future__ import annotations

import functools
import os
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn, ParamSpec

import typer

from sim.errors import InputError, SimError

FAILED, WRONG_INPUT, INTERRUPTED, BROKEN_PIPE = 1, 2, 130, 141
DEBUG = "CORRIDOR_DEBUG"

P = ParamSpec("P")


def guarded(command: Callable[P, None]) -> Callable[P, None]:
    """Return ``command`` with every exception turned into lines on stderr and an exit code."""

    @functools.wraps(command)
    def run(*args: P.args, **keys: P.kwargs) -> None:
        try:
            command(*args, **keys)
            sys.stdout.flush()
        except (typer.Exit, typer.Abort):
            raise
        except BrokenPipeError:
            _leave_quietly()
        except KeyboardInterrupt as error:
            _leave(str(error) or "interrupted; nothing unfinished was written", INTERRUPTED)
        except InputError as error:
            _leave("\n".join(f"error: {problem}" for problem in error.problems), WRONG_INPUT)
        except SimError as error:
            _leave(f"error: {error}", FAILED)
        except OSError as error:
            where, found = error.filename or "the output", (error.strerror or str(error)).lower()
            _leave(f"error: {where}: found {found}; mend this, and try again", WRONG_INPUT)
        except MemoryError:
            _leave("error: not enough memory; use fewer members, a longer `output_minutes` or fewer days", FAILED)
        except Exception as error:
            _leave(f"internal error: {type(error).__name__}: {error}; please report it ({DEBUG}=1 says more)", FAILED)

    return run


def _leave(message: str, code: int) -> NoReturn:
    if os.environ.get(DEBUG) == "1":
        traceback.print_exc()
    typer.echo(message, err=True)
    raise typer.Exit(code)


def _leave_quietly() -> NoReturn:
    """Whoever read our output has gone: keep Python from complaining when it closes stdout."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise typer.Exit(BROKEN_PIPE)
