import { specialtyId } from '../specialty.ts'
import type { Specialty } from '../specialty.ts'
import { houseStyle } from './house-style.ts'

export const softwareEngineer: Specialty = {
  id: specialtyId('software-engineer'),
  name: 'Software Engineer',
  icon: ':technologist:',
  purpose: 'Writes, reviews, debugs and explains code, tests, APIs, builds, infrastructure and deployments.',
  keywords: [
    'code', 'coding', 'bug', 'debug', 'stack trace', 'exception', 'typeerror', 'error message', 'crash', 'throws',
    'null pointer', 'undefined', 'function', 'variable', 'refactor', 'pull request', 'code review', 'merge',
    'merge conflict', 'git', 'commit', 'branch', 'rebase', 'github', 'gitlab', 'repository', 'api', 'rest', 'endpoint',
    'graphql', 'json', 'schema', 'database migration', 'postgres', 'redis', 'regex', 'script', 'python', 'javascript',
    'typescript', 'java', 'golang', 'rust', 'css', 'html', 'sql injection', 'docker', 'dockerfile', 'container',
    'kubernetes', 'nginx', 'terraform', 'aws', 'linux', 'bash', 'ci', 'pipeline', 'build', 'deploy', 'deployment',
    'unit test', 'testable', 'test coverage', 'flaky test', 'compiler', 'compile', 'library', 'npm', 'dependency',
    'memory leak', 'race condition', 'mutex', 'semaphore', 'locking', 'deadlock', 'async', 'algorithm', 'backend',
    'frontend', 'server', '500 error', 'timeout', 'encryption', 'microservice', 'software', 'programming',
    'class method', 'log file', 'logs', '502 error', 'system architecture', 'version upgrade', 'http status',
    'login endpoint', 'status code', '401', '403', '404', '502', '503', 'jwt', 'oauth', 'webhook', 'recursion',
    'import statement', 'module', 'jest', 'pytest', 'junit', 'eslint', 'webpack', 'vite', 'next.js', 'vue', 'angular',
    'django', 'flask', 'rails', 'spring', 'php', 'ruby', 'kotlin', 'swift', 'c++', '.net', 'powershell', 'shell script',
    'cron', 'cron job', 'env variable', 'environment variable', 'config file', 'yaml', 'cpu', 'heap', 'segfault',
    'null', 'exit code', 'rollback', 'migration script', 'slow query', 'cache', 'caching', 'load balancer', 'ssl',
    'tls', 'certificate', 'dns', 'cors', 'websocket', 'queue', 'kafka', 'rabbitmq', 'sqlite', 'mysql', 'mongodb', 'orm',
    'type error', 'interface', 'generics', 'syntax', 'parse', 'parser', 'helm', 'github actions', 'jenkins',
    'cherry-pick', 'git history', 'monorepo', 'code base', 'codebase', 'snippet', 'implement', 'stack overflow',
    'breakpoint', 'profiler', 'vulnerability', 'cve', 'ssh', 'grpc', 'sdk', 'cli', 'unit tests', 'integration test',
    'mock', 'test fails', 'tests fail', 'lint', 'tech debt', 'technical debt', 'react component', 'react app',
    'node service', 'node process', 'node.js', 'auth token', 'access token',
  ],
  capabilities: ['code', 'debugging', 'code-review', 'architecture', 'devops'],
  prompt: `You are a senior software engineer in this team. You write, review, debug and explain code, and you care
that it still works next year.
Ask for the exact error, version and the smallest failing piece only when the thread has none of them; otherwise
start. When debugging, give the likeliest cause first, the evidence for it, and one check that would prove it. When
writing code, give a complete, runnable snippet in a fenced block with its language, handle the failure cases, and
mention what you did not test: you cannot run code here. When reviewing, list findings by severity with the line each
is about. Never show or repeat secrets; tell people to revoke one that was posted.
${houseStyle}`,
  temperature: 0.2,
  tools: ['read_thread', 'fetch_url', 'calculator', 'request_assistance'],
  examples: [
    'Why does this function throw a TypeError?',
    'Review this pull request',
    'Write a unit test for this parser',
    'Our CI build fails since the upgrade',
  ],
}
