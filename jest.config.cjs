const { availableParallelism } = require('node:os');

const project = (name, testMatch, extra) => ({
  displayName: name,
  testMatch,
  transform: { '^.+\\.(ts|js)$': '@swc/jest' },
  // Prisma's schema engine comes as an ES module only.
  transformIgnorePatterns: ['/node_modules/(?!@prisma/schema-engine-wasm/)'],
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'require', 'default'] },
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  ...extra,
});

/** @type {import('jest').Config} */
module.exports = {
  projects: [
    project('unit', ['**/src/**/!(*.int).test.ts'], {
      testPathIgnorePatterns: ['/node_modules/', '/dist/', '/apps/e2e/'],
    }),
    project('integration', ['**/src/**/*.int.test.ts']),
    project('e2e', ['<rootDir>/apps/e2e/src/*.test.ts']),
    project('comfyui', ['<rootDir>/apps/e2e/src/comfyui/**/*.test.ts']),
  ],
  testTimeout: 30_000,
  // Never in one process, which a machine with two cores would mean: V8 counts the coverage of every script it ever
  // loaded, so that each file takes longer than the one before. A worker that has grown is replaced for the same reason.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  workerIdleMemoryLimit: '600MB',
  coverageProvider: 'v8',
  collectCoverageFrom: [
    '{apps,packages}/*/src/**/*.ts',
    '!**/*.test.ts',
    '!**/{fixtures,generated}/**',
    '!apps/e2e/**',
  ],
  coverageReporters: ['text-summary', 'lcov'],
  coverageThreshold: { global: { lines: 85 } },
};
