/**
 * Threads that work together inside one kernel call.
 *
 * <p>A call is cut into chunks; members and the caller claim them one by one. Chunk borders decide
 * only who computes a number, never the number.
 */
package io.souffleur.kernels.team;
