import { describe, expect, it } from "vitest";
import { proxyFor } from "../../src/probe/proxy.ts";

const PROXY = "http://proxy:3128";

function isDirect(url: string, NO_PROXY = ""): boolean {
  return proxyFor(url, { HTTPS_PROXY: PROXY, http_proxy: "proxy:3128", NO_PROXY }) === undefined;
}

describe("the proxy of a registry", () => {
  it("is that of its protocol, with a scheme", () => {
    expect(proxyFor("https://a.example", { HTTPS_PROXY: PROXY })).toBe(PROXY);
    expect(proxyFor("https://a.example", { HTTP_PROXY: PROXY })).toBeUndefined();
    expect(proxyFor("http://a.example", { HTTP_PROXY: "other:1", http_proxy: "proxy:3128" })).toBe(PROXY);
  });

  it.each([
    ["https://a.example", "a.example", "b.example, .example", "*.example", "*", "A.Example:443", "example:443"],
    ["https://a.example:5000", "a.example", "a.example:5000"],
    ["http://10.1.2.3:5000", "10.0.0.0/8", "10.1.2.3", "10.1.2.3:5000", "10.1.2.3/32", "0.0.0.0/0"],
    ["https://[fd00::12]", "fd00::/8", "fd00::12", "[fd00::12]", "[FD00:0::12]:443", "::/0"],
  ])("is none for %s where NO_PROXY names it", (url, ...entries) => {
    for (const entry of entries) expect([entry, isDirect(url, entry)]).toEqual([entry, true]);
  });

  it.each([
    ["https://a.example", "", "ample", "b.example", "a.example:80", "10.0.0.0/8", ":443", "."],
    ["http://10.1.2.3:5000", "11.0.0.0/8", "10.1.2.3:80", "10.1.2.4/32", "10.0.0.0/33", "1.2.3", "10.0.0.0/", "::1"],
    ["https://[fd00::12]", "fe00::/8", "fd00::1", "[fd00::12]:80", "fd00::/129", "12", "10.0.0.0/8"],
  ])("is there for %s where NO_PROXY names others", (url, ...entries) => {
    for (const entry of entries) expect([entry, isDirect(url, entry)]).toEqual([entry, false]);
  });

  it("is none for this machine, which a proxy would take for itself", () => {
    const own = ["http://localhost:5000", "http://127.0.0.1:5000", "https://127.1", "http://[::1]:5000"];
    expect(own.map((url) => isDirect(url))).toEqual([true, true, true, true]);
    expect(isDirect("http://registry.localhost:5000")).toBe(true);
    expect(isDirect("http://localhost.example:5000")).toBe(false);
  });
});
