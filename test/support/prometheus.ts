import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { PrometheusPeer } from "./peers.js";

/** A Prometheus of the test's own, on loopback, that scrapes one endpoint every second. */
export interface RunningPrometheus {
  /** The values of an expression now, each with its labels. */
  readonly query: (
    expression: string,
  ) => Promise<
    readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[]
  >;
}

interface QueryAnswer {
  readonly status: string;
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };
}

/** Starts a Prometheus; the end of the test kills it. */
export async function startPrometheus(
  { executable }: PrometheusPeer,
  folder: string,
  target: string,
  ruleFile: string,
): Promise<RunningPrometheus> {
  const port = await freePort();
  const config = join(folder, "prometheus.yml");
  mkdirSync(join(folder, "data"));
  const scrape = `{job_name: taskprov, static_configs: [{targets: ["${target}"]}]}`;
  const times = "{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}";
  writeFileSync(
    config,
    `global: ${times}\nrule_files: [${JSON.stringify(ruleFile)}]\nscrape_configs: [${scrape}]\n`,
  );
  const child = spawn(
    executable,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: "ignore" },
  );
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return {
    query: async (expression) => {
      const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expression)}`;
      // It may not listen yet.
      const response = await fetch(url).catch(() => undefined);
      if (response?.ok !== true) return [];
      const answer = (await response.json()) as QueryAnswer;
      return answer.data.result.map(({ metric, value }) => ({
        labels: metric,
        value: Number(value[1]),
      }));
    },
  };
}

/** What promtool says of a text; empty when it has nothing to say. */
export function promtoolSays(
  { promtool }: PrometheusPeer,
  args: readonly string[],
  input = "",
): string {
  const { status, stdout, stderr } = spawnSync(promtool, [...args], { input, encoding: "utf8" });
  return status === 0 ? "" : `${stdout}${stderr}`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const bound = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return typeof bound === "object" && bound !== null ? bound.port : 0;
}
