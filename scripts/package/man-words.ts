// What the manual page says that no definition says. In texts `*word*` is shown bold, `_word_` as a value to fill in.

/** What a term means. */
export type Item = readonly [term: string, text: string];

export const DESCRIPTION: readonly string[] = [
  "*regfsck* reads the storage of *registry:2.8.3* or *registry:3* (the Docker Distribution registry, file system driver), works out what that registry would answer for every tag, platform, config and layer, and says which images cannot be pulled, why, and how to fix them. It needs no running registry and no network; *regfsck probe* alone asks a running registry over HTTP.",
  "It never writes, moves or deletes anything in a storage root.",
  "A _path_ is a storage root (the *rootdirectory* of the registry's configuration, which holds *docker/registry/v2*), or a folder with storage roots in it, at most three levels down. A path that is neither is an error, never clean. *regfsck* _path_ alone is *regfsck scan* _path_.",
  "A root is *authoritative* (all that it holds was pushed to it, so what is missing is damage) or a *cache* (a pull-through mirror, where missing parts are normal). A root with *scheduler-state.json* in it is treated as a cache.",
];

export const EXIT_STATUS: readonly Item[] = [
  ["0", "Complete, and nothing at or above *--fail-on*. Only this permits a clean-up: treat every other code as stop."],
  ["4", "Complete, with findings: what that means for each command is said with it above."],
  [
    "8",
    "Incomplete: something could not be read, a result could not be written, or a root is empty (see *--allow-empty*).",
  ],
  ["12", "Both 4 and 8."],
  ["16", "Wrong usage or configuration; nothing was scanned."],
  ["32", "Interrupted."],
];

export const FINDINGS =
  "What *regfsck scan* reports, by code. In a cache only damage to what is there is reported, not what is missing.";

/** How severe a finding is, as a catalogue of checks has it, in words. */
export const SEVERITIES = {
  error: "error",
  warning: "warning",
  info: "info",
  "error-if-tagged": "error where a tag needs it, else warning",
} as const;

export const ENVIRONMENT: readonly Item[] = [
  [
    "DOCKER_CONFIG",
    "The folder with the *config.json* that *docker login* writes, which *regfsck probe* reads. Default: *~/.docker*.",
  ],
  ["HTTPS_PROXY, HTTP_PROXY, NO_PROXY", "Through which proxy *regfsck probe* asks, and which hosts it asks directly."],
  ["NO_COLOR", "No colours, whatever it is set to, unless it is empty."],
  ["FORCE_COLOR", "Colours even where standard output is no terminal."],
];

export const FILES: readonly Item[] = [
  ["/etc/regfsck.yaml", "The configuration file that is read when *--config* names no other. Options beat it."],
  ["_path_/docker/registry/v2", "What makes a folder a storage root."],
  ["_path_/scheduler-state.json", "What makes a storage root a cache."],
];

/** What a line does, and the line. */
export const EXAMPLES: readonly Item[] = [
  ["What is damaged, and which images that breaks:", "regfsck scan /opt/registry/data"],
  ["The same every night, by cron, silent while all is well:", "regfsck scan --quiet /opt/registry/data"],
  ["May tonight's garbage-collect -m run?", "regfsck gate -m /opt/registry/data && echo go"],
  [
    "Which images would break if all but the three newest tags were removed first?",
    "regfsck forecast -m --keep-tags 3 /opt/registry/data",
  ],
  ["Is this image pullable, right after a push?", "regfsck verify /opt/registry/data team/api:1.4.2"],
  ["Can everybody pull what was just pushed?", 'regfsck probe https://registry.example.com "team/api@$DIGEST"'],
  ["How to fix what is broken, as a script to review and run:", "regfsck plan --script fix.sh /opt/registry/data"],
  ["Which ten repositories would free the most space?", "regfsck usage --top 10 --sort unique /opt/registry/data"],
  [
    "The broken images of one team, for a script:",
    "regfsck scan --format json --repo 'team/**' /opt/registry/data | jq '.brokenTags'",
  ],
];

export const SEE_ALSO: readonly (readonly [name: string, section: number])[] = [
  ["fsck", 8],
  ["registry", 1],
];
