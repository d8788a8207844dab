// regfsck probe: what a running registry answers for its images, asked as clients ask.
import { UsageError } from "../contract/errors.ts";
import type { OptionsOf } from "../options.ts";
import { readInput } from "../output/input-file.ts";
import { readStateBy, readText } from "../output/result-files.ts";
import type { Terminal } from "../output/terminal.ts";
import { parseAddress, type RegistryAddress, withoutRegistry } from "../probe/address.ts";
import { Client, PAUSES } from "../probe/client.ts";
import { imageText } from "../probe/findings.ts";
import type { ImageTarget } from "../probe/walk.ts";
import { render } from "../report/index.ts";
import { type ProbeMetricsInput, parseEarlierProbeMetrics, renderProbeMetrics } from "../report/metrics/probe.ts";
import { failsOn } from "./exit-code.ts";
import { parseImageName } from "./image-name.ts";
import { askAll, type Probed } from "./probe-ask.ts";
import { type Comparison, compareWithDisk } from "./probe-disk.ts";
import { chooseLogin } from "./probe-login.ts";
import { Memory, oldestCheck, stateText } from "./probe-memory.ts";
import { probeReport } from "./probe-report.ts";
import { beginRun, codeFor, endRun, type Run } from "./run.ts";

/** The first path is the registry's address; `images` are `repository:tag` or `repository@digest`, none for all. */
export type ProbeOptions = OptionsOf<"probe"> & { readonly images: readonly string[] };

const CONNECTIONS = 8;
const MOST_CERTIFICATES = 1 << 20;

/**
 * Asks the registry, prints the report and writes it where asked. Gives the exit code: 4 when an image is broken. Throws a
 * UsageError before anything is asked, and for an image that the registry does not have.
 */
export async function probe(options: ProbeOptions, terminal: Terminal): Promise<number> {
  const run = await beginRun(options, terminal);
  const address = parseAddress(options.paths[0]!);
  const asked = options.images.map((text) => targetOf(text, address));
  refusePartial(options);
  const memory = await recall(options, address, terminal);
  const client = await connect(options, address, terminal);
  try {
    if (typeof memory === "string") run.files.fail(`--state ${memory}; delete it to start afresh`);
    const known = typeof memory === "string" ? new Memory(undefined) : memory;
    const probed = await askAll({ client, address, asked, memory: known }, options, terminal);
    const { servedRoot: root } = options;
    const compared =
      root === undefined || !probed.isListed ? undefined : await compareWithDisk({ ...options, root }, probed, run);
    if (asked.length > 0) refuseAbsent(probed, compared);
    const { report, state } = probeReport({ ...probed, compared }, known, options, run);
    // What a cache alone still serves is broken after the next restart.
    const isMasked = report.disk?.differences.some(({ reason }) => reason === "descriptor-cache") ?? false;
    const fails = failsOn(report.summary, options.failOn) || (isMasked && options.failOn !== "never");
    return await endRun(run, {
      format: options.format,
      render: (format) => render(report, format, terminal),
      write: async () => {
        // What is not understood is not written over, nor what was remembered of a registry that lists less than half of it.
        if (probed.isListed && typeof memory !== "string")
          await run.files.write("--state", options.state, () => stateText(state));
        await writeMetrics(
          options,
          {
            report,
            fails,
            isListed: probed.isListed,
            oldestCheck: oldestCheck(state, report.roots[0]!.counts.tags - probed.gone.length),
          },
          run,
        );
      },
      code: codeFor(fails, report.unreadable),
    });
  } finally {
    terminal.clearProgress();
    await client.close();
  }
}

/** Throws a UsageError for an image that was named and is not there; where the disk has it, that is what is to be reported. */
function refuseAbsent({ address, gone }: Probed, compared: Comparison | undefined): void {
  const reported = new Set(compared?.disk.differences.map(({ image }) => image));
  const absent = gone.find((target) => !reported.has(imageText(target)));
  if (absent) throw new UsageError(`${address.name} has no image ${imageText(absent)}: 404`);
}

async function connect(options: ProbeOptions, address: RegistryAddress, terminal: Terminal): Promise<Client> {
  return new Client({
    url: address.url,
    credentials: await chooseLogin(options, address, terminal),
    ca: options.ca === undefined ? undefined : certificates(options.ca),
    timeout: options.timeout,
    connections: options.connections ?? CONNECTIONS,
    pauses: PAUSES,
    perSecond: options.maxRequests,
    environment: terminal.environment,
    now: terminal.now,
    wait: terminal.wait,
  });
}

/** Throws a UsageError where a part of the images would pass for all of them. */
function refusePartial({ images, repositories, state, metrics }: ProbeOptions): void {
  if (images.length > 0 && repositories.length > 0)
    throw new UsageError("--repo chooses from the catalogue; it does not go with images");
  const option = state !== undefined ? "--state" : metrics !== undefined ? "--metrics" : undefined;
  if (option !== undefined && images.length + repositories.length > 0)
    throw new UsageError(`${option} is about all of a registry; it does not go with images or --repo`);
}

/** What earlier runs left; else why it cannot be used. Throws a UsageError where it is about another registry. */
async function recall({ state: file }: ProbeOptions, { url }: RegistryAddress, { user }: Terminal) {
  const load = async () => (await import("../contract/probe-state.ts")).parseProbeState;
  const state = await readStateBy(load, file, user);
  if (typeof state === "string") return state;
  if (state !== undefined && state.url !== url) throw new UsageError(`--state ${file} is about ${state.url}`);
  return new Memory(state);
}

async function writeMetrics(
  { metrics: file }: ProbeOptions,
  measured: Pick<ProbeMetricsInput, "report" | "fails" | "isListed" | "oldestCheck">,
  { files, terminal }: Run,
): Promise<void> {
  if (file === undefined) return;
  const earlier = parseEarlierProbeMetrics(await readText(file, terminal.user));
  await files.writeMetrics(file, renderProbeMetrics({ ...measured, completedAt: terminal.now() / 1000, earlier }));
}

function targetOf(text: string, address: RegistryAddress): ImageTarget {
  const { repository, tag, digest } = parseImageName(withoutRegistry(text, address));
  return { repository, tag, digest };
}

/** Throws a UsageError for a file that holds none. */
function certificates(file: string): string {
  let text: string;
  try {
    text = readInput(file, MOST_CERTIFICATES);
  } catch (error) {
    throw new UsageError(`--ca ${file}: ${(error as Error).message}`);
  }
  if (!text.includes("-----BEGIN CERTIFICATE-----")) throw new UsageError(`--ca ${file}: no certificate in PEM in it`);
  return text;
}
