import { readdir, readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { taskprovNamespace } from "../../src/formats/prov-json/terms.js";
import { taskprovAttributes, taskprovTypes } from "../../src/track/vocabulary.js";

const root = new URL("../../", import.meta.url);
const page = await readFile(new URL("docs/vocabulary.md", root), "utf8");
const turtle = await readFile(new URL("schemas/taskprov.ttl", root), "utf8");

/** A term as the page or the Turtle file describes it. */
interface Term {
  readonly name: string;
  /** Of classes: the superclass; of properties: `on -> range`. */
  readonly signature: string;
  readonly meaning: string;
}

function bare(text: string): string {
  return text.replaceAll("`", "").trim();
}

function termsOfPage(heading: string): Term[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  return [...section.matchAll(/^\| `taskprov:(\w+)` \|(.*)\|$/gm)].map((row) => {
    const cells = (row[2] ?? "").split(" | ").map(bare);
    const meaning = cells.at(-2) ?? "";
    return { name: row[1] ?? "", signature: cells.slice(0, -2).join(" -> "), meaning };
  });
}

/** One statement block a term, in the layout that schemas/taskprov.ttl keeps. */
function termsOfTurtle(kinds: RegExp): Term[] {
  return turtle
    .split(/^(?=taskprov:)/m)
    .slice(1)
    .filter((block) => kinds.test(block))
    .map((block) => {
      const value = (predicate: string): string =>
        new RegExp(`${predicate} (.*?)(?:@en)? [;.]$`, "m").exec(block)?.[1] ?? "";
      const signature = kinds.source.includes("Class")
        ? value("rdfs:subClassOf")
        : `${value("schema:domainIncludes")} -> ${value("schema:rangeIncludes")}`;
      return {
        name: /^taskprov:(\w+)/.exec(block)?.[1] ?? "",
        signature,
        meaning: value("rdfs:comment").replace(/^"|"$/g, "").replaceAll('\\"', '"'),
      };
    });
}

async function sourcesOf(path: string): Promise<string> {
  const folder = new URL(path, root);
  const files = (await readdir(folder)).filter(
    (file) => file.endsWith(".ts") && file !== "vocabulary.ts",
  );
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, folder), "utf8")));
  return texts.join("\n");
}

const classes = termsOfPage("Classes");
const properties = termsOfPage("Properties");

describe("the vocabulary", () => {
  test("every type the code writes stands in docs/vocabulary.md, and nothing else does", () => {
    expect(new Set(classes.map(({ name }) => name))).toEqual(new Set(Object.keys(taskprovTypes)));
  });

  test("every attribute the code writes stands in docs/vocabulary.md, and nothing else does", () => {
    expect(new Set(properties.map(({ name }) => name))).toEqual(
      new Set(Object.keys(taskprovAttributes)),
    );
  });

  test("schemas/taskprov.ttl says of every class what the page says", () => {
    expect(termsOfTurtle(/^taskprov:\w+ a owl:Class ;/)).toEqual(classes);
  });

  test("schemas/taskprov.ttl says of every property what the page says", () => {
    expect(termsOfTurtle(/^taskprov:\w+ a owl:(?:Datatype|Object)Property ;/)).toEqual(properties);
  });

  test("the namespace is the same in code, page and Turtle", () => {
    expect(page).toContain(`\`taskprov:\` = \`${taskprovNamespace.uri}\``);
    expect(turtle).toContain(`@prefix taskprov: <${taskprovNamespace.uri}> .`);
  });

  test("every term is written by some code, not only listed", async () => {
    const code = (await sourcesOf("src/track/")) + (await sourcesOf("src/formats/prov-json/"));
    const unused = [...classes, ...properties].filter(
      ({ name }) =>
        !new RegExp(`\\b(?:attr|types)\\.${name}\\b|taskprovNamespace, "${name}"`).test(code),
    );
    expect(unused.map(({ name }) => name)).toEqual([]);
  });
});
