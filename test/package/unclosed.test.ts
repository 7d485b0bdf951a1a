import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { buildDocument } from "../../src/track/build-document.js";
import { temporaryFolder } from "../support/temporary.js";

/** Arguments of `node` for a program that tracks a client and then does something. */
function program(folder: string, body: string): string[] {
  const script = `
    import { Client, ProvTracker } from "taskprov";
    const client = new Client({ workers: 1 });
    client.registerPlugin(new ProvTracker({ destination: ${JSON.stringify(folder)} }));
    ${body}
  `;
  return ["--input-type=module", "--eval", script];
}

function run(body: string): { folder: string; status: number | null; stderr: string } {
  const folder = temporaryFolder();
  const args = program(folder, body);
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  return { folder, status, stderr };
}

describe("a program that never closes its client", () => {
  test("ends by itself, keeps the journal, and says in one line what to do", async () => {
    const { folder, status, stderr } = run(
      "await client.submit(function seven() { return 7; }).result();",
    );
    const [journal = ""] = readdirSync(folder);
    expect(status).toBe(0);
    expect(journal).toMatch(/^yprov4wfs\.[0-9a-f-]{36}\.journal$/);
    expect(stderr.trimEnd().split("\n")).toEqual([
      expect.stringContaining(`make the document with: taskprov build ${join(folder, journal)}`),
    ]);
    const summary = await buildDocument(join(folder, journal));
    expect(summary).toMatchObject({ incomplete: true, counts: { ok: 1 } });
  });

  test.each([
    ["throws", 'await client.submit(() => 7).result(); throw new Error("user");', 1],
    ["calls process.exit", "await client.submit(() => 7).result(); process.exit(3);", 3],
  ])("or %s loses nothing", async (_, body, expected) => {
    const { folder, status } = run(body);
    expect(status).toBe(expected);
    const [journal = ""] = readdirSync(folder);
    expect((await buildDocument(join(folder, journal))).counts).toMatchObject({ ok: 1 });
  });

  test("or is killed loses no more than a flush interval, and says what was running", async () => {
    const folder = temporaryFolder();
    const body = `
      await client.with({ key: "done" }).submit(() => 7).result();
      client.fireAndForget(client.with({ key: "stuck" }).submit(() => new Promise(() => {})));
      setTimeout(() => console.log("ready"), 300);
      setInterval(() => {}, 1000);
    `;
    const child = spawn(process.execPath, program(folder, body));
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    const [journal = ""] = readdirSync(folder);
    const summary = await buildDocument(join(folder, journal));
    expect(summary).toMatchObject({ incomplete: true, counts: { ok: 1, running: 1 } });
  });
});
