import { jsonString } from "./json-text.js";

/** Takes the text of members piece by piece, wherever it goes. */
export interface MemberSink {
  /** Text as it is. */
  add(text: string): void;
  /** The inside of a JSON string: what has to be escaped in the text is. */
  addEscaped(text: string): void;
}

/** The text of members in memory. */
export class MemberText implements MemberSink {
  text = "";

  add(text: string): void {
    this.text += text;
  }

  addEscaped(text: string): void {
    this.text += escaped(text);
  }
}

/** The inside of a JSON string. */
export function escaped(text: string): string {
  const json = jsonString(text);
  return json.length === text.length + 2 ? text : json.slice(1, -1);
}
