import type { Namespace } from "../../prov/index.js";

/** The prefix that yProv Explorer looks for, whatever its URI. */
export const yprovPrefix = "yprov4wfs";

/** The namespace of `taskprov:type`, where the `"yprov"` dialect keeps the types of elements. */
export const taskprovNamespace: Namespace = {
  prefix: "taskprov",
  uri: "https://w3id.org/taskprov/terms#",
};
