import { describe, expect, test } from "vitest";
import { parseNameEdits, resolveNames } from "../../src/notebook/generating-names.js";

describe("resolveNames", () => {
  test("has yProv4DASK's names by default", () => {
    const names = resolveNames();
    expect(names.always).toEqual([
      "apply_ufunc",
      "compute",
      "fire_and_forget",
      "get",
      "hvplot",
      "load",
      "persist",
      "plot",
      "submit",
    ]);
    expect(names.unlessComputeFalse).toEqual([
      "store",
      "to_hdf5",
      "to_netcdf",
      "to_tiledb",
      "to_zarr",
    ]);
  });

  test("adds and removes", () => {
    const names = resolveNames({ add: ["to_parquet", "to_zarr"], remove: ["get", "store"] });
    expect(names.inPython("to_parquet")).toBe("always");
    expect(names.inPython("to_zarr")).toBe("unless-compute-false");
    expect(names.inPython("get")).toBeUndefined();
    expect(names.inPython("store")).toBeUndefined();
  });

  test("knows camel case in scripts only", () => {
    const names = resolveNames({ add: ["_run_all", "map"], remove: ["to_zarr"] });
    expect(names.inScript("fireAndForget")).toBe("always");
    expect(names.inScript("fire_and_forget")).toBe("always");
    expect(names.inScript("toNetcdf")).toBe("unless-compute-false");
    expect(names.inScript("_runAll")).toBe("always");
    expect(names.inScript("toZarr")).toBeUndefined();
    expect(names.inPython("fireAndForget")).toBeUndefined();
  });

  test("names like properties of every object are no names of the list", () => {
    expect(resolveNames().inPython("constructor")).toBeUndefined();
    expect(resolveNames().inScript("__proto__")).toBeUndefined();
  });

  test.each([
    [{ add: ["x"], remove: ["x"] }, /both adds and removes "x"/],
    [{ remove: ["gett"] }, /"gett", which is not in the list/],
    [{ add: "x" }, /`names\.add` to be a list of function names, got "x"/],
    [{ add: [""] }, /without dots, got ""/],
    [{ add: [7] }, /without dots, got 7 \(number\)/],
    [{ plus: [] }, /no part "plus"/],
    [null, /to be an object/],
    [["x"], /to be an object/],
  ])("refuses %j", (edits, message) => {
    // @ts-expect-error: what a caller without types may pass.
    expect(() => resolveNames(edits)).toThrow(message);
  });
});

describe("parseNameEdits", () => {
  test.each([
    ["+foo,-get", { add: ["foo"], remove: ["get"] }],
    ["foo", { add: ["foo"], remove: [] }],
    [" + foo , - bar ", { add: ["foo"], remove: ["bar"] }],
    ["-π,+$x", { add: ["$x"], remove: ["π"] }],
  ])("reads %j", (text, edits) => {
    expect(parseNameEdits(text)).toEqual(edits);
  });

  test.each(["", "+", "a,,b", "a b", "a.b", "--x", "3d"])("refuses %j", (text) => {
    expect(() => parseNameEdits(text)).toThrow(/Expected function names such as "\+foo,-get"/);
  });
});
