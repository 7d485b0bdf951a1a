"""A client of a cluster whose graphs are traced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from .never_ran import SETTLE_SECONDS, TracedCall, tell_outcomes
from .outcomes import TRACE, outcomes_plugin

# The graph travels by another way than what asks for it.
ARRIVAL_SECONDS = 5.0


class _Tracing(Protocol):
    def rewritten(self, graph: Any) -> tuple[Any, TracedCall]:
        """The graph with traced tasks."""


class ClientTrace:
    """What is added to a client at its first traced graph; there is one for each."""

    def __init__(self, client: Any, current: Callable[[], _Tracing | None]) -> None:
        self._client = client
        self._current = current
        # Persisted, and not known yet of every task whether it runs.
        self._open: list[TracedCall] = []

    @classmethod
    def of(cls, client: Any, current: Callable[[], _Tracing | None]) -> ClientTrace:
        """From now on graphs that the client sends are traced where something is being traced."""
        known: ClientTrace | None = getattr(client, "_taskprov_trace", None)
        if known is not None:
            return known
        trace = cls(client, current)
        trace._wrap_graphs()
        trace._wrap_close()
        client.register_plugin(outcomes_plugin())
        client._taskprov_trace = trace
        return trace

    def settle(self, call: TracedCall, waits: bool) -> None:
        """Tells of the tasks that do not run: now, or in the background as it turns out."""
        if not waits:
            self._open.append(call)
            self._client.loop.add_callback(self._settle_later, call)
            return
        # What was waited for had arrived, unless the program was interrupted.
        has_arrived = call.error is None or isinstance(call.error, Exception)
        arrival = 0.0 if has_arrived else 1.0
        self._client.sync(
            tell_outcomes, self._client, call, last=True, seconds=SETTLE_SECONDS, arrival=arrival
        )

    async def _settle_later(self, call: TracedCall) -> None:
        arrival = 10 * ARRIVAL_SECONDS
        await tell_outcomes(self._client, call, last=False, seconds=None, arrival=arrival)
        if call in self._open:
            self._open.remove(call)

    def _wrap_graphs(self) -> None:
        import dask

        original = self._client._graph_to_futures

        def traced(*args: Any, **kwargs: Any) -> Any:
            tracing = self._current()
            if tracing is None:
                return original(*args, **kwargs)
            # Its name depends on the version of Dask, and so does whether it has one.
            name = "" if args else ("expr" if "expr" in kwargs else "dsk")
            graph, call = tracing.rewritten(args[0] if args else kwargs[name])
            with dask.annotate(**{TRACE: call.name}):
                if args:
                    return original(graph, *args[1:], **kwargs)
                return original(**{**kwargs, name: graph})

        self._client._graph_to_futures = traced

    def _wrap_close(self) -> None:
        original = self._client._close

        async def close(*args: Any, **kwargs: Any) -> Any:
            pending, self._open = self._open, []
            for call in pending:
                await tell_outcomes(
                    self._client, call, last=True, seconds=0, arrival=ARRIVAL_SECONDS
                )
            return await original(*args, **kwargs)

        self._client._close = close
