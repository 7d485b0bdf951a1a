import type { QualifiedName } from "../../prov/index.js";
import { nameChars, nameStartChars } from "../name-chars.js";
import type { PrefixPlan } from "../prov-json/prefix-plan.js";
import { keywords } from "./keywords.js";

const plainLocal = /^[A-Za-z0-9_](?:[\w./@~&+*?#$!-]*[\w/@~&+*?#$!-])?$/;
const prefixForm = new RegExp(
  `^[${nameStartChars}](?:[${nameChars}.\\-]*[${nameChars}\\-])?$`,
  "u",
);
const firstChar = new RegExp(`^[${nameStartChars}_0-9/@~&+*?#$!]$`, "u");
const anyChar = new RegExp(`^[${nameChars}.\\-/@~&+*?#$!]$`, "u");
const escapable = "='(),:;[]";

const words: ReadonlySet<string> = new Set([
  ...keywords.keys(),
  "document",
  "endDocument",
  "bundle",
  "endBundle",
  "prefix",
  "default",
]);

/** Tells whether PROV-N can declare a prefix; keywords confuse the lexers of others. */
export function isProvNPrefix(prefix: string): boolean {
  return prefixForm.test(prefix) && !words.has(prefix);
}

/** Spells names as PROV-N does. */
export class ProvNSpeller {
  readonly #plan: PrefixPlan;
  readonly #onLoss: (what: string) => void;

  /**
   * @param plan - the prefixes.
   * @param onLoss - told what became of a name that PROV-N cannot spell.
   */
  constructor(plan: PrefixPlan, onLoss: (what: string) => void) {
    this.#plan = plan;
    this.#onLoss = onLoss;
  }

  /** `prefix:local`, escaped. */
  spell({ namespace, local }: QualifiedName): string {
    const prefix = this.#plan.prefixOf(namespace);
    return `${prefix}:${plainLocal.test(local) || local === "" ? local : this.#escaped(local)}`;
  }

  #escaped(local: string): string {
    let isChanged = false;
    const chars = [...local];
    const text = chars
      .map((char, i) => {
        if (escapable.includes(char)) {
          return `\\${char}`;
        }
        if (
          (i === 0 && (char === "-" || char === ".")) ||
          (i === chars.length - 1 && char === ".")
        ) {
          return `\\${char}`;
        }
        if (char === "%" && /^[0-9A-Fa-f]{2}$/.test(chars.slice(i + 1, i + 3).join(""))) {
          return char;
        }
        if ((i === 0 ? firstChar : anyChar).test(char)) {
          return char;
        }
        isChanged = true;
        return percentEncoded(char);
      })
      .join("");
    if (isChanged) {
      this.#onLoss(
        `the local name ${JSON.stringify(local)}; it is written as ${text}, another name`,
      );
    }
    return text;
  }
}

function percentEncoded(char: string): string {
  const bytes = new TextEncoder().encode(char);
  return [...bytes].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
}
