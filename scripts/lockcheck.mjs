// Holds package-lock.json against two faults that only show on another machine:
// - `npm ci` refuses a lockfile in which a package's optional (platform) dependency has no entry; `overrides` can pin a version
//   whose builds are all published;
// - an address of a package registry would tie every install to that registry.
import { readFileSync } from 'node:fs'

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))

const resolves = (from, name) => {
  for (let base = from; ; ) {
    if (packages[`${base ? `${base}/` : ''}node_modules/${name}`]) return true
    if (!base) return false
    base = base.slice(0, Math.max(0, base.lastIndexOf('node_modules/') - 1))
  }
}

const faults = Object.entries(packages).flatMap(([path, entry]) => {
  const missing = Object.keys(entry.optionalDependencies ?? {}).filter((name) => !resolves(path, name))
  return [
    ...(missing.length > 0 ? [`${path} ${entry.version}: no lock entry for ${missing.join(', ')}`] : []),
    ...(entry.resolved ? [`${path}: names a registry address; .npmrc keeps them out, so run npm install here`] : []),
  ]
})
for (const fault of faults) console.error(fault)
process.exitCode = faults.length > 0 ? 1 : 0
