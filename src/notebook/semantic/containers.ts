import type { Arguments, Machine } from "./machine.js";
import { constant, join, many, memory, sequence, unknown, type Value } from "./value.js";
import { wordsFor } from "./words.js";

/** Calls a method of a list, dictionary, string or number; changes are made in place. */
export function callContainer(machine: Machine, self: Value, name: string, args: Arguments): Value {
  const [first, second] = args.positional;
  if (self.kind === "sequence") {
    switch (name) {
      case "append":
      case "add":
      case "push":
      case "insert":
      case "unshift": {
        const added = (name === "insert" ? second : first) ?? unknown;
        const empty = self.items?.length === 0;
        self.common = empty ? added : join(self.common, added);
        self.items = undefined;
        return memory("list");
      }
      case "extend": {
        const added = first?.kind === "sequence" ? first.common : (first ?? unknown);
        self.common = self.items?.length === 0 ? added : join(self.common, added);
        self.items = undefined;
        return memory("list");
      }
      case "pop":
      case "popleft":
      case "shift":
      case "at":
      case "find":
        return self.common;
      case "map":
      case "flatMap":
      case "forEach":
      case "filter": {
        const result =
          first?.kind === "function" ? callWith(machine, first, [self.common]) : unknown;
        if (name === "filter") return many(self.common);
        return name === "flatMap" && result.kind === "sequence" ? result : many(result);
      }
      case "reduce":
        return first?.kind === "function"
          ? callWith(machine, first, [second ?? self.common, self.common])
          : unknown;
      case "copy":
      case "slice":
      case "concat":
      case "reverse":
      case "sort":
        return self;
      default:
        return memory("list");
    }
  }
  if (self.kind === "mapping") {
    switch (name) {
      case "get":
      case "pop":
      case "setdefault": {
        const key = first?.kind === "constant" ? String(first.value) : undefined;
        const entry = key === undefined ? undefined : self.entries.get(key);
        return entry ?? (second === undefined ? self.common : join(self.common, second));
      }
      case "items":
        return many(sequence([memory("dict"), self.common]));
      case "values":
        return many(self.common);
      case "update": {
        if (first?.kind === "mapping") {
          for (const [key, entry] of first.entries) self.entries.set(key, entry);
          self.common = self.entries.size === 0 ? first.common : join(self.common, first.common);
        } else if (first !== undefined) self.open = true;
        for (const [key, entry] of args.named) self.entries.set(key, entry);
        return constant(null);
      }
      case "copy":
        return { ...self, entries: new Map(self.entries) };
      default:
        return memory("dict");
    }
  }
  return memory(wordsFor(self));
}

function callWith(machine: Machine, fn: Value, positional: readonly Value[]): Value {
  if (fn.kind !== "function") return unknown;
  return machine.call(fn, { positional, named: new Map(), open: false, written: [] }).value;
}
