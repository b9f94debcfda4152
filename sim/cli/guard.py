"""What the user sees when something goes wrong, and the exit code that goes with it."""

from __future__ import annotations

import functools
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn, ParamSpec

import typer

from sim.errors import InputError, SimError

FAILED, WRONG_INPUT, INTERRUPTED, BROKEN_PIPE = 1, 2, 130, 141
DEBUG = "CORRIDOR_DEBUG"
STOPPED = "interrupted; nothing unfinished was written"

P = ParamSpec("P")


def guarded(command: Callable[P, None]) -> Callable[P, None]:
    """Return ``command`` with every exception turned into lines on stderr and an exit code."""

    @functools.wraps(command)
    def run(*args: P.args, **keys: P.kwargs) -> None:
        try:
            with _interruptible():
                command(*args, **keys)
            sys.stdout.flush()
        except (typer.Exit, typer.Abort):
            raise
        except BrokenPipeError:
            _leave_quietly()
        except KeyboardInterrupt as error:
            _leave(str(error) or STOPPED, INTERRUPTED)
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


def expect_interrupts() -> None:
    """Let Ctrl-C end the process in words also before a command begins and after it has ended."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _stop)


def _stop(number: int, frame: FrameType | None) -> None:
    sys.stderr.write(f"{STOPPED}\n")
    sys.exit(INTERRUPTED)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C raise KeyboardInterrupt meanwhile, as commands expect it."""
    if signal.getsignal(signal.SIGINT) is not _stop:
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, _stop)


def _leave(message: str, code: int) -> NoReturn:
    if os.environ.get(DEBUG) == "1":
        traceback.print_exc()
    typer.echo(message, err=True)
    raise typer.Exit(code)


def _leave_quietly() -> NoReturn:
    """Whoever read our output has gone: keep Python from complaining when it closes stdout."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise typer.Exit(BROKEN_PIPE)
