import { chmodSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type PushOptions, pushDocument } from "../../src/index.js";
import { cli } from "../support/cli.js";
import { temporaryFolder } from "../support/temporary.js";
import { startYprovStore, storeToken, type YprovStore } from "../support/yprov-store.js";

const text =
  '{"prefix":{"ex":"http://example.org/"},"entity":{"ex:größe":{}},"activity":{"ex:a":{}},"wasGeneratedBy":{"_:g":{"prov:entity":"ex:größe","prov:activity":"ex:a"}}}';
const content = new TextEncoder().encode(text);

let store: YprovStore;
beforeEach(async () => {
  store = await startYprovStore();
  vi.stubEnv("YPROV_TOKEN", storeToken);
  vi.stubEnv("HOME", temporaryFolder());
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await store.close();
});

function options(to: PushOptions["to"], more: Partial<PushOptions> = {}): PushOptions {
  return { to, url: store.url, token: storeToken, id: "run", retryDelaySeconds: 0.01, ...more };
}

function methods(): string[] {
  return store.asked.map(({ method }) => method);
}

describe("pushing to the yProv service", () => {
  test("puts the document, byte by byte, under its id", async () => {
    const result = await pushDocument(content, options("yprov", { id: "night 7/a" }));
    expect(result).toEqual({
      id: "night 7/a",
      url: `${store.url}/documents/night%207%2Fa`,
      metadata: "none",
    });
    expect(store.documents.get("night 7/a")).toBe(text);
  });

  test("tries again when the store is busy or the connection breaks", async () => {
    store.trouble.push(503, "reset", 500, 429);
    const notices: string[] = [];
    const push = options("yprov", { onNotice: (line) => notices.push(line) });
    await pushDocument(content, push);
    expect(store.asked).toHaveLength(5);
    expect(notices).toHaveLength(4);
    expect(notices.join()).not.toContain(storeToken);
  });

  test("waits as long as the store asks for", async () => {
    store.trouble.push({ status: 429, headers: { "retry-after": "0" } });
    const push = options("yprov", { retryDelaySeconds: 60 });
    await pushDocument(content, push);
    expect(methods()).toEqual(["PUT", "PUT"]);
  });

  test("gives up after so many retries", async () => {
    store.trouble.push(503, 503, 503, 503);
    await expect(pushDocument(content, options("yprov", { retries: 2 }))).rejects.toMatchObject({
      code: "ERR_PUSH",
      message: expect.stringMatching(/PUT .*documents\/run\): status 503, .*\(tried 3 times\)/),
    });
    expect(store.asked).toHaveLength(3);
  });

  test("says what the store said of a document that it does not take", async () => {
    await expect(
      pushDocument(new TextEncoder().encode("{"), options("yprov")),
    ).rejects.toMatchObject({ message: expect.stringContaining("400, Document not valid") });
    expect(store.asked).toHaveLength(1);
  });

  test("has no versions and no metadata", async () => {
    const rejected = { code: "ERR_OPTION", message: expect.stringContaining("for yprovstore") };
    await expect(pushDocument(content, options("yprov", { parent: "x" }))).rejects.toMatchObject(
      rejected,
    );
    expect(store.asked).toEqual([]);
  });
});

describe("pushing to yProvStore", () => {
  test("uploads a file, as a version of another, and sets the metadata", async () => {
    const first = await pushDocument(content, options("yprovstore", { id: "run.json" }));
    expect(first).toEqual({
      id: "20.500.1/1",
      url: `${store.url}/documents/20.500.1/1`,
      version: 1,
      storageUrl: "s3://documents/run.json",
      metadata: "none",
    });
    const metadata = { title: "Nacht", keywords: ["a", "ö"], author: "A", description: "d" };
    const second = await pushDocument(
      content,
      options("yprovstore", { parent: first.id, metadata }),
    );
    expect(second).toMatchObject({ version: 2, parent: first.id, metadata: "set" });
    expect(store.documents.get(second.id)).toBe(text);
    expect(store.metadata.get(second.id)).toEqual(metadata);
    expect(methods()).toEqual(["POST", "POST", "PATCH"]);
  });

  test.each([503, 429])("uploads again after %i, when the store had not begun", async (status) => {
    store.trouble.push(status);
    await pushDocument(content, options("yprovstore"));
    expect(methods()).toEqual(["POST", "POST"]);
    expect(store.documents.size).toBe(1);
  });

  test.each([500, 502, 504, "reset"] as const)(
    "does not upload twice after %s, when it may have been stored",
    async (trouble) => {
      store.trouble.push(trouble);
      await expect(pushDocument(content, options("yprovstore"))).rejects.toMatchObject({
        message: expect.stringContaining("It may have stored the document all the same"),
      });
      expect(methods()).toEqual(["POST"]);
    },
  );

  test("tells the id of a document whose metadata could not be set", async () => {
    store.trouble.push("none", 403);
    const metadata = { title: "t" };
    const result = await pushDocument(content, options("yprovstore", { metadata }));
    expect(result).toMatchObject({ id: "20.500.1/1", metadata: "failed" });
    expect(result.problem).toMatch(/did not set the metadata .*403/);
    expect(result.problem).not.toContain(storeToken);
    expect(store.documents.size).toBe(1);
  });
});

describe("a token", () => {
  test("that is not accepted is told without being shown, whatever the store repeats", async () => {
    const token = "wrong-token-value";
    const error: unknown = await pushDocument(content, options("yprov", { token })).catch((e) => e);
    expect(error).toMatchObject({ code: "ERR_PUSH", message: expect.stringContaining("log in") });
    expect(String(error)).not.toContain(token);
    expect(String(error)).toContain("***");
  });

  test("is not sent on to where the store redirects to", async () => {
    const other = await startYprovStore();
    const location = `${other.url}/documents/run`;
    store.trouble.push({ status: 307, headers: { location } });
    await expect(pushDocument(content, options("yprov"))).rejects.toMatchObject({
      message: expect.stringContaining(`It sends to ${location}; use the final address`),
    });
    expect(other.asked).toEqual([]);
    await other.close();
  });

  test.each(["", "a b", "a\nX-Other: 1", "ö"])(
    "%j is refused before anything is sent",
    async (token) => {
      await expect(pushDocument(content, options("yprov", { token }))).rejects.toMatchObject({
        code: "ERR_OPTION",
      });
      expect(store.asked).toEqual([]);
    },
  );
});

describe("an address", () => {
  test.each([
    "store.example",
    "ftp://store.example/",
    "http://user:pass@store.example/",
    "http://store.example/?token=abc",
  ])("%s is refused", async (url) => {
    const error: unknown = await pushDocument(content, options("yprov", { url })).catch((e) => e);
    expect(error).toMatchObject({ code: "ERR_OPTION" });
    expect(String(error)).not.toMatch(/pass@|abc/);
  });

  test("where nobody listens is told after retries", async () => {
    await store.close();
    const push = pushDocument(content, options("yprovstore", { retries: 1 }));
    await expect(push).rejects.toMatchObject({
      code: "ERR_CONNECT",
      message: expect.stringMatching(/Cannot reach.*ECONNREFUSED.*tried 2 times/),
    });
  });

  test("that never answers is given up after the time limit", async () => {
    store.trouble.push("silence");
    const push = pushDocument(content, options("yprov", { retries: 0, timeoutSeconds: 1 }));
    await expect(push).rejects.toMatchObject({
      code: "ERR_CONNECT",
      message: expect.stringContaining("no answer within 1 s"),
    });
  });

  test("is left alone as soon as the user says stop", async () => {
    store.trouble.push(503);
    const stop = new AbortController();
    const push = pushDocument(content, {
      ...options("yprov", { retryDelaySeconds: 60, signal: stop.signal }),
      onNotice: () => stop.abort(),
    });
    await expect(push).rejects.toMatchObject({ name: "AbortError" });
    expect(store.asked).toHaveLength(1);
  });
});

describe("taskprov push", () => {
  function file(name: string, value: string | Uint8Array): string {
    const path = join(temporaryFolder(), name);
    writeFileSync(path, value);
    return path;
  }

  test("prints the id, with the token from the environment", async () => {
    const path = file("night.json", text);
    const { status, stdout, stderr } = await cli(["push", "--to", "yprov", store.url, path]);
    expect([status, stdout]).toEqual([0, "night\n"]);
    expect(stderr).toContain(`is at ${store.url}/documents/night`);
    expect(stdout + stderr).not.toContain(storeToken);
    expect(store.documents.get("night")).toBe(text);
  });

  test("reads the token from a file, and warns when others can read it", async () => {
    vi.stubEnv("YPROV_TOKEN", "");
    const path = file("night.json", text);
    const token = file("token", `${storeToken}\n`);
    chmodSync(token, 0o644);
    const args = ["push", "--to", "yprovstore", store.url, path, "--token-file", token];
    const loose = await cli([
      ...args,
      "--json",
      "--title",
      "T",
      "--keyword",
      "k",
      "--keyword",
      "l",
    ]);
    expect(loose.status).toBe(0);
    expect(loose.stderr).toContain("chmod 600");
    expect(JSON.parse(loose.stdout)).toMatchObject({ id: "20.500.1/1", metadata: "set" });
    expect(store.metadata.get("20.500.1/1")).toEqual({ title: "T", keywords: ["k", "l"] });
    chmodSync(token, 0o600);
    expect((await cli(args)).stderr).not.toContain("chmod");
  });

  test("finds the token of yProv's own command line", async () => {
    vi.stubEnv("YPROV_TOKEN", "");
    const path = file("night.json", text);
    const without = await cli(["push", "--to", "yprov", store.url, path]);
    expect([without.status, without.stderr]).toEqual([
      2,
      expect.stringMatching(/no token.*YPROV_TOKEN.*--token-file/),
    ]);
    const home = temporaryFolder();
    writeFileSync(join(home, ".yprov_token"), storeToken, { mode: 0o600 });
    vi.stubEnv("HOME", home);
    expect((await cli(["push", "--to", "yprov", store.url, path])).status).toBe(0);
  });

  test("has no option that takes the token itself", async () => {
    const { status, stderr } = await cli(["push", "--token", storeToken, store.url, "x"]);
    expect(status).toBe(2);
    expect(stderr).not.toContain(storeToken);
  });

  test("sends any format as PROV-JSON, and a byte order mark to nobody", async () => {
    const provn = file("n.provn", "document\nprefix ex <http://e/>\nentity(ex:e)\nendDocument\n");
    expect((await cli(["push", "--to", "yprov", store.url, provn])).status).toBe(0);
    expect(JSON.parse(store.documents.get("n") ?? "")).toMatchObject({ entity: { "ex:e": {} } });
    const marked = file("m.json", `\uFEFF${text}`);
    expect((await cli(["push", "--to", "yprov", store.url, marked])).status).toBe(0);
    expect(store.documents.get("m")).toBe(text);
  });

  test("does not send what is not valid, unless forced", async () => {
    const wrong = text.replace('"activity":{"ex:a"', '"activity":{"ex:größe":{},"ex:a"');
    const path = file("w.json", wrong);
    const { status, stderr } = await cli(["push", "--to", "yprov", store.url, path]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/constraint 55 .*not valid and was not sent/s);
    expect(store.asked).toEqual([]);
    expect((await cli(["push", "--force", "--to", "yprov", store.url, path])).status).toBe(0);
    expect(store.documents.get("w")).toBe(wrong);
  });

  test.each<[string, string[], RegExp]>([
    ["no store named", [], /--to yprov or --to yprovstore/],
    ["an unknown store", ["--to", "yprovs"], /Did you mean yprov/],
    ["metadata for yprov", ["--to", "yprov", "--title", "t"], /for yprovstore/],
  ])("answers %s with status 2", async (_, args, message) => {
    const path = file("n.json", text);
    const { status, stderr } = await cli(["push", ...args, store.url, path]);
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(store.asked).toEqual([]);
  });

  test("sends nothing that cannot be read", async () => {
    const path = file("cut.json", text.slice(0, 40));
    const { status, stderr } = await cli(["push", "--to", "yprov", store.url, path]);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/cut\.json.*line 1, column/)]);
    expect(store.asked).toEqual([]);
    expect(readdirSync(join(path, ".."))).toEqual(["cut.json"]);
  });
});
