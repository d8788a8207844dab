// A small registry over HTTP: it holds images in memory, answers as the specification has
// it, remembers what it was asked, and can be made to answer otherwise.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Image } from "../../scripts/registry/content.ts";

export interface Seen {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

interface Shelf {
  readonly manifests: Map<string, { readonly type: string; readonly bytes: Buffer }>;
  readonly blobs: Map<string, Buffer>;
  readonly tags: Map<string, string>;
}

/** Answers in place of the registry, where it gives true. */
export type Interceptor = (seen: Seen, response: ServerResponse) => boolean | Promise<boolean>;

export class HttpRegistry {
  readonly seen: Seen[] = [];
  readonly #shelves = new Map<string, Shelf>();
  readonly #server = createServer((request, response) => void this.#take(request, response));
  /** Asked before the registry answers. */
  intercept: Interceptor = () => false;

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get name(): string {
    return new URL(this.url).host;
  }

  /** Also serves as a proxy to other hosts: `to` is where all of them are. */
  tunnelTo(to: HttpRegistry): void {
    this.#server.on("connect", (request, socket: Socket, head: Buffer) => {
      this.seen.push({ method: "CONNECT", path: request.url ?? "", headers: request.headers, body: "" });
      const { hostname, port } = new URL(to.url);
      const onward = connect(Number(port), hostname, () => {
        socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
        onward.write(head);
        socket.pipe(onward).pipe(socket);
      });
      for (const one of [socket, onward]) one.on("error", () => onward.destroy());
    });
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** What a repository holds, to be looked at and damaged. */
  shelf(repository: string): Shelf {
    const shelf = this.#shelves.get(repository) ?? { manifests: new Map(), blobs: new Map(), tags: new Map() };
    this.#shelves.set(repository, shelf);
    return shelf;
  }

  push(repository: string, image: Image, ...tags: readonly string[]): Image {
    const { manifests, blobs, tags: named } = this.shelf(repository);
    for (const blob of image.blobs) if (blob.urls === undefined) blobs.set(blob.digest, blob.bytes);
    for (const child of image.children) this.push(repository, child);
    manifests.set(image.digest, { type: image.mediaType, bytes: image.bytes });
    for (const tag of tags) named.set(tag, image.digest);
    return image;
  }

  /** The paths that were asked for, without `/v2/`. */
  paths(): string[] {
    return this.seen.map(({ path }) => path.replace("/v2/", ""));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = "", url: path = "", headers } = request;
    const seen = { method, path, headers, body: Buffer.concat(chunks).toString() };
    this.seen.push(seen);
    if (!(await this.intercept(seen, response))) this.#answer(seen, response);
  }

  #answer({ path, headers }: Seen, response: ServerResponse): void {
    const url = new URL(path, this.url);
    const lists = /^\/v2\/(?:_catalog|(.+)\/tags\/list)$/.exec(url.pathname);
    const [, repository = "", kind, reference = ""] =
      /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(url.pathname) ?? [];
    const shelf = this.#shelves.get(lists?.[1] ?? repository);
    if (url.pathname === "/v2/") send(response, 200, "{}");
    else if (lists && lists[1] === undefined) page(response, url, "repositories", [...this.#shelves.keys()]);
    else if (!shelf) send(response, 404, '{"errors":[{"code":"NAME_UNKNOWN"}]}');
    else if (lists) page(response, url, "tags", [...shelf.tags.keys()]);
    else if (kind === "manifests") {
      const digest = shelf.tags.get(reference) ?? reference;
      const manifest = shelf.manifests.get(digest);
      if (!manifest) send(response, 404, '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
      else send(response, 200, manifest.bytes, { "content-type": manifest.type, "docker-content-digest": digest });
    } else sendBlob(response, reference, shelf.blobs.get(reference), headers.range);
  }
}

export function send(
  response: ServerResponse,
  status: number,
  body: string | Buffer = "",
  headers: Readonly<Record<string, string>> = {},
): true {
  response.writeHead(status, { "content-length": Buffer.byteLength(body), ...headers });
  response.end(body);
  return true;
}

function sendBlob(response: ServerResponse, digest: string, bytes: Buffer | undefined, range: string | undefined) {
  if (!bytes) return send(response, 404, '{"errors":[{"code":"BLOB_UNKNOWN"}]}');
  const named = { "docker-content-digest": digest };
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
  if (from === undefined) return send(response, 200, bytes, named);
  if (Number(from) >= bytes.length) return send(response, 416, "", { "content-range": `bytes */${bytes.length}` });
  const part = bytes.subarray(Number(from), Number(to) + 1);
  return send(response, 206, part, { ...named, "content-range": `bytes ${from}-${to}/${bytes.length}` });
}

function page(response: ServerResponse, url: URL, member: string, names: readonly string[]) {
  const most = Number(url.searchParams.get("n") ?? 100);
  const last = url.searchParams.get("last");
  const from = last === null ? 0 : names.indexOf(last) + 1;
  const some = names.slice(from, from + most);
  const link = `<${url.pathname}?last=${encodeURIComponent(some.at(-1) ?? "")}&n=${most}>; rel="next"`;
  const headers: Record<string, string> = from + most < names.length ? { link } : {};
  send(response, 200, JSON.stringify({ [member]: some }), headers);
}

/** Runs with a registry of its own, which ends with it. */
export async function withHttpRegistry<T>(use: (registry: HttpRegistry) => Promise<T>): Promise<T> {
  const registry = await new HttpRegistry().start();
  try {
    return await use(registry);
  } finally {
    registry.close();
  }
}
