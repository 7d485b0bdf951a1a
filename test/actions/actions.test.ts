import { mkdirSync, readFileSync } from "node:fs";
import { setTimeout as later } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ActionFields,
  addDestination,
  addGlobalFields,
  assertContainsFields,
  assertHasAction,
  assertHasMessage,
  captureLogging,
  continueTask,
  currentAction,
  defineAction,
  defineMessage,
  descendants,
  logCall,
  loggedActions,
  logMessage,
  type MemoryLogger,
  preserveContext,
  registerExceptionExtractor,
  removeDestination,
  serializeTaskId,
  startAction,
  startTask,
  toFile,
  writeTraceback,
} from "../../src/index.js";
import { temporaryFolder } from "../support/temporary.js";
import { runs } from "../support/tier.js";
import { gapsOf } from "./support.js";

const plain = (logger: MemoryLogger): ActionFields[] =>
  logger.messages.map(({ timestamp: _, task_uuid: __, ...rest }) => rest);

describe("an action", () => {
  test("has a message at its beginning and one at its end, with the levels that Eliot gives", () => {
    captureLogging((logger) => {
      const result = startAction("main", { n: 3 }, (action) => {
        logMessage("note", { x: 1 });
        startAction("part", { y: 2 }, () => undefined);
        action.addSuccessFields({ sum: 6 });
        return 7;
      });
      expect(result).toBe(7);
      expect(plain(logger)).toEqual([
        { n: 3, task_level: [1], action_type: "main", action_status: "started" },
        { x: 1, task_level: [2], message_type: "note" },
        { y: 2, task_level: [3, 1], action_type: "part", action_status: "started" },
        { task_level: [3, 2], action_type: "part", action_status: "succeeded" },
        { sum: 6, task_level: [4], action_type: "main", action_status: "succeeded" },
      ]);
      expect(new Set(logger.messages.map((message) => message.task_uuid)).size).toBe(1);
    });
  });

  test("that throws fails with class and reason, and the error goes on", () => {
    captureLogging((logger) => {
      const boom = (): never => {
        throw new RangeError("oops ✗");
      };
      expect(() => startAction("bad", boom)).toThrow("oops ✗");
      assertHasAction(
        logger,
        "bad",
        false,
        {},
        { exception: "builtins.RangeError", reason: "oops ✗" },
      );
    });
  });

  test("ends with its promise, and children that run side by side belong to it", async () => {
    await captureLogging(async (logger) => {
      await startAction("main", async () => {
        await Promise.all(
          [3, 1, 2].map((n) =>
            startAction("part", { n }, async () => {
              await later(n);
              logMessage("done", { n });
            }),
          ),
        );
      });
      const main = assertHasAction(logger, "main", true);
      expect(descendants(main).map((action) => action.startMessage["n"])).toEqual([3, 1, 2]);
      for (const part of loggedActions(logger.messages, "part")) {
        expect(part.children).toMatchObject([{ n: part.startMessage["n"] }]);
      }
      expect(gapsOf(logger.messages)).toEqual([]);
    });
  });

  test("without a function is ended by hand, once", () => {
    captureLogging((logger) => {
      const action = startAction("manual");
      action.run(() => logMessage("inside"));
      expect(currentAction()).toBeUndefined();
      action.fail(new Error("no"));
      action.finish();
      expect(logger.messages.map((message) => message.task_level)).toEqual([[1], [2], [3]]);
      assertHasAction(logger, "manual", false);
    });
  });

  test("what is logged after its end goes to the action around it, or stands by itself", async () => {
    await captureLogging(async (logger) => {
      const late: Promise<void>[] = [];
      const logLater = async (): Promise<void> => {
        await later(2);
        logMessage("late");
      };
      await startAction("outer", async () => {
        startAction("inner", () => {
          late.push(logLater());
        });
        await late[0];
        late.push(logLater());
      });
      await Promise.all(late);
      const [outer] = loggedActions(logger.messages, "outer");
      expect(outer?.children.at(-1)).toMatchObject({ message_type: "late" });
      const alone = logger.messages.at(-1);
      expect(alone).toMatchObject({ task_level: [1], message_type: "late" });
      expect(alone?.["taskprov:after"]).toBe(`${outer?.startMessage.task_uuid}@/`);
      expect(gapsOf(logger.messages)).toEqual([]);
    });
  });

  test("starts a new tree with startTask, wherever it is", () => {
    captureLogging((logger) => {
      startAction("one", () => startTask("two", () => undefined));
      expect(new Set(logger.messages.map((message) => message.task_uuid)).size).toBe(2);
      expect(gapsOf(logger.messages)).toEqual([]);
    });
  });

  test("is continued by its serialized id, as in Eliot", () => {
    captureLogging((logger) => {
      startAction("main", () => {
        const id = serializeTaskId() ?? "";
        expect(id).toMatch(/^[0-9a-f-]{36}@\/2$/);
        continueTask(id, { worker: "w1" }, () => logMessage("far"));
      });
      const [remote] = loggedActions(logger.messages, "eliot:remote_task");
      expect(remote?.startMessage).toMatchObject({ task_level: [2, 1], worker: "w1" });
      expect(gapsOf(logger.messages)).toEqual([]);
    });
  });

  test.each(["", "x", "u@", "u@/0", "u@/1//2", "u@/1/x", 7, null])(
    "is not continued by %j",
    (id) => {
      expect(() => continueTask(id as string, () => 1)).toThrow(/id of a task/);
    },
  );

  test("binds a function for one call", () => {
    captureLogging((logger) => {
      const bound = startAction("main", () => preserveContext((x: number) => x + 1));
      expect(bound(1)).toBe(2);
      expect(() => bound(1)).toThrow(/called twice/);
      expect(loggedActions(logger.messages, "eliot:remote_task")).toHaveLength(1);
      expect(gapsOf(logger.messages)).toEqual([]);
    });
  });

  test("any interleaving of actions over promises gives one whole tree for each root", async () => {
    interface Plan {
      readonly wait: number;
      readonly fails: boolean;
      readonly detached: boolean;
      readonly messages: number;
      readonly parts: readonly Plan[];
    }
    const plan = (depth: number): fc.Arbitrary<Plan> =>
      fc.record({
        wait: fc.integer({ min: 0, max: 3 }),
        fails: fc.boolean(),
        detached: fc.boolean(),
        messages: fc.integer({ min: 0, max: 2 }),
        parts: depth === 0 ? fc.constant([]) : fc.array(plan(depth - 1), { maxLength: 3 }),
      });
    let open: Promise<unknown>[] = [];
    const carryOut = async ({ wait, fails, messages, parts }: Plan): Promise<void> => {
      for (let i = 0; i < messages; i++) logMessage("note", { i });
      const running = parts.map((part) => {
        const outcome = startAction("part", async () => await carryOut(part)).catch(
          () => undefined,
        );
        open.push(outcome);
        return part.detached ? undefined : outcome;
      });
      for (let i = 0; i < wait; i++) await Promise.resolve();
      await Promise.all(running);
      logMessage("after");
      if (fails) throw new Error("planned");
    };
    await fc.assert(
      fc.asyncProperty(fc.array(plan(3), { minLength: 1, maxLength: 4 }), async (plans) => {
        open = [];
        await captureLogging(async (logger) => {
          await Promise.all(
            plans.map((each) =>
              startTask("root", async () => await carryOut(each)).catch(() => undefined),
            ),
          );
          for (const one of open) await one;
          expect(gapsOf(logger.messages)).toEqual([]);
          const roots = loggedActions(logger.messages, "root");
          expect(roots).toHaveLength(plans.length);
        });
      }),
      { numRuns: runs(100) },
    );
  });
});

describe("logCall", () => {
  test("logs arguments and result, by the names given", async () => {
    await captureLogging(async (logger) => {
      const multiply = logCall((x: number, y: number) => x * y, {
        actionType: "multiply",
        args: ["x", "y"],
      });
      const wait = logCall(
        async function wait(n: number) {
          await later(n);
          return n;
        },
        { includeResult: false },
      );
      expect(multiply(2, 3)).toBe(6);
      expect(multiply.length).toBe(2);
      expect(await wait(1)).toBe(1);
      assertHasAction(logger, "multiply", true, { x: 2, y: 3 }, { result: 6 });
      const { endMessage } = assertHasAction(logger, "wait", true, { arg0: 1 });
      expect(endMessage).not.toHaveProperty("result");
    });
  });

  test("keeps `this`, and leaves arguments out that are not included", () => {
    captureLogging((logger) => {
      const counter = {
        count: 1,
        add: logCall(
          function (this: { count: number }, n: number, _secret: string) {
            this.count += n;
            return this.count;
          },
          { actionType: "add", args: ["n", "secret"], include: ["n"] },
        ),
      };
      expect(counter.add(2, "x")).toBe(3);
      expect(assertHasAction(logger, "add", true, { n: 2 }).startMessage).not.toHaveProperty(
        "secret",
      );
    });
  });

  test("does not take names that no argument has", () => {
    expect(() => logCall(() => 1, { args: ["a"], include: ["b"] })).toThrow(/"b"/);
    expect(() => logCall(() => 1, { arg: ["a"] } as object)).toThrow(/args/);
  });
});

describe("errors in the log", () => {
  class HttpError extends Error {
    readonly status: number = 404;
  }
  class Gone extends HttpError {
    override readonly status: number = 410;
  }

  test("have the fields that the extractor of the nearest class finds", () => {
    registerExceptionExtractor(HttpError, (error) => ({ status: error.status }));
    registerExceptionExtractor(Gone, () => {
      throw new Error("no fields");
    });
    captureLogging((logger) => {
      const failing = (error: Error) => () => {
        throw error;
      };
      expect(() => startAction("a", failing(new HttpError("x")))).toThrow();
      expect(() => startAction("b", failing(new Gone("y")))).toThrow();
      expect(() => startAction("c", () => readFileSync("/no/such/file"))).toThrow();
      assertHasAction(logger, "a", false, {}, { status: 404, exception: "HttpError" });
      assertHasAction(logger, "b", false, {}, { exception: "Gone", reason: "y" });
      assertHasAction(logger, "c", false, {}, { code: "ENOENT", errno: -2 });
    });
  });

  test("are written with their stack, and fail a test that does not expect them", () => {
    captureLogging((logger) => {
      writeTraceback(new TypeError("bad"));
      const [message] = logger.flushTracebacks("TypeError");
      expect(String(message?.["traceback"])).toContain("actions.test.ts");
    });
    expect(() => captureLogging(() => writeTraceback(new TypeError("bad")))).toThrow(
      /builtins.TypeError: bad/,
    );
  });
});

describe("destinations", () => {
  test("all get every message; one that throws is told to the others", () => {
    const seen: ActionFields[] = [];
    const bad = (): never => {
      throw new Error("disk on fire");
    };
    const good = (message: ActionFields): void => {
      seen.push(message);
    };
    addDestination(bad);
    addDestination(good);
    try {
      seen.length = 0;
      logMessage("hello", { a: 1 });
      expect(seen).toMatchObject([
        { message_type: "eliot:destination_failure", reason: "disk on fire", task_level: [1] },
        { message_type: "hello", a: 1 },
      ]);
    } finally {
      removeDestination(bad);
      expect(removeDestination(good)).toBe(true);
      expect(removeDestination(good)).toBe(false);
    }
  });

  test("get global fields, which a message's own fields win over", () => {
    const seen: ActionFields[] = [];
    const take = (message: ActionFields): void => {
      seen.push(message);
    };
    addDestination(take);
    addGlobalFields({ host: "here" });
    logMessage("hello");
    logMessage("hello", { host: "there" });
    removeDestination(take);
    addGlobalFields({ host: undefined });
    expect(seen.slice(-2).map((message) => message["host"])).toEqual(["here", "there"]);
  });
});

describe("a log file", () => {
  test("holds a message a line, values in a form of JSON, at the end of what was there", () => {
    const folder = temporaryFolder();
    const file = toFile(`${folder}/run-{pid}.log`, {
      jsonDefault: (value) => (value instanceof Money ? `${value.cents} ct` : undefined),
    });
    expect(file.path).toBe(`${folder}/run-${process.pid}.log`);
    expect(toFile(file.path)).toBe(file);
    startAction("write", { price: new Money(7), big: 2n ** 70n }, () => undefined);
    file.close();
    file.close();
    const again = toFile(file.path);
    logMessage("more");
    again.close();
    const lines = readFileSync(file.path, "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[0]).toContain('"price":"7 ct","big":1180591620717411303424');
    expect(JSON.parse(lines[2] ?? "")).toMatchObject({ message_type: "more" });
  });

  test("that cannot be written is told at once, with the path", () => {
    const folder = temporaryFolder();
    mkdirSync(`${folder}/sub`);
    expect(() => toFile(`${folder}/sub`)).toThrow(/sub: it is a directory/);
    expect(() => toFile("")).toThrow(/path/);
    expect(() => toFile("x", { json: 1 } as object)).toThrow(/jsonDefault/);
  });
});

class Money {
  readonly cents: number;
  constructor(cents: number) {
    this.cents = cents;
  }
}

describe("defined actions and messages", () => {
  const loading = defineAction("test:load", { path: "string" }, { rows: "number" });
  const note = defineMessage("test:note", {
    at: {
      words: "a date",
      accepts: (value: unknown) => value instanceof Date,
      serialize: (value: Date) => value.getTime(),
    },
  });

  test("have typed fields in their own form", () => {
    captureLogging((logger) => {
      loading.run({ path: "a" }, (succeed) => succeed({ rows: 2 }));
      note.log({ at: new Date(5) });
      assertHasAction(logger, "test:load", true, { path: "a" }, { rows: 2 });
      assertContainsFields(assertHasMessage(logger, "test:note"), { at: 5 });
    });
  });

  test("fail a test whose message has another type", () => {
    expect(() =>
      captureLogging(() => loading.run({ path: 7 as never }, (succeed) => succeed({ rows: 1 }))),
    ).toThrow(/field path of test:load to be string, got 7/);
    expect(() => captureLogging(() => loading.run({ path: "x" }, () => undefined))).toThrow(/rows/);
    expect(() => defineAction("test:load", {}, {})).toThrow(/defined already/);
  });
});

describe("assertions", () => {
  test("say what is there instead", () => {
    captureLogging((logger) => {
      startAction("there", { a: 1 }, () => logMessage("said", { b: 2 }));
      expect(() => assertHasAction(logger, "absent", true)).toThrow(
        /absent was logged; there are there/,
      );
      expect(() => assertHasAction(logger, "there", false)).toThrow(/succeeded/);
      expect(() => assertHasAction(logger, "there", true, { a: 2 })).toThrow(/field a/);
      expect(() => assertHasMessage(logger, "said", { b: 3 })).toThrow(/field b/);
      expect(() => assertHasMessage(logger, "else")).toThrow(/said/);
    });
  });

  test("loggers of tests that run side by side do not mix", async () => {
    await Promise.all(
      [1, 2, 3].map((n) =>
        captureLogging(async (logger) => {
          await later(1);
          logMessage("mine", { n });
          await later(1);
          expect(logger.messages.map((message) => message["n"])).toEqual([n]);
          expect(logger.serialize()).toHaveLength(1);
          logger.reset();
          expect(logger.messages).toEqual([]);
        }),
      ),
    );
  });
});

test("fields of any name stand in a message, and none takes the place of where it stands", async () => {
  await captureLogging((logger) => {
    const fields = JSON.parse(
      '{"__proto__": {"x": 1}, "task_level": [9], "constructor": 2, "1": 3}',
    );
    startAction("odd", fields, (action) => {
      logMessage("odd", fields);
      action.addSuccessFields(fields);
    });
    expect(logger.messages.map((message) => message.task_level)).toEqual([[1], [2], [3]]);
    for (const message of logger.messages) {
      expect(message).toMatchObject({ constructor: 2, 1: 3 });
      expect(Object.getOwnPropertyDescriptor(message, "__proto__")?.value).toEqual({ x: 1 });
      expect(Object.getPrototypeOf(message)).toBe(Object.prototype);
    }
    expect(gapsOf(logger.messages)).toEqual([]);
  });
});
