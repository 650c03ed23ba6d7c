package io.souffleur.scheduler.sim;

/** What a run can go through; the seeds together must reach all of it. */
enum Corner {
  REQUESTS,
  REFUSALS,
  ABORTS,
  ENGINE_DEATHS,
  RANK_DEATHS,
  PREEMPTIONS,
  REPLAYS,
  CRASHED,
  HITS,
  PAGE_COPIES,
  CHECKPOINTS,
  PAGE_EVICTIONS,
  CHECKPOINT_EVICTIONS,
  FLUSHES,
  EXPORTS,
  RESTORES,
  RESTORES_GIVEN_UP,
  STEPS
}
