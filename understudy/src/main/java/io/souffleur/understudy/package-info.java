/**
 * The small model that ships with Souffleur, as a checkpoint folder that any engine could load.
 *
 * <p>Training code lives beside the sources in {@code train/} and is no part of the build.
 */
package io.souffleur.understudy;
