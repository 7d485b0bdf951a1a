import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { describeWith, peer } from "../support/peers.js";
import { projectFolder } from "../support/run-script.js";
import { temporaryFolder } from "../support/temporary.js";

const dask = await peer("dask");
const main = join(projectFolder, "dist/cli/main.js");

/** A process and what it has said so far. */
class Watched {
  readonly child: ChildProcess;
  stdout = "";
  stderr = "";
  readonly #closed: Promise<unknown>;

  constructor(command: string, args: readonly string[]) {
    const { NO_COLOR, FORCE_COLOR, NODE_OPTIONS, ...env } = process.env;
    this.child = spawn(command, args, { env: { ...env, TERM: "xterm" }, stdio: "pipe" });
    this.#closed = once(this.child, "close");
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    onTestFinished(() => {
      this.child.kill("SIGKILL");
    });
  }

  /** Waits for words on standard output; whoever never says them fails at the test's time limit. */
  async says(words: RegExp): Promise<void> {
    while (!words.test(this.stdout)) {
      if (this.child.exitCode !== null) {
        throw new Error(`It ended without ${words}:\n${this.stdout}\n${this.stderr}`);
      }
      await sleep(20);
    }
  }

  async ended(): Promise<number | NodeJS.Signals | null> {
    await this.#closed;
    return this.child.exitCode ?? this.child.signalCode;
  }
}

function taskprov(...args: string[]): Watched {
  return new Watched(process.execPath, [main, ...args]);
}

describe("of a journal that another process writes", { timeout: 120_000 }, () => {
  let journal: string;
  let writer: Watched;
  let done = 0;

  /** Something happens in the run, and is on disk. */
  async function happens(what: string): Promise<void> {
    writer.child.stdin?.write(`${what}\n`);
    await writer.says(new RegExp(`^(ok\n){${++done}}`));
  }

  beforeEach(async () => {
    journal = join(temporaryFolder(), "run.journal");
    writer = new Watched(process.execPath, [
      join(projectFolder, "test/support/growing-run.mjs"),
      journal,
    ]);
    done = 1;
    await writer.says(/^ok\n/);
  });

  test("`logs --follow` shows records as they come, and ends with the run", async () => {
    await happens("log warning before");
    const logs = taskprov("logs", journal, "--follow", "--level", "warning");
    await logs.says(/WARNING .*: before\n/);
    await happens("log info not this one");
    await happens("log error the fire");
    await logs.says(/ERROR tcp:\/\/w:1 \(alpha\) distributed\.worker: the fire\n/);
    await happens("end");
    expect([await logs.ended(), logs.stderr]).toEqual([0, ""]);
    expect(logs.stdout).not.toContain("not this one");
  });

  test("`logs --follow` ends cleanly on Ctrl-C while the run goes on", async () => {
    await happens("log warning first");
    const logs = taskprov("logs", journal, "--follow", "--json");
    await logs.says(/"text":"first"/);
    logs.child.kill("SIGINT");
    expect([await logs.ended(), logs.stderr]).toEqual([0, ""]);
    expect(JSON.parse(logs.stdout)).toMatchObject({ text: "first", workerName: "alpha" });
  });

  test("`report --live` serves what there is, then more, and ends cleanly on Ctrl-C", async () => {
    await happens("task one");
    const report = taskprov("report", journal, "--live");
    await report.says(/^http:\/\/127\.0\.0\.1:\d+\/\n/);
    const url = report.stdout.trim();
    const attempts = async (): Promise<number> => {
      const text = await (await fetch(url)).text();
      const [, json = "{}"] = /<script[^>]*id="head"[^>]*>(.*?)<\/script>/s.exec(text) ?? [];
      return JSON.parse(json).run.attempts;
    };
    const first = await attempts();
    await happens("task two");
    await happens("task three");
    while ((await attempts()) !== first + 2) await sleep(20);
    report.child.kill("SIGINT");
    expect([await report.ended(), report.stderr]).toEqual([0, ""]);
    await expect(fetch(url)).rejects.toThrow();
  });

  describeWith("on a terminal", dask, ({ python }) => {
    function top(): Watched {
      const script = join(projectFolder, "test/support/on-a-terminal.py");
      return new Watched(python, [
        script,
        ...[process.execPath, main, "top", journal, "--interval", "0.1"],
      ]);
    }

    test("`top` draws it over in place, and leaves its last table when the run ends", async () => {
      await happens("task one");
      const screen = top();
      await screen.says(/ 1\/1 done/);
      await happens("task two");
      await screen.says(/ 2\/2 done/);
      await happens("end");
      expect(await screen.ended()).toBe(0);
      expect(screen.stdout.slice(screen.stdout.lastIndexOf("\u001B"))).toContain(" 2/2 done");
      expect(screen.stdout).toMatch(/growing · tcp:\/\/s:8786 · .*, over/);
    });

    test("`top` ends cleanly on Ctrl-C, and the terminal is as it was", async () => {
      await happens("task one");
      const screen = top();
      await screen.says(/ 1\/1 done/);
      screen.child.kill("SIGINT");
      expect(await screen.ended()).toBe(0);
      expect(screen.stdout).not.toMatch(/at .*\.js:\d+/);
      // Back from the other screen, and the cursor is there again.
      for (const [on, off] of [
        ["\u001B[?1049h", "\u001B[?1049l"],
        ["\u001B[?25l", "\u001B[?25h"],
      ] as const) {
        expect(screen.stdout.lastIndexOf(off)).toBeGreaterThan(screen.stdout.indexOf(on));
      }
      expect(writer.child.exitCode).toBeNull();
    });
  });
});
