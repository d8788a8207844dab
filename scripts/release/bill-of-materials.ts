// What is inside the executables, as a CycloneDX bill of materials: the packages, by a plugin that sees what esbuild puts
// in, and Node.js.
import { readFileSync, writeFileSync } from "node:fs";
import { cyclonedxEsbuildPlugin } from "@cyclonedx/cyclonedx-esbuild";
import { Version } from "@cyclonedx/cyclonedx-library/Spec";
import { JsonStrictValidator } from "@cyclonedx/cyclonedx-library/Validation";
import type { Plugin } from "esbuild";
import { NODE_BINARIES, NODE_VERSION } from "./executable/node.ts";

const SPECIFICATION = Version.v1dot6;

/** Writes the packages that a build puts together to `file`; the same build gives the same text. */
export function packagesOf(file: string): Plugin {
  return cyclonedxEsbuildPlugin({
    outputFile: file,
    specVersion: SPECIFICATION,
    outputReproducible: true,
    validate: true,
  });
}

/** What of a bill is looked at here. */
interface Bill {
  readonly metadata: { readonly component: { readonly "bom-ref": string } };
  readonly components: readonly object[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

/**
 * Adds Node.js to the packages that a plugin wrote.
 * @throws where the result is no bill as CycloneDX has it.
 */
export async function writeBill(packages: string, file: string): Promise<void> {
  const bill = JSON.parse(readFileSync(packages, "utf8")) as Bill;
  const program = bill.metadata.component["bom-ref"];
  const nodes = NODES.map((node) => node["bom-ref"]);
  const whole = {
    ...bill,
    components: [...bill.components, ...NODES],
    dependencies: [
      ...bill.dependencies.map((one) =>
        one.ref === program ? { ...one, dependsOn: [...(one.dependsOn ?? []), ...nodes] } : one,
      ),
      ...nodes.map((ref) => ({ ref })),
    ],
  };
  const text = `${JSON.stringify(whole, null, 2)}\n`;
  const errors = await new JsonStrictValidator(SPECIFICATION).validate(text);
  if (errors !== null) throw new Error(`no valid bill of materials: ${JSON.stringify(errors)}`);
  writeFileSync(file, text);
}

/** One for each kind of processor. */
const NODES = Object.entries(NODE_BINARIES).map(([arch, content]) => ({
  type: "platform",
  "bom-ref": `node-linux-${arch}@${NODE_VERSION}`,
  name: "node",
  version: NODE_VERSION,
  description: `Node.js for ${arch}, with V8, libuv, OpenSSL, ICU and what else its licence names`,
  hashes: [{ alg: "SHA-256", content }],
  licenses: [{ license: { id: "MIT" } }],
  purl: `pkg:generic/node@${NODE_VERSION}?arch=${arch}&os=linux`,
}));
