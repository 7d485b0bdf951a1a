// How quickly lineage answers, and how much memory it takes: node bench/lineage.mjs [TASKS…]
//
// Makes a document of a run of TASKS tasks (default 1000 10000 100000 1000000): sources with a literal, chains of
// three with a literal each, sums over ten, and one sum over all sums. Each figure comes from a
// process of its own; "cold" is from the start of that process's question, the index file there.
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diff, openLineage } from "taskprov";
import { writeProvJson } from "taskprov/formats";

const [, , mode, ...rest] = process.argv;
if (mode === "--child") await child(rest);
else await parent([mode, ...rest].filter((text) => text !== undefined).map(Number));

async function parent(given) {
  const sizes = given.length > 0 ? given : [1_000, 10_000, 100_000, 1_000_000];
  const folder = mkdtempSync(join(tmpdir(), "taskprov-bench-lineage-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const tasks of sizes) {
    const file = join(folder, `${tasks}.json`);
    const other = join(folder, `${tasks}-other.json`);
    writeRun(file, tasks, 2);
    console.log(`${tasks} tasks, ${(statSync(file).size / 1e6).toFixed(0)} MB`);
    const index = join(folder, `${tasks}.tpindex`);
    for (const [name, ...args] of [
      ["build", file, index],
      ["cold", file, index],
      ...(tasks <= 100_000 ? [["diff", file, other]] : []),
    ]) {
      if (name === "diff") writeRun(other, tasks, 3);
      const { stdout, stderr, status } = spawnSync(
        process.execPath,
        ["--expose-gc", import.meta.filename, "--child", name, ...args],
        { encoding: "utf8" },
      );
      if (status !== 0) throw new Error(stderr);
      process.stdout.write(`  ${stdout}`);
    }
    console.log(`  index ${(statSync(index).size / 1e6).toFixed(0)} MB`);
    rmSync(file);
    rmSync(index);
  }
}

async function child([name, a, b]) {
  const begin = performance.now();
  if (name === "diff") {
    const answer = await diff(a, b);
    report("diff", begin, `${answer.changes.length} change, ${answer.aligned.pairs} pairs`);
    return;
  }
  const lineage = await openLineage(a, { index: { file: b } });
  if (name === "build") {
    report("index built", begin, "");
    return;
  }
  const opened = performance.now();
  lineage.why("mean-0-3");
  report("cold why (opened)", begin, `${(opened - begin).toFixed(0)} ms of it opening`);
  const times = [];
  for (let i = 0; i < 100; i++) {
    const start = performance.now();
    lineage.why(`mean-${(i * 37) % 90}-3`);
    times.push(performance.now() - start);
  }
  times.sort((x, y) => x - y);
  console.log(`  warm why: median ${times[50].toFixed(2)} ms, worst ${times[99].toFixed(2)} ms`);
  const all = performance.now();
  const { total } = lineage.why("total", { limit: 100 });
  report("why of the sum over all", all, `${total.activities} activities`);
  const fetch = performance.now();
  lineage.critical();
  report("critical", fetch, "");
}

function report(what, begin, more) {
  const peak = process.resourceUsage().maxRSS / 1000;
  const spent = performance.now() - begin;
  const { user, system } = process.cpuUsage();
  const cpu = `process so far ${((user + system) / 1e6).toFixed(2)} s of CPU, peak ${peak.toFixed(0)} MB`;
  console.log(`${what}: ${spent.toFixed(0)} ms; ${cpu}  ${more}`);
}

/** A document of about so many tasks, in the form and order that the tracker writes. */
function writeRun(path, tasks, factor) {
  const chains = Math.max(1, Math.floor(tasks / 3.1));
  const ns = (prefix, uri) => ({ prefix, uri });
  const base = "urn:uuid:0b9c5d0e-0000-4000-8000-000000000001#";
  const [run, task, data, fn, own, yprov, prov, xsd] = [
    ns("run", base),
    ns("task", `${base}task/`),
    ns("data", `${base}data/`),
    ns("fn", `${base}fn/`),
    ns("taskprov", "https://w3id.org/taskprov/terms#"),
    ns("yprov4wfs", "https://github.com/HPCI-Lab/yProv4WFs#"),
    ns("prov", "http://www.w3.org/ns/prov#"),
    ns("xsd", "http://www.w3.org/2001/XMLSchema#"),
  ];
  const name = (namespace, local) => ({ namespace, local });
  const type = (local) => [name(prov, "type"), name(own, local)];
  const time = (i) => new Date(1_795_169_700_000 + i).toISOString().replace("Z", "000Z");
  function* all() {
    for (let c = 0; c < chains; c++) {
      yield ["load", `load-${c}-1`, [], `part-${c}.nc`, c];
      yield ["scale", `scale-${c}-2`, [`load-${c}-1`], c === 7 ? factor : 2, c + 1];
      yield ["mean", `mean-${c}-3`, [`scale-${c}-2`], undefined, c + 2];
    }
    const sums = Math.ceil(chains / 10);
    for (let s = 0; s < sums; s++) {
      const parts = Array.from({ length: 10 }, (_, i) => s * 10 + i).filter((c) => c < chains);
      yield ["sum", `sum-${s}-4`, parts.map((c) => `mean-${c}-3`), undefined, chains + 3];
    }
    const parts = Array.from({ length: sums }, (_, s) => `sum-${s}-4`);
    yield ["total", "total", parts, undefined, chains + 4];
  }
  const sections = {
    *entity() {
      for (const f of ["load", "scale", "mean", "sum", "total"]) {
        const hash = [name(own, "sha256"), "ab".repeat(32)];
        yield { id: name(fn, f), attributes: [[name(prov, "label"), f], type("Function"), hash] };
      }
      for (const [, key, , literal] of all()) {
        if (literal !== undefined) {
          const value = [name(yprov, "value"), String(literal)];
          const kind = [name(yprov, "dtype"), typeof literal];
          yield { id: name(data, `${key}.a1`), attributes: [type("Literal"), value, kind] };
        }
        const facts = [
          [name(yprov, "dtype"), "number"],
          [name(yprov, "nbytes"), "8"],
        ];
        const keyed = [[name(prov, "label"), key], type("Data"), [name(own, "key"), key]];
        yield { id: name(data, key), attributes: [...keyed, ...facts] };
      }
    },
    *activity() {
      for (const [group, key, , , at] of all()) {
        yield {
          id: name(task, key),
          startTime: time(at),
          endTime: time(at + 1),
          attributes: [
            [name(prov, "label"), key],
            type("TaskAttempt"),
            [name(own, "key"), key],
            [name(own, "status"), "ok"],
            [name(yprov, "status"), "success"],
            [name(yprov, "level"), "1"],
            [name(yprov, "group"), group],
            [name(yprov, "name"), group],
            [name(yprov, "nice_name"), group],
            [name(yprov, "processed_on"), "inproc-0"],
          ],
        };
      }
      yield {
        id: name(run, "workflow"),
        attributes: [[name(prov, "label"), "bench"], type("Run")],
      };
    },
    *agent() {
      yield { id: name(run, "worker.inproc-0"), attributes: [type("Worker")] };
    },
    *wasGeneratedBy() {
      for (const [, key, , , at] of all()) {
        yield {
          entity: name(data, key),
          activity: name(task, key),
          time: time(at + 1),
          attributes: [],
        };
      }
    },
    *used() {
      for (const [, key, inputs, literal] of all()) {
        for (let i = 0; i < inputs.length; i++) {
          const role = [name(prov, "role"), inputs.length === 1 ? "0" : `0.${i}`];
          yield { activity: name(task, key), entity: name(data, inputs[i]), attributes: [role] };
        }
        if (literal !== undefined) {
          const role = [name(prov, "role"), "1"];
          yield { activity: name(task, key), entity: name(data, `${key}.a1`), attributes: [role] };
        }
      }
    },
    *wasInformedBy() {
      for (const [, key, inputs] of all()) {
        for (const input of inputs) {
          yield { informed: name(task, key), informant: name(task, input), attributes: [] };
        }
        if (inputs.length === 0) {
          yield { informed: name(task, key), informant: name(run, "workflow"), attributes: [] };
        }
      }
    },
    *wasDerivedFrom() {
      for (const [, key, inputs] of all()) {
        for (const input of inputs) {
          yield { generatedEntity: name(data, key), usedEntity: name(data, input), attributes: [] };
        }
      }
    },
    *wasAssociatedWith() {
      for (const [group, key] of all()) {
        const agent = name(run, "worker.inproc-0");
        yield { activity: name(task, key), agent, plan: name(fn, group), attributes: [] };
      }
    },
  };
  const namespaces = [prov, xsd, run, task, data, fn, own, yprov];
  const fd = openSync(path, "w");
  // One section at a time, in pieces: the whole would be larger than memory.
  const empty = [...writeProvJson({ namespaces, records: [], bundles: [] })].join("");
  writeSync(fd, empty.slice(0, empty.lastIndexOf("}")).trimEnd());
  for (const [kind, records] of Object.entries(sections)) {
    writeSync(fd, `,\n"${kind}":{\n`);
    let first = 1;
    const flush = (list) => {
      if (list.length === 0) return;
      const text = [...writeProvJson({ namespaces, records: list, bundles: [] })].join("");
      const open = text.indexOf(`"${kind}":{`) + kind.length + 4;
      const body = text.slice(open, text.lastIndexOf("}", text.lastIndexOf("}") - 1)).trim();
      // Each piece counts its anonymous relations from one.
      let number = first;
      const members = body.replaceAll(
        /^"_:([a-z])\w*"/gm,
        (_, stem) => `"_:${stem}${(number++).toString(36)}"`,
      );
      writeSync(fd, `${first > 1 ? ",\n" : ""}${members}`);
      first += list.length;
    };
    let list = [];
    for (const record of records()) {
      list.push({ kind, ...record });
      if (list.length === 20_000) {
        flush(list);
        list = [];
      }
    }
    flush(list);
    writeSync(fd, "\n}");
  }
  writeSync(fd, "\n}\n");
  closeSync(fd);
}
