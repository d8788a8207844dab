// Pulls an image over HTTP as a client does that wants every platform, and says what it could not get.
import { getBlob, getManifest } from "./client.ts";
import { digestOf } from "./content.ts";

export interface PullFailure {
  digest: string;
  role: "manifest" | "child" | "config" | "layer";
  /** The manifest that references it; absent for the one that was asked for. */
  parent?: string;
  /** As `os/architecture[/variant]`, where the index that names the child says so. */
  platform?: string;
  /** The HTTP status: 200 where what was served is not what was asked for. */
  status: number;
  reason: string;
}

interface Descriptor {
  mediaType?: string;
  digest: string;
  size: number;
  urls?: string[];
  platform?: { os: string; architecture: string; variant?: string };
}

interface Wanted {
  reference: string;
  role: "manifest" | "child";
  parent?: string;
  platform?: string;
  size?: number;
}

/**
 * Gets a manifest by tag or digest and all that it references, at every depth. A child or blob that fails is not
 * followed further; a manifest that does not hash to its digest fails too. Layers with `urls` are passed over.
 */
export async function pullImage(url: string, repository: string, reference: string): Promise<PullFailure[]> {
  const failures: PullFailure[] = [];
  const pending: Wanted[] = [{ reference, role: "manifest" }];
  for (let wanted = pending.pop(); wanted; wanted = pending.pop()) {
    const { reference: asked, size, ...about } = wanted;
    const answer = await getManifest(url, repository, asked);
    const digest = asked.includes(":") ? asked : (answer.headers.get("docker-content-digest") ?? asked);
    const reason = whatIsWrong(answer.status, answer.bytes, digest, size);
    if (reason !== undefined) {
      failures.push({ ...about, digest, status: answer.status, reason });
      continue;
    }
    const manifest = JSON.parse(answer.bytes.toString());
    const place = about.platform === undefined ? {} : { platform: about.platform };
    if (manifest.config !== undefined) {
      const blobs = [
        { ...(manifest.config as Descriptor), role: "config" as const },
        ...(manifest.layers as Descriptor[]).map((layer) => ({ ...layer, role: "layer" as const })),
      ];
      for (const blob of blobs.filter((one) => one.urls === undefined)) {
        const got = await getBlob(url, repository, blob.digest);
        const failure = whatIsWrong(got.status, got.bytes, blob.digest, blob.size);
        if (failure === undefined) continue;
        const { role } = blob;
        failures.push({ digest: blob.digest, role, parent: digest, ...place, status: got.status, reason: failure });
      }
    }
    for (const child of (manifest.manifests ?? []) as Descriptor[]) {
      const platform = child.platform ? platformText(child.platform) : about.platform;
      pending.push({
        reference: child.digest,
        role: "child",
        parent: digest,
        size: child.size,
        ...(platform === undefined ? {} : { platform }),
      });
    }
  }
  return failures;
}

/** `os/architecture`, with `/variant` where there is one. */
export function platformText(platform: { os: string; architecture: string; variant?: string }): string {
  return [platform.os, platform.architecture, platform.variant].filter((part) => part !== undefined).join("/");
}

function whatIsWrong(status: number, bytes: Buffer, digest: string, size: number | undefined): string | undefined {
  if (status !== 200) return `status ${status}`;
  if (size !== undefined && bytes.length !== size) return `${bytes.length} bytes instead of ${size}`;
  const algorithm = digest.startsWith("sha512:") ? "sha512" : "sha256";
  return digest.includes(":") && digestOf(bytes, algorithm) !== digest ? "content does not hash to it" : undefined;
}
