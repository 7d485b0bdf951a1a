/** The usual actions of a worker by the letter that stands for them in events. */
const actionByCode: Readonly<Record<string, string>> = {
  c: "compute",
  t: "transfer",
  d: "deserialize",
  r: "disk-read",
  w: "disk-write",
};

const codeByAction = new Map(Object.entries(actionByCode).map(([code, name]) => [name, code]));

/** The form an action has in events: a letter for the usual ones, else its name with a `=`. */
export function actionCode(action: string): string {
  return codeByAction.get(action) ?? `=${action}`;
}

/** The action that a code stands for; a letter of a newer version stands for itself. */
export function actionOfCode(code: string): string {
  if (code.startsWith("=")) return code.slice(1);
  return Object.hasOwn(actionByCode, code) ? (actionByCode[code] ?? code) : code;
}
