import type { TypedValue, Value } from "./value.js";

const typeWords: Readonly<Record<TypedValue["type"], string>> = {
  array: "dask array",
  frame: "dask dataframe",
  series: "dask series",
  scalar: "dask scalar",
  groups: "dask groupby",
  bag: "dask bag",
  item: "dask bag item",
  delayed: "delayed",
  xarray: "xarray on dask",
  xgroups: "xarray groupby on dask",
  xplot: "xarray on dask",
  client: "client",
  executor: "client executor",
  future: "future",
  estimator: "dask_ml estimator",
  learner: "estimator",
  memory: "memory",
  opened: "xarray without dask",
  delayer: "delayed",
  parallel: "joblib",
};

/** A value in a word or two, for reasons. */
export function wordsFor(value: Value): string {
  switch (value.kind) {
    case "typed":
      return value.what ?? typeWords[value.type];
    case "imported":
      return value.path;
    case "constant":
      return value.value === null ? "None" : typeof value.value;
    case "sequence":
      return "list";
    case "mapping":
      return "dict";
    case "instance":
    case "class":
      return value.kind === "class" ? value.name : value.class.name;
    case "function":
      return value.definition.name;
    case "method":
      return value.name;
    default:
      return "unknown";
  }
}
