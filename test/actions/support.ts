import type { ActionMessage } from "../../src/actions/message.js";

/** What is wrong with the messages of a log, as trees; empty when every tree is whole. */
export function gapsOf(messages: readonly ActionMessage[]): string[] {
  const byAction = new Map<string, number[]>();
  const ended = new Set<string>();
  const begun = new Set<string>();
  const note = (action: string, number: number): void => {
    const known = byAction.get(action);
    if (known === undefined) byAction.set(action, [number]);
    else if (!known.includes(number) || number === 1) known.push(number);
  };
  const problems: string[] = [];
  const places = new Set<string>();
  for (const message of messages) {
    const place = `${message.task_uuid}/${message.task_level.join("/")}`;
    if (places.has(place)) problems.push(`two messages at ${place}`);
    places.add(place);
    const level = message.task_level;
    for (let i = 1; i <= level.length; i++) {
      note(`${message.task_uuid}/${level.slice(0, i - 1).join("/")}`, level[i - 1] ?? 0);
    }
    const action = `${message.task_uuid}/${level.slice(0, -1).join("/")}`;
    if (message["action_status"] === "started") begun.add(action);
    else if (message["action_status"] !== undefined) ended.add(action);
  }
  for (const [action, numbers] of byAction) {
    const distinct = new Set(numbers);
    for (let i = 1; i <= Math.max(...numbers); i++) {
      if (!distinct.has(i)) problems.push(`${action}: nothing at ${i}`);
    }
    const isLonely = numbers.length === 1 && !begun.has(action) && !ended.has(action);
    if (isLonely) continue;
    if (!begun.has(action)) problems.push(`${action} has no beginning`);
    if (!ended.has(action)) problems.push(`${action} has no end`);
  }
  return problems;
}
