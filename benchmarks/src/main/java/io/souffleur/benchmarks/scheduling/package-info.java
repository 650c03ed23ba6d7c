/** What the engine loop itself costs, without a rank behind it. */
package io.souffleur.benchmarks.scheduling;
