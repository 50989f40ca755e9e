// Jest 30.5 strips TypeScript types by itself on Node >= 22.18, so no transform is configured.
export default {
  cacheDirectory: '.cache/jest',
  collectCoverageFrom: ['src/**/*.ts'],
  coverageReporters: ['text', 'json-summary'],
  extensionsToTreatAsEsm: ['.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  // Two: scenario tests start whole apps and servers of their own, and must not starve each other on a small machine.
  maxWorkers: 2,
  // The server that the tests install there has a package.json of its own.
  modulePathIgnorePatterns: ['<rootDir>/\\.cache/'],
  moduleFileExtensions: ['ts', 'mjs', 'js', 'json', 'node'],
  reporters: ['default', '<rootDir>/test/support/closing-line-reporter.ts'],
  // Those that kill servers come after all others, one at a time: they want the machine for themselves.
  runner: '<rootDir>/test/support/faults-last-runner.ts',
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.{test,faults}.ts'],
  // Above every wait for a condition, so that what was waited for is named.
  testTimeout: 60_000,
  transform: {},
}
