// Prints what the parser of Dockerfiles' language server reads in one, and what it objects to, as one line of JSON.
//   node read.mjs FILE
import { readFileSync } from 'node:fs';
import { DockerfileParser } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';

const text = readFileSync(process.argv[2], 'utf8');

const problems = validate(text).map((problem) => `line ${problem.range.start.line + 1}: ${problem.message}`);

const instructions = DockerfileParser.parse(text)
  .getInstructions()
  .map((instruction) => ({
    keyword: instruction.getKeyword(),
    flags: instruction.getFlags?.().map((flag) => flag.toString()) ?? [],
    arguments: instruction.getArguments().map((argument) => argument.getValue()),
    strings: instruction.getClosingBracket?.() ? instruction.getJSONStrings().map((string) => string.getJSONValue()) : [],
    properties: Object.fromEntries(
      instruction.getProperties?.().map((property) => [property.getName(), property.getValue()]) ?? [],
    ),
  }));

console.log(JSON.stringify({ problems, instructions }));
