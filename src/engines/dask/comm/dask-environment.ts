import type { DaskTls } from "./tls-files.js";

const tlsPrefix = "DASK_DISTRIBUTED__COMM__TLS__";

/** The address that Dask's own clients take from the environment. */
export function addressInEnvironment(environment: NodeJS.ProcessEnv): string | undefined {
  return environment["DASK_SCHEDULER_ADDRESS"] || undefined;
}

/** TLS files as given, the rest from the variables of Dask's configuration; undefined: none. */
export function tlsFromEnvironment(
  given: Partial<DaskTls>,
  environment: NodeJS.ProcessEnv,
): DaskTls | undefined {
  const ca = given.ca ?? environment[`${tlsPrefix}CA_FILE`];
  const cert = given.cert ?? environment[`${tlsPrefix}CLIENT__CERT`];
  // A key belongs to its certificate: one from elsewhere would not fit.
  const key =
    given.key ?? (given.cert === undefined ? environment[`${tlsPrefix}CLIENT__KEY`] : undefined);
  if (ca === undefined || cert === undefined) return undefined;
  return { ca, cert, ...(key !== undefined && { key }) };
}
