import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll } from "vitest";
import { projectFolder, runScript } from "./run-script.js";

/** Runs programs that have tasks on worker threads. */
export interface ThreadPrograms {
  /** Where they run, from the first test on. */
  readonly folder: string;
  /**
   * Runs a program with `client` and `tasks` at hand; what it passes to `tell` comes back.
   *
   * @param options - of the client, as code.
   */
  readonly runProgram: (text: string, options?: string) => Promise<unknown[]>;
}

/** Worker threads load the built package, as a user's do: every test is a program of its own. */
export function threadPrograms(): ThreadPrograms {
  let folder = "";
  let programs = 0;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "taskprov-threads-"));
    await writeFile(path.join(folder, "package.json"), '{ "type": "module" }');
    await mkdir(path.join(folder, "node_modules"));
    await symlink(projectFolder, path.join(folder, "node_modules", "taskprov"), "dir");
    await copyFile(
      path.join(projectFolder, "test", "package", "worker-tasks.mjs"),
      path.join(folder, "tasks.mjs"),
    );
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });
  const runProgram = async (text: string, options = "{ workers: 2 }"): Promise<unknown[]> => {
    const file = path.join(folder, `program-${programs++}.mjs`);
    await writeFile(
      file,
      `import { Client, ProvTracker, LocalCluster, workerModule } from "taskprov";
const tasks = workerModule(new URL("./tasks.mjs", import.meta.url));
const client = new Client(${options});
const told = [];
const tell = (value) => told.push(value);
const caught = async (future) => { try { return { value: await future.result() }; } catch (error) { return error; } };
${text}
await client.close();
console.log(JSON.stringify(told));
`,
    );
    const { stdout, stderr, status } = await runScript({ script: file, cwd: folder });
    if (status !== 0) throw new Error(`The program ended with ${status}:\n${stderr}`);
    return JSON.parse(stdout);
  };
  return {
    get folder(): string {
      return folder;
    },
    runProgram,
  };
}
