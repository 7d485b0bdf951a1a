import { type Rule, rules } from "./rule.js";
import type { TypeName } from "./value.js";

/**
 * What methods and properties of known types do in Python. Taken down by running each against
 * Dask 2026.8.0, xarray 2026.9.0 and dask-ml 2025.1.0 with a hook on every submission.
 */
interface TypeRules {
  readonly methods: ReadonlyMap<string, Rule>;
  /** Attributes that are something else than the object; others are of type `self`. */
  readonly attributes: ReadonlyMap<string, Rule>;
  /** What a method that is not listed does. */
  readonly otherwise: Rule;
}

const lazySelf: Rule = { effect: "none", result: "self" };
const nothing: Rule = { effect: "none", result: "memory" };
const noRules: ReadonlyMap<string, Rule> = new Map();

const facts = rules([
  [
    "shape ndim dtype dtypes columns chunks chunksize numblocks npartitions divisions name names attrs dims sizes nbytes encoding key dask known_divisions chunksizes itemsize coords indexes",
    "none",
    "memory",
  ],
]);

const frameMethods = rules([
  ["compute", "runs", "memory"],
  ["persist", "runs", "self"],
  ["head tail", "unless", "memory"],
  ["to_parquet to_csv to_json to_hdf to_sql to_orc to_textfiles", "unless", "memory"],
  ["to_dask_array", "runs", "array", { when: "lengths" }],
  ["categorize compute_current_divisions", "runs", "self"],
  ["info", "runs", "memory", { when: "memory_usage" }],
  ["as_known", "runs", "self"],
  ["set_index", "runs", "self", { when: "sorted" }],
  ["to_records values", "none", "array"],
  ["to_bag", "none", "bag"],
  ["to_delayed", "none", "delayed"],
  ["groupby", "none", "groups"],
  ["iterrows itertuples", "none", "bag"],
  ["hvplot", "runs", "memory"],
  ["visualize to_html to_string explain pprint keys copy_meta", "none", "memory"],
  ["analyze", "runs", "memory"],
]);

const frameAttributes = new Map([
  ...facts,
  ...rules([
    ["values", "none", "array"],
    ["loc iloc partitions str dt cat", "none", "self"],
    ["hvplot", "none", "xplot"],
    ["index", "none", "series"],
  ]),
]);

const reductions = "sum mean min max count std var nunique prod any all size median_approximate";

const xarrayMethods = rules([
  ["compute", "runs", "memory"],
  ["load", "runs", "memory", { inPlace: true }],
  ["persist", "runs", "self"],
  ["to_netcdf to_zarr", "unless", "memory"],
  [
    "to_numpy as_numpy to_series to_dataframe to_pandas to_masked_array to_dict to_iris equals identical broadcast_equals",
    "runs",
    "memory",
  ],
  ["plot hvplot", "runs", "memory"],
  ["dropna", "runs", "self"],
  ["where", "runs", "self", { when: "drop", given: true }],
  ["sortby isel sel", "runs", "self", { given: true }],
  ["to_dask_dataframe", "none", "frame"],
  ["groupby groupby_bins resample", "none", "xgroups"],
  ["to_index get_index info keys get_axis_num", "none", "memory"],
]);

const arrayMethods = rules([
  ["compute", "runs", "memory"],
  ["persist compute_chunk_sizes", "runs", "self"],
  ["store to_zarr to_hdf5 to_tiledb", "unless", "memory"],
  ["__array__", "runs", "memory"],
  ["to_dask_dataframe", "none", "frame"],
  ["to_delayed", "none", "delayed"],
  ["visualize", "none", "memory"],
]);

const bagMethods = rules([
  ["compute", "runs", "memory"],
  ["persist", "runs", "self"],
  ["take", "unless", "memory"],
  ["to_textfiles to_avro", "unless", "memory"],
  ["to_dataframe", "runs", "frame", { when: "!meta" }],
  ["repartition", "runs", "self", { when: "partition_size" }],
  ["to_delayed", "none", "delayed"],
  ["sum count max min mean std var any all fold reduction", "none", "item"],
  ["visualize", "none", "memory"],
]);

const delayedMethods = rules([
  ["compute", "runs", "memory"],
  ["persist", "runs", "self"],
  ["visualize", "none", "memory"],
]);

const clientMethods = rules([
  ["submit", "runs", "future"],
  ["map", "runs", "future"],
  ["compute", "runs", "future"],
  ["persist", "runs", "self"],
  ["get", "runs", "memory"],
  ["get_executor", "none", "executor"],
  ["scatter", "none", "future"],
  ["gather run run_on_scheduler get_dataset get_versions", "none", "memory"],
]);

const tables: Readonly<Partial<Record<TypeName, Partial<TypeRules>>>> = {
  array: { methods: arrayMethods, attributes: facts, otherwise: lazySelf },
  frame: { methods: frameMethods, attributes: frameAttributes, otherwise: lazySelf },
  series: {
    methods: new Map([...frameMethods, ...rules([[reductions, "none", "scalar"]])]),
    attributes: new Map([...frameAttributes, ...rules([["size", "none", "scalar"]])]),
    otherwise: lazySelf,
  },
  scalar: { methods: frameMethods, attributes: facts, otherwise: lazySelf },
  groups: {
    methods: rules([
      ["compute", "runs", "memory"],
      ["get_group", "none", "frame"],
    ]),
    otherwise: { effect: "none", result: "frame" },
  },
  bag: { methods: bagMethods, attributes: facts, otherwise: lazySelf },
  item: { methods: delayedMethods, otherwise: lazySelf },
  delayed: {
    methods: delayedMethods,
    attributes: rules([["key dask", "none", "memory"]]),
    otherwise: { effect: "none", result: "delayed" },
  },
  xarray: {
    methods: xarrayMethods,
    attributes: new Map([
      ...facts,
      ...rules([
        ["values", "runs", "memory"],
        ["data", "none", "array"],
        ["plot hvplot", "none", "xplot"],
      ]),
    ]),
    otherwise: lazySelf,
  },
  xgroups: {
    methods: rules([["groups", "none", "memory"]]),
    otherwise: { effect: "none", result: "xarray" },
  },
  xplot: { otherwise: { effect: "runs", result: "memory" } },
  client: { methods: clientMethods, otherwise: nothing },
  executor: {
    methods: rules([["submit map", "runs", "future"]]),
    otherwise: nothing,
  },
  future: { otherwise: nothing },
  estimator: {
    methods: rules([
      ["fit fit_transform fit_predict partial_fit score", "consumes", "self"],
      ["predict transform predict_proba decision_function inverse_transform", "none", "array"],
    ]),
    otherwise: nothing,
  },
  learner: {
    methods: rules([
      ["fit partial_fit", "consumes", "self"],
      [
        "fit_transform fit_predict predict predict_proba predict_log_proba transform score decision_function inverse_transform kneighbors",
        "consumes",
        "memory",
      ],
    ]),
    otherwise: nothing,
  },
  opened: {
    methods: rules([
      ["chunk", "none", "xarray"],
      [
        "load compute to_dataframe to_series to_pandas to_numpy values plot hvplot",
        "none",
        "memory",
      ],
      ["to_netcdf to_zarr", "none", "memory"],
    ]),
    attributes: rules([["values data", "none", "memory"]]),
    otherwise: lazySelf,
  },
  memory: { otherwise: { effect: "consumes", result: "memory" } },
};

/** What calling a method of a type does. */
export function methodRule(type: TypeName, name: string): Rule | undefined {
  const table = tables[type];
  return table?.methods?.get(name) ?? table?.otherwise;
}

/** What reading an attribute of a type does. */
export function attributeRule(type: TypeName, name: string): Rule | undefined {
  return (tables[type]?.attributes ?? noRules).get(name);
}
