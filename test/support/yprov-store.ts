import { createServer, type IncomingMessage, type Server } from "node:http";

/** What a store was asked, as it came over the wire. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly body: Buffer;
}

/** A server on loopback with the interfaces of both stores of the yProv family. */
export interface YprovStore {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** The documents by id, as they came. */
  readonly documents: ReadonlyMap<string, string>;
  readonly metadata: ReadonlyMap<string, unknown>;
  /** What the next requests get instead of an answer: a status, or a broken connection. */
  readonly trouble: (number | "none" | "reset" | "silence" | { status: number; headers: object })[];
  readonly close: () => Promise<void>;
}

/** The token that it takes. */
export const storeToken = "s3cret.token-of-the-store";

/** Starts it, on a free port of 127.0.0.1. */
export async function startYprovStore(): Promise<YprovStore> {
  const asked: Asked[] = [];
  const documents = new Map<string, string>();
  const metadata = new Map<string, unknown>();
  const trouble: YprovStore["trouble"] = [];
  const server = createServer((request, response) => {
    const answer = (status: number, value: object, headers: object = {}): void => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(JSON.stringify(value));
    };
    void askedBy(request).then(async (one) => {
      asked.push(one);
      const next = trouble.shift();
      if (next === "reset") return request.socket.destroy();
      if (next === "silence") return;
      if (next !== undefined && next !== "none") {
        const { status, headers } = typeof next === "number" ? { status: next, headers: {} } : next;
        // A careless server that repeats what it was sent.
        const said = `cannot, ${request.headers.authorization ?? ""}`;
        return answer(status, { detail: said }, headers);
      }
      if (request.headers.authorization !== `Bearer ${storeToken}`) {
        return answer(401, { detail: `Invalid ${request.headers.authorization}` });
      }
      const { status, value } = await handle(one, documents, metadata);
      return answer(status, value);
    });
  });
  const origin = await listening(server);
  return {
    url: `${origin}/api`,
    asked,
    documents,
    metadata,
    trouble,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

async function askedBy(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  return {
    method: request.method ?? "",
    path: url.pathname,
    query: url.searchParams,
    contentType: request.headers["content-type"] ?? "",
    body: Buffer.concat(chunks),
  };
}

interface Answer {
  readonly status: number;
  readonly value: object;
}

async function handle(
  { method, path, query, contentType, body }: Asked,
  documents: Map<string, string>,
  metadata: Map<string, unknown>,
): Promise<Answer> {
  const id = decodeURIComponent(/^\/api\/documents\/(.+?)(\/metadata)?$/.exec(path)?.[1] ?? "");
  if (method === "PUT" && id !== "") {
    // As the yProv service does: exactly this type, and a reader that throws is "not valid".
    if (contentType !== "application/json") return { status: 415, value: { error: contentType } };
    try {
      JSON.parse(body.toString());
    } catch {
      return { status: 400, value: { error: "Document not valid" } };
    }
    documents.set(id, body.toString());
    return { status: 201, value: { result: "Document created" } };
  }
  if (method === "POST" && path === "/api/documents") {
    if (!contentType.startsWith("multipart/form-data")) {
      return { status: 422, value: { detail: "multipart expected" } };
    }
    const form = await new Response(new Uint8Array(body), {
      headers: { "content-type": contentType },
    }).formData();
    const file = form.get("document_file");
    if (file === null || typeof file === "string" || file.type !== "application/json") {
      return { status: 422, value: { detail: [{ loc: ["body", "document_file"] }] } };
    }
    const parent = query.get("parent_document_pid");
    if (parent !== null && !documents.has(parent)) {
      return { status: 404, value: { detail: "Parent not found" } };
    }
    const pid = `20.500.1/${documents.size + 1}`;
    documents.set(pid, await file.text());
    return {
      status: 200,
      value: {
        pid,
        version: parent === null ? 1 : 2,
        storage_url: `s3://documents/${file.name}`,
        owner_email: "a@b.example",
        parent_document_pid: parent,
      },
    };
  }
  if (method === "PATCH" && path.endsWith("/metadata") && documents.has(id)) {
    metadata.set(id, JSON.parse(body.toString()));
    return { status: 200, value: { pid: id } };
  }
  return { status: 404, value: { detail: "Not Found" } };
}
