/**
 * The arrows of {@code ARCHITECTURE.md} as tests.
 *
 * <p>They live here because this module alone has every other one on its class path.
 */
package io.souffleur.clusterconfig.arch;
