// Preloaded (`node --import …/fixed-run.mjs script`), makes a script's run repeatable: its import of
// "taskprov" gets one worker, a stepping clock and a fixed run id, and nothing else is changed.
import { register } from "node:module";

const fixed = new URL("./fixed-taskprov.mjs", import.meta.url).href;

const hooks = `
export function resolve(name, context, next) {
  const isOurs = name === "taskprov" && context.parentURL !== ${JSON.stringify(fixed)};
  return isOurs ? { url: ${JSON.stringify(fixed)}, shortCircuit: true } : next(name, context);
}`;

register(`data:text/javascript,${encodeURIComponent(hooks)}`);
