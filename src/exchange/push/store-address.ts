import { TaskprovError } from "../../base/errors.js";

/**
 * The address of a store, without a slash at its end.
 *
 * @throws {@link TaskprovError} `ERR_OPTION` for what is no address of the web, or holds a password.
 */
export function storeAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new TaskprovError(
      "ERR_OPTION",
      `Expected the address of the store, such as https://store.example/api, got ${JSON.stringify(text)}.`,
    );
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    // Not quoted: it may hold a password.
    throw new TaskprovError(
      "ERR_OPTION",
      "The address of the store must have no user, password, query or fragment. The token goes into YPROV_TOKEN or a file.",
    );
  }
  return url.href.replace(/\/+$/, "");
}

/** Whether what is sent to an address can be read on the way. */
export function isOpen(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === "http:" && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
