/**
 * The rules of the house, each with its reason. `npm run boundaries` holds every import against them, those of types too.
 *
 * One direction: http -> graphql -> a room's resolver -> its use case -> authority -> its store -> database.
 */

/** Folders of src that are no rooms. Every other one is a room, also one that is made tomorrow. */
const ROOM = '^src/(?!(?:authority|domain|database|graphql|http|start)/)([^/]+)/';

/** What a room shows beside its index: columns for joins, GraphQL words for other types. They import nothing that acts. */
const ROW = 'Row\\.ts$';
const TYPE = 'Types?\\.ts$';
/** Files of a room that are written in GraphQL's words. */
const RESOLVER = '(?:Resolver|Mutations|Subscriptions|Inputs|Types?)\\.ts$';
const STORE = 'Store\\.ts$';
const PASSWORDS = '^src/people/passwords\\.ts$';
/** The two files of src/graphql that stand above the rooms. */
const ASSEMBLY = '^src/graphql/(?:schema|emitSchema)\\.ts$';

/** What is run by its name, by us or by Jest; all else is imported by one of them. */
const PROGRAMS = '^src/(?:main|graphql/emitSchema|start/auditVerify)\\.ts$';
const TESTS = [
  '\\.test\\.ts$',
  '^test/support/global(?:Setup|Teardown)\\.ts$',
  '^test/start/build\\.ts$',
  '^test/bench/\\w+/run\\.ts$',
  'Environment\\.ts$',
];

const npm = (...names) => `^node_modules/(?:@types/)?(?:${names.join('|')})/`;

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    rule('no-circular', 'Of two files that import each other neither can be read, tested or loaded alone.', {}, { circular: true }),

    // The core
    rule(
      'authority-is-pure',
      'Authority decides on what it is given: no I/O, no clock, no library. So a reference model can be held against it.',
      { path: '^src/authority/' },
      { pathNot: '^src/authority/' },
    ),
    rule(
      'domain-is-small',
      'Words that every room shares must stand on nothing of any room: only zod, the libraries of ids and addresses, and the words of authority.',
      { path: '^src/domain/' },
      { pathNot: ['^src/(?:domain|authority)/', npm('zod', 'typeid-js', 'ipaddr.js')] },
    ),
    rule(
      'domain-decides-nothing',
      'Domain names what authority speaks of; deciding is for use cases.',
      { path: '^src/domain/' },
      { path: '^src/authority/', dependencyTypesNot: ['type-only'] },
    ),

    // The database
    rule(
      'database-knows-no-capability',
      'The door to the database is the same for every room, and so it can know none of them.',
      { path: '^src/database/' },
      { path: '^src/', pathNot: '^src/(?:database|domain)/' },
    ),
    rule(
      'queries-in-stores',
      'Whoever looks for a query, an index or a lock finds it in a store, whose changing methods take a permit.',
      { path: '^src/', pathNot: ['^src/database/', STORE, ROW] },
      { path: npm('typeorm') },
    ),
    rule(
      'rows-in-stores',
      'A row is a handle to its table: in a use case it would be a query there. tables.ts hands all rows to the database; access/ holds the ledger, which is the row of the tenant.',
      { path: '^src/', pathNot: [STORE, ROW, '^src/tables\\.ts$', '^src/access/'] },
      { path: ROW, dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'stores-stay-home',
      'What a room lets others do with its rows is a verb of its index, named for what it means.',
      { path: '/index\\.ts$' },
      { path: STORE },
    ),
    rule(
      'drivers-in-database',
      'Differences of dialect, time-outs and the one writer of SQLite are settled in one place.',
      { path: '^src/', pathNot: '^src/database/' },
      { path: npm('mysql2', 'better-sqlite3') },
    ),
    rule(
      'redis-in-rate-limits',
      'What Redis does when it is late, away or forgetful is settled in one place; nothing but a limit may depend on it.',
      { path: '^src/', pathNot: '^src/rateLimits/' },
      { path: npm('ioredis') },
    ),
    rule(
      'migrations-stand-alone',
      'A migration that has run must mean the same for ever: it cannot change with the code.',
      { path: '^migrations/' },
      { path: '^src/' },
    ),
    rule(
      'rows-behind-stores',
      'A query may join the columns of another room; nothing but a query knows them, not even by type. access/ reads the facts of all rooms, and verification/ is the hot path, which reads the key as it is stored.',
      { path: ROOM, pathNot: [STORE, ROW, '^src/access/', '^src/verification/'] },
      { path: ROW, pathNot: '^src/$1/' },
    ),
    rule(
      'rows-are-not-shown',
      'What is shown to clients is declared apart from what is stored: a digest cannot leak from a type that never had it.',
      { path: RESOLVER },
      { path: [ROW, STORE, '^src/database/'] },
    ),
    rule(
      'rows-are-columns',
      'Rows of every room are joined by every store: they can import nothing that acts. A type is only a word.',
      { path: `${ROOM}.*${ROW}` },
      { path: '^src/', pathNot: [ROW, '^src/(?:database|authority|domain)/'], dependencyTypesNot: ['type-only'] },
    ),

    // The rooms
    rule(
      'rooms-through-their-index',
      'A room can be rebuilt when only its index is used. Rows, GraphQL types and passwords.ts are leaves: importing them imports nothing that acts.',
      { path: ROOM },
      { path: ROOM, pathNot: ['^src/$1/', '/index\\.ts$', ROW, TYPE, PASSWORDS] },
    ),
    rule(
      'others-through-their-index',
      'The same for http and start, which are no rooms.',
      { path: '^src/(?:http|start)/' },
      { path: ROOM, pathNot: ['/index\\.ts$', PASSWORDS] },
    ),
    rule(
      'types-are-words',
      'GraphQL types of different rooms name each other: with verbs among their imports that would be a circle of rooms. The nouns of their own room they may know.',
      { path: `${ROOM}.*${TYPE}` },
      { path: '^src/', pathNot: [TYPE, '^src/$1/[A-Z]\\w*\\.ts$', '^src/(?:graphql|authority|domain)/'] },
    ),
    rule(
      'use-cases-speak-no-graphql',
      'A verb can be called from another door (a job, a command line, introspection) when it knows nothing of GraphQL.',
      { path: ROOM, pathNot: RESOLVER },
      { path: ['^src/graphql/', npm('graphql', 'type-graphql')] },
    ),
    rule(
      'audit-under-the-rooms',
      'Every room writes its events: audit can import none of them.',
      { path: '^src/audit/' },
      { path: ROOM, pathNot: '^src/audit/' },
    ),
    rule(
      'access-under-the-rooms',
      'Every use case asks access for the facts: access can use no room but audit and withdrawals, which every change ends with, and of the others only columns.',
      { path: '^src/access/' },
      { path: ROOM, pathNot: ['^src/access/', '^src/(?:audit|withdrawals)/index\\.ts$', ROW] },
    ),
    rule(
      'passwords-are-a-leaf',
      'Sign-in, bootstrap and people all compare passwords: the file can import nothing but words.',
      { path: PASSWORDS },
      { path: '^src/', pathNot: '^src/domain/' },
    ),

    // GraphQL and HTTP
    rule(
      'graphql-is-vocabulary',
      'Rooms build on scalars, connections and the context: only the assembly above them imports rooms. GraphContext names what a request carries.',
      { path: '^src/graphql/', pathNot: [ASSEMBLY, '^src/graphql/GraphContext\\.ts$'] },
      { path: ROOM, pathNot: '^src/access/index\\.ts$' },
    ),
    rule(
      'graphql-names-only',
      'What the vocabulary names of a room is a type, which is gone when the program runs.',
      { path: '^src/graphql/', pathNot: ASSEMBLY },
      { path: ROOM, dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'assembly-on-top',
      'The assembled schema imports every room: a room that imported it would import itself.',
      { path: '^src/', pathNot: ['^src/app\\.ts$', '^src/graphql/emitSchema\\.ts$'] },
      { path: ASSEMBLY },
    ),
    rule(
      'http-on-top',
      'Transport is exchangeable: only the composition root knows that there is one.',
      { path: '^src/', pathNot: ['^src/http/', '^src/app\\.ts$'] },
      { path: '^src/http/' },
    ),
    rule(
      'transport-in-http',
      'Requests, replies and servers stay outside of what they serve; others may name their types.',
      { path: '^src/', pathNot: '^src/http/' },
      { path: npm('fastify', '@fastify/[^/]+', '@apollo/[^/]+', '@as-integrations/[^/]+'), dependencyTypesNot: ['type-only'] },
    ),

    // The start
    rule(
      'one-composition-root',
      'Only the start sees the file that sees everything, and the settings: all others are handed what they need.',
      { path: '^src/', pathNot: ['^src/start/', '^src/(?:main|app)\\.ts$'] },
      { path: '^src/(?:(?:app|config|main|tables)\\.ts$|start/)' },
    ),

    // Tidiness
    rule(
      'no-dead-files',
      'A file that neither the service nor the emitted schema needs is forgotten code.',
      { path: PROGRAMS },
      { path: '^(?:src|migrations)/', pathNot: PROGRAMS, reachable: false },
    ),
    rule(
      'no-orphans',
      'A file that imports nothing and that nothing imports is forgotten code. Of `.cjs`, Node is told to load them first.',
      { orphan: true, pathNot: '\\.(?:test\\.ts|cjs)$' },
      {},
    ),
    rule(
      'no-dead-test-files',
      'The same of what tests share.',
      { path: TESTS },
      { path: '^test/', pathNot: [...TESTS, '\\.cjs$'], reachable: false },
    ),
    rule('no-tests-in-src', 'What runs must not depend on what tests it.', { path: '^(?:src|migrations)/' }, { path: '^test/' }),
    rule(
      'no-development-packages',
      'They are not there where the service is installed without them.',
      { path: '^(?:src|migrations)/' },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'no-undeclared-packages',
      'A package that is there by chance is gone by chance.',
      {},
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    ),
    rule('no-unresolvable', 'An import that leads nowhere fails where it is first run.', {}, { couldNotResolve: true }),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    // Imports of types count: whoever names a thing knows it.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^test/(?:generated|mutation|bench/peers)/' },
    // Some packages are nothing but types.
    enhancedResolveOptions: { mainFields: ['main', 'types', 'typings'] },
  },
};
