// Asks one registry over HTTP and turns every way of not answering into a status, so that a walk never throws.
import { Agent, type IncomingMessage, request } from "node:http";

export interface Reply {
  /** `dropped`: the connection ended without an answer (the server's handler panicked); `timeout`: none came in time. */
  status: number | "dropped" | "timeout";
  bytes: Buffer;
  contentType: string;
  contentLength: string | undefined;
  contentDigest: string | undefined;
}

export interface RegistryClient {
  get(path: string): Promise<Reply>;
  head(path: string): Promise<Reply>;
  close(): void;
}

/** What clients of today accept as a manifest. */
export const accept = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.v1+prettyjws",
  "application/vnd.docker.distribution.manifest.v1+json",
].join(", ");

/** `patienceMs`: how long one answer may take; a link or blob that is a fifo makes the registry wait for ever. */
export function connectTo(url: string, patienceMs: number): RegistryClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const ask = async (method: "GET" | "HEAD", path: string): Promise<Reply> => {
    const reply = await askOnce(method, url + path, agent, patienceMs);
    // A kept-alive connection may be closed by the server for reasons of its own, so a drop counts on a fresh one only.
    return reply.status === "dropped" ? askOnce(method, url + path, undefined, patienceMs) : reply;
  };
  return { get: (path) => ask("GET", path), head: (path) => ask("HEAD", path), close: () => agent.destroy() };
}

function askOnce(method: string, url: string, agent: Agent | undefined, patienceMs: number): Promise<Reply> {
  return new Promise((resolve) => {
    const asked = request(url, { method, agent: agent ?? false, headers: { Accept: accept } });
    const end = (status: Reply["status"], from?: IncomingMessage, bytes: Buffer = Buffer.alloc(0)) => {
      clearTimeout(timer);
      resolve({
        status,
        bytes,
        contentType: from?.headers["content-type"] ?? "",
        contentLength: from?.headers["content-length"],
        contentDigest: headerText(from?.headers["docker-content-digest"]),
      });
    };
    const timer = setTimeout(() => {
      end("timeout");
      asked.destroy();
    }, patienceMs);
    asked.once("error", () => end("dropped"));
    asked.once("response", (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.once("error", () => end("dropped"));
      response.once("end", () => end(response.statusCode ?? 0, response, Buffer.concat(parts)));
    });
    asked.end();
  });
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
