import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { startProgram } from "../support/dask-cluster.js";
import { peer } from "../support/peers.js";
import { promtoolSays, startPrometheus } from "../support/prometheus.js";
import { projectFolder } from "../support/run-script.js";
import { temporaryFolder } from "../support/temporary.js";
import { daskProgram } from "../support/tracked-program.js";

const dask = await peer("dask");
const prometheus = await peer("prometheus");
const rules = path.join(projectFolder, "examples/prometheus/taskprov-alerts.yml");

if ("why" in dask || "why" in prometheus) {
  test.skip("metrics of a Dask cluster in a real Prometheus: needs Dask and prometheus");
} else {
  describe("metrics of a Dask cluster in a real Prometheus", () => {
    test("are scraped while the program runs, and the text is clean", async () => {
      const folder = temporaryFolder();
      const main = path.join(projectFolder, "dist/cli/main.js");
      const options = ["--metrics-port", "0", "--metrics-file", path.join(folder, "run.prom")];
      const command = [process.execPath, main, "run", ...options, "--", dask.python];
      const program = startProgram([...command, daskProgram("waiting.py")], { cwd: folder });
      await program.says(/metrics are at/);
      const [, address = ""] = /http:\/\/(\S+)\/metrics/.exec(program.stderr()) ?? [];
      expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
      const server = await startPrometheus(prometheus, folder, address, rules);

      await waitFor(async () => (await server.query("taskprov_worker_memory_bytes")).length >= 10);
      const [workers] = await server.query("sum(taskprov_workers)");
      expect(workers?.value).toBe(2);
      await waitFor(async () => {
        const [done] = await server.query('sum(taskprov_attempts_total{state="ok"})');
        return done?.value === 20;
      });
      const [failed] = await server.query("sum(taskprov_failures_total)");
      expect(failed?.value).toBe(1);
      const quantile =
        "histogram_quantile(0.5, sum by (le) (taskprov_attempt_duration_seconds_bucket))";
      const [median] = await server.query(quantile);
      expect(median?.value).toBeGreaterThan(0);
      const kinds = await server.query("sum by (kind) (taskprov_worker_memory_bytes)");
      expect(kinds.map(({ labels }) => labels["kind"]).sort()).toEqual([
        ...["managed", "process", "spilled", "unmanaged", "unmanaged_old"],
      ]);
      const [held] = await server.query('sum(taskprov_tasks{state="memory"})');
      expect(held?.value).toBe(20);
      // Every panel of the example dashboard and every alert asks for what is there.
      for (const expression of dashboardExpressions()) {
        expect([expression, (await server.query(expression)).length > 0]).toEqual([
          expression,
          true,
        ]);
      }

      const response = await fetch(`http://${address}/metrics`);
      expect(response.headers.get("content-type")).toContain("version=0.0.4");
      const text = await response.text();
      expect(promtoolSays(prometheus, ["check", "metrics"], text)).toBe("");
      expect((await fetch(`http://${address}/`)).status).toBe(404);
      expect((await fetch(`http://${address}/metrics`, { method: "POST" })).status).toBe(405);

      program.process.stdin.end();
      expect(await program.exit).toBe(0);
      const file = readFileSync(path.join(folder, "run.prom"), "utf8");
      expect(file).toMatch(/^taskprov_run_over\{.*\} 1$/m);
      expect(promtoolSays(prometheus, ["check", "metrics"], file)).toBe("");
    }, 120_000);
  });

  describe("the example alert rules", () => {
    test("are correct, and ring when they should", () => {
      const folder = path.dirname(rules);
      expect(promtoolSays(prometheus, ["check", "rules", rules])).toBe("");
      const tests = path.join(folder, "taskprov-alerts-test.yml");
      expect(promtoolSays(prometheus, ["test", "rules", tests])).toBe("");
    });
  });
}

/** The expressions of the example dashboard for all runs; rates need more than a few seconds. */
function dashboardExpressions(): string[] {
  const file = path.join(projectFolder, "examples/prometheus/taskprov-dashboard.json");
  const dashboard: {
    readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
  } = JSON.parse(readFileSync(file, "utf8"));
  return dashboard.panels
    .flatMap(({ targets }) => targets.map(({ expr }) => expr.replaceAll("$run", ".*")))
    .filter((expression) => !/rate\(|increase\(/.test(expression));
}

async function waitFor(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50));
}
