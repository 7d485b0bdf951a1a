import { describe, expect, test } from "vitest";
import { resolveNames, splitNames } from "../../src/notebook/generating-names.js";

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
    const names = resolveNames(["to_parquet", "+to_zarr", "-get", "-store"]);
    expect(names.inPython("to_parquet")).toBe("always");
    expect(names.inPython("to_zarr")).toBe("unless-compute-false");
    expect(names.inPython("get")).toBeUndefined();
    expect(names.inPython("store")).toBeUndefined();
  });

  test("knows camel case in scripts only", () => {
    const names = resolveNames(["_run_all", "map", "-to_zarr"]);
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
    [["x", "-x"], /both adds and removes "x"/],
    [["-gett"], /"gett", which is not in the list/],
    [[""], /without dots, such as .* got ""/],
    [["a.b"], /got "a\.b"/],
    [["--x"], /got "--x"/],
    [[7], /got 7 \(number\)/],
  ])("refuses %j", (changes, message) => {
    // @ts-expect-error: what a caller without types may pass.
    expect(() => resolveNames(changes)).toThrow(message);
  });
});

describe("splitNames", () => {
  test.each([
    ["+foo,-get", ["+foo", "-get"]],
    ["foo", ["foo"]],
    [" + foo , - get ", ["+ foo", "- get"]],
    ["π,+$x", ["π", "+$x"]],
  ])("splits %j into what resolveNames reads", (text, parts) => {
    expect(splitNames(text)).toEqual(parts);
    expect(resolveNames(splitNames(text)).added.size).toBeGreaterThan(0);
  });

  test.each(["", "+", "a,,b", "a b", "a.b", "--x", "3d"])("resolveNames refuses %j", (text) => {
    expect(() => resolveNames(splitNames(text))).toThrow(/function names without dots/);
  });
});
