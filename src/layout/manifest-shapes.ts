// The fields of the registry's Go types for manifests, as each release decodes them. All manifest types are one document here:
// each field is decoded on its own, so the errors of fields that a kind does not have are simply not looked at.
import { lenient, optional, record } from "./go-json/go-json.ts";
import { anyBytes, anyText, integer, list, type Shape, type Slice, text, textMap } from "./go-json/values.ts";

/** Whose types a manifest is read into. */
export type ManifestReading = "2.8.3" | "3.1";

interface Reading {
  readonly document: Shape<Document>;
  /** The document of a Docker manifest list, where its fields are typed otherwise. */
  readonly dockerList: Shape<Document>;
  /** The fields of an OCI index, with which a manifest without a mediaType is tried first. */
  readonly untypedFields: readonly string[];
  /** Whether schemaVersion 1 is known. */
  readonly readsSchema1: boolean;
}

interface Descriptor {
  digest: string;
  size: number;
  urls: Slice<undefined> | undefined;
}

export interface Platform {
  architecture: string;
  os: string;
  variant: string;
}

interface Child {
  mediaType: string;
  digest: string;
  size: number;
  urls: Slice<undefined> | undefined;
  annotations: Map<string, string> | undefined;
  platform: Platform | undefined;
}

interface FsLayer {
  blobSum: string;
}

export interface Document {
  schemaVersion: number;
  mediaType: string;
  config: Descriptor;
  layers: Slice<Descriptor> | undefined;
  manifests: Slice<Child> | undefined;
  fsLayers: Slice<FsLayer> | undefined;
  subject: { digest: string } | undefined;
  artifactType: string | undefined;
}

/** Fields of which only the types matter. */
type Checked = Readonly<Record<string, Shape<unknown>>>;

const platformChecks: Checked = { "os.version": anyText, "os.features": list(anyText) };

/** `more` is what a descriptor has besides. */
function descriptorOf(more: Checked): Shape<Descriptor> {
  return record<Descriptor>(
    () => ({ digest: "", size: Number.NaN, urls: undefined }),
    { digest: text, size: integer, urls: list(anyText) },
    {
      mediaType: anyText,
      annotations: textMap,
      // A pointer in Go, but of what it points to only the types matter.
      platform: record(() => ({}), {}, { architecture: anyText, os: anyText, variant: anyText, ...platformChecks }),
      ...more,
    },
  );
}

/** An index's child: a descriptor, whose platform may have more fields than that of other descriptors. */
function childOf(more: Checked, morePlatform: Checked): Shape<Child> {
  const platform = record<Platform>(
    () => ({ architecture: "", os: "", variant: "" }),
    { architecture: text, os: text, variant: text },
    { ...platformChecks, ...morePlatform },
  );
  return record<Child>(
    () => ({
      mediaType: "",
      digest: "",
      size: Number.NaN,
      urls: undefined,
      annotations: undefined,
      platform: undefined,
    }),
    {
      mediaType: text,
      digest: text,
      size: integer,
      urls: list(anyText),
      annotations: textMap,
      platform: optional(platform),
    },
    more,
  );
}

const fsLayer = record<FsLayer>(() => ({ blobSum: "" }), { blobSum: text });
const historyEntry = record(() => ({}), {}, { v1Compatibility: anyText });

function documentOf(descriptor: Shape<Descriptor>, child: Shape<Child>): Shape<Document> {
  return record<Document>(
    () => ({
      schemaVersion: 0,
      mediaType: "",
      config: descriptor.zero(),
      layers: undefined,
      manifests: undefined,
      fsLayers: undefined,
      subject: undefined,
      artifactType: undefined,
    }),
    {
      schemaVersion: integer,
      mediaType: text,
      config: descriptor,
      layers: list(descriptor),
      manifests: list(child),
      fsLayers: list(fsLayer),
      subject: lenient(record(() => ({ digest: "" }), { digest: text })),
      artifactType: lenient(text),
    },
    { annotations: textMap, name: anyText, tag: anyText, architecture: anyText, history: list(historyEntry) },
  );
}

/** Both kinds of index are read into the types of Docker's manifest list, whose platforms have `features`. */
function reading2(): Reading {
  const document = documentOf(descriptorOf({}), childOf({}, { features: list(anyText) }));
  return { document, dockerList: document, untypedFields: ["manifests"], readsSchema1: true };
}

/** The descriptors are OCI's own, with inline data. */
function reading3(): Reading {
  const more = { data: anyBytes, artifactType: anyText };
  return {
    document: documentOf(descriptorOf(more), childOf(more, {})),
    dockerList: documentOf(descriptorOf(more), childOf(more, { features: list(anyText) })),
    untypedFields: ["manifests", "annotations"],
    readsSchema1: false,
  };
}

/** The release before each, whose storage it may have taken over. */
export const EARLIER: Readonly<Partial<Record<ManifestReading, ManifestReading>>> = { "3.1": "2.8.3" };

export const READINGS: Readonly<Record<ManifestReading, Reading>> = { "2.8.3": reading2(), "3.1": reading3() };
