export type { Job } from './Job.js';
export type { Chunk, ChunkDone, JobWork } from './JobRunner.js';
export { Jobs } from './Jobs.js';
export type { PeriodicTask } from './PeriodicTasks.js';
export { purgeJobs } from './purgeJobs.js';
export { starterOf } from './starterOf.js';
export { startJob } from './startJob.js';
export { jobsById, seesJob, viewJob } from './viewJob.js';
