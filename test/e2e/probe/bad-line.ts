// What stands between a client and a registry on a bad day: a proxy that now and then answers 429 or 503, cuts the
// connection, or takes its time. Which request it hits follows from a seed.
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { randomNumbers } from "../../../scripts/make-root/random.ts";

export interface BadLine {
  readonly url: string;
  /** How often each thing was done. */
  readonly done: Map<string, number>;
  close(): void;
}

type Mishap = "busy" | "unavailable" | "cut" | "cut in the body" | "slow";

/** So often in a row, at most, does something happen to one request: which one comes when is not the seed's to say. */
const MOST_IN_A_ROW = 2;

/** Each mishap happens to this share of the requests; `rewrite` changes what is asked for. */
export async function badLine(
  to: string,
  shares: Partial<Record<Mishap, number>>,
  seed: number,
  rewrite: (path: string) => string = (path) => path,
): Promise<BadLine> {
  const random = randomNumbers(seed);
  const done = new Map<string, number>();
  const inARow = new Map<string, number>();
  const count = (what: string) => done.set(what, (done.get(what) ?? 0) + 1);
  const server = createServer((incoming, response) => {
    const asked = `${incoming.method} ${incoming.url}`;
    const before = inARow.get(asked) ?? 0;
    const mishap = before < MOST_IN_A_ROW ? draw(shares, random()) : undefined;
    inARow.set(asked, mishap === undefined ? 0 : before + 1);
    count(mishap ?? "passed");
    if (incoming.url!.startsWith("/v2/_catalog")) count("catalogue");
    if (mishap === "busy") response.writeHead(429, { "retry-after": "0" }).end();
    else if (mishap === "unavailable") response.writeHead(503).end("<html>");
    else if (mishap === "cut") incoming.socket.destroy();
    else if (mishap === "slow") setTimeout(pass, 100);
    else pass();

    function pass(): void {
      const onward = request(to + rewrite(incoming.url!), { headers: incoming.headers }, (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        if (mishap !== "cut in the body") answer.pipe(response);
        else {
          response.flushHeaders();
          incoming.socket.destroySoon();
          answer.resume();
        }
        answer.on("error", () => response.destroy());
      });
      onward.on("error", () => response.destroy());
      onward.end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    done,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function draw(shares: Partial<Record<Mishap, number>>, at: number): Mishap | undefined {
  let from = 0;
  for (const [mishap, share] of Object.entries(shares)) {
    from += share;
    if (at < from) return mishap as Mishap;
  }
  return undefined;
}
