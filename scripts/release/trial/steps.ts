// What is tried on a bare machine: each step is lines of a shell as docs/install.md has them, and what comes of them.

export interface Step {
  readonly name: string;
  readonly lines: string;
  /** What is said ends with code 0 and matches this. */
  readonly expected: RegExp;
}

export interface Files {
  /** Where they lie on the machine. */
  readonly executable: string;
  readonly deb: string;
  readonly newerDeb: string;
  readonly version: string;
  readonly fixtures: string;
}

const escaped = (text: string) => text.replaceAll(".", "\\.");

export function executableSteps({ executable, version, fixtures }: Files): Step[] {
  return [
    { name: "there is no Node.js", lines: "! command -v node", expected: /^$/ },
    {
      name: "executable: installs, and knows its version",
      lines: `install -D -m 755 ${executable} /usr/local/bin/regfsck && regfsck --version`,
      expected: new RegExp(`^${escaped(version)}$`),
    },
    ...runs("executable", fixtures),
    { name: "executable: is deleted", lines: "rm /usr/local/bin/regfsck", expected: /^$/ },
  ];
}

export function installSteps({ deb, version, fixtures }: Files): Step[] {
  return [
    {
      name: "deb: installs, with all that it depends on there",
      lines: `apt-get install -qy ${deb} > /tmp/said || { cat /tmp/said; exit 1; }; dpkg --verify regfsck; regfsck --version`,
      expected: new RegExp(`${escaped(version)}$`),
    },
    ...runs("deb", fixtures),
    {
      name: "deb: has a manual page",
      lines: "man regfsck | col -b 2> /dev/null || man regfsck",
      expected: /REGFSCK\(1\)[\s\S]*EXIT STATUS/,
    },
    {
      name: "deb: completes in bash",
      lines: `bash -c '. /usr/share/bash-completion/bash_completion; _comp_load regfsck 2> /dev/null || __load_completion regfsck
        complete -p regfsck'`,
      expected: /^complete .*regfsck$/m,
    },
  ];
}

export function changeSteps({ newerDeb }: Files): Step[] {
  return [
    {
      name: "deb: an upgrade keeps what was changed",
      lines: `echo "fail-on: never" >> /etc/regfsck.yaml; echo kept > /var/lib/regfsck/note
        dpkg --install ${newerDeb} > /tmp/said 2>&1 || { cat /tmp/said; exit 1; }
        dpkg-query --show --showformat '\${Version}\\n' regfsck; tail -n 1 /etc/regfsck.yaml; cat /var/lib/regfsck/note`,
      expected: /^\S+\+next-1\nfail-on: never\nkept$/,
    },
    {
      name: "deb: removing leaves configuration and state",
      lines: "dpkg --remove regfsck > /dev/null 2>&1; ! command -v regfsck; ls /etc/regfsck.yaml /var/lib/regfsck/note",
      expected: /^\/etc\/regfsck.yaml\n\/var\/lib\/regfsck\/note$/,
    },
    {
      // What man itself remembers is man's.
      name: "deb: purging leaves nothing",
      lines:
        "dpkg --purge regfsck > /dev/null 2>&1; find / -xdev -name '*regfsck*' -not -path '/root/*' -not -path '/tmp/*' -not -path '/var/cache/man/*'",
      expected: /^$/,
    },
  ];
}

function runs(what: string, fixtures: string): Step[] {
  return [
    { name: `${what}: scans a healthy root`, lines: `regfsck scan --quiet ${fixtures}/healthy`, expected: /^$/ },
    {
      name: `${what}: finds the incident`,
      lines: `regfsck scan ${fixtures}/incident; [ $? = 4 ]`,
      expected: /^5 of 11 tags are broken/,
    },
    {
      name: `${what}: stops a garbage collection`,
      lines: `regfsck gate -m ${fixtures}/incident; [ $? = 4 ]`,
      expected: /^(?:.*\n)*?.*stop/i,
    },
    { name: `${what}: prints completions`, lines: "regfsck completion bash", expected: /^complete -F/m },
  ];
}
