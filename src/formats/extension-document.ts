import {
  blankNamespace,
  type ExtraSection,
  type Namespace,
  provNamespace,
  type QualifiedName,
  qualifiedName,
  xsdNamespace,
} from "../prov/index.js";
import type { ExtensionRecord } from "./extension.js";
import { extensionsOf } from "./extension-json.js";

/**
 * The extension records of a document or bundle, and its extra sections that hold something else.
 *
 * @param namespaces - in force there; later ones hide earlier ones of their prefix.
 */
export function documentExtensions(
  { extraSections = [] }: { readonly extraSections?: readonly ExtraSection[] },
  namespaces: readonly Namespace[],
): { records: readonly ExtensionRecord[]; others: readonly ExtraSection[] } {
  if (extraSections.length === 0) {
    return { records: [], others: [] };
  }
  const byPrefix = new Map(
    [provNamespace, xsdNamespace, blankNamespace, ...namespaces].map((namespace) => [
      namespace.prefix,
      namespace,
    ]),
  );
  const resolve = (text: string): QualifiedName | undefined => {
    const colon = text.indexOf(":");
    const namespace = byPrefix.get(text.slice(0, Math.max(colon, 0)));
    return namespace === undefined ? undefined : qualifiedName(namespace, text.slice(colon + 1));
  };
  return extensionsOf(extraSections, resolve);
}
