import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "./temporary.js";

function mount(...args: readonly string[]): boolean {
  return process.platform === "linux" && spawnSync("mount", args).status === 0;
}

function unmount(path: string): void {
  // Several mounts may lie on each other.
  while (spawnSync("umount", ["--lazy", path]).status === 0);
}

/** Whether this process may mount; told once where tests have to be skipped for it. */
export const canMount: boolean = probe();

function probe(): boolean {
  const mounted = mount("-t", "tmpfs", "-o", "size=4k", "tmpfs", "/mnt");
  if (mounted) spawnSync("umount", ["/mnt"]);
  else process.stderr.write("Skipped: tests that mount small disks need Linux and root.\n");
  return mounted;
}

/** A disk of its own for the running test, gone afterwards. */
export function smallDisk(size: string): string {
  const path = temporaryFolder();
  onTestFinished(() => unmount(path));
  if (!mount("-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path)) {
    throw new Error(`Cannot mount ${path}.`);
  }
  chmodSync(path, 0o777);
  return path;
}

/** From now on nothing can be made, changed or removed below the path; open files stay open. */
export function makeReadOnly(path: string): void {
  if (!mount("--bind", path, path) || !mount("-o", "remount,ro,bind", path)) {
    throw new Error(`Cannot make ${path} read-only.`);
  }
}

/** Takes the disk away; open files stay open. */
export { unmount };
