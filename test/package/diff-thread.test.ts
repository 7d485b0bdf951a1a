import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "taskprov-test-diff-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const program = join(import.meta.dirname, "../../dist/cli/main.js");

/** A document of 9 MB, beyond the size from which on indexes are kept. */
function writeRun(name: string, factor: number): string {
  const path = join(folder, name);
  const numbers = Array.from({ length: 3000 }, (_, i) => i);
  const padding = "x".repeat(3000);
  const type = (term: string): string =>
    `"prov:type":{"$":"taskprov:${term}","type":"prov:QUALIFIED_NAME"}`;
  const members = (text: (i: number) => string): string => numbers.map(text).join(",\n");
  const value = (i: number): number => (i === 7 ? factor : 2);
  writeFileSync(
    path,
    `{"prefix":{"taskprov":"https://w3id.org/taskprov/terms#","task":"urn:x#task/","data":"urn:x#data/","yprov4wfs":"https://github.com/HPCI-Lab/yProv4WFs#"},
"entity":{${members((i) => `"data:double-${i}.a1":{${type("Literal")},"yprov4wfs:value":"${value(i)}"}`)}},
"activity":{${members((i) => `"task:double-${i}":{${type("TaskAttempt")},"taskprov:key":"double-${i}","taskprov:note":"${padding}"}`)}},
"used":{${members((i) => `"_:u${i}":{"prov:activity":"task:double-${i}","prov:entity":"data:double-${i}.a1","prov:role":"0"}`)}}}
`,
  );
  return path;
}

function diff(files: readonly string[], cache: string) {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [program, "diff", ...files, "--json"],
    { encoding: "utf8", env: { ...process.env, TASKPROV_CACHE: cache, TASKPROV_LOG: "debug" } },
  );
  return { stdout, status, threads: stderr.split("a thread makes the index").length - 1 };
}

test("diff makes the indexes of two large documents at a time, and answers as it does without", () => {
  const [a, b] = [writeRun("a.json", 2), writeRun("b.json", 3)];
  const cache = join(folder, "cache");
  const threaded = diff([a, b], cache);
  expect(threaded.threads).toBe(availableParallelism() > 1 ? 1 : 0);
  expect(threaded.status).toBe(1);
  expect(JSON.parse(threaded.stdout)).toMatchObject({ changes: [{ kind: "parameter" }] });
  expect(readdirSync(cache).filter((name) => name.endsWith(".tpindex"))).toHaveLength(2);
  const cached = diff([a, b], cache);
  expect(cached.threads).toBe(0);
  const nowhere = join(folder, "no-folder");
  writeFileSync(nowhere, "");
  const alone = diff([a, b], nowhere);
  expect(alone.threads).toBe(0);
  expect([cached.stdout, alone.stdout]).toEqual([threaded.stdout, threaded.stdout]);
});

test("a document that cannot be read is told as it is without a thread", () => {
  const a = writeRun("a.json", 2);
  const broken = join(folder, "broken.json");
  writeFileSync(broken, readFileSync(a, "utf8").slice(0, -3));
  for (const files of [
    [a, broken],
    [broken, a],
  ]) {
    const cache = mkdtempSync(join(folder, "cache-"));
    const { stdout, status } = diff(files, cache);
    expect(status).toBeGreaterThan(1);
    expect(stdout).toBe("");
  }
});
