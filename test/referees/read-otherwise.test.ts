import { expect, test } from "vitest";
import { type FormatName, readDocument, writeDocument } from "../../src/formats/index.js";
import { describeWith, peer } from "../support/peers.js";
import {
  judgeSyntaxProvToolbox,
  judgeSyntaxPython,
  type SyntaxVerdict,
} from "../support/referees.js";

const prov3 = await peer("prov3");
const provtoolbox = await peer("provtoolbox");

/** What others read otherwise than we do; docs/conformance.md says why. */
const members = `<prov:document xmlns:prov="http://www.w3.org/ns/prov#" xmlns:ex="http://example.org/">
  <prov:entity prov:id="ex:e"/>
  <prov:entity prov:id="ex:f"/>
  <prov:hadMember>
    <prov:collection prov:ref="ex:c"/>
    <prov:entity prov:ref="ex:e"/>
    <prov:entity prov:ref="ex:f"/>
  </prov:hadMember>
</prov:document>`;
const bareNames = JSON.stringify({
  "@context": [
    { ex: "http://example.org/", prov: "http://www.w3.org/ns/prov#" },
    "https://openprovenance.org/prov-jsonld/context.jsonld",
  ],
  "@graph": [{ "@type": "Entity", "@id": "ex:e", "ex:hut": ["ex:shed"] }],
});

/** A document as lines of PROV-N, without prefixes. */
async function statements(text: string, format: FormatName): Promise<string[]> {
  const provn = [...writeDocument(await readDocument(text, { format }), { format: "prov-n" })];
  return provn
    .join("")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.includes("(") && line !== "");
}

async function theirs([verdict]: readonly SyntaxVerdict[], format: string): Promise<string[]> {
  return await statements(verdict?.written[format] ?? "", "prov-n");
}

test("a <prov:hadMember> of several members is as many memberships", async () => {
  expect(await statements(members, "prov-xml")).toEqual([
    "entity(ex:e)",
    "entity(ex:f)",
    "hadMember(ex:c, ex:e)",
    "hadMember(ex:c, ex:f)",
  ]);
});

test("a string of PROV-JSONLD with a declared prefix is a name", async () => {
  expect(await statements(bareNames, "prov-jsonld")).toEqual(["entity(ex:e, [ex:hut='ex:shed'])"]);
});

describeWith("Python prov 3.2.3", prov3, (python) => {
  test("takes the first member of several", async () => {
    const asked = [{ name: "members", text: members, equalTo: "{}" }];
    const read = await theirs(await judgeSyntaxPython(python, "xml", asked, ["provn"]), "provn");
    expect(read.filter((line) => line.startsWith("hadMember"))).toEqual(["hadMember(ex:c, ex:e)"]);
  });

  test("takes a string of PROV-JSONLD with a prefix for a text", async () => {
    const asked = [{ name: "bare names", text: bareNames, equalTo: "{}" }];
    expect(
      await theirs(await judgeSyntaxPython(python, "jsonld", asked, ["provn"]), "provn"),
    ).toEqual(['entity(ex:e, [ex:hut="ex:shed"])']);
  });
});

describeWith("ProvToolbox 2.2.1", provtoolbox, (toolbox) => {
  test("takes a string of PROV-JSONLD with a prefix for a name, as we do", async () => {
    if ("why" in prov3) return;
    const asked = [{ name: "bare names", text: bareNames, equalTo: "{}" }];
    const verdicts = await judgeSyntaxProvToolbox(toolbox, prov3, "JSONLD", asked, ["PROVN"]);
    expect(await theirs(verdicts, "PROVN")).toEqual(["entity(ex:e, [ex:hut='ex:shed'])"]);
  });
});
