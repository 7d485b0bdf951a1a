import {
  type Attribute,
  datatypes,
  langString,
  type QualifiedName,
  type TypedLiteral,
  typedLiteral,
  type Value,
} from "../../prov/index.js";
import { numberDatatype } from "../lexical.js";
import { ownText } from "../own-text.js";
import { quoted } from "../quoted.js";
import type { MemberContext } from "./member-context.js";
import type { NameEntry } from "./name-table.js";

const quote = 0x22;
const openBrace = 0x7b;
const openBracket = 0x5b;
const minus = 0x2d;
const zero = 0x30;
const nine = 0x39;

const anyValue = 'a string, number, boolean, {"$", "type"}, {"$", "lang"} or an array of these';
const sharedTexts = 4096;
const maxSharedChars = 64;

/** Reads what stands beside the name of an attribute: one value or an array of values. */
export class ValueReader {
  readonly #context: MemberContext;
  /** Texts by hash, because the same few return in record after record. */
  readonly #texts: string[] = new Array<string>(sharedTexts).fill("");
  // Where the `$` of the literal being read stands, until its type is known.
  #start: number = 0;
  #end: number = 0;
  #hash: number = 0;
  #escaped: boolean = false;
  #bare: TypedLiteral | undefined;

  /** @param context - the member being read. */
  constructor(context: MemberContext) {
    this.#context = context;
  }

  /** Reads the value or values at the cursor as attributes of one name. */
  readInto(attributes: Attribute[], name: QualifiedName): void {
    const context = this.#context;
    const { cursor } = context;
    if (cursor.next("a value") !== openBracket) {
      this.#add(attributes, name, anyValue);
      return;
    }
    const at = cursor.pos;
    let count = 0;
    for (; context.nextItem(count); count++) {
      context.valueIndex = count;
      this.#add(attributes, name, 'a string, number, boolean, {"$", "type"} or {"$", "lang"}');
    }
    context.valueIndex = -1;
    if (count === 0) {
      context.error("empty-array", "Expected at least one value, got an empty array.", at);
    }
  }

  /** The text of the string that the cursor scanned last. */
  text(): string {
    const { start, end, hash, escaped } = this.#context.cursor;
    return this.#textOf(start, end, hash, escaped);
  }

  #add(attributes: Attribute[], name: QualifiedName, expected: string): void {
    const value = this.#read(expected);
    if (value !== undefined) {
      attributes.push([name, value]);
    }
  }

  #read(expected: string): Value | undefined {
    const context = this.#context;
    const { cursor } = context;
    const code = cursor.next("a value");
    if (code === quote) {
      cursor.scanString("a string");
      return this.text();
    }
    if (code === openBrace) {
      return this.#readLiteral();
    }
    const bare = this.#readBare(code);
    if (bare === undefined) {
      context.rejectValue("attribute-value", expected);
    }
    return bare;
  }

  // A JSON number or boolean; undefined, with nothing taken, for anything else.
  #readBare(code: number): TypedLiteral | undefined {
    const { cursor } = this.#context;
    if (code === minus || (code >= zero && code <= nine)) {
      const text = cursor.takeNumber();
      // JSON.parse takes a number beyond all bounds for infinite, which the schema does not allow.
      this.#context.isPlain &&= text.length < 300 && !/[eE]/.test(text);
      return typedLiteral(text, numberDatatype(text));
    }
    if (code === openBrace || code === openBracket) {
      return undefined;
    }
    const { pos } = cursor;
    const word = cursor.takeWord();
    if (word === "null") {
      cursor.pos = pos;
      return undefined;
    }
    return typedLiteral(word, datatypes.boolean);
  }

  #readLiteral(): Value | undefined {
    const context = this.#context;
    const { cursor } = context;
    const at = cursor.pos;
    const { errors } = context;
    let type: NameEntry | undefined;
    let typeAt = at;
    let lang: string | undefined;
    let seen = 0;
    for (let count = 0; context.nextKey(count); count++) {
      const keyAt = cursor.start - 1;
      const key = this.text();
      const bit = key === "$" ? 1 : key === "type" ? 2 : key === "lang" ? 4 : 0;
      cursor.take(0x3a, "`:`");
      if (bit === 0) {
        cursor.skipValue();
        context.error(
          "literal-key",
          `Expected "$", "type" or "lang" in a literal, got ${quoted(key)}.`,
          keyAt,
        );
        continue;
      }
      if ((seen & bit) !== 0) {
        context.error("duplicate-key", `The key ${quoted(key)} stands twice.`, keyAt);
      }
      seen |= bit;
      if (bit === 1) {
        this.#readLexical();
      } else if (cursor.next("a string") !== quote) {
        context.rejectValue("literal", `a string as "${key}"`);
      } else {
        cursor.scanString("a string");
        if (bit === 2) {
          type = context.names.ofString(cursor);
          typeAt = cursor.start - 1;
        } else {
          lang = this.text();
        }
      }
    }
    if ((seen & 1) === 0) {
      context.error("literal", 'Expected a literal with the key "$".', at);
    }
    if (context.errors > errors) {
      return undefined;
    }
    return lang === undefined
      ? this.#typedValue(type, typeAt)
      : this.#languageValue(lang, type, typeAt);
  }

  #typedValue(type: NameEntry | undefined, typeAt: number): Value | undefined {
    const context = this.#context;
    if (type === undefined) {
      return this.#bare ?? this.#lexical();
    }
    const datatype = context.resolved(type, typeAt);
    if (datatype === undefined) {
      return undefined;
    }
    context.isPlain &&= type.isPlain;
    switch (type.datatype) {
      case "name":
        return this.#name();
      case "string":
        return this.#lexical();
      default:
        return typedLiteral(this.#lexical(), datatype);
    }
  }

  #languageValue(lang: string, type: NameEntry | undefined, typeAt: number): Value | undefined {
    this.#context.isPlain &&= type === undefined && this.#bare === undefined;
    if (type !== undefined && type.datatype !== "language" && type.datatype !== "string") {
      this.#context.error(
        "literal",
        `A literal has "type" or "lang", not both, got the type ${quoted(type.text)}.`,
        typeAt,
      );
      return undefined;
    }
    return langString(this.#lexical(), lang);
  }

  #name(): QualifiedName | undefined {
    const { names, cursor } = this.#context;
    if (this.#bare !== undefined) {
      this.#context.error(
        "literal",
        `Expected a qualified name in double quotes as "$", got ${this.#bare.text}.`,
        this.#start,
      );
      return undefined;
    }
    const entry = names.ofRange(cursor, this.#start, this.#end, this.#hash, this.#escaped);
    return this.#context.resolved(entry, this.#start - 1);
  }

  #lexical(): string {
    return this.#bare?.text ?? this.#textOf(this.#start, this.#end, this.#hash, this.#escaped);
  }

  #textOf(start: number, end: number, hash: number, escaped: boolean): string {
    const { cursor } = this.#context;
    if (escaped) {
      return cursor.textBetween(start, end, true);
    }
    const { text } = cursor;
    const slot = (hash ^ (hash >>> 15)) & (sharedTexts - 1);
    const shared = this.#texts[slot];
    if (shared?.length === end - start && text.startsWith(shared, start)) {
      return shared;
    }
    const own = ownText(text, start, end);
    if (own.length <= maxSharedChars) {
      this.#texts[slot] = own;
    }
    return own;
  }

  #readLexical(): void {
    const context = this.#context;
    const { cursor } = context;
    this.#bare = undefined;
    const code = cursor.next("a value");
    this.#start = cursor.pos;
    if (code === quote) {
      cursor.scanString("a string");
      this.#start = cursor.start;
      this.#end = cursor.end;
      this.#hash = cursor.hash;
      this.#escaped = cursor.escaped;
      return;
    }
    this.#bare = this.#readBare(code);
    if (this.#bare === undefined) {
      context.rejectValue("literal", 'a string, number or boolean as "$"');
    }
  }
}
