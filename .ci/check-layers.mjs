// Checks every import against `layers.mjs`. A canary proves that the tool still sees the tree: with a rule added that is
// broken on purpose by design, it must complain.
import { readdirSync } from 'node:fs';
import { cruise } from 'dependency-cruiser';
import { RULES, WORKSPACES } from './layers.mjs';

const CANARY = {
  name: 'canary: the API may not use services',
  from: { path: '^apps/api/src/' },
  to: { path: '^packages/services/src/' },
};

const options = {
  validate: true,
  doNotFollow: { path: 'node_modules' },
  exclude: { path: '/(dist|generated)/' },
  tsPreCompilationDeps: true,
  tsConfig: { fileName: 'tsconfig.json' },
  enhancedResolveOptions: {
    exportsFields: ['exports'],
    conditionNames: ['source', 'import', 'require', 'node', 'default'],
    mainFields: ['main', 'types'],
  },
};

const listed = ['packages', 'apps'].flatMap((kind) =>
  readdirSync(kind).map((name) => `${kind}/${name}`),
);
const missing = listed.filter((workspace) => !WORKSPACES.includes(workspace));
const forbidden = [...RULES, CANARY].map((rule) => ({ severity: 'error', ...rule }));
const { output } = await cruise(
  WORKSPACES.map((workspace) => `${workspace}/src`),
  { ...options, ruleSet: { forbidden } },
);
const { violations, totalCruised } = output.summary;
const real = violations.filter(({ rule }) => rule.name !== CANARY.name);
for (const { rule, from, to } of real) console.error(`${rule.name}:\n  ${from} → ${to}`);
for (const workspace of missing) console.error(`${workspace} is not listed in .ci/layers.mjs`);
const isBlind = real.length === violations.length;
if (isBlind) console.error('The canary was not seen: this check sees nothing and proves nothing.');
console.log(`layers: ${totalCruised} modules, ${real.length} violations`);
process.exitCode = real.length + missing.length > 0 || isBlind ? 1 : 0;
