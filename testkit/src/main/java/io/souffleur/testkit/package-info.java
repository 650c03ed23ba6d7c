/**
 * What tests of several modules share: golden folders, readers of golden tensors, tensor assertions.
 *
 * <p>Golden folders are data that a reference implementation computed; they also serve the
 * {@code conformance} command, which is given their paths.
 */
package io.souffleur.testkit;
