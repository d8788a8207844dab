// Through which proxy a host is reached, as curl and Docker read it from the environment.
import { BlockList, isIP } from "node:net";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a proxy is for, or not: a name or an address without brackets, and a port. */
interface Host {
  readonly name: string;
  readonly port: string | undefined;
}

/** What a proxy would take for itself. */
const OWN = ["localhost", "127.0.0.0/8", "::1"];

/** The address of the proxy for this URL; undefined where it is asked directly. */
export function proxyFor(url: string, environment: Environment): string | undefined {
  const { protocol, hostname, port } = new URL(url);
  const [variable, usualPort] = protocol === "https:" ? ["HTTPS_PROXY", "443"] : ["HTTP_PROXY", "80"];
  // Of HTTP_PROXY only the lower-case one is safe in CGI, so that is looked at first everywhere.
  const proxy = environment[variable.toLowerCase()] || environment[variable];
  if (!proxy) return undefined;
  const direct = environment["no_proxy"] || environment["NO_PROXY"] || "";
  const host = { name: withoutBrackets(hostname), port: port || usualPort };
  if ([...OWN, ...direct.split(/[\s,]+/)].some((entry) => isMeant(entry.toLowerCase(), host))) return undefined;
  return /^[a-z]+:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
}

/**
 * `example.com`, `.example.com` and `*.example.com` stand for the domain and all below it, `10.0.0.0/8` for a network, `*` for
 * every host; a port must be the same.
 */
function isMeant(entry: string, { name, port }: Host): boolean {
  if (entry === "*") return true;
  const { name: meant, port: meantPort } = hostOf(entry);
  if (meant === "" || (meantPort !== undefined && meantPort !== port)) return false;
  const [, network = meant, bits] = /^(.*)\/(\d+)$/.exec(meant) ?? [];
  if (isIP(name) > 0) return isIP(network) > 0 && isWithin(name, network, bits);
  return name === meant || name.endsWith(`.${meant}`);
}

function hostOf(entry: string): Host {
  if (isIP(entry) > 0) return { name: entry, port: undefined };
  const [, name = "", port] = /^(?:\*?\.)?(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  return { name: withoutBrackets(name), port };
}

/** Whether an address is of a network, as many bits long, or the same however both are written. */
function isWithin(address: string, network: string, bits: string | undefined): boolean {
  const most = isIP(network) === 4 ? 32 : 128;
  if (Number(bits ?? most) > most) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits ?? most), familyOf(network));
  return list.check(address, familyOf(address));
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 4 ? "ipv4" : "ipv6";
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1");
}
