import { machine, measure, table } from '../measure.js';
import { GRANTS, subjects } from './subjects.js';

const rounds = { rounds: 11, milliseconds: 100 };

console.log(`One decision about a person with ${GRANTS} grants in as many namespaces, beside a bare Set.has.`);
console.log(`${machine()}; the median of ${rounds.rounds} rounds in turns, ${rounds.milliseconds} ms each.\n`);
console.log(table(measure(subjects, rounds)));
