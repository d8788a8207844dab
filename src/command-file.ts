// Where a command's thread begins: the program itself, whose builds of one file and of the executable replace this module.

export const COMMAND_FILE = new URL("./cli.js", import.meta.url);
