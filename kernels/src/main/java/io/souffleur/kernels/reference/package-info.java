/**
 * The slow twin: every kernel as the plainest Java loop that keeps the law.
 *
 * <p>It is the measure that faster kernel sets are tested against, and the fallback where no native
 * set runs. Sums run in ascending order in F32; exp, log, sin and cos are {@link StrictMath}'s, so
 * interpreter and compiler give the same bits. A kernel set by itself: equal to a native one within
 * rounding, never by bits.
 */
package io.souffleur.kernels.reference;
