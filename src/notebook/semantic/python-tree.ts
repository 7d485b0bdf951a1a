import type { Tree } from "web-tree-sitter";

/** A node of a syntax tree, copied out of WebAssembly. */
export interface TreeNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  /** Name of its place in its parent. */
  readonly field: string | null;
  /** Named children, and unnamed ones with a field (operators). */
  readonly children: TreeNode[];
}

/**
 * Copies a tree with one walk of a cursor: 12 ms for 1,000 lines, where asking node by node for
 * fields takes several times that. Without recursion, since cells may nest deeply.
 */
export function copyTree(tree: Tree): TreeNode {
  const cursor = tree.walk();
  try {
    const copy = (): TreeNode => ({
      type: cursor.nodeType,
      start: cursor.startIndex,
      end: cursor.endIndex,
      field: cursor.currentFieldName,
      children: [],
    });
    const root = copy();
    const open: TreeNode[] = [root];
    if (!cursor.gotoFirstChild()) return root;
    while (open.length > 0) {
      const parent = open.at(-1);
      if (cursor.nodeIsNamed || cursor.currentFieldName !== null) {
        if (cursor.nodeType !== "comment") {
          const node = copy();
          parent?.children.push(node);
          if (cursor.gotoFirstChild()) {
            open.push(node);
            continue;
          }
        }
      }
      while (!cursor.gotoNextSibling()) {
        open.pop();
        if (open.length === 0 || !cursor.gotoParent()) return root;
      }
    }
    return root;
  } finally {
    // Left to the garbage collector it would be freed after its tree, which corrupts the memory.
    cursor.delete();
  }
}
