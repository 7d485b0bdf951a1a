import fc from "fast-check";
import { expect, test } from "vitest";
import {
  membersOf,
  type SmallSet,
  sizeOf,
  withMember,
  withoutMember,
} from "../../../src/engines/local/small-set.js";

test("a small set holds what a Set would hold, in the same order, however small or large", () => {
  const members = Array.from({ length: 14 }, (_, number) => ({ number }));
  const step = fc.record({ member: fc.constantFrom(...members), added: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let small: SmallSet<{ readonly number: number }>;
      const set = new Set<{ readonly number: number }>();
      for (const { member, added } of steps) {
        small = added ? withMember(small, member) : withoutMember(small, member);
        if (added) set.add(member);
        else set.delete(member);
        expect([...membersOf(small)]).toEqual([...set]);
        expect(sizeOf(small)).toBe(set.size);
        expect(small === undefined).toBe(set.size === 0);
      }
    }),
    { numRuns: 300 },
  );
});

test("to change a list of members leaves those alone who are walking it", () => {
  const a = { name: "a" };
  const b = { name: "b" };
  const two = withMember(withMember<object>(undefined, a), b);
  const walked = membersOf(two);
  withMember(two, { name: "c" });
  withoutMember(two, a);
  expect([...walked]).toEqual([a, b]);
});
