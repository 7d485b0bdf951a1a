import { type Rule, rules } from "./rule.js";

/** Functions and classes of Python libraries by their full path. */
const functions = rules([
  ["dask.compute dask.base.compute", "consumes", "memory"],
  [
    "dask.array.compute dask.dataframe.compute dask.bag.compute dask.delayed.compute",
    "consumes",
    "memory",
  ],
  ["dask.persist dask.base.persist", "consumes", "self"],
  ["dask.optimize", "none", "self"],
  ["dask.visualize dask.is_dask_collection dask.tokenize dask.base.tokenize", "none", "memory"],
  ["dask.annotate dask.config.set dask.config.get", "none", "memory"],
  [
    "dask.get dask.threaded.get dask.multiprocessing.get dask.local.get_sync dask.local.get_async dask.get_sync",
    "runs",
    "memory",
  ],
  ["dask.delayed dask.delayed.delayed", "none", "delayer"],
  [
    "dask.array.store dask.array.to_zarr dask.array.to_hdf5 dask.array.to_tiledb dask.array.to_npy_stack",
    "unless",
    "memory",
  ],
  [
    "dask.dataframe.to_parquet dask.dataframe.to_csv dask.dataframe.to_json dask.dataframe.to_hdf dask.dataframe.to_sql dask.dataframe.to_orc dask.bag.to_textfiles dask.bag.to_avro",
    "unless",
    "memory",
  ],
  ["dask.dataframe.from_delayed", "runs", "frame", { when: "!meta" }],
  ["dask.dataframe.from_map", "runs", "frame", { when: "!meta" }],
  ["dask.dataframe.get_dummies dask.dataframe.concat dask.dataframe.merge", "none", "frame"],
  [
    "dask.dataframe.to_datetime dask.dataframe.to_numeric dask.dataframe.to_timedelta",
    "none",
    "series",
  ],
  ["dask.dataframe.utils.make_meta dask.array.utils.meta_from_array", "none", "memory"],
  ["dask.datasets.timeseries", "none", "frame"],
  ["dask.datasets.make_people", "none", "bag"],
  ["dask.distributed.Client", "none", "client"],
  [
    "dask.distributed.get_client dask.distributed.worker_client dask.distributed.default_client dask.distributed.Client.current",
    "none",
    "client",
  ],
  ["dask.distributed.as_completed", "none", "future"],
  ["coiled.Cluster", "none", "memory"],
  ["xarray.open_zarr", "none", "xarray"],
  ["xarray.open_mfdataset", "none", "xarray"],
  ["xarray.save_mfdataset", "unless", "memory"],
  [
    "xarray.apply_ufunc xarray.map_blocks xarray.concat xarray.merge xarray.where xarray.full_like xarray.zeros_like xarray.ones_like xarray.corr xarray.cov xarray.dot xarray.polyval xarray.combine_by_coords xarray.combine_nested xarray.align xarray.broadcast xarray.unify_chunks",
    "none",
    "self",
  ],
  [
    "xarray.testing.assert_equal xarray.testing.assert_allclose xarray.testing.assert_identical",
    "consumes",
    "memory",
  ],
  ["xarray.Dataset xarray.DataArray", "none", "self"],
  ["intake.open_catalog intake.open_esm_datastore", "none", "unknown"],
  [
    "numpy.asarray numpy.array numpy.asanyarray numpy.ascontiguousarray numpy.save numpy.savez numpy.savetxt numpy.sort numpy.polyfit numpy.interp numpy.argsort numpy.testing.assert_allclose numpy.testing.assert_array_equal numpy.testing.assert_array_almost_equal numpy.testing.assert_almost_equal numpy.random.choice numpy.float64 numpy.float32 numpy.int64 numpy.lexsort numpy.trapezoid numpy.trapz",
    "consumes",
    "memory",
  ],
  ["pandas.Series pandas.DataFrame pandas.Index", "consumes", "memory"],
  ["dask_ml.datasets.make_classification", "runs", "array"],
  ["dask_ml.datasets.make_counts", "runs", "array"],
  ["dask_ml.model_selection.train_test_split", "none", "self"],
  ["joblib.Parallel", "none", "parallel"],
  ["joblib.delayed joblib.parallel_backend joblib.parallel_config", "none", "memory"],
  [
    "xgboost.dask.train xgboost.dask.predict xgboost.dask.DaskDMatrix xgboost.dask.DaskQuantileDMatrix lightgbm.dask.DaskDMatrix",
    "runs",
    "array",
  ],
  [
    "lightgbm.DaskLGBMClassifier lightgbm.DaskLGBMRegressor lightgbm.DaskLGBMRanker xgboost.dask.DaskXGBClassifier xgboost.dask.DaskXGBRegressor",
    "none",
    "estimator",
  ],
  [
    "concurrent.futures.ThreadPoolExecutor concurrent.futures.ProcessPoolExecutor",
    "none",
    "memory",
  ],
]);

/** What stands for every function of a module that is not listed, longest prefix first. */
const modules: readonly (readonly [prefix: string, rule: Rule])[] = [
  ["dask.array.", { effect: "none", result: "array" }],
  ["dask.dataframe.", { effect: "none", result: "frame" }],
  ["dask.bag.", { effect: "none", result: "bag" }],
  ["dask.datasets.", { effect: "none", result: "frame" }],
  ["dask_ml.metrics.", { effect: "unless", result: "memory" }],
  ["dask_ml.datasets.", { effect: "none", result: "array" }],
  ["dask_ml.", { effect: "none", result: "estimator" }],
  ["dask.", { effect: "none", result: "memory" }],
  ["sklearn.metrics.", { effect: "consumes", result: "memory" }],
  ["sklearn.datasets.", { effect: "none", result: "memory" }],
  ["sklearn.model_selection.train_test_split", { effect: "consumes", result: "memory" }],
  ["sklearn.model_selection.cross_val", { effect: "consumes", result: "memory" }],
  ["xarray.tutorial.load_dataset", { effect: "none", result: "memory" }],
  ["xarray.load_", { effect: "none", result: "memory" }],
  ["numpy.", { effect: "none", result: "self" }],
];

/** Libraries whose classes learn from what they are given, as scikit-learn's do. */
const learners = /^(?:sklearn|xgboost|lightgbm|catboost|umap|hdbscan|imblearn|tpot)\./;
/** Libraries that turn into numbers what they are given. */
const consumers =
  /^(?:matplotlib|seaborn|scipy|statsmodels|cartopy|PIL|skimage|torch|tensorflow|plotly|bokeh|cv2|imageio|rasterio|numba)\b/;
/** Libraries and built-in modules that know nothing of Dask. */
const strangers =
  /^(?:json|yaml|toml|tomllib|requests|urllib|http|httpx|os|sys|re|io|time|datetime|random|math|itertools|functools|collections|pathlib|shutil|glob|pickle|joblib|csv|logging|warnings|subprocess|threading|queue|multiprocessing|concurrent|string|tempfile|zipfile|tarfile|gzip|sqlite3|sqlalchemy|fsspec|s3fs|gcsfs|zarr|h5py|netCDF4|pandas|polars|pyarrow|numpy|IPython|ipywidgets|tqdm|psutil|gc|uuid|hashlib|base64|copy|types|typing|dataclasses|operator|contextlib|inspect|textwrap|platform|socket|asyncio|boto3|botocore|pystac|pystac_client|planetary_computer|geopandas|shapely|folium|ipyleaflet|networkx|cftime|pint|cloudpickle|cachey|snakeviz|pprint|decimal|fractions|statistics|bisect|heapq|struct|traceback|abc|enum|builtins|cProfile|timeit|prefect|toolz|cytoolz|tlz)(?:\.|$)/;

/** What calling an imported function or class does. */
export function functionRule(path: string): Rule | undefined {
  const exact = functions.get(path);
  if (exact !== undefined) return exact;
  const module = modules.find(([prefix]) => path.startsWith(prefix));
  if (module !== undefined) return module[1];
  if (learners.test(path)) {
    const last = path.slice(path.lastIndexOf(".") + 1);
    return /^[A-Z]|^make_/.test(last)
      ? { effect: "none", result: "learner" }
      : { effect: "consumes", result: "memory" };
  }
  if (consumers.test(path)) return { effect: "consumes", result: "memory" };
  if (strangers.test(path)) return { effect: "none", result: "memory" };
  return undefined;
}

/** The path by which the rules know what has several: `distributed.Client`, `dask.array.core.ones`. */
export function canonicalPath(path: string): string {
  return path
    .replace(/^distributed\b/, "dask.distributed")
    .replace(/^dask\.distributed\.(?:client|deploy|worker)\.(?=[A-Za-z])/, "dask.distributed.")
    .replace(/^dask\.array\.(?:core|routines|creation|io)\./, "dask.array.")
    .replace(/^dask\.dataframe\.(?:core|io|dask_expr)\./, "dask.dataframe.")
    .replace(/^dask\.bag\.core\./, "dask.bag.");
}

/** Names that notebooks use for modules by convention, for cells whose imports are elsewhere. */
export const conventionalNames: ReadonlyMap<string, string> = new Map([
  ["da", "dask.array"],
  ["dd", "dask.dataframe"],
  ["db", "dask.bag"],
  ["dask", "dask"],
  ["delayed", "dask.delayed"],
  ["np", "numpy"],
  ["pd", "pandas"],
  ["xr", "xarray"],
  ["plt", "matplotlib.pyplot"],
  ["sns", "seaborn"],
  ["json", "json"],
  ["os", "os"],
  ["requests", "requests"],
]);

/** Functions of Python itself. */
export const builtinRules: ReadonlyMap<string, Rule> = rules([
  ["float int bool complex", "consumes", "memory"],
  ["list tuple set frozenset sorted max min dict", "none", "memory"],
  ["len", "none", "memory"],
  ["sum abs round", "none", "self"],
  [
    "print repr str type isinstance issubclass hasattr id hash dir vars open range format input display help callable chr ord hex bin oct divmod pow any all bytes bytearray memoryview ascii globals locals exit quit property staticmethod classmethod super object slice Exception ValueError TypeError RuntimeError KeyError",
    "none",
    "memory",
  ],
]);
