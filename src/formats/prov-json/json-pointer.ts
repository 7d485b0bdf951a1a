import type { MemberPath } from "./member-context.js";

/** A JSON pointer (RFC 6901) one step further. */
export function pointerTo(parent: string, key: string | number): string {
  return `${parent}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** The JSON pointer of a part of a member. */
export function memberPointer(member: string, path: MemberPath): string {
  let pointer = member;
  for (const key of [path.index, path.attribute, path.valueIndex]) {
    if (key !== undefined) {
      pointer = pointerTo(pointer, key);
    }
  }
  return pointer;
}
