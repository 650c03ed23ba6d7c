/** One step between the engine loop and a rank: the plan that goes down, the result that comes up. */
package io.souffleur.contracts.step;
