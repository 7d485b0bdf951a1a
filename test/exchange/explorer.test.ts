import { describe, expect, test } from "vitest";
import { readDocument, writeDocument } from "../../src/formats/index.js";
import { explore } from "../support/explorer-judge.js";
import { goldenDocuments } from "../support/golden-documents.js";
import { tracked } from "../support/tracked.js";

const documents = await goldenDocuments();

/** The targets of a relation in the document, as texts. */
function ends(text: string, kind: string, from: string, to: string): string[] {
  const section: Record<string, Record<string, string>> = JSON.parse(text)[kind] ?? {};
  return Object.values(section).map((each) => `${each[from]} ${each[to]}`);
}

describe.each(documents)("the default document of $name in yProv Explorer", ({ text }) => {
  const explored = explore(text);

  test("has a node with a label for everything", () => {
    const { entity, activity, agent } = JSON.parse(text);
    const ids = [entity, activity, agent].flatMap((section) => Object.keys(section ?? {}));
    expect(new Set(explored.nodes.keys())).toEqual(new Set(ids));
    for (const [id, { label }] of explored.nodes) expect(label, id).not.toBe("");
  });

  test.each([
    ["used", "prov:activity", "prov:entity"],
    ["wasGeneratedBy", "prov:entity", "prov:activity"],
    ["wasInformedBy", "prov:informed", "prov:informant"],
    ["wasDerivedFrom", "prov:generatedEntity", "prov:usedEntity"],
    ["wasAssociatedWith", "prov:activity", "prov:agent"],
  ])("has an arrow for every %s", (kind, from, to) => {
    const wanted = ends(text, kind, from, to);
    expect(wanted).not.toEqual([]);
    const arrows = explored.links.filter(([one]) => one === kind).map(([, a, b]) => `${a} ${b}`);
    expect(arrows).toHaveLength(wanted.length);
    expect(new Set(arrows)).toEqual(new Set(wanted));
  });

  test("can be filtered by worker and coloured by duration", () => {
    expect(explored.workers).not.toEqual([]);
    const durations = [...explored.nodes.values()].filter(({ duration }) => duration !== undefined);
    expect(durations).not.toEqual([]);
    for (const { duration } of durations) expect(duration).toBeGreaterThanOrEqual(0);
  });
});

test("odd keys and failures show in yProv Explorer too", async () => {
  const { text } = await tracked(async (client) => {
    const data = client.with({ key: 'a:b "c" ö😀' }).submit(() => 1);
    const bad = client.with({ key: ["x", 0] }).submit((_n: number) => {
      throw new RangeError("no");
    }, data);
    await bad.exception();
  });
  const { nodes, links } = explore(text);
  const labels = [...nodes.values()].map(({ label }) => label);
  expect(labels).toContain('a:b "c" ö😀');
  expect(links.map(([kind]) => kind)).toEqual(
    expect.arrayContaining(["used", "wasGeneratedBy", "wasInformedBy"]),
  );
});

const notebook = `document
prefix ex <http://example.org/>
prefix yprov4wfs <https://github.com/HPCI-Lab/yProv4WFs#>
activity(ex:a, [prov:type='ex:Task', prov:label="a", yprov4wfs:jupyter_cell_index="0", yprov4wfs:processed_on="tcp://127.0.0.1:1"])
activity(ex:b, [prov:label="b", yprov4wfs:jupyter_cell_index=1])
endDocument`;

async function written(dialect: "shared" | "portable" | "yprov"): Promise<string> {
  const document = await readDocument(notebook);
  return [...writeDocument(document, { format: "prov-json", dialect })].join("");
}

describe("the dialects of PROV-JSON", () => {
  test("shared: the cells can be filtered by, the first one too", async () => {
    expect(explore(await written("shared"))).toMatchObject({
      cells: ["0"],
      workers: ["tcp://127.0.0.1:1"],
    });
  });

  test("yprov: the panel shows a type, and the proper one is kept", async () => {
    const text = await written("yprov");
    const { nodes } = explore(text);
    expect(nodes.get("ex:a")?.type).toBe("prov:Activity");
    expect(text).toContain("ex:Task");
  });

  test("portable: fails there, as documented", async () => {
    const text = await written("portable");
    expect(() => explore(text)).toThrow("trim");
  });
});
