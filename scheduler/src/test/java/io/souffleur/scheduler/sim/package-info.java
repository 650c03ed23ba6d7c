/**
 * The deterministic simulation: production engine loop, scheduler and book on a virtual clock, with a
 * rank whose next token is a hash of everything it read through the plan's numbers.
 */
package io.souffleur.scheduler.sim;
