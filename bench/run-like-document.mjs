import { datatypes, provNamespace, qualifiedName, typedLiteral } from "../dist/prov/index.js";

/**
 * A document like that of a run, the same every time: per task one activity with seven attributes,
 * one entity, one wasGeneratedBy and two used.
 *
 * @param {number} count - how many records, a multiple of five.
 */
export function runLikeDocument(count) {
  const random = mulberry32(20261120);
  const namespace = (prefix, uri) => ({ prefix, uri });
  const task = namespace("task", "urn:uuid:7f3a0000-0000-4000-8000-000000000000#task/");
  const data = namespace("data", "urn:uuid:7f3a0000-0000-4000-8000-000000000000#data/");
  const terms = namespace("taskprov", "https://w3id.org/taskprov/terms#");
  const yprov = namespace("yprov4wfs", "https://github.com/HPCI-Lab/yProv4WFs#");
  const prov = (local) => qualifiedName(provNamespace, local);
  const term = (local) => qualifiedName(terms, local);
  const yterm = (local) => qualifiedName(yprov, local);
  const names = {
    label: prov("label"),
    type: prov("type"),
    role: prov("role"),
    key: term("key"),
    attempt: term("attempt"),
    status: term("status"),
    nbytes: term("nbytes"),
    taskType: term("TaskAttempt"),
    dataType: term("Data"),
    yStatus: yterm("status"),
    processedOn: yterm("processed_on"),
  };
  const workers = ["tcp://10.0.0.1:40001", "tcp://10.0.0.2:40001", "tcp://10.0.0.3:40001"];
  const functions = ["inc", "load", "clean", "aggregate"];
  const records = [];
  const keys = [];
  let micros = 0;
  const time = () => {
    micros += Math.floor(random() * 2_000) + 1;
    const text = new Date(Date.UTC(2026, 10, 20) + Math.floor(micros / 1000)).toISOString();
    return `${text.slice(0, -1)}${String(micros % 1000).padStart(3, "0")}Z`;
  };
  for (let i = 0; i < count / 5; i++) {
    const name = functions[Math.floor(random() * functions.length)];
    const key = `${name}-${Math.floor(random() * 2 ** 52)
      .toString(16)
      .padStart(13, "0")}-${i}`;
    const activity = qualifiedName(task, key);
    const entity = qualifiedName(data, key);
    const endTime = time();
    records.push({
      kind: "activity",
      id: activity,
      startTime: time(),
      endTime,
      attributes: [
        [names.label, key],
        [names.type, names.taskType],
        [names.key, key],
        [names.attempt, typedLiteral("1", datatypes.int)],
        [names.status, "ok"],
        [names.yStatus, "success"],
        [names.processedOn, workers[i % workers.length]],
      ],
    });
    records.push({
      kind: "entity",
      id: entity,
      attributes: [
        [names.label, key],
        [names.type, names.dataType],
        [names.key, key],
        [names.nbytes, typedLiteral(String(Math.floor(random() * 1e6)), datatypes.int)],
      ],
    });
    records.push({
      kind: "wasGeneratedBy",
      entity,
      activity,
      time: endTime,
      attributes: [[names.role, "result"]],
    });
    for (const role of ["arg0", "arg1"]) {
      const source = keys[Math.floor(random() * keys.length)] ?? entity;
      records.push({
        kind: "used",
        activity,
        entity: source,
        time: endTime,
        attributes: [[names.role, role]],
      });
    }
    keys.push(entity);
  }
  return { namespaces: [terms, task, data, yprov], records, bundles: [] };
}

// A small seeded generator (Tommy Ettinger's mulberry32, public domain), so that runs compare.
function mulberry32(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
