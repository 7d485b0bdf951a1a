"""Tests of a program that logs, as users write them; run by unittest."""

import asyncio
import inspect
import threading
import unittest

import taskprov
from taskprov import (
    LoggedAction,
    LoggedMessage,
    UnflushedTracebacks,
    assert_has_action,
    assert_has_message,
    capture_logging,
    log_call,
    log_message,
    start_action,
    write_traceback,
)


class UserRegistration:
    def register(self, name, age):
        with start_action(action_type="register", name=name, age=age) as action:
            log_message("checking", name=name)
            with start_action(action_type="store"):
                pass
            if age < 0:
                raise ValueError("age")
            action.add_success_fields(number=1)


def swallow(error):
    try:
        raise error
    except type(error):
        write_traceback()


def run(test, *args):
    """What a test method that is decorated does."""
    return test(unittest.TestCase(), *args)


class Helpers(unittest.TestCase):
    def assert_registered(self, logger, name):
        assert_has_action(self, logger, "register", True, {"name": name}, {"number": 1})

    @capture_logging(assert_registered, name="ann")
    def test_an_assertion_is_made_after_the_test(self, logger):
        UserRegistration().register("ann", 3)
        self.assertEqual(logger.messages[0]["task_level"], [1])

    @capture_logging(None)
    def test_a_tree_is_found(self, logger):
        UserRegistration().register("ann", 3)
        (action,) = LoggedAction.of_type(logger.messages, "register")
        self.assertEqual(action.type_tree(), {"register": ["checking", {"store": []}]})
        (checking,) = LoggedMessage.of_type(logger.messages, "checking")
        self.assertEqual(list(action.descendants()), action.children)
        self.assertEqual(action.children[0], checking)
        self.assertTrue(action.children[1].succeeded)
        self.assertEqual(assert_has_message(self, logger, "checking", {"name": "ann"}), checking)

    @capture_logging(None)
    def test_a_failure_is_an_end_too(self, logger):
        with self.assertRaises(ValueError):
            UserRegistration().register("bob", -1)
        end = {"exception": "builtins.ValueError", "reason": "age"}
        assert_has_action(self, logger, "register", False, {"age": -1}, end)

    @capture_logging(None)
    def test_what_is_not_there_is_said(self, logger):
        UserRegistration().register("ann", 3)
        for expected, check in {
            "No action of type fly was logged; there are register, store.": lambda: (
                assert_has_action(self, logger, "fly", True)
            ),
            "The action register succeeded.": lambda: (
                assert_has_action(self, logger, "register", False)
            ),
            "The field age is 3, not 4.": lambda: (
                assert_has_action(self, logger, "register", True, {"age": 4})
            ),
            "No message of type x was logged; there are checking.": lambda: (
                assert_has_message(self, logger, "x")
            ),
        }.items():
            with self.assertRaises(AssertionError) as raised:
                check()
            self.assertEqual(str(raised.exception), expected)
        with self.assertRaisesRegex(AssertionError, "There is no field size in"):
            assert_has_message(self, logger, "checking", {"size": 1})

    def test_an_exception_that_nobody_expects_fails_the_test(self):
        @capture_logging(None)
        def logs(_test, logger):
            swallow(FileNotFoundError(2, "none"))

        with self.assertRaisesRegex(UnflushedTracebacks, "FileNotFoundError: .*none"):
            run(logs)

        @capture_logging(None)
        def asks(_test, logger):
            swallow(FileNotFoundError(2, "none"))
            self.assertEqual(logger.flush_tracebacks(KeyError), [])
            (told,) = logger.flush_tracebacks(OSError)
            self.assertEqual(told["errno"], 2)
            self.assertEqual(logger.traceback_messages, [])

        run(asks)

    def test_what_the_test_raises_is_what_it_fails_with(self):
        @capture_logging(lambda *_args: self.fail("not asked"))
        def raises(_test, logger):
            swallow(KeyError("x"))
            raise ZeroDivisionError

        with self.assertRaises(ZeroDivisionError):
            run(raises)

    def test_functions_and_coroutines_and_blocks(self):
        @capture_logging(assert_has_message, "in-function")
        def in_function(logger):
            log_message("in-function")
            return 5

        @capture_logging(assert_has_action, "Work.later", True, {"x": 1}, {"result": 1})
        async def in_coroutine(logger):
            return await later(1)

        @log_call(action_type="Work.later")
        async def later(x):
            await asyncio.sleep(0)
            return x

        self.assertEqual(in_function(), 5)
        # pytest would look for a fixture of that name.
        self.assertEqual(list(inspect.signature(in_function).parameters), [])
        self.assertEqual(asyncio.run(in_coroutine()), 1)
        with capture_logging() as logger:
            thread = threading.Thread(target=log_message, args=("in-thread",))
            thread.start()
            thread.join()
            log_message("values", items={1}, number=1 + 2j)
        assert_has_message(None, logger, "in-thread")
        self.assertEqual(logger.serialize()[1]["number"], {"real": 1.0, "imag": 2.0})
        logger.reset()
        self.assertEqual((logger.messages, logger.serialize()), ([], []))

    def test_destinations_hear_nothing_of_it_and_everything_after(self):
        heard = []
        taskprov.add_destinations(heard.append)
        with capture_logging() as outer:
            log_message("outer")
            with capture_logging() as inner:
                log_message("inner")
            log_message("outer")
        log_message("after")
        taskprov.remove_destination(heard.append)
        types = [[each["message_type"] for each in log] for log in (outer.messages, inner.messages)]
        self.assertEqual(types, [["outer", "outer"], ["inner"]])
        self.assertEqual([each["message_type"] for each in heard][-1:], ["after"])
        self.assertNotIn("outer", [each["message_type"] for each in heard])


if __name__ == "__main__":
    unittest.main()
