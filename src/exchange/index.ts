export { findToken, tokenVariable } from "./push/find-token.js";
export {
  type PushOptions,
  type PushResult,
  pushDocument,
  type StoreMetadata,
  type StoreName,
  storeNames,
} from "./push/push-document.js";
