"""What becomes of traced tasks, as only the scheduler knows: which try it is, which never run."""

from __future__ import annotations

from typing import Any

# In a task's annotations, which travel to the worker with every try.
TRY = "taskprov-try"
AGAIN = "taskprov-again"
# The call of `compute_with_trace` that a task's action belongs to.
TRACE = "taskprov-trace"
# Workers tell under it that the function of a task raised.
TOPIC = "taskprov-raised"
# The scheduler's operation that says what became of a call's tasks.
OPERATION = "taskprov_outcomes"


def outcomes_plugin() -> Any:
    """A scheduler plugin that numbers tries and knows which tasks of a traced graph never run.

    It travels by value, so nothing in it may name what is outside: the scheduler needs no package.
    """
    import asyncio

    from distributed import SchedulerPlugin

    class Call:
        """The tasks of one traced graph that the scheduler did not know before."""

        def __init__(self, client: Any) -> None:
            self.client = client
            self.fresh: set[Any] = set()
            self.open: set[Any] = set()
            # Of tasks that never ran: key, what happened, number of the try, reason.
            self.never: list[tuple[Any, ...]] = []
            self.settled = asyncio.Event()

    class OutcomesPlugin(SchedulerPlugin):
        name = "taskprov-outcomes"
        idempotent = True

        def __init__(self) -> None:
            self.calls: dict[str, Any] = {}
            self.open: dict[Any, Any] = {}
            self.workers: dict[Any, str] = {}
            self.raised: set[str] = set()
            # Calls that nobody asks for any more, and whose graphs may still come.
            self.over: dict[str, None] = {}

        def start(self, scheduler: Any) -> None:
            self.scheduler = scheduler
            scheduler.handlers["taskprov_outcomes"] = self.outcomes

        def update_graph(
            self, scheduler: Any, *, client: Any = None, annotations: Any = None, **_more: Any
        ) -> None:
            # Annotations are given to tasks that are new.
            for key, name in ((annotations or {}).get("taskprov-trace") or {}).items():
                if name in self.over:
                    self.silence(self.scheduler.tasks.get(key))
                    continue
                call = self.calls.get(name)
                if call is None:
                    call = self.calls[name] = Call(client)
                call.fresh.add(key)
                call.open.add(key)
                self.open[key] = call

        def remove_client(self, scheduler: Any, client: Any) -> None:
            gone = [name for name, call in self.calls.items() if call.client == client]
            for name in gone:
                self.forget(name)

        def forget(self, name: str) -> None:
            call = self.calls.pop(name, None)
            if call is None:
                return
            for key in call.open:
                self.open.pop(key, None)
                self.workers.pop(key, None)
            call.settled.set()

        def log_event(self, topic: Any, msg: Any) -> None:
            if topic == "taskprov-raised" and isinstance(msg, dict):
                self.raised.add(str(msg.get("key")))

        def transition(self, key: Any, start: str, finish: str, *_args: Any, **_more: Any) -> None:
            ts = self.scheduler.tasks.get(key)
            if start == "processing" and finish in ("released", "waiting"):
                number = self.number(ts) + 1
                self.annotate(ts, "taskprov-try", number)
            elif start in ("memory", "erred") and finish == "released":
                # Should it run once more, its action is over.
                if ts is not None and "taskprov-trace" in (ts.annotations or {}):
                    self.annotate(ts, "taskprov-again", True)
            call = self.open.get(key)
            if call is None:
                return
            if finish == "processing":
                self.workers[key] = getattr(getattr(ts, "processing_on", None), "address", "")
            elif finish == "waiting":
                # What it was sent to before had it in vain.
                self.workers.pop(key, None)
            elif finish == "memory":
                self.settle(key, call)
            elif finish == "erred":
                self.erred(key, ts, call, start)
            elif finish == "forgotten":
                self.cancel(key, ts, call)

        def erred(self, key: Any, ts: Any, call: Any, start: str) -> None:
            if start == "processing" and str(key) in self.raised:
                self.settle(key, call)
                return
            blame = getattr(ts, "exception_blame", None)
            if start == "processing":
                happened = "erred"
                reason = str(getattr(ts, "exception_text", None) or "it could not be run")
            else:
                happened = "blocked"
                reason = f"{getattr(blame, 'key', 'its input')} failed"
            self.settle(key, call, (happened, self.number(ts), reason))

        def cancel(self, key: Any, ts: Any, call: Any) -> None:
            """Nobody waits for it; a worker that has it may have begun it."""
            number = self.number(ts)
            worker = self.workers.get(key)
            # Taken from a worker it counts as tried, which is in doubt here.
            if worker is not None and getattr(ts, "state", "") != "processing":
                number -= 1
            self.settle(key, call, ("cancelled", max(number, 1), worker))

        def settle(self, key: Any, call: Any, never: Any = None) -> None:
            self.open.pop(key, None)
            self.raised.discard(str(key))
            call.open.discard(key)
            if never is not None:
                call.never.append((key, *never))
            self.workers.pop(key, None)
            if not call.open:
                call.settled.set()

        def number(self, ts: Any) -> int:
            annotations = getattr(ts, "annotations", None) or {}
            return int(annotations.get("taskprov-try", 1))

        def annotate(self, ts: Any, name: str, value: Any) -> None:
            if ts is not None:
                ts.annotations = {**(ts.annotations or {}), name: value}

        async def outcomes(
            self,
            call: str = "",
            count: int = 0,
            arrival: float = 0,
            seconds: Any = None,
            last: bool = False,
            keys: Any = None,
            probe: Any = (),
        ) -> Any:
            """Waits until it is known of every task whether it runs; then says which do not.

            Args:
                call: of `compute_with_trace`.
                count: tasks of its graph.
                arrival: seconds in which the graph may still come.
                seconds: to wait at most; None: as long as it takes.
                last: what is open then is not to write into the log any more.
                keys: asks what the scheduler has of these instead, if they were known before.
                probe: tasks of the graph; if the scheduler has them it has come.
            """
            if keys is not None:
                return self.known(call, keys)
            for _ in range(int(arrival / 0.02)):
                if call in self.calls or any(key in self.scheduler.tasks for key in probe):
                    break
                await asyncio.sleep(0.02)
            asked = self.calls.get(call)
            if asked is None:
                self.end(call)
                return {"all": False, "never": [], "open": 0}
            try:
                await asyncio.wait_for(asked.settled.wait(), seconds)
            except asyncio.TimeoutError:
                pass
            if last:
                for key in list(asked.open):
                    self.give_up(key, asked)
            never, asked.never = asked.never, []
            is_all = len(asked.fresh) >= count
            if is_all and not asked.open:
                self.end(call)
            return {"all": is_all, "never": never, "open": len(asked.open)}

        def known(self, call: str, keys: Any) -> list[Any]:
            asked = self.calls.get(call)
            fresh = () if asked is None else asked.fresh
            self.end(call)
            return [(key, *self.state(key)) for key in keys if key not in fresh]

        def end(self, call: str) -> None:
            self.forget(call)
            self.over[call] = None
            if len(self.over) > 1000:
                del self.over[next(iter(self.over))]

        def give_up(self, key: Any, call: Any) -> None:
            ts = self.scheduler.tasks.get(key)
            if ts is not None and ts.state != "processing":
                self.silence(ts)
            self.cancel(key, ts, call)

        def silence(self, ts: Any) -> None:
            """Without the annotation a worker logs nothing of it."""
            if ts is not None:
                annotations = ts.annotations or {}
                ts.annotations = {k: v for k, v in annotations.items() if k != "taskprov-trace"}

        def state(self, key: Any) -> Any:
            ts = self.scheduler.tasks.get(key)
            if ts is None:
                return None, None
            blame = getattr(ts, "exception_blame", None)
            return ts.state, None if blame is None else str(blame.key)

    return OutcomesPlugin()


class Try:
    """Which try of a task this is: Dask tells workers nothing of the tries before."""

    def __init__(self, number: int, retries: int, again: bool, is_traced: bool) -> None:
        #: From 1.
        self.number = number
        #: How many retries the task was given.
        self.retries = retries
        #: Its action has ended, and its result was lost.
        self.again = again
        #: Its place in the log is its own.
        self.is_traced = is_traced


ONLY = Try(1, 0, False, True)


def this_try(key: Any, call: str | None) -> Try:
    """The try that runs in this thread."""
    if call is None:
        return ONLY
    try:
        from distributed import get_worker

        task = get_worker().state.tasks.get(key)
    except (ImportError, ValueError, AttributeError):
        # Not on a worker: local schedulers try once.
        return ONLY
    if task is None:
        return ONLY
    known = task.annotations or {}
    retries = known.get("retries", 0)
    return Try(
        int(known.get(TRY, 1)),
        retries if isinstance(retries, int) else 0,
        bool(known.get(AGAIN)),
        known.get(TRACE) == call,
    )
