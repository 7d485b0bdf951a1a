import type { Page } from "playwright-core";
import { expect } from "vitest";

/**
 * Waits until an expression is true in a page. Playwright's own `waitForFunction` evaluates in the
 * page, which the policy of our pages forbids.
 */
export async function untilTrue(page: Page, expression: string): Promise<void> {
  await expect.poll(() => page.evaluate(expression), { timeout: 30_000 }).toBe(true);
}
