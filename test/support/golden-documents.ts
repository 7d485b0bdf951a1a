import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { isProvJson, type Json } from "./prov-json-facts.js";
import type { JudgedDocument } from "./referees.js";

const folder = path.resolve(import.meta.dirname, "../golden");

/** Every PROV-JSON document under test/golden, named by its path there. */
export async function goldenDocuments(): Promise<JudgedDocument[]> {
  const found: JudgedDocument[] = [];
  const names = await readdir(folder, { recursive: true });
  for (const name of names.filter((file) => file.endsWith(".json")).sort()) {
    const text = await readFile(path.join(folder, name), "utf8");
    const value: Json = JSON.parse(text);
    if (isProvJson(value)) found.push({ name: name.split(path.sep).join("/"), text });
  }
  return found;
}
