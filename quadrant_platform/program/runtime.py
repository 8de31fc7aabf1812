"""Pulumi's mock runtime, in a thread of its own so that no state of a run outlives it."""

import asyncio
import contextlib
import contextvars
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from pulumi.runtime import config as configuration
from pulumi.runtime import mocks, settings, stack

from quadrant_platform.garbage_collection import collection_paused

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_run_in_stack: Callable[[Callable[[], Coroutine[Any, Any, None]]], Coroutine[Any, Any, None]] = stack.run_in_stack


class InlineExecutor(ThreadPoolExecutor):
    """Calls a function at once instead of in a thread: a mock answers faster than threads switch."""

    def submit(
        self, fn: Callable[Parameters, Result], /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Future[Result]:
        """Return the finished future of a call; its error is raised here, where the caller awaits it."""
        future: Future[Result] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class OfflineProvider(mocks.Mocks):
    """A provider that refuses every call, because nothing may depend on a live cluster."""

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        """Refuse a function of a provider."""
        raise RuntimeError(f"the program calls {args.token}, which needs a cluster; pass the value in")

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """Refuse to read a resource; the monitor answers registrations itself."""
        raise RuntimeError(f"the program reads {args.typ} {args.name!r}, which needs a cluster; pass the value in")


def execute(
    program: Callable[[], object], monitor: mocks.MockMonitor, config: dict[str, str], names: tuple[str, str], dry: bool
) -> None:
    """Run a program against a monitor; `names` are project and stack. Raises the program's own error."""
    with _accelerated(), ThreadPoolExecutor(1, thread_name_prefix="recorder") as thread:
        error = thread.submit(_isolated, program, monitor, config, names, dry).exception()
    # Assigning a setting in a fresh context also sets its process-wide default, which would keep the run alive.
    contextvars.Context().run(settings.reset_options)
    if error is not None:
        raise _original(error)


@contextlib.contextmanager
def _accelerated() -> Iterator[None]:
    """Switch off cycle collection and the stack trace of every registration, a third of the time of a run."""
    limit = getattr(sys, "tracebacklimit", None)
    sys.tracebacklimit = 1
    try:
        with collection_paused():
            yield
    finally:
        sys.tracebacklimit = limit


def _isolated(
    program: Callable[[], object], monitor: mocks.MockMonitor, config: dict[str, str], names: tuple[str, str], dry: bool
) -> None:
    project, stack_name = names
    settings.configure(
        settings.Settings(
            project, stack_name, monitor, dry_run=dry, legacy_apply_enabled=False, organization="organization"
        )
    )
    configuration.set_all_config(config, [])
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        loop.set_default_executor(InlineExecutor(1))
        # An error that reaches the program is reported once, by raising it.
        loop.set_exception_handler(lambda _loop, _context: None)
        runner.run(_run_in_stack(lambda: _settled(program)))


async def _settled(program: Callable[[], object]) -> None:
    """Run the program, then wait for all its tasks together; Pulumi waits for one after another."""
    program()
    while pending := _pending():
        await asyncio.wait(pending)


def _pending() -> list[asyncio.Future[Any]]:
    tasks = (*settings.SETTINGS.outputs, *settings.SETTINGS.rpc_manager.rpcs)
    return [task for task in tasks if isinstance(task, asyncio.Future) and not task.done()]


def _original(error: BaseException) -> BaseException:
    """Return the program's own error without those that Pulumi wraps around it.

    `__cause__` does not lead there: Pulumi raises the outer error once more, from itself.
    """
    while str(error).startswith("While processing ") and error.__context__ is not None:
        error = error.__context__
    return error
