// What verify says of images: the type of its schema.
import type { Infer } from "./schema-parts.ts";
import type { verifyReport } from "./verify-schema.ts";

export type VerifyReport = Infer<typeof verifyReport>;
export type ImageReport = VerifyReport["images"][number];
export type ImagePartReport = ImageReport["parts"][number];
