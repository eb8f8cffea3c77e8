// Prints what GitHub's own parser of workflows objects to in one, and its content, as one line of JSON.
//   node read.mjs FILE
import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { parse } from 'yaml';

// The parser imports its schema as JSON without saying so, which Node wants said.
const hook = `export const load = (url, context, next) =>
  next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context);`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await import('@actions/workflow-parser');

const content = readFileSync(process.argv[2], 'utf8');
const result = parseWorkflow({ name: process.argv[2], content }, new NoOperationTraceWriter());
const problems = result.context.errors.getErrors().map((error) => error.message);
if (problems.length === 0) {
  const template = await convertWorkflowTemplate(result.context, result.value);
  problems.push(...(template.errors ?? []).map((error) => error.Message));
}

console.log(JSON.stringify({ problems, workflow: parse(content) }));
