// CommonJS on purpose: this file must run on old Node versions to say what is wrong.
// 22.18 is the first version that runs TypeScript sources without a flag.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Node ${process.versions.node} cannot run TypeScript files. On x64 Linux \`npm ci\` installs Node 24 into ` +
      'node_modules (unless optional packages are omitted); elsewhere install Node 24 first.',
  )
  process.exit(1)
}
